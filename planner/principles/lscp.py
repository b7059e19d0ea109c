"""Principle: everybody is within the standard with the fewest facilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import objective
from planner.problem.blocks import Cover, Goal, Rows, Terms, Variables
from planner.problem.choice import choice, chosen_terms
from planner.problem.naming import service_named
from planner.problem.standing import new_place, programme
from planner.problem.ways import SERVED
from planner.problem.years import lasting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

TOLERANCE = 1e-9


def _within(problem: Problem, service: str | None) -> Whole:
    """Pairs of the service within its standard."""
    name = service_named(problem, service)
    standard = float(problem.services["standard"].loc[name])
    near = problem.pairs["travel"].to_numpy(float) <= standard + TOLERANCE
    return np.flatnonzero(near & problem.of_service(name)[problem.need_point])


def _coverable(problem: Problem, service: str | None) -> Whole:
    """Need points that something could serve within the standard, whatever part of the ways is looked at."""
    whole = problem.whole
    pair = _within(whole, service)
    return np.unique(whole.need_point[pair[whole.at_home[pair]]])


def _candidates(problem: Problem, service: str | None) -> Whole:
    mine = problem.providers["service"] == service_named(problem, service)
    new = (new_place(problem) | programme(problem)) & lasting(problem)
    return np.flatnonzero(mine.to_numpy(bool) & new)


@objective(unit="facilities", reference="Toregas, Swain, ReVelle & Bergman (1971)")
def formulate(problem: Problem, *, service: str | None = None) -> Goal:
    r"""The fewest new facilities of a service with which everybody is within the standard who can be.

    .. math:: \min \sum_j chosen_j + C \sum_i missed_i, \quad
              \sum_{j : t_{ij} \le standard} serve_{ij} \ge n_i (1 - missed_i)

    with C one more than the candidates, so that no number of facilities outweighs a need point: where
    money or capacity do not suffice for everybody, the fewest are missed, and that with the fewest
    facilities. Where there are several periods, all facilities count together, and each need point in each
    period. Who has nothing within the standard, whatever is built, is held out.

    Parameters
    ----------
    service
        The service; may be left out where there is one.
    """
    pair, points = _within(problem, service), _coverable(problem, service)
    candidates = _candidates(problem, service)
    variables, links = choice(problem)
    row = np.full(len(problem.need), -1)
    row[points] = np.arange(len(points))
    rows = Rows(
        rule="within",
        terms=(
            Terms("serve", row[problem.need_point[pair]], pair, np.ones(len(pair))),
            Terms("missed", np.arange(len(points)), np.arange(len(points)), problem.amount[points]),
        ),
        sense=">=",
        bound=problem.amount[points],
        labels=[f"within {cell}" for cell in problem.cells[points]],
    )
    missed = Variables("missed", np.zeros(len(points)), np.ones(len(points)), integer=True)
    cost = {"missed": np.full(len(points), len(candidates) + 1.0)} | _count(problem, candidates)
    return Goal(cost, variables=(*variables, missed), rows=(*links, rows) if len(points) else links)


def _count(problem: Problem, candidates: Whole) -> dict[str, Floats]:
    """Cost of 1 for each candidate that is chosen, in the families that say so."""
    cost: dict[str, Floats] = {}
    for terms in chosen_terms(problem, np.zeros(len(candidates), np.int64), candidates):
        cost[terms.family] = np.bincount(terms.column, terms.coefficient, len(problem.providers))
    return cost


def by_cover(problem: Problem, *, service: str | None = None) -> Cover:
    """The same as a question of covering."""
    pair, points = _within(problem, service), _coverable(problem, service)
    candidates = _candidates(problem, service)
    row = np.full(len(problem.need), -1)
    row[points] = np.arange(len(points))
    cost = np.zeros(len(problem.providers))
    cost[candidates] = 1.0
    weight = np.full(len(points), len(candidates) + 1.0)
    return Cover(weight, pair, row[problem.need_point[pair]], cost)


def evaluate(outcome: Outcome, *, service: str | None = None) -> float:
    """New facilities, and one more than all candidates for each need point missed that could be covered."""
    problem = outcome.problem
    pair, points = _within(problem, service), _coverable(problem, service)
    candidates = _candidates(problem, service)
    within = np.bincount(problem.need_point[pair], outcome.served[pair], len(problem.need))
    missed = within[points] < problem.amount[points] * (1.0 - SERVED)
    return float((outcome.modules[candidates] > 0).sum() + (len(candidates) + 1) * missed.sum())
