"""The people of each period: its own columns, and growth from the first period on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from planner.catalogue import unknown
from planner.city.findings import Findings
from planner.city.groups import add_groups
from planner.city.need import need_table
from planner.city.people import settle
from planner.city.undercount import add_missed
from planner.scenario.futures import in_future
from planner.scenario.periods import elapsed, in_period

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from planner.city.people import Layered
    from planner.scenario.futures import Times
    from planner.scenario.periods import Growth
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]


class People(NamedTuple):
    """Neighbourhoods, cells and need of one period, as in `City`."""

    area: gpd.GeoDataFrame
    home: gpd.GeoDataFrame
    need: pd.DataFrame


def figures_of(areas: Layered, points: Layered | None) -> dict[str, Layered]:
    """Figures by layer: `neighbourhoods`, and `cells` where given."""
    return {"neighbourhoods": areas} | ({} if points is None else {"cells": points})


def all_periods(
    scenario: Scenario, areas: Layered, points: Layered | None, findings: Findings
) -> list[People]:
    """Tell who lives where and needs what in each period; in the one, where the scenario names none.

    Raises
    ------
    InputFault
        When nobody's residents can be told.
    """
    _known_areas(scenario, areas, findings)
    if not scenario.periods:
        return [_people(scenario, areas, points, findings)]
    parts = []
    starts = elapsed(scenario.periods)
    for number, (name, start) in enumerate(zip(scenario.periods, starts, strict=True), start=1):
        own = Findings(findings.faults)
        people = _people(in_period(scenario, name), areas, points, own)
        for note in own.notes:
            if note not in findings.notes:
                findings.tell(note if number == 1 else f"In {name}: {note}")
        parts.append(_grown(scenario, people, start, number))
    return parts


def _people(scenario: Scenario, areas: Layered, points: Layered | None, findings: Findings) -> People:
    figures = figures_of(areas, points)
    area, home = settle(scenario, areas, points, findings)
    findings.stop()
    add_groups(scenario, figures, area, home, findings)
    parts = [need_table(scenario, figures, home, findings)] if not scenario.futures else []
    for name, future in scenario.futures.items():
        need = need_table(in_future(scenario, name), figures, home, findings).assign(future=name)
        for factor in future.needs:
            rise = _share(factor, home) * (factor.times - 1.0)
            need = _multiplied(need, home, rise, factor.services)
        parts.append(need)
    need = pd.concat(parts, ignore_index=True)
    return People(area, home, add_missed(scenario, figures, (area, home), need, findings))


def _known_areas(scenario: Scenario, areas: Layered, findings: Findings) -> None:
    known = list(areas.frame.index)
    named: list[tuple[tuple[str, ...], Growth | Times]] = [
        (("over_time", "growth", str(k)), own) for k, own in enumerate(scenario.over_time.growth)
    ]
    for name, future in scenario.futures.items():
        named += [(("futures", name, "needs", str(k)), own) for k, own in enumerate(future.needs)]
    for trail, own in named:
        where = scenario.where(*trail, "neighbourhoods")
        wrong = [name for name in own.neighbourhoods or () if name not in areas.frame.index]
        findings.faults += [unknown("neighbourhood", name, known, where) for name in wrong]


def _grown(scenario: Scenario, people: People, years: float, period: int) -> People:
    r"""People and needs after so many years of growth, each rate in turn: :math:`(1 + r)^{years}`."""
    area, home, need = people.area.copy(), people.home.copy(), people.need.assign(period=period)
    for growth in scenario.over_time.growth if years else ():
        share = _share(growth, home)
        if growth.people is not None:
            more = (1.0 + growth.people) ** years - 1.0
            rise = share * more
            need = _multiplied(need, home, rise, None)
            for group in scenario.city.groups:
                home[group] *= 1.0 + (more * (share > 0) if group == growth.group else rise)
            home["population"] *= 1.0 + rise
        else:
            rise = share * ((1.0 + (growth.need or 0.0)) ** years - 1.0)
            need = _multiplied(need, home, rise, growth.services)
    for column in ("population", *scenario.city.groups):
        sums = home.groupby("neighbourhood")[column].sum()
        area[column] = sums.reindex(area.index, fill_value=0.0).to_numpy(np.float64)
    return People(area, home, need)


def _share(growth: Growth | Times, home: gpd.GeoDataFrame) -> Floats:
    """Share of the residents of each cell who grow in number, or whose need does."""
    people = home["population"].to_numpy(np.float64)
    own = people if growth.group is None else home[growth.group].to_numpy(np.float64)
    share = np.divide(own, people, out=np.zeros(len(people)), where=people > 0)
    there = growth.neighbourhoods is None or home["neighbourhood"].isin(growth.neighbourhoods).to_numpy()
    return np.where(there, share, 0.0)


def _multiplied(
    need: pd.DataFrame, home: gpd.GeoDataFrame, rise: Floats, services: list[str] | None
) -> pd.DataFrame:
    mine = True if services is None else need["service"].isin(services).to_numpy()
    factor = 1.0 + np.where(mine, rise[home.index.get_indexer(need["cell"])], 0.0)
    return need.assign(need=need["need"].to_numpy(np.float64) * factor)
