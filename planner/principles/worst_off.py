"""Principle: those worst off, as a share of all people, have as much as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from planner.catalogue import objective
from planner.problem.blocks import Goal, Rows, Terms, Variables
from planner.problem.wellbeing import attainable, gain_terms, unserved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

Share = Annotated[float, Field(gt=0, le=1)]
HAIR = 1e-9


@objective(
    unit="1", reference="Rockafellar & Uryasev (2000), expected shortfall, of people instead of futures"
)
def formulate(problem: Problem, *, share: Share = 0.2) -> Goal:
    r"""The most for those worst off: the mean wellbeing of the worst-off share of all people.

    .. math:: \min 1 - \Bigl(\theta - \tfrac{1}{\beta P} \sum_a p_a (\theta - W_a)^+\Bigr)

    over θ too, which the best value makes the wellbeing up to which people count as worst off. Who the
    worst-off are is not fixed beforehand: they are those who have least under the plan.

    Parameters
    ----------
    share
        β, the share of all people: 1 is the mean of everybody (`utilitarian`), towards 0 it is `maximin`.
    """
    people, low = problem.population, unserved(problem)
    top, typical = float(attainable(problem).max()), float(people.mean())
    places = np.arange(len(people))
    rows = shortfall_rows(problem, "shortfall", typical)
    return Goal(
        cost={
            "threshold": np.array([-1.0 / typical]),
            "shortfall": np.full(len(places), 1.0 / (share * float(people.sum()))),
        },
        constant=1.0,
        variables=(
            Variables("threshold", np.array([low.min()]) * typical, np.array([top]) * typical),
            Variables("shortfall", np.zeros(len(places)), people * np.maximum(top - low, 0.0)),
        ),
        rows=(rows,),
    )


def shortfall_rows(problem: Problem, family: str, typical: float) -> Rows:
    """Rows p_a (θ − W_a) ≤ shortfall_a; the variable is θ × `typical`, so that sizes are alike."""
    people, places = problem.population, np.arange(len(problem.places))
    gains = gain_terms(problem)
    return Rows(
        rule=family,
        terms=(
            Terms(family, places, places, np.ones(len(places))),
            Terms("threshold", places, np.zeros(len(places), np.int64), -people / typical),
            gains,
        ),
        sense=">=",
        bound=-people * unserved(problem),
        labels=[f"{family} {place}" for place in problem.homes],
    )


def worst_off_mean(wellbeing: Floats, people: Floats, share: float) -> float:
    """Mean of the worst-off share of people; the place in which the share ends counts in part."""
    order = np.argsort(wellbeing, kind="stable")
    counted, left = people[order], share * float(people.sum())
    counted = np.clip(left - (np.cumsum(counted) - counted), 0.0, counted)
    return float(counted @ wellbeing[order] / counted.sum())


def evaluate(outcome: Outcome, *, share: float = 0.2) -> float:
    """What the worst-off share of people is missing to a wellbeing of 1, on average."""
    return 1.0 - worst_off_mean(outcome.wellbeing, outcome.problem.population, share)


def level(value: float, problem: Problem, *, share: float = 0.2) -> float:
    """Mean wellbeing of the worst-off share of people."""
    del problem, share
    return 1.0 - value


def follow(
    weight: Floats | None, wellbeing: Floats, part: float, problem: Problem, *, share: float = 0.2
) -> Floats:
    """What a point of wellbeing of each place counts: up to its share of the worst-off, in all 1."""
    people = problem.population
    most = people / (share * float(people.sum()))
    edge = _edge(wellbeing, people, share)
    if weight is None:
        weight, part = most * share, 1.0
    usual = float(people @ np.abs(wellbeing - edge) / people.sum())
    moved = weight - part * most * (wellbeing - edge) / max(usual, HAIR)
    some = most > 0
    low = float((-moved[some] / most[some]).min())
    high = float((1.0 - moved[some] / most[some]).max())
    for _ in range(60):
        shift = (low + high) / 2
        enough = np.clip(moved + shift * most, 0.0, most).sum() >= 1.0
        low, high = (low, shift) if enough else (shift, high)
    now = np.clip(moved + high * most, 0.0, most)
    return now / now.sum()


def _edge(wellbeing: Floats, people: Floats, share: float) -> float:
    """Wellbeing up to which people count as worst off."""
    order = np.argsort(wellbeing, kind="stable")
    upto = np.cumsum(people[order])
    return float(wellbeing[order][min(int(np.searchsorted(upto, share * upto[-1])), len(order) - 1)])


def least(weight: Floats, problem: Problem, *, share: float = 0.2) -> float:
    """Least of the objective plus weight × wellbeing; weights that are none of the worst-off cost."""
    people = problem.population
    most = people / (share * float(people.sum()))
    over = float(np.maximum(weight - most, 0.0).sum() + np.maximum(-weight, 0.0).sum())
    astray = abs(float(weight.sum()) - 1.0) + 2.0 * over
    return 1.0 - astray * float(np.abs(np.concatenate([unserved(problem), attainable(problem)])).max())
