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
        labels=[f"{family} {place}" for place in problem.places["place"]],
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
