"""Assess: measure × summary × group, before and after the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.catalogue import Unit, find, units
from planner.errors import InputFault
from planner.frames import INDICATORS
from planner.indicators.moments import moments
from planner.indicators.view import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.city.city import City
    from planner.distribution import Floats
    from planner.indicators.view import View
    from planner.plan import Instead, Plan
    from planner.scenario.schema import Scenario

EVERYONE = "everyone"


def assess(
    scenario: Scenario,
    city: City,
    plan: Plan,
    services: pd.DataFrame,
    *,
    pairs: pd.DataFrame | None = None,
    others: Mapping[str, Instead] | None = None,
) -> pd.DataFrame:
    """Tell what the plan does to whom, before and after, one figure a row.

    The floor (`below_floor`, `fgt0` …) is the scenario's for shares and wellbeing, the service's standard
    for travel, and 0 for changes: `below_floor` of a change counts those for whom it became worse.

    A group's figures are those of the places where it lives: each place counts with the group's people
    in it (for measures of need: the need times the group's share of the residents). Places say nothing
    about single people: read "people living where …". Summaries that rank (concentration) count
    everybody, ranked from the places where the group's share is highest to those where it is lowest.

    Parameters
    ----------
    scenario
        Its `indicators` name the summaries, the groups and the floor.
    city, plan
        The people, and what is built and who is served where.
    services
        Index `service`; columns `unit`, `weight` (ω), `scale` (k), `standard`, `limit`,
        `travel_unit`, `meaning`, as in `Problem.services`.
    pairs
        Who is within the limit of whom: columns `service`, `cell`, `provider`, `travel`. Measures of what
        stands within reach are told only where it is given.
    others
        What else the plan is set beside, by its name in the column `when`: `nearest`, `even`.

    Returns
    -------
    Table as in `frames.INDICATORS`; a value that cannot be told is NaN.

    Raises
    ------
    InputFault
        When a summary is not known.
    """
    chosen, shares = summaries_asked(scenario), group_shares(scenario, city)
    rows: list[dict[str, object]] = []
    for when, period, view in moments(scenario, city, plan, services, pairs, others):
        head = {"scenario": scenario.name, "when": when, "period": period}
        rows.extend(head | figure for figure in _figures(view, chosen, shares, scenario.indicators.floor))
    return INDICATORS.tidy(pd.DataFrame(rows, columns=INDICATORS.names))


def summaries_asked(scenario: Scenario) -> list[Unit]:
    """Return the summaries that the scenario names, each once."""
    where = scenario.where("indicators", "summaries")
    return [find("summary", name, where) for name in dict.fromkeys(scenario.indicators.summaries)]


def refusal(measured: Unit, summed: Unit) -> str | None:
    """Why a summary says nothing of a measure, and which one does; None where it is valid."""
    name = f"`{summed.name}`"
    if measured.facts["extensive"] != (summed.name == "total"):
        if measured.facts["extensive"]:
            return (
                f"`{measured.name}` depends on how places are drawn: use `total`, or an amount per resident"
            )
        return f"{name} adds up amounts, and `{measured.name}` is none: use `mean`"
    less, signed = measured.facts["better"] == "less", measured.facts["signed"]
    if summed.facts["goods_only"] and less:
        return f"{name} is not valid for a quantity of which less is better: use {summed.facts['instead']}"
    if signed and (summed.facts["not_negative"] or summed.facts["goods_only"]):
        return f"{name} is not valid for changes, which may be negative: use `mean`, `worst_off` or `p10`"
    if "floor" in summed.parameters.model_fields and not _has_floor(measured, summed):
        return f"{name} needs a floor, and none is stated for `{measured.name}`: use `worst_off` or `p90`"
    return None


def _has_floor(measured: Unit, summed: Unit) -> bool:
    facts = measured.facts
    if facts["signed"]:
        return summed.name == "below_floor"
    share = facts["unit"] == "1" and facts["better"] == "more" and not facts["needs"]
    return share or facts["unit"] == "travel"


def group_shares(scenario: Scenario, city: City) -> dict[str, Floats]:
    """Return the share of each cell's residents who belong to each group, `everyone` first."""
    people = city.cells["population"].to_numpy(np.float64)
    named = scenario.indicators.groups
    shares = {EVERYONE: np.ones(len(people))}
    for group in scenario.city.groups if named is None else named:
        count = city.cells[group].to_numpy(np.float64)
        shares[group] = np.divide(count, people, out=np.zeros(len(people)), where=people > 0)
    return shares


def _figures(
    view: View, chosen: list[Unit], shares: dict[str, Floats], floor: float
) -> Iterator[dict[str, object]]:
    for figured, valid in tellings(view, chosen, floor):
        yield from figured.rows(valid, shares)


def tellings(view: View, chosen: list[Unit], floor: float) -> Iterator[tuple[Told, list[Unit]]]:
    """Yield each measure of each service at one moment, with the summaries that are valid for it."""
    for measured in units("measure").values():
        if any(getattr(view, table) is None for table in measured.facts["needs"]):
            continue
        whole = measured.facts["scope"] == "all"
        summaries = [find("summary", "total")] if measured.facts["extensive"] else chosen
        valid = [summed for summed in summaries if refusal(measured, summed) is None]
        for service in [ALL] if whole else view.services.index:
            yield Told(measured, view.of(str(service)), floor), valid


@dataclass
class Told:
    """One measure of one service at one moment."""

    measured: Unit
    view: View
    floor: float
    values: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.values = np.asarray(self.measured.function(self.view), np.float64)

    def rows(self, summaries: list[Unit], shares: dict[str, Floats]) -> Iterator[dict[str, object]]:
        """Every summary of every group."""
        for summed in summaries:
            given = self.parameters(summed)
            for group, share in shares.items():
                if summed.facts["ranked"] and group == EVERYONE:
                    continue
                columns = (
                    self.columns(shares[EVERYONE], -share) if summed.facts["ranked"] else self.columns(share)
                )
                yield {
                    "service": self.view.service, "group": group, "measure": self.measured.name,
                    "summary": summed.name, "unit": self.unit(summed), "value": told(summed, columns, given),
                }  # fmt: skip

    def columns(self, share: Floats, *ranking: Floats) -> list[Floats]:
        """Values, people concerned and ranking of the cells where there is something to measure."""
        concerned = self.view.concerned(self.measured.facts["weight"])
        there = ~np.isnan(self.values)
        return [column[there] for column in (self.values, concerned * share, *ranking)]

    def parameters(self, summed: Unit) -> dict[str, Any]:
        """Tell the summary what it needs besides: direction, floor, bounds."""
        facts, known = self.measured.facts, summed.parameters.model_fields
        given: dict[str, Any] = {"better": facts["better"]}
        if "floor" in known:
            floor = 0.0 if facts["signed"] else self.floor
            given["floor"] = self.view.standard("standard") if facts["unit"] == "travel" else floor
        if "lower" in known and facts["limits"]:
            given["lower"], given["upper"] = facts["limits"]
        return given

    def unit(self, summed: Unit) -> str:
        """Write out the unit of the figure."""
        unit = self.measured.facts["unit"] if summed.facts["unit"] == "same" else summed.facts["unit"]
        if unit == "weights":
            of_service = self.measured.facts["weight"] in {"need", "served"}
            unit = "service" if of_service else "person"
        if self.view.service == ALL:
            return str(unit)
        row = self.view.services.loc[self.view.service]
        return str(row["travel_unit"] if unit == "travel" else unit.replace("service", str(row["unit"])))


def told(summed: Unit, columns: list[Floats], given: dict[str, Any]) -> float:
    """Return the figure; NaN when it cannot be told."""
    try:
        figure = float(summed.function(*columns, **given))
    except InputFault:
        return float("nan")
    return figure if np.isfinite(figure) else float("nan")
