"""Why no plan keeps every rule: which would have to give, by how much; a second opinion on the solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.errors import Fault, PlannerError
from planner.model.formulation import formulate
from planner.model.solve import Solver
from planner.problem.blocks import Block, Goal, Rows, Terms, Variables
from planner.problem.choice import CHOSEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.model.yardstick import Yardstick
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

SECONDS = 60.0
SMALLEST = 1e-7


def advise(problem: Problem, blocks: Sequence[Block], yardstick: Yardstick, threads: int) -> list[Fault]:
    """Which rules would have to give: each alone, or, where no single one helps, the least that do together.

    Raises
    ------
    PlannerError
        When the relaxed model needs nothing to give: then the solver's `infeasible` was wrong.
    """
    del yardstick
    rules = [r for block in blocks for r in block.rows if r.give]
    if not rules:
        return [Fault("no plan keeps every rule, and none of the rules can give")]
    alone = [fault for rule in rules if (fault := _alone(problem, blocks, rule, threads)) is not None]
    if alone:
        head = Fault("no plan keeps every rule; any one of these changes would allow a plan:")
        return [head, *alone]
    together = _together(problem, blocks, rules, threads)
    if not together:
        return [Fault("no plan keeps every rule, whatever budget, floors, counts and land are changed")]
    return [Fault("no plan keeps every rule; these changes together would allow a plan:"), *together]


def _alone(problem: Problem, blocks: Sequence[Block], rule: Rows, threads: int) -> Fault | None:
    given = _give(problem, blocks, [rule], threads)
    if given is None:
        return None
    if given[0] <= SMALLEST:
        raise PlannerError(
            "the solver called the scenario infeasible, but a plan exists; "
            "its data may differ too much in size"
        )
    return Fault(_told(rule, given[0]))


def _together(problem: Problem, blocks: Sequence[Block], rules: Sequence[Rows], threads: int) -> list[Fault]:
    given = _give(problem, blocks, rules, threads)
    if given is None:
        return []
    return [Fault(_told(rule, much)) for rule, much in zip(rules, given, strict=True) if much > SMALLEST]


def _give(
    problem: Problem, blocks: Sequence[Block], rules: Sequence[Rows], threads: int
) -> list[float] | None:
    """Least that these rules must give, each in its own number, weighed by it; None when that is no use."""
    names = {id(rule): f"give_{k}" for k, rule in enumerate(rules)}
    softened = tuple(
        Block(tuple(_soft(r, names[id(r)]) if id(r) in names else r for r in b.rows), b.variables)
        for b in blocks
    )
    gives = tuple(
        Variables(name, np.zeros(1), np.array([_most(r)]), integer=_whole(r))
        for name, r in zip(names.values(), rules, strict=True)
    )
    cost = {
        name: np.array([1.0 / max(abs(r.now), 1e-3)]) for name, r in zip(names.values(), rules, strict=True)
    }
    model = formulate(problem, softened, Goal(cost, variables=gives))
    answer = Solver(model, threads).run(seconds=SECONDS, gap=1e-6)
    if answer.solution is None:
        return None
    natural = model.natural(answer.solution)
    return [_given(rule, natural, name) for name, rule in zip(names.values(), rules, strict=True)]


def _given(rule: Rows, natural: Mapping[str, Floats], name: str) -> float:
    """By how much the plan found would have the rule's own number give."""
    much = float(natural[name][0])
    if _whole(rule):
        return float(np.round(much))
    return abs(rule.now - rule.kept(natural)) if rule.kept and much > SMALLEST else much


def _most(rule: Rows) -> float:
    """The most that a rule can give: a floor or a lock down to nothing, a budget without end."""
    if rule.sense == ">=":
        return max(rule.now, 0.0)
    return max(1e6, 1e3 * abs(rule.now))


def _whole(rule: Rows) -> bool:
    """True when a rule counts whole things, so that its number is whole."""
    plain = all(t.family in {"open", CHOSEN} and (t.coefficient == 1).all() for t in rule.terms)
    return plain and float(rule.now).is_integer()


def _soft(rule: Rows, name: str) -> Rows:
    per_unit = np.ones(len(rule)) if rule.per_unit is None else rule.per_unit
    sign = 1.0 if rule.sense == ">=" else -1.0
    row = np.arange(len(rule))
    give = Terms(name, row, np.zeros(len(rule), int), sign * per_unit)
    return Rows(rule.rule, (*rule.terms, give), rule.sense, rule.bound, rule.labels, rule.give, rule.now)


def _told(rule: Rows, much: float) -> str:
    """The rule's sentence, its new number rounded to the safe side."""
    needed = rule.now - much if rule.sense == ">=" else rule.now + much
    if _whole(rule):
        return rule.give.format(now=f"{rule.now:.0f}", needed=f"{needed:.0f}")
    step = 10.0 ** (np.floor(np.log10(max(abs(needed), abs(rule.now), 1e-9))) - 2)
    rounding = np.floor if rule.sense == ">=" else np.ceil
    safe = float(rounding(needed / step + (1e-6 if rule.sense == ">=" else -1e-6)) * step)
    return rule.give.format(now=f"{rule.now:.6g}", needed=f"{max(safe, 0.0):.6g}")
