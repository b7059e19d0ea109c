"""What a unit says: families of variables, named sparse rows, goals; neutral, for PuLP and arrays alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

Sense = Literal["<=", ">=", "=="]


@dataclass(frozen=True)
class Variables:
    """A family of variables, shape (n,)."""

    family: str
    lower: Floats
    upper: Floats
    integer: bool = False

    def __len__(self) -> int:
        """Return how many variables there are."""
        return len(self.lower)


@dataclass(frozen=True)
class Terms:
    """Coefficients of one family in a set of rows: coefficient[k] × family[column[k]] in row[k]."""

    family: str
    row: Whole
    column: Whole
    coefficient: Floats


@dataclass(frozen=True)
class Rows:
    """Named sparse rows of one rule: Σ terms (sense) bound.

    Attributes
    ----------
    rule
        Name under which the rule is told and relaxed.
    labels
        Names of the rows for people, shape (rows,).
    give
        How the rule reads when it has to give: a sentence with `{now}` and `{needed}`; empty for a
        fact that cannot give (nobody is served twice).
    now
        The number in the scenario that would change, in the scenario's own unit.
    per_unit
        Change of each bound when that number gives by one, shape (rows,); ones where not given.
    kept
        The number that a plan (family → values) would keep, for a rule whose bound does not change in
        proportion to its number; the advice then tells this of the plan that asks least.
    """

    rule: str
    terms: tuple[Terms, ...]
    sense: Sense
    bound: Floats
    labels: Sequence[str]
    give: str = ""
    now: float = 0.0
    per_unit: Floats | None = None
    kept: Callable[[Mapping[str, Floats]], float] | None = None

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.bound)


@dataclass(frozen=True)
class Levels:
    """The half `by_levels` of an objective whose value is how high the highest way is that must be used.

    A plan is worth at most `values[k]`, for any but the last level, exactly when every need point that counts
    is served wholly, and by no pair that is higher. The last level is what counts where that cannot be.

    Attributes
    ----------
    values
        The levels, increasing, shape (levels,).
    counted
        Need points that count, positions.
    pair, height
        Their pairs, positions, and how high each is.
    """

    values: Floats
    counted: Whole
    pair: Whole
    height: Floats


@dataclass(frozen=True)
class Cover:
    """The half `by_cover` of an objective that asks who is within reach: min Σ w_i missed_i + Σ c_j open_j.

    It holds where every site has room for all that it covers.

    Attributes
    ----------
    weight
        What it costs to miss each need point that counts, shape (points,).
    pair
        Pairs that cover, positions in the problem.
    point
        Which of the need points that count each of them covers.
    cost
        Of each provider that is open, shape (providers,).
    """

    weight: Floats
    pair: Whole
    point: Whole
    cost: Floats


@dataclass(frozen=True)
class Goal:
    """What to minimise: Σ cost + constant, with the variables and rows that only this goal needs.

    `tighten`, where given, looks at a solution (family → values) and returns the goal with its
    tangents laid anew where the solution lies, or None when nothing is left to lay. `values` tells the
    goal's variables (family → values) for a plan, so that a search can begin from it.

    An objective with several goals, of which an earlier one counts more than all later ones, gives a tuple
    of them; its `evaluate` then gives a value for each, and its half `names` says what each is.
    """

    cost: Mapping[str, Floats]
    constant: float = 0.0
    variables: tuple[Variables, ...] = ()
    rows: tuple[Rows, ...] = ()
    tighten: Callable[[Mapping[str, Floats]], Goal | None] | None = None
    values: Callable[[Outcome], Mapping[str, Floats]] | None = None


@dataclass(frozen=True)
class Block:
    """What a rule says: rows, and the variables that only it needs.

    `values` tells those variables (family → values) for a plan, so that a search can begin from it.
    """

    rows: tuple[Rows, ...]
    variables: tuple[Variables, ...] = ()
    values: Callable[[Outcome], Mapping[str, Floats]] | None = None


def said(rows: Rows) -> tuple[object, ...]:
    """What these rows say: two rules that say the same, as two that count facilities, put it in once."""
    terms = [(t.family, t.row.tobytes(), t.column.tobytes(), t.coefficient.tobytes()) for t in rows.terms]
    return (rows.rule, rows.sense, rows.bound.tobytes(), *terms)
