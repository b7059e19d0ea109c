"""From a City to a TravelMatrix: each mode measured once for all services that use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.catalogue import unknown
from planner.city.findings import listed
from planner.errors import Fault, InputFault
from planner.scenario.schema import Network, StraightLine
from planner.travel.homes import ways_from_homes
from planner.travel.matrix import TravelMatrix
from planner.travel.network import network_ways
from planner.travel.straight import straight_lines
from planner.travel.table import table_ways

if TYPE_CHECKING:
    import pandas as pd

    from planner.city.city import City
    from planner.scenario.schema import Scenario


def measure_travel(city: City, scenario: Scenario) -> TravelMatrix:
    """Measure how far each cell is from each place that may serve it.

    Parameters
    ----------
    city
        Cells, sites and facilities, in metres.
    scenario
        How people move, and how far they go for each service.

    Returns
    -------
    TravelMatrix
        Pairs within each service's limit [min or m], and what the reader should be told.

    Raises
    ------
    InputFault
        When a mode is not known, a table does not fit, or nothing of a service is within its limit.
    """
    by_mode: dict[str, list[str]] = {}
    faults: list[Fault] = []
    for name, service in scenario.services.items():
        mode = service.travel.mode
        if mode in scenario.travel:
            by_mode.setdefault(mode, []).append(name)
        else:
            where = scenario.where("services", name, "travel", "mode")
            faults.append(unknown("travel mode", mode, sorted(scenario.travel), where))
    pairs: dict[str, pd.DataFrame] = {}
    notes: list[str] = []
    for mode, services in sorted(by_mode.items()):
        try:
            found, told = _measure(city, scenario, mode, services)
        except InputFault as fault:
            faults += fault.faults
            continue
        pairs |= found
        notes += told
    notes += _unreached(city, scenario, pairs, faults)
    if faults:
        raise InputFault(faults)
    moved = ways_from_homes(city, scenario, by_mode, _measure)
    return TravelMatrix({name: pairs[name] for name in scenario.services}, tuple(notes), moved)


def _measure(
    city: City, scenario: Scenario, mode: str, services: list[str]
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    description = scenario.travel[mode]
    if isinstance(description, StraightLine):
        return straight_lines(city, scenario, description, services, city.lines.get(mode))
    if isinstance(description, Network):
        streets, ground = city.lines[mode], city.heights.get(mode)
        return network_ways(city, scenario, description, services, streets=streets, ground=ground)
    return table_ways(city, scenario, description, services, city.tables[mode])


def _unreached(
    city: City, scenario: Scenario, pairs: dict[str, pd.DataFrame], faults: list[Fault]
) -> list[str]:
    """Tell the sites that nobody in need can reach; a fault where a service has no other."""
    notes = []
    for name, found in pairs.items():
        sites = city.candidates.loc[city.candidates["service"] == name, "site"]
        needy = city.need.loc[city.need["service"] == name, "cell"]
        reached = set(found.loc[found["cell"].isin(needy), "place"])
        lost = sorted(set(sites) - reached)
        reach = scenario.services[name].travel
        limit = f"{reach.limit:g} {reach.unit}"
        if len(sites) and len(lost) == len(sites):
            message = f"no site of `{name}` is within {limit} of any cell that needs it"
            hint = "raise the limit, or check the sites, the streets and the barriers"
            faults.append(Fault(message, scenario.where("services", name, "travel"), hint))
        elif lost:
            notes.append(
                f"{len(lost)} of {len(sites)} sites of {name} lie beyond "
                f"{limit} of everybody who needs it: {listed(lost)}."
            )
    return notes
