"""Rule: by another principle of justice, the plan is worth at least so much."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from planner import catalogue
from planner.catalogue import constraint
from planner.errors import Fault, InputFault
from planner.problem.blocks import Block, Goal, Rows, Terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

HAIR = 1e-9
SHARED = {"serve", "open"}
"""Variables of the question itself; others are the principle's own."""
Principle = Literal["utilitarian", "sufficiency", "worst_off", "maximin"]
Level = Annotated[float, Field(ge=-1, le=1)]


@constraint(unit="1", reference="ε-constraint: Haimes, Lasdon & Wismer (1971)")
def formulate(
    problem: Problem, *, principle: Principle, level: Level, parameters: dict[str, Any] | None = None
) -> Block:
    r"""By a principle beside the scenario's own, the plan is worth at least a level of equal outcome.

    With `maximin` no place that anything can improve falls below the level; with `worst_off` the mean of
    those worst off does not; with `sufficiency` people do not miss more than that to the floor; with
    `utilitarian` the mean of all does not fall below it.

    .. math:: v(x) \le v(level)

    Parameters
    ----------
    principle
        One whose value is linear in who is served: `utilitarian`, `sufficiency`, `worst_off`, `maximin`.
    level
        The level, between 0 and 1, as reports tell it.
    parameters
        Those of the principle, such as `{share: 0.2}`.
    """
    unit, bound = _bound(problem, principle, parameters)
    name = _named(principle, level, bound)
    goal = _own(unit.function(problem, **bound), name)
    value = _value(problem, unit, bound, level)
    slope = _value(problem, unit, bound, level - 1.0) - value
    terms = tuple(
        Terms(f, np.zeros(len(c), np.int64), np.arange(len(c)), c) for f, c in goal.cost.items() if len(c)
    )
    held = Rows(
        rule=f"level of {name}",
        terms=terms,
        sense="<=",
        bound=np.array([value - goal.constant + HAIR * (1.0 + abs(value))]),
        labels=[f"level of {name}"],
        give=f"lower the level of `{principle}` from {{now}} to {{needed}}",
        now=level,
        per_unit=np.array([slope]),
    )
    return Block((*goal.rows, held), goal.variables, goal.values)


def _bound(
    problem: Problem, principle: str, parameters: dict[str, Any] | None
) -> tuple[catalogue.Unit, dict[str, Any]]:
    if problem.futures is not None:
        hint = "hold it in a scenario without `futures`"
        raise InputFault(Fault("`at_least` does not say in which future the level holds", hint=hint))
    unit = catalogue.find("objective", principle)
    return unit, unit.bind(parameters or {})


def _value(problem: Problem, unit: catalogue.Unit, bound: dict[str, Any], level: float) -> float:
    """Natural value of a level: these principles tell levels that fall evenly with the value."""
    tell = unit.half("level")
    assert tell is not None  # noqa: S101 - all of `Principle` have one
    first, second = (float(tell(value, problem, **bound)) for value in (0.0, 1.0))
    return (first - level) / (first - second)


def _named(principle: str, level: float, given: dict[str, Any]) -> str:
    """Name of the rule, so that one principle may be held at several levels, with several parameters."""
    parts = [f"{name} {value:g}" for name, value in given.items()]
    return " ".join([principle.replace("_", " "), *parts, f"at {level:g}"])


def _own(goal: Goal, name: str) -> Goal:
    """The goal with variables of its own, apart from those of the same principle as the objective."""
    names = {v.family: f"{name} {v.family}" for v in goal.variables if v.family not in SHARED}

    def named(family: str) -> str:
        return names.get(family, family)

    def renamed(rows: Rows) -> Rows:
        terms = tuple(replace(t, family=named(t.family)) for t in rows.terms)
        return replace(rows, terms=terms, rule=f"{name} {rows.rule}")

    tell = goal.values
    return replace(
        goal,
        cost={named(family): cost for family, cost in goal.cost.items()},
        variables=tuple(replace(v, family=named(v.family)) for v in goal.variables),
        rows=tuple(renamed(rows) for rows in goal.rows),
        values=None if tell is None else lambda outcome: {named(f): v for f, v in tell(outcome).items()},
    )


def evaluate(
    outcome: Outcome, *, principle: Principle, level: float, parameters: dict[str, Any] | None = None
) -> Floats:
    """How much is missing to the level [1]."""
    unit, bound = _bound(outcome.problem, principle, parameters)
    judge, tell = unit.half("evaluate"), unit.half("level")
    assert judge is not None  # noqa: S101 - as above
    assert tell is not None  # noqa: S101 - as above
    has = float(tell(judge(outcome, **bound), outcome.problem, **bound))
    missing: Floats = np.maximum(np.array([level - has]), 0.0)
    return missing
