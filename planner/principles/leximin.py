"""Principle: fewest people below a low level of wellbeing, then below the next one, and so on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from planner.catalogue import objective
from planner.problem.blocks import Goal, Rows, Terms, Variables
from planner.problem.wellbeing import attainable, gain_terms, unserved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

Resolution = Annotated[float, Field(ge=0.02, le=1)]
HAIR = 1e-5
"""Wellbeing nearer to a level than this has reached it."""
LEAST, NOTHING = 1e-3, 2e-8
"""Least coefficients of being below and of being served, as shares of the largest in a row: what is more than
missing does no harm, and what brings next to nothing is rounded up, or no solver could be trusted with it."""


def steps(resolution: float) -> Floats:
    """Levels of wellbeing δ, 2δ, …, up to 1, shape (levels,)."""
    levels: Floats = resolution * np.arange(1, int(1 / resolution + HAIR) + 1, dtype=np.float64)
    return levels


@objective(
    unit="person", reference="Sen (1970), leximin; by levels of a resolution: Ogryczak & Śliwiński (2006)"
)
def formulate(problem: Problem, *, resolution: Resolution = 0.1) -> tuple[Goal, ...]:
    r"""The fewest people below a low level of wellbeing, then the fewest below the next, and so on.

    .. math:: \mathrm{lex} \min_k \sum_a p_a z_{ka}, \quad
              W_a \ge k \delta - (k \delta - W^0_a)\, z_{ka}, \; z_{ka} \in \{0, 1\}, \quad k = 1, 2, \dots

    The set of the worst-off is not the same in every plan, so that levels are in people. Whom nothing can
    lift to a level stays counted as below it. A later level never costs an earlier one a single person.

    Parameters
    ----------
    resolution
        δ, the distance of the levels of wellbeing: differences below it are not looked at.
    """
    return tuple(_fewest_below(problem, float(level)) for level in steps(resolution))


def _fewest_below(problem: Problem, level: float) -> Goal:
    """Fewest people below one level."""
    people, low = problem.population, unserved(problem)
    below = (people > 0) & (low < level - HAIR)
    hopeless = below & (attainable(problem) < level - HAIR)
    open_ = np.flatnonzero(below & ~hopeless)
    row = np.full(len(people), -1)
    row[open_] = np.arange(len(open_))
    gains, family, own = gain_terms(problem), _family(level), np.arange(len(open_))
    mine = row[gains.row] >= 0
    place, brings = row[gains.row[mine]], gains.coefficient[mine]
    missing = people[open_] * (level - low[open_])
    largest = np.zeros(len(open_))
    np.maximum.at(largest, place, brings)
    missed = np.maximum(missing, LEAST * largest)
    brings = np.maximum(brings, NOTHING * np.maximum(missed, largest)[place])
    return Goal(
        cost={family: people[open_]},
        constant=float(people[hopeless].sum()),
        variables=(Variables(family, np.zeros(len(open_)), np.ones(len(open_)), integer=True),),
        rows=(
            Rows(
                rule=family,
                terms=(Terms(family, own, own, missed), Terms("serve", place, gains.column[mine], brings)),
                sense=">=",
                bound=missing,
                labels=[f"{family} {place}" for place in problem.homes[open_]],
            ),
        ),
        values=partial(_below, open_, family, level),
    )


def _below(places: NDArray[np.int64], family: str, level: float, outcome: Outcome) -> Mapping[str, Floats]:
    """Which of some places a plan leaves below the level."""
    return {family: (outcome.wellbeing[places] < level - HAIR).astype(float)}


def _family(level: float) -> str:
    return f"below {level:.4g}".replace(".", "_").replace(" ", "_")


def names(*, resolution: float = 0.1) -> tuple[str, ...]:
    """What each goal counts, the first that counts most."""
    return tuple(f"people below {level:.4g}" for level in steps(resolution))


def evaluate(outcome: Outcome, *, resolution: float = 0.1) -> Floats:
    """People below each level, the lowest first [person], shape (levels,)."""
    people, wellbeing = outcome.problem.population, outcome.wellbeing
    return np.array([people[wellbeing < level - HAIR].sum() for level in steps(resolution)], float)


def level(value: float, problem: Problem, *, resolution: float = 0.1) -> float:
    """Share of all people who are not below a level."""
    del resolution
    return 1.0 - value / float(problem.population.sum())
