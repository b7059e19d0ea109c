"""Principle: a benefit counts more, the worse off the one who gets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from planner.catalogue import objective
from planner.errors import Fault, InputFault
from planner.problem.blocks import Goal, Rows, Terms, Variables
from planner.problem.outcome import per_head
from planner.problem.wellbeing import attainable, gain_terms, unserved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

Aversion = Annotated[float, Field(gt=0, le=100)]
Offset = Annotated[float, Field(gt=0, le=10)]
SEGMENTS = 16
FOLLOW = 0.1
"""How far weights go towards the present slopes at a time."""
PARALLEL = 1e-12
"""Tangents whose slopes differ by less are one."""
NO_WELLBEING = 1e-6
"""Wellbeing below this is rounding, not wellbeing."""
STEEPEST = 600.0
"""Largest exponent κ W of the Kolm–Pollak loss: beyond it the loss is 0 or infinite in floating point."""


@dataclass(frozen=True)
class Loss:
    """A falling convex loss of wellbeing: its value, its slope, and where it has which value or slope."""

    of: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    inverse: Callable[[float], float]
    where: Callable[[Floats], Floats]


def effective_aversion(problem: Problem, aversion: float) -> float:
    r"""κ = α ε, with α = Σ p W / Σ p W² of the city before anybody is served (Horton et al. 2024).

    Where nobody has any wellbeing before, α is 1.
    """
    problem = problem.anchor or problem
    before = unserved(problem)
    square = float(problem.population @ before**2)
    some = square > NO_WELLBEING**2 * float(problem.population.sum())
    return aversion * (float(problem.population @ before) / square if some else 1.0)


def _kolm_pollak(problem: Problem, aversion: float, offset: float) -> Loss:
    del offset
    kappa = effective_aversion(problem, aversion)
    _refuse_steep(problem, aversion, kappa)
    return Loss(
        of=lambda w: np.exp(-kappa * w) / kappa,
        slope=lambda w: -np.exp(-kappa * w),
        inverse=lambda mean: float(-np.log(kappa * mean) / kappa),
        where=lambda slope: -np.log(-slope) / kappa,
    )


def _refuse_steep(problem: Problem, aversion: float, kappa: float) -> None:
    """A loss that rises with wellbeing is no loss, and one too steep cannot be told apart by a computer."""
    if kappa <= 0:
        message = "before anybody is served wellbeing is below 0 on average, so that no aversion is defined"
        hint = "lower `wellbeing.minimum_residents`, so that places of high need set the scale of wellbeing"
        raise InputFault(Fault(message, hint=hint))
    range_ = float(np.abs(np.concatenate([unserved(problem), attainable(problem)])).max())
    if kappa * range_ > STEEPEST:
        message = f"`priority.aversion` {aversion:g} is too high for this city to tell one plan from another"
        hint = f"choose at most {aversion * STEEPEST / (kappa * range_):.3g}"
        raise InputFault(Fault(message, hint=hint))


def _atkinson(problem: Problem, aversion: float, offset: float) -> Loss:
    least = float((unserved(problem) + offset).min())
    if least <= 0:
        worst = least - offset
        message = (
            f"`priority.offset` {offset:g} is too small: the worst-off place has a wellbeing of {worst:.3g}"
        )
        raise InputFault(
            Fault(
                message,
                "objective",
                f"an offset above {offset - least:.3g} makes the Atkinson utility defined",
            )
        )
    if aversion == 1:
        return Loss(
            of=lambda w: -np.log(w + offset),
            slope=lambda w: -1.0 / (w + offset),
            inverse=lambda mean: float(np.exp(-mean) - offset),
            where=lambda slope: -1.0 / slope - offset,
        )
    power = 1.0 - aversion
    return Loss(
        of=lambda w: -((w + offset) ** power) / power,
        slope=lambda w: -((w + offset) ** -aversion),
        inverse=lambda mean: float((-mean * power) ** (1.0 / power) - offset),
        where=lambda slope: (-slope) ** (-1.0 / aversion) - offset,
    )


LOSSES = {"kolm_pollak": _kolm_pollak, "atkinson": _atkinson}


@objective(
    unit="person",
    reference="Parfit (1997); Kolm (1976), Pollak (1971): Horton et al. (2024); Atkinson (1970)",
)
def formulate(
    problem: Problem,
    *,
    utility: Literal["kolm_pollak", "atkinson"] = "kolm_pollak",
    aversion: Aversion = 1.0,
    offset: Offset = 1.0,
) -> Goal:
    r"""A benefit counts more, the worse off the one who gets it.

    .. math:: \min \sum_a p_a L(W_a), \quad L(W) = e^{-\kappa W} / \kappa

    with :math:`\kappa` = α × `aversion` (Kolm–Pollak), or
    :math:`L(W) = -(W + offset)^{1-\varepsilon} / (1-\varepsilon)` (Atkinson).
    In the model the upper envelope of tangents stands for L, so its bounds hold for L itself; the
    tangents are laid anew where a solution lies, until they are as good as exact there.
    """
    loss = LOSSES[utility](problem, aversion, offset)
    low, high = unserved(problem), attainable(problem)
    points = low + np.linspace(0.0, 1.0, SEGMENTS)[:, None] * (high - low)
    return _goal(problem, loss, points)


def _goal(problem: Problem, loss: Loss, points: Floats, *, first: bool = True) -> Goal:
    """Segments between the crossings of neighbouring tangents, shape of `points` (segments, places)."""
    low, high = unserved(problem), attainable(problem)
    points = np.sort(points, axis=0)
    slope = loss.slope(points)
    crossings = _crossings(points, loss.of(points), slope)
    edges = np.vstack([low, np.clip(crossings, low, high), high])
    width = np.maximum(np.diff(edges, axis=0), 0.0) * problem.population
    start = loss.of(points[0]) + slope[0] * (low - points[0])
    places, segments = len(low), len(points)
    gains = gain_terms(problem)
    row = np.tile(np.arange(places), segments)
    rows = Rows(
        rule="benefit",
        terms=(
            Terms("benefit", row, np.arange(places * segments), np.ones(places * segments)),
            Terms("serve", gains.row, gains.column, -gains.coefficient),
        ),
        sense="<=",
        bound=np.zeros(places),
        labels=[f"benefit {place}" for place in problem.homes],
    )

    def tighten(values: Mapping[str, Floats]) -> Goal | None:
        benefit = np.bincount(gains.row, gains.coefficient * values["serve"], places)
        here = np.clip(low + per_head(benefit, problem.population), low, high)
        finer = _gathered(len(points), here, low, high) if first else _between(points, here)
        return _goal(problem, loss, finer, first=False)

    return Goal(
        cost={"benefit": slope.ravel()},
        constant=float(problem.population @ start),
        variables=(Variables("benefit", np.zeros(places * segments), width.ravel()),),
        rows=(rows,),
        tighten=tighten,
    )


def _crossings(points: Floats, value: Floats, slope: Floats) -> Floats:
    """Where each tangent crosses the next, shape (segments − 1, places)."""
    rise = np.diff(slope, axis=0)
    intercept = value - slope * points
    same = np.abs(rise) < PARALLEL
    crossing = -np.diff(intercept, axis=0) / np.where(same, 1.0, rise)
    return np.where(same, points[1:], np.clip(crossing, points[:-1], points[1:]))


def _gathered(segments: int, here: Floats, low: Floats, high: Floats) -> Floats:
    """Tangent points gathered around `here`, one of them on it, shape (segments, places)."""
    half = (segments - 1) // 2
    near = np.linspace(-1.0, 1.0, 2 * half + 1)[:, None]
    reach = np.where(near < 0, here - low, high - here)
    gathered = here + np.sign(near) * near**2 * reach
    return np.vstack([gathered, *[high] * (segments - len(gathered))])


def _between(points: Floats, here: Floats) -> Floats:
    """Further tangent points: `here`, and half-way to its neighbours; none is lost, so cuts do not circle."""
    below = np.where(points <= here, points, -np.inf).max(axis=0)
    above = np.where(points >= here, points, np.inf).min(axis=0)
    finite = [np.where(np.isfinite(side), side, here) for side in (below, above)]
    return np.vstack([points, here, *((here + side) / 2 for side in finite)])


def evaluate(
    outcome: Outcome, *, utility: str = "kolm_pollak", aversion: float = 1.0, offset: float = 1.0
) -> float:
    """Loss of all people, by the utility itself [person]."""
    loss = LOSSES[utility](outcome.problem, aversion, offset)
    return float(outcome.problem.population @ loss.of(outcome.wellbeing))


def level(
    value: float,
    problem: Problem,
    *,
    utility: str = "kolm_pollak",
    aversion: float = 1.0,
    offset: float = 1.0,
) -> float:
    """Equally distributed equivalent: the wellbeing that, given to everybody alike, is worth as much."""
    loss = LOSSES[utility](problem, aversion, offset)
    lowest = float(loss.of(np.ones(1))[0])  # nobody is better off than 1, though a weak bound may say so
    return loss.inverse(max(value / float(np.sum(problem.population)), lowest))


def follow(
    weight: Floats | None,
    wellbeing: Floats,
    part: float,
    problem: Problem,
    *,
    utility: str = "kolm_pollak",
    aversion: float = 1.0,
    offset: float = 1.0,
) -> Floats:
    """What a point of wellbeing of each place counts: some of the way to its slope, shape (places,)."""
    del part
    now = -problem.population * LOSSES[utility](problem, aversion, offset).slope(wellbeing)
    return now if weight is None else (1 - FOLLOW) * weight + FOLLOW * now


def least(
    weight: Floats,
    problem: Problem,
    *,
    utility: str = "kolm_pollak",
    aversion: float = 1.0,
    offset: float = 1.0,
) -> float:
    """Least of the objective plus weight × wellbeing, over all wellbeing that can be."""
    loss, people = LOSSES[utility](problem, aversion, offset), problem.population
    low, high = unserved(problem), attainable(problem)
    part = np.maximum(per_head(weight, people), np.finfo(float).tiny)
    with np.errstate(over="ignore"):
        lowest = np.clip(loss.where(-part), low, high)
    return float(np.sum(people * loss.of(lowest) + weight * lowest))
