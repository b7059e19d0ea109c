"""Principle: people gain, and share equally."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import objective
from planner.problem.blocks import Goal, Rows, Terms, Variables
from planner.problem.outcome import per_head
from planner.problem.wellbeing import attainable, gain, gain_terms, unserved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

CHORDS = 10
"""Chords laid at first: deciles of people."""
MOST = 20
"""Beyond so many chords only cuts are added: a chord costs a row for each place, a cut one row."""
FURTHER = 5
"""Chords that one more round may add, where they err most."""
MANY = 500
"""From so many places on there are no chords: cuts alone keep the model as small as the others."""
NEAR = 1e-9
FOLLOW = 0.1
"""How far weights go towards those of the present ranks at a time."""


def rank_weights(wellbeing: Floats, people: Floats) -> Floats:
    r"""λ_a with :math:`\sum_a \lambda_a W_a = \mu (1 - G)`, for the order of this wellbeing, shape (places,).

    A person at rank r from below weighs 2 (1 − r); places that have the same share their ranks. For any
    other wellbeing the same weights give at least its μ (1 − G), which is the least over all orders.
    """
    shares = people / people.sum()
    levels, of = np.unique(wellbeing, return_inverse=True)
    upto = np.cumsum(np.bincount(of, shares, len(levels)))
    before = np.concatenate([[0.0], upto[:-1]])
    weights: Floats = shares * (2.0 - upto - before)[of]
    return weights


@objective(unit="1", reference="Sen (1976): mean × (1 − Gini); chords of the Lorenz curve: Ogryczak (2000)")
def formulate(problem: Problem) -> Goal:
    r"""People gain, and share equally: the mean wellbeing, less what inequality takes from it.

    .. math:: \min 1 - \mu (1 - G), \quad
              \mu (1 - G) = \sum_{ab} p_a p_b \min(W_a, W_b) / P^2 = 2 \int_0^1 L(\beta)\, d\beta

    where :math:`L(\beta) = \max_\theta \beta\theta - \sum_a p_a (\theta - W_a)^+ / P` is what the worst-off
    share β has. L is convex, so that chords over deciles bound the integral from above, each end exact
    by a threshold θ of its own; cuts with the ranks of the plans found, and further chords, close the rest.
    The value of a plan is always that of the formula itself. A city of many places has cuts alone,
    the first with the ranks of people whom nobody serves.
    """
    if len(problem.places) >= MANY:
        return _goal(problem, np.zeros(0), (rank_weights(unserved(problem), problem.population),))
    return _goal(problem, np.arange(1, CHORDS) / CHORDS, ())


def _goal(problem: Problem, shares: Floats, cuts: Sequence[Floats]) -> Goal:
    people, low = problem.population, unserved(problem)
    span, typical = people * (attainable(problem) - low), float(people.mean())
    top, count = float((low + per_head(span, people)).max()), len(shares)

    def tighten(values: Mapping[str, Floats]) -> Goal | None:
        gains = gain_terms(problem)
        gained = np.bincount(gains.row, gains.coefficient * values["serve"], len(low))
        here = low + per_head(gained, people)
        return _goal(problem, _further(shares, here, people), _with(cuts, rank_weights(here, people)))

    return Goal(
        cost={"welfare": np.array([-1.0 / typical])},
        constant=1.0,
        variables=(
            Variables("welfare", np.array([low.min() * typical]), np.array([top * typical])),
            Variables("benefit", np.zeros(len(low)), span),
            Variables("threshold", np.full(count, low.min() * typical), np.full(count, top * typical)),
            Variables("shortfall", np.zeros(count * len(low)), np.tile(people * (top - low), count)),
        ),
        rows=(
            _benefit(problem),
            _shortfall(problem, count, typical),
            _chords(problem, shares, typical),
            *_cuts(problem, cuts, typical),
        ),
        tighten=tighten,
    )


def _benefit(problem: Problem) -> Rows:
    """Rows by which people gain what they are served, benefit_a = p_a (W_a − W⁰_a), at most."""
    gains, places = gain_terms(problem), np.arange(len(problem.places))
    own = Terms("benefit", places, places, np.ones(len(places)))
    labels = [f"benefit {place}" for place in problem.homes]
    served = Terms("serve", gains.row, gains.column, -gains.coefficient)
    return Rows("benefit", (own, served), "<=", np.zeros(len(places)), labels)


def _shortfall(problem: Problem, count: int, typical: float) -> Rows:
    """Rows shortfall_ka ≥ p_a (θ_k − W_a), for each threshold and place."""
    people, places = problem.population, len(problem.places)
    row = np.arange(count * places)
    return Rows(
        rule="shortfall",
        terms=(
            Terms("shortfall", row, row, np.ones(len(row))),
            Terms("threshold", row, row // places, np.tile(-people / typical, count)),
            Terms("benefit", row, row % places, np.ones(len(row))),
        ),
        sense=">=",
        bound=np.tile(-people * unserved(problem), count),
        labels=[f"shortfall {k} {place}" for k in range(count) for place in problem.homes],
    )


def _chords(problem: Problem, shares: Floats, typical: float) -> Rows:
    """One row: welfare is at most twice the area under the chords, which end at 0, at the shares and at 1."""
    people, places = problem.population, len(problem.places)
    total, edges = float(people.sum()), np.concatenate([[0.0], shares, [1.0]])
    width = (edges[2:] - edges[:-2]) / 2
    last = (1.0 - edges[-2]) / 2
    one = np.zeros(1, np.int64)
    row = np.zeros(len(shares) * places, np.int64)
    scale = total / typical
    return Rows(
        rule="chords",
        terms=(
            Terms("welfare", one, one, np.array([scale])),
            Terms("threshold", row[: len(shares)], np.arange(len(shares)), -2 * width * shares * scale),
            Terms("shortfall", row, np.arange(len(row)), np.repeat(2 * width, places)),
            Terms("benefit", np.zeros(places, np.int64), np.arange(places), np.full(places, -2 * last)),
        ),
        sense="<=",
        bound=np.array([2 * last * float(people @ unserved(problem))]),
        labels=["chords"],
    )


def _cuts(problem: Problem, cuts: Sequence[Floats], typical: float) -> tuple[Rows, ...]:
    """Rows: welfare is at most the sum with the rank weights of any order of places."""
    if not cuts:
        return ()
    people, low = problem.population, unserved(problem)
    weights, places = np.array(cuts), len(low)
    scale = float(people.sum()) / typical
    row, column = np.repeat(np.arange(len(cuts)), places), np.tile(np.arange(places), len(cuts))
    one = Terms("welfare", np.arange(len(cuts)), np.zeros(len(cuts), np.int64), np.full(len(cuts), scale))
    own = Terms("benefit", row, column, -(weights * per_head(np.full(places, people.sum()), people)).ravel())
    bound = float(people.sum()) * (weights @ low)
    return (Rows("ranks", (one, own), "<=", bound, [f"ranks {k}" for k in range(len(cuts))]),)


def _with(cuts: Sequence[Floats], new: Floats) -> tuple[Floats, ...]:
    known = any(np.allclose(new, cut, rtol=0, atol=NEAR / len(new)) for cut in cuts)
    return (*cuts,) if known else (*cuts, new)


def _further(shares: Floats, wellbeing: Floats, people: Floats) -> Floats:
    """Shares at which chords end, with those at which the present ones err most for this wellbeing."""
    order = np.argsort(wellbeing, kind="stable")
    upto = np.cumsum(people[order])[:-1] / people.sum()
    lorenz = np.cumsum((people * wellbeing)[order]) / people.sum()
    edges = np.concatenate([[0.0], shares, [1.0]])
    ends = np.interp(edges, np.concatenate([[0.0], upto, [1.0]]), np.concatenate([[0.0], lorenz]))
    over = np.interp(upto, edges, ends) - lorenz[:-1]
    room = min(FURTHER, max(MOST - len(shares), 0)) if len(people) < MANY else 0
    worst = np.argsort(-over, kind="stable")[:room]
    new = upto[worst[over[worst] > NEAR]]
    return np.unique(np.concatenate([shares, new]))


def evaluate(outcome: Outcome) -> float:
    """What the mean, less what inequality takes, is missing to a wellbeing of 1."""
    wellbeing = outcome.wellbeing
    return 1.0 - float(rank_weights(wellbeing, outcome.problem.population) @ wellbeing)


def level(value: float, problem: Problem) -> float:
    """Mean wellbeing × (1 − Gini)."""
    del problem
    return 1.0 - value


def follow(weight: Floats | None, wellbeing: Floats, part: float, problem: Problem) -> Floats:
    """What a point of wellbeing of each place counts: some of the way to its rank weight, shape (places,)."""
    del part
    now = rank_weights(wellbeing, problem.population)
    return now if weight is None else (1 - FOLLOW) * weight + FOLLOW * now


def slope(outcome: Outcome) -> Goal:
    """Goal of gains that add up and grow as the objective does here: wellbeing, weighed by rank."""
    problem = outcome.problem
    weight = per_head(rank_weights(outcome.wellbeing, problem.population), problem.population)
    return Goal({"serve": -weight[problem.place[problem.need_point]] * gain(problem)})


def towards(outcome: Outcome, value: float) -> tuple[Goal, float]:
    """What leads to a plan worth `value`: wellbeing by the present ranks, and how much of it is missing."""
    return slope(outcome), evaluate(outcome) - value


def least(weight: Floats, problem: Problem) -> float:
    r"""Least of the objective plus weight × wellbeing; weights that no order has cost.

    The weights of orders and their mixtures are those with :math:`\lambda(S) \le 2 t - t^2` for every set S
    of a share t of all people, and 1 for all; it is enough to look at the sets with most weight per person.
    """
    people = problem.population
    order = np.argsort(-per_head(weight, people), kind="stable")
    upto = np.cumsum(people[order]) / people.sum()
    over = float(np.maximum(np.cumsum(weight[order]) - (2 * upto - upto**2), 0.0).max())
    below = float(np.maximum(-weight, 0.0).sum())
    astray = abs(float(weight.sum()) - 1.0) + 2.0 * (over + below)
    return 1.0 - astray * float(np.abs(np.concatenate([unserved(problem), attainable(problem)])).max())
