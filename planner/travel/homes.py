"""Places into which people may move, as ends from which ways begin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from planner.errors import Fault, InputFault
from planner.scenario.schema import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planner.city.city import City
    from planner.scenario.schema import Scenario

    Measured = tuple[dict[str, pd.DataFrame], list[str]]
    Measure = Callable[[City, Scenario, str, list[str]], Measured]


def movers(scenario: Scenario) -> list[str]:
    """Services whose people move to where they are served."""
    return [name for name, service in scenario.services.items() if service.moves_people is not None]


def homes(city: City, scenario: Scenario) -> gpd.GeoDataFrame:
    """Places into which people may move: points, index `cell` (id of the site or facility), sorted.

    Raises
    ------
    InputFault
        When a site and a facility that could hold homes have the same id.
    """
    names = movers(scenario)
    sites = city.sites.loc[sorted({*city.candidates.loc[city.candidates["service"].isin(names), "site"]})]
    other = city.served_from(names).drop_duplicates("place").set_index("place")
    twice = sorted({*sites.index} & {*other.index})
    if twice:
        hint = "give one of them another id: people move to either"
        raise InputFault(
            Fault("a site and a facility for homes have the same id", name, hint) for name in twice
        )
    points = pd.concat([sites.geometry, other.geometry]).sort_index()
    table = gpd.GeoDataFrame(geometry=points, crs=city.cells.crs)
    table.index = table.index.astype("str").rename("cell")
    return table


def ways_from_homes(
    city: City, scenario: Scenario, by_mode: Mapping[str, list[str]], measure: Measure
) -> dict[str, pd.DataFrame]:
    """Measure how far each place of homes is from each place that may serve those who move there.

    Parameters
    ----------
    city, scenario
        Places in metres, and how far each service reaches.
    by_mode
        Services by their mode.
    measure
        Measures the ways of one mode from cells, here from homes.

    Returns
    -------
    dict
        By service that moves nobody: columns `home`, `place`, `travel`, within the service's limit.

    Raises
    ------
    InputFault
        When a table tells no way from any home.
    """
    moving = movers(scenario)
    if not moving:
        return {}
    begin = homes(city, scenario)
    from_there = replace(city, cells=begin)
    pairs: dict[str, pd.DataFrame] = {}
    for mode, services in sorted(by_mode.items()):
        others = [name for name in services if name not in moving]
        if others and len(begin):
            _refuse_silent(scenario, mode, city, begin)
            pairs |= measure(from_there, scenario, mode, others)[0]
    return {name: table.rename(columns={"cell": "home"}) for name, table in pairs.items()}


def _refuse_silent(scenario: Scenario, mode: str, city: City, begin: gpd.GeoDataFrame) -> None:
    """Refuse a table of travel that knows no way from where people may move."""
    description = scenario.travel[mode]
    if isinstance(description, Table) and not city.tables[mode]["origin"].isin(begin.index).any():
        message = "people may move, and the table tells no way from any of the places of their homes"
        hint = f"add rows whose `{description.origin}` is the id of a site, such as {begin.index[0]}"
        raise InputFault(Fault(message, description.file, hint))
