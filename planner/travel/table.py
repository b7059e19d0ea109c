"""Travel from a table that a routing engine made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.city.findings import listed
from planner.errors import Fault, InputFault
from planner.travel.ends import within
from planner.travel.homes import homes

if TYPE_CHECKING:
    import pandas as pd

    from planner.city.city import City
    from planner.scenario.schema import Scenario, Table

COLUMN = {"min": "minutes", "m": "metres"}


def table_ways(
    city: City, scenario: Scenario, mode: Table, services: list[str], table: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Take travel between cells and places from a table, joined by id.

    Parameters
    ----------
    city, scenario
        Ids of cells, sites and facilities, and how far each service reaches.
    mode
        Names of the columns, for messages.
    services
        Services of this mode.
    table
        Columns `origin`, `destination`, and `minutes` and/or `metres`.

    Returns
    -------
    tuple
        Pairs by service, as in `TravelMatrix`, and notes.

    Raises
    ------
    InputFault
        When the table knows no cell, no place of a service, or not the unit of its limit.
    """
    notes: list[str] = []
    faults = _unknown_origins(city, mode, table, notes, {*homes(city, scenario).index})
    pairs = {}
    ends: set[str] = set()
    for name in services:
        reach = scenario.services[name].travel
        column = COLUMN[reach.unit]
        places = _places(city, name)
        ends |= places
        if column not in table:
            hint = (
                f"name the column with `{column}` under `travel.{reach.mode}`, "
                "or give the limit in the other unit"
            )
            message = f"the limit of `{name}` is in {column}, but the table `{mode.file}` has no {column}"
            faults.append(Fault(message, scenario.where("services", name, "travel"), hint))
            continue
        faults += _unknown_destinations(name, places, mode, table, notes)
        known = table[table["origin"].isin(city.cells.index) & table["destination"].isin(places)]
        pairs[name] = within(_smallest(known, column, mode.file, notes), reach.limit)
    strange = sorted(set(table["destination"]) - ends)
    if strange and not faults:
        notes.append(
            f"{mode.file} tells ways to {len(strange)} places that are no site "
            f"or facility; they are left out: {listed(strange)}."
        )
    if faults:
        raise InputFault(faults)
    return pairs, notes


def _places(city: City, service: str) -> set[str]:
    sites = city.candidates.loc[city.candidates["service"] == service, "site"]
    return {*sites, *city.served_from([service])["place"]}


def _unknown_origins(
    city: City, mode: Table, table: pd.DataFrame, notes: list[str], homes: set[str]
) -> list[Fault]:
    told, cells = set(table["origin"]), set(city.cells.index)
    if not told & cells:
        message = (
            f"no value of `{mode.origin}` is the id of a cell (such as "
            f"{listed(sorted(told)[:2])}; cells are {listed(sorted(cells)[:2])} …)"
        )
        return [
            Fault(message, mode.file, "origins must be cells; were `origin` and `destination` exchanged?")
        ]
    for kind, names in (
        ("origins that are no cell", sorted(told - cells - homes)),
        ("cells without any way", sorted(cells - told)),
    ):
        if names:
            notes.append(f"{mode.file} has {len(names)} {kind}: {listed(names)}.")
    return []


def _unknown_destinations(
    service: str, places: set[str], mode: Table, table: pd.DataFrame, notes: list[str]
) -> list[Fault]:
    told = set(table["destination"])
    if places and not told & places:
        message = (
            f"no value of `{mode.destination}` is the id of a site or facility of `{service}` "
            f"(such as {listed(sorted(told)[:2])}; they are {listed(sorted(places)[:2])} …)"
        )
        return [Fault(message, mode.file, "destinations must be sites or facilities")]
    missing = sorted(places - told)
    if missing:
        notes.append(f"{mode.file} tells no way to {len(missing)} places of {service}: {listed(missing)}.")
    return []


def _smallest(known: pd.DataFrame, column: str, file: str, notes: list[str]) -> pd.DataFrame:
    """Pairs of known cells and places; the smallest travel where a pair stands several times."""
    told = known.dropna(subset=[column])
    least = told.groupby(["origin", "destination"], sort=True)[column].min().reset_index()
    if len(least) < len(told):
        again = len(told) - len(least)
        notes.append(f"{again} rows of {file} repeat a pair of cell and place; the smallest travel counts.")
    return least.set_axis(["cell", "place", "travel"], axis=1)
