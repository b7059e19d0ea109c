"""A plan's tables, as in the data dictionary, from modules and served amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner import frames
from planner.problem.used import acquisition, site_of
from planner.problem.years import added, first_moment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

NO_PLACE = "no place within the limit"
NOTHING_OPEN = "nothing open within the limit"
NO_CAPACITY = "no capacity left"
SMALLEST = 1e-6
"""Unmet need below this [unit of the service] is none."""


def facilities(outcome: Outcome) -> pd.DataFrame:
    """Providers in use, as `frames.FACILITIES`."""
    problem = outcome.problem
    modules = np.round(outcome.modules)
    owners = problem.sites["owner"].to_numpy(object)
    at = site_of(problem)
    table = problem.providers.assign(
        modules=modules.astype("int64"),
        served=outcome.used,
        owner=[owners[site] if site >= 0 else "" for site in at],
        acquisition_cost=acquisition(problem, modules)[first_moment(problem)],
    )
    table["capital_cost"] *= np.round(added(problem, outcome.modules))
    table = table[table["modules"] > 0].assign(period=problem.when[table["modules"] > 0])
    for column in ("capacity", "operating_cost", "land_m2"):
        table[column] = table[column] * table["modules"]
    table["capacity"] = table["capacity"].where(~table["unlimited"], np.inf)
    return frames.FACILITIES.tidy(_certain(problem, table))


def assignment(outcome: Outcome) -> pd.DataFrame:
    """Who is served where, as `frames.ASSIGNMENT`."""
    problem = outcome.problem
    some = np.flatnonzero(outcome.served > 0)
    need = problem.need.iloc[problem.need_point[some]]
    pairs = problem.pairs.iloc[some]
    table = pd.DataFrame(
        {
            "period": need["period"].to_numpy(),
            "future": need["future"].to_numpy(),
            "cell": need["cell"].to_numpy(),
            "service": need["service"].to_numpy(),
            "provider": problem.providers["provider"].to_numpy()[problem.provider[some]],
            "home": homes_of(problem)[some],
            "served": outcome.served[some],
            "travel": pairs["travel"].to_numpy(),
            "quality": pairs["quality"].to_numpy(),
        }
    )
    return frames.ASSIGNMENT.tidy(_certain(problem, table))


def _certain(problem: Problem, table: pd.DataFrame) -> pd.DataFrame:
    """The table without the name of the one future, where there is one."""
    return table.drop(columns="future", errors="ignore") if problem.futures is None else table


def homes_of(problem: Problem) -> np.ndarray:
    """Id of the place into which those of each pair have moved, empty for those who have not."""
    if problem.moving is None:
        return np.full(len(problem.pairs), "", object)
    named = np.append(problem.moving.homes, "")
    return np.asarray(named[np.where(problem.at_home, -1, problem.pairs["home"].to_numpy())])


def moves(outcome: Outcome) -> pd.DataFrame:
    """Who moves where, as `frames.MOVES`; empty where nobody does."""
    problem, moves = outcome.problem, outcome.problem.moves
    pair = np.zeros(0, np.int64) if moves is None else moves.pair
    people = np.zeros(0) if moves is None else moves.people
    some = outcome.served[pair] > 0
    pair, people = pair[some], people[some]
    need = problem.need.iloc[problem.need_point[pair]][["period", "cell", "neighbourhood", "service"]]
    table = need.assign(
        place=problem.providers["place"].to_numpy()[problem.provider[pair]],
        homes=outcome.served[pair],
        people=people * outcome.served[pair],
    )
    keys = [*need.columns, "place"]
    return frames.MOVES.tidy(table.groupby(keys, as_index=False)[["homes", "people"]].sum())


def need_points(outcome: Outcome, residents: pd.Series) -> pd.DataFrame:
    """What each cell needs and gets, as `frames.NEED_POINTS`; `residents` as `City.residents` tells them."""
    columns = ["cell", "neighbourhood", "service", "period", "future", "need"]
    table = _certain(outcome.problem, outcome.problem.need[columns]).assign(
        residents=residents_of(outcome.problem.need, residents),
        reached=outcome.reached,
        quality_weighted=outcome.quality_weighted,
        unmet=np.maximum(outcome.problem.amount - outcome.reached, 0.0),
    )
    return frames.NEED_POINTS.tidy(table)


def residents_of(need: pd.DataFrame, residents: pd.Series) -> Floats:
    """Residents of the cell of each need point [person]; NaN where they are not told."""
    if residents.index.nlevels > 1:
        return residents.reindex(pd.MultiIndex.from_frame(need[["period", "cell"]])).to_numpy(np.float64)
    return residents.reindex(need["cell"]).to_numpy(np.float64)


def unmet(outcome: Outcome) -> pd.DataFrame:
    """Need that the plan leaves, and why, as `frames.UNMET`."""
    problem = outcome.problem
    left = problem.amount - outcome.reached
    columns = ["cell", "neighbourhood", "service", "period", "future"]
    table = _certain(problem, problem.need[columns]).assign(unmet=left, reason=_reasons(problem, outcome))
    return frames.UNMET.tidy(table[left > SMALLEST])


def _reasons(problem: Problem, outcome: Outcome) -> np.ndarray:
    points = len(problem.need)
    any_place = np.bincount(problem.need_point, minlength=points) > 0
    opened = (outcome.modules > 0)[problem.provider].astype(float)
    any_open = np.bincount(problem.need_point, opened, points) > 0
    return np.select([~any_place, ~any_open], [NO_PLACE, NOTHING_OPEN], NO_CAPACITY)
