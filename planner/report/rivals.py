"""What the cards tell of facilities beside each other: rivals, free sites, what is nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.report.numbers import number
from planner.report.words import people

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from planner.report.figures import Figures

IN_USE, INSTEAD, ELSEWHERE, ONLY = "in_use", "instead", "elsewhere", "only"
NEAREST = ["neighbourhood", "service", "provider", "travel", "need"]


@dataclass(frozen=True)
class Rivals:
    """What each facility in use stands beside.

    Attributes
    ----------
    others
        Columns `provider`; `kind`; `other` (provider), its `label` and `neighbourhood` (of sites only);
        `amount` [unit of the service]. Kinds: `in_use`, amount: need that it serves and that is within reach
        of the other too; `instead`, the same of the site that is not used from which most of it could be
        served; `elsewhere`, need left unmet within reach of the site where that is most, at most its
        capacity; `only`, need that it serves with no other in use within reach.
    nearest
        Columns `neighbourhood`, `service`, `provider`, `travel` [min | m], `need` for which it is the nearest
        [unit of the service]; one row a neighbourhood and service.
    """

    others: pd.DataFrame
    nearest: pd.DataFrame


def told(amount: float, unit: str) -> str:
    """An amount of need with its unit."""
    return f"{number(amount, 0)}\u00a0{people(unit, amount)}"


def beside(
    rivals: Rivals,
    figures: Figures,
    nths: Mapping[str, int],
    places: Mapping[str, int],
    services: Mapping[str, int],
) -> dict[str, Any]:
    """Tell it to the script of the page.

    Parameters
    ----------
    nths, places, services
        Where the cards have each provider, neighbourhood and service.

    Returns
    -------
    `sites`: names. `beside`: by facility the rivals as (facility, amount), the need that has no other within
    reach, and as (site, amount) where else it could stand for the same people, and for those who are left
    out; 0 for none. `nearest`: (neighbourhood, service, facility, travel).
    """
    from planner.report.figures import records  # noqa: PLC0415 - imports pandas

    labels = figures.neighbourhoods["label"].astype(str)
    units = figures.services[["unit", "travel_unit"]].to_dict("index")
    kinds = dict(zip(figures.facilities["provider"].astype(str), figures.facilities["service"], strict=True))
    sites: dict[str, int] = {}
    cards: list[list[Any]] = [[[], 0, 0, 0] for _nth in nths]
    for row in records(rivals.others[rivals.others["provider"].isin(nths)]):
        card, kind = cards[nths[row["provider"]]], row["kind"]
        amount = told(row["amount"], str(units[kinds[row["provider"]]]["unit"]))
        if kind == IN_USE:
            card[0].append((nths[row["other"]], amount))
        elif kind == ONLY:
            card[1] = amount
        else:
            name = _site(row["label"], labels.get(row["neighbourhood"], ""))
            card[2 if kind == INSTEAD else 3] = (sites.setdefault(name, len(sites)), amount)
    near = [
        (places[row["neighbourhood"]], services[row["service"]], nths[row["provider"]], _way(row, units))
        for row in records(rivals.nearest)
        if row["neighbourhood"] in places and row["provider"] in nths
    ]
    return {"sites": list(sites), "beside": cards, "nearest": near}


def _site(name: str, neighbourhood: str) -> str:
    return name if neighbourhood in name else f"{name}, {neighbourhood}"


def _way(row: Mapping[str, Any], units: Mapping[Any, Mapping[Any, Any]]) -> str:
    return f"{number(row['travel'])}\u00a0{units[row['service']]['travel_unit']}"
