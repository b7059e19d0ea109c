"""Rule: what two groups of residents get may differ by so much at most."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from planner.catalogue import constraint
from planner.errors import Fault, InputFault
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.groups import REST, two_groups
from planner.problem.naming import service_named
from planner.problem.wellbeing import gain, unserved

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

Share = Annotated[float, Field(ge=0, le=1)]
WELLBEING = "wellbeing"


def _apart(problem: Problem, group: str, other: str, of: str, moment: int) -> Floats:
    """Weight of each place (wellbeing) or need point (coverage) in one mean, less that in the other."""
    both = two_groups(problem, group, other)
    named = f"`{group}`", "the rest" if other == REST else f"`{other}`"
    if of == WELLBEING:
        mine = _during(problem, problem.places, moment)
        _refuse_empty([one.people[mine] for one in both], named, "lives in the city")
        return both[0].of_places(mine) - both[1].of_places(mine)
    mine = problem.of_service(service_named(problem, of)) & _during(problem, problem.need, moment)
    _refuse_empty([one.need[mine] for one in both], named, f"needs {of}")
    return both[0].of_need(mine) - both[1].of_need(mine)


def _during(problem: Problem, table: pd.DataFrame, moment: int) -> NDArray[np.bool_]:
    """Which rows are of a period and future."""
    mine: NDArray[np.bool_] = problem.moment_of(table) == moment
    return mine


def _refuse_empty(amounts: list[Floats], named: tuple[str, str], does: str) -> None:
    nobody = [name for amount, name in zip(amounts, named, strict=True) if not amount.sum() > 0]
    if nobody:
        hint = "check the columns of `city.groups`"
        message = "so that nothing can be compared"
        raise InputFault(Fault(f"nobody of {name} {does}, {message}", hint=hint) for name in nobody)


@constraint(unit="1", reference="gap of means between groups, as in Marsh & Schilling (1994)")
def formulate(
    problem: Problem, *, group: str, other: str = REST, of: str = WELLBEING, at_most: Share
) -> Block:
    r"""What two groups of residents get, on average, may differ by so much at most.

    .. math:: \Bigl| \sum_a \frac{g_a}{G} W_a - \sum_a \frac{h_a}{H} W_a \Bigr| \le gap

    for wellbeing; for a service the same of its coverage, with the groups' parts of the need for their
    people. A place's figures count for its people alike: the rule speaks of people living where a group
    lives. It can also be kept by giving less to those who have more: look at what it costs each group.
    Where there are several periods or futures, so in each.

    Parameters
    ----------
    group
        A group of `city.groups`.
    other
        Another one, or `rest`: everybody who is not in the first.
    of
        `wellbeing`, or a service: its coverage, quality-weighted.
    at_most
        The largest gap between the two means.
    """
    what = f"{of} between {group} and {other}"
    rows = []
    for moment in problem.moments:
        pair, weight, start = _gap_terms(problem, _apart(problem, group, other, of, moment), of)
        side, one = np.repeat([1.0, -1.0], len(pair)), np.repeat([0, 1], len(pair))
        name = f"gap of {what}{problem.told(moment)}"
        rows.append(
            Rows(
                rule=name,
                terms=(Terms("serve", one, np.tile(pair, 2), side * np.tile(weight, 2)),),
                sense="<=",
                bound=at_most - np.array([start, -start]),
                labels=[f"{name} {side}" for side in ("above", "below")],
                give=f"allow a gap of {{needed}} instead of {{now}} in {what}{problem.told(moment)}",
                now=at_most,
            )
        )
    return Block(tuple(rows))


def _gap_terms(problem: Problem, apart: Floats, of: str) -> tuple[NDArray[np.int64], Floats, float]:
    """Pairs that widen or narrow a gap, by how much for each unit, and the gap with nobody served."""
    start = 0.0
    if of == WELLBEING:
        plain = problem.plain
        at, start = problem.place[problem.need_point], float(apart @ unserved(plain))
        weight = apart[at] * gain(plain) / plain.population[at]
    else:
        weight = (apart / problem.amount)[problem.need_point] * problem.quality
    pair = np.flatnonzero(weight)
    return pair, weight[pair], start


def evaluate(
    outcome: Outcome, *, group: str, other: str = REST, of: str = WELLBEING, at_most: float
) -> Floats:
    """How much the gap is too large [1]."""
    problem = outcome.problem
    plain = replace(outcome, problem=problem.plain)
    has = plain.wellbeing if of == WELLBEING else outcome.quality_weighted / problem.amount
    gaps = [abs(float(_apart(problem, group, other, of, moment) @ has)) for moment in problem.moments]
    over: Floats = np.maximum(np.array(gaps) - at_most, 0.0)
    return over
