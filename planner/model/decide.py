"""From a Problem to a Plan: search, polish, and say how good it provably is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from planner import catalogue
from planner.errors import Fault, Infeasible, InputFault, PlannerError, Stopped
from planner.model.by_levels import LevelSearch
from planner.model.by_nearest import NearestSearch
from planner.model.ceiling import under_ceiling
from planner.model.certify import certificate, proof_of
from planner.model.diagnose import advise
from planner.model.ended import STOPPED, without_plan
from planner.model.ended import ending as ending_of
from planner.model.in_order import OrderedSearch
from planner.model.lean import POLISH_SECONDS, polished
from planner.model.narrow import polish_of
from planner.model.proven import Proven
from planner.model.regret import Alone, against, own_bests
from planner.model.search import Search
from planner.model.yardstick import Yardstick, better
from planner.plan import Plan
from planner.problem import tables
from planner.problem.futures import regretted
from planner.problem.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from planner.model.polish import Rulebook
    from planner.model.search import Tell
    from planner.problem.blocks import Block
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario
    from planner.scenario.schema import Solver as Effort

    Floats = NDArray[np.float64]

USE = ("provision", "moving")
"""Rules on who is served where, kept whatever is built."""
POLISHING, POLISHED = 0.2, 20_000.0
"""Most of the time limit that the search leaves for polishing; pairs that are polished in a second."""
SAME = 1e-9
"""Share of its value by which a plan must be better to take the place of another."""


def quiet(phase: str, value: float | None = None, bound: float | None = None) -> None:
    """Hear nothing."""
    del phase, value, bound


@under_ceiling
def decide(
    problem: Problem,
    scenario: Scenario,
    residents: pd.Series,
    tell: Tell = quiet,
    pool: Sequence[Floats] = (),
) -> Plan:
    """Find the plan that serves the scenario's principle best, with a proven bound.

    Parameters
    ----------
    problem
        The question.
    scenario
        Its objective, constraints and solver settings.
    residents
        Residents of each cell [person], index cell.
    tell
        Hears of progress.
    pool
        Modules of plans that are known already, each of shape (providers,): the search starts from the
        best of them, so that what it finds is never worse.

    Raises
    ------
    Infeasible
        When no plan keeps every rule; the faults say which rule would have to give by how much.
    NoPlan
        When the search was stopped before it found a plan.
    MachineFault
        When memory ran out before it found a plan.
    """
    begun, rules = time.monotonic(), rulebook(scenario)
    alone, plans = _each_alone(problem, scenario, tell)
    problem = against(problem, alone)
    yardstick = yardstick_of(problem, scenario)
    before = nothing_built(yardstick, scenario.solver)
    search = _search(yardstick, rules, before, scenario.solver, tell, begun)
    for modules in (*pool, *plans):
        search.offer(modules)
    ending = search.run()
    if not ending and (search.best is None or yardstick.beats(before, search.best)):
        search.offer(before.modules)
    if ending == "infeasible" and search.best is None:
        raise Infeasible(advise(problem, rules(problem), yardstick, scenario.solver.threads))
    if search.best is None:
        raise without_plan(search, scenario)
    tell("polish", search.value, search.bound)
    deadline = begun + scenario.solver.time_limit_seconds
    best, interrupted = polished(yardstick, rules, search.best, scenario.solver, deadline)
    search.stopped = "interrupted" if interrupted else search.stopped
    proof = certificate(yardstick, rules(problem), search, time.monotonic() - begun)
    proven = Proven(ending_of(search), search.bounds, time.monotonic() - begun, proof, alone)
    return as_plan(yardstick, best, before, residents, proven)


def _each_alone(problem: Problem, scenario: Scenario, tell: Tell) -> tuple[list[Alone], list[Floats]]:
    """The best of each future alone, where regrets are told against it."""

    def searched(alone: Problem, deadline: float) -> Search:
        yardstick, rules = yardstick_of(alone, scenario), rulebook(scenario)
        before = nothing_built(yardstick, scenario.solver)
        search = _search(yardstick, rules, before, scenario.solver, tell)
        search.deadline = deadline
        if search.run() == "infeasible":
            raise Infeasible(advise(alone, rules(alone), yardstick, scenario.solver.threads))
        if not np.isfinite(search.bound) or search.stopped == "interrupted":
            raise without_plan(search, scenario)
        return search

    return own_bests(problem, scenario.solver.time_limit_seconds, searched)


def _search(  # noqa: PLR0917 - what a search is made of
    yardstick: Yardstick,
    rules: Rulebook,
    before: Outcome,
    effort: Effort,
    tell: Tell = quiet,
    begun: float | None = None,
) -> Search:
    kept = min(POLISHING * effort.time_limit_seconds, len(yardstick.problem.pairs) // POLISHED)
    kind = NearestSearch if len(yardstick.problem.moments) == 1 else Search
    kind = OrderedSearch if yardstick.ordered else kind if yardstick.levels is None else LevelSearch
    search = kind(
        yardstick,
        rules,
        bound=0.0 if regretted(yardstick.problem) else -np.inf,  # no regret is below 0
        before=yardstick.value(before),
        share=effort.gap,
        threads=effort.threads,
        deadline=(begun or time.monotonic()) + effort.time_limit_seconds - kept,
        tell=tell,
    )
    if isinstance(search, OrderedSearch):
        search.today = yardstick.values(before)
    return search


@under_ceiling
def better_of(
    problem: Problem, scenario: Scenario, residents: pd.Series, plan: Plan, pool: Sequence[Floats]
) -> Plan:
    """Return the plan, or one of the pool where that is better by the scenario's own principle.

    What is proven of the principle stays proven: the bound is that of the plan.
    """
    begun = time.monotonic()
    yardstick, rules = yardstick_of(problem, scenario), rulebook(scenario)
    try:
        before = nothing_built(yardstick, scenario.solver)
    except Stopped:
        return plan
    search = _search(yardstick, rules, before, scenario.solver)
    for modules in pool:
        search.offer(modules)
    had = plan.status
    values = tuple(step.value for step in had.steps) or (had.value,)
    if search.best is None or not better(yardstick.figures(search.best), values, SAME):
        return plan
    best, _ = polished(yardstick, rules, search.best, scenario.solver)
    bounds = tuple(step.bound for step in had.steps) or (had.bound,)
    proven = Proven(had.ending, bounds, had.seconds + time.monotonic() - begun, proof_of(plan))
    return as_plan(yardstick, best, before, residents, proven)


@under_ceiling
def adopt(problem: Problem, scenario: Scenario, residents: pd.Series, modules: Floats) -> Plan:
    """Assess a given choice of modules, shape (providers,): its best assignment under the principle.

    Raises
    ------
    InputFault
        When the choice breaks a rule of the scenario.
    """
    begun = time.monotonic()
    alone, _ = _each_alone(problem, scenario, quiet)
    problem = against(problem, alone)
    yardstick, rules = yardstick_of(problem, scenario), rulebook(scenario)
    before = nothing_built(yardstick, scenario.solver)
    polish = polish_of(yardstick, rules, modules, scenario.solver.threads, scenario.solver.gap)
    outcome = polish.best(POLISH_SECONDS)
    if outcome is None:
        hint = "compare its money, land and floors with the scenario's `budget` and `constraints`"
        raise InputFault(Fault("these facilities do not keep the scenario's rules", hint=hint))
    outcome = polish.without_waste(outcome, POLISH_SECONDS)
    proven = Proven("given", (), time.monotonic() - begun, alone=alone)
    return as_plan(yardstick, outcome, before, residents, proven)


def yardstick_of(problem: Problem, scenario: Scenario) -> Yardstick:
    """The scenario's principle, bound to its parameters."""
    where = scenario.where("objective", scenario.objective_name)
    unit = catalogue.find("objective", scenario.objective_name, where)
    yardstick = Yardstick(unit, unit.bind(scenario.objective_parameters, where), problem)
    with _placed(where):
        yardstick.levels or yardstick.goal  # noqa: B018 - built here so that a fault is told with its place
    return yardstick


def rulebook(scenario: Scenario) -> Rulebook:
    """The rules of a scenario, to be written for a problem."""
    return lambda problem: blocks_of(problem, scenario)


def blocks_of(problem: Problem, scenario: Scenario) -> tuple[Block, ...]:
    """What every plan keeps: the rules that always hold, and the scenario's own."""
    blocks = [u.function(problem) for u in catalogue.units("constraint").values() if u.facts["always"]]
    faults: list[Fault] = []
    for k, rule in enumerate(scenario.constraints):
        for name, given in rule.items():
            where = scenario.where("constraints", k, name)
            try:
                with _placed(where):
                    unit = catalogue.find("constraint", name, where)
                    blocks.append(unit.function(problem, **unit.bind(given, where)))
            except InputFault as error:
                faults += error.faults
    if faults:
        raise InputFault(faults)
    return tuple(blocks)


class _placed:  # noqa: N801 - read as a word: with _placed(where)
    """Add the place in the file to faults that a unit raises without one."""

    def __init__(self, where: str) -> None:
        self.where = where

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Raise the same fault with its place."""
        if isinstance(error, InputFault):
            raise InputFault(Fault(f.message, f.where or self.where, f.hint) for f in error.faults) from None


def nothing_built(yardstick: Yardstick, effort: Effort) -> Outcome:
    """The best that can be had with nothing built: what stands today, used under the same principle."""
    problem = yardstick.problem
    existing = problem.providers["existing"].to_numpy()
    modules = np.where(existing, 1.0, 0.0)
    if not existing.any():
        return Outcome.nothing(problem)
    kept = [catalogue.find("constraint", name).function for name in USE]
    rules: Rulebook = lambda part: tuple(rule(part) for rule in kept)  # noqa: E731 - read as a word
    polish = polish_of(yardstick, rules, modules, effort.threads, effort.gap)
    outcome = polish.best(POLISH_SECONDS)
    if polish.interrupted:
        raise Stopped(STOPPED)
    if outcome is None:
        raise PlannerError("the use of what stands today could not be worked out")
    outcome = polish.without_waste(outcome, POLISH_SECONDS)
    if polish.interrupted:
        raise Stopped(STOPPED)
    return outcome


def as_plan(
    yardstick: Yardstick, outcome: Outcome, before: Outcome, residents: pd.Series, proven: Proven
) -> Plan:
    """Tables and status of an outcome."""
    status = proven.status(yardstick, outcome, before)
    return Plan(
        tables.facilities(outcome),
        tables.assignment(outcome),
        tables.need_points(outcome, residents),
        tables.unmet(outcome),
        tables.assignment(before),
        status,
        tables.moves(outcome),
        None if proven.proof is None else proven.proof.prices,
    )
