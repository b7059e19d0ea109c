"""Rule: how many facilities are built at most, or at least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from planner.catalogue import constraint
from planner.errors import Fault, InputFault
from planner.problem.blocks import Block, Rows
from planner.problem.choice import choice, chosen_terms
from planner.problem.naming import service_named
from planner.problem.standing import built
from planner.problem.years import lasting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

Count = Annotated[int, Field(ge=0)]


def _counted(problem: Problem, service: str | None) -> NDArray[np.int64]:
    mine = built(problem) & lasting(problem)
    if service is not None:
        mine = mine & (problem.providers["service"] == service_named(problem, service)).to_numpy(bool)
    return np.flatnonzero(mine)


@constraint(unit="facilities")
def formulate(
    problem: Problem,
    *,
    service: str | None = None,
    at_most: Count | None = None,
    at_least: Count | None = None,
) -> Block:
    r"""How many facilities are built at most, or at least, of one service or of all together.

    .. math:: m \le \sum_j chosen_j \le M

    What stands today is not counted, kept or changed. Where there are several periods, all together count.
    """
    if at_most is None and at_least is None:
        raise InputFault(Fault("a count says `at_most` or `at_least`"))
    mine = _counted(problem, service)
    variables, links = choice(problem)
    what = f"{service} facilities" if service else "facilities"
    terms = chosen_terms(problem, np.zeros(len(mine), np.int64), mine)
    rows = tuple(
        Rows(
            rule=f"{word} {what}",
            terms=terms,
            sense=sense,  # type: ignore[arg-type]
            bound=np.array([float(number)]),
            labels=[f"count {what} {word}"],
            give=f"allow {{needed}} instead of {word} {{now}} {what}",
            now=float(number),
        )
        for word, sense, number in (("at most", "<=", at_most), ("at least", ">=", at_least))
        if number is not None
    )
    return Block((*rows, *links), variables)


def evaluate(
    outcome: Outcome, *, service: str | None = None, at_most: int | None = None, at_least: int | None = None
) -> NDArray[np.float64]:
    """Facilities too many, and too few."""
    built = float((outcome.modules[_counted(outcome.problem, service)] > 0).sum())
    over = built - at_most if at_most is not None else 0.0
    under = at_least - built if at_least is not None else 0.0
    wrong: NDArray[np.float64] = np.maximum(np.array([over, under]), 0.0)
    return wrong
