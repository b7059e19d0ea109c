"""The same question under every principle: plans shared, none worse than another's by its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from planner.catalogue import unknown
from planner.errors import Fault, InputFault, Stopped
from planner.explore.jobs import failure
from planner.model.decide import better_of, decide, quiet
from planner.problem.futures import regretted
from planner.verify.ledger import outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from planner.explore.jobs import Done
    from planner.model.search import Tell
    from planner.plan import Plan
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Runner = Callable[[Sequence["Asked"]], Iterator[Done]]

WORST_OFF = 0.2
"""The share of people who are worst off, where the scenario does not say another."""
RESOLUTION = 0.1
"""The distance of the levels of wellbeing, where the scenario does not say another."""


@dataclass(frozen=True)
class Asked:
    """One principle, and the scenario that asks for it."""

    principle: str
    scenario: Scenario


@dataclass(frozen=True)
class Found:
    """One principle, the scenario that asks for it, and the plan found."""

    principle: str
    scenario: Scenario
    plan: Plan
    outcome: Outcome

    @property
    def unproven(self) -> float:
        """How much more of its own level a plan could have [wellbeing]."""
        status = self.plan.status
        if status.level is None or status.level_bound is None:
            return float("nan")
        return max(status.level_bound - status.level, 0.0)


def asked_of_every(scenario: Scenario, only: Sequence[str] = ()) -> dict[str, Scenario]:
    """The scenario under each principle, in the order in which they are asked.

    A principle that the scenario itself names keeps the scenario's parameters; else the floor is that of the
    indicators, the aversion 1, the worst-off are a fifth of all people, and levels lie a tenth apart.

    Raises
    ------
    InputFault
        For a principle in `only` that is none of these.
    """
    given: dict[str, dict[str, Any]] = {
        "utilitarian": {},
        "priority": {"aversion": 1.0},
        "sufficiency": {"floor": scenario.indicators.floor},
        "worst_off": {"share": WORST_OFF},
        "equal_shares": {},
        "maximin": {},
        "leximin": {"resolution": RESOLUTION},
    }
    wrong = [name for name in only if name not in given]
    if wrong:
        raise InputFault(unknown("principle", name, [*given], "--only") for name in wrong)
    if scenario.objective_name in given:
        given[scenario.objective_name] = scenario.objective_parameters
    return {
        name: scenario.model_copy(update={"objective": {name: parameters}})
        for name, parameters in given.items()
        if not only or name in only
    }


def under_every(
    problem: Problem,
    scenario: Scenario,
    residents: pd.Series,
    *,
    only: Sequence[str] = (),
    tell: Tell = quiet,
    begin: Callable[[str], object] = lambda _: None,
) -> list[Found]:
    """Find a plan under every principle, each search starting from the best of the plans found before.

    At the end each principle is offered what was found after it, so that no principle's plan loses to
    another's by its own yardstick.

    Parameters
    ----------
    problem
        The question, posed once.
    scenario
        What is asked; its objective is one of several here.
    residents
        Residents of each cell [person], index cell.
    only
        Principles that are asked; all where none is named.
    tell
        Hears of each search.
    begin
        Hears which principle is asked next.
    """
    _refuse_regrets(problem, scenario)
    found: list[Found] = []
    for name, asked in asked_of_every(scenario, only).items():
        begin(name)
        pool = [one.outcome.modules for one in found]
        try:
            plan = decide(problem, asked, residents, tell, pool)
        except Stopped:
            if not found:
                raise
            break
        found.append(_found(problem, Asked(name, asked), plan))
        if plan.status.ending == "interrupted":
            break
    later = [found[k + 1 :] for k in range(len(found))]
    return [_offered(one, others, residents) for one, others in zip(found, later, strict=True)]


def side_by_side(
    problem: Problem, scenario: Scenario, residents: pd.Series, run: Runner, *, only: Sequence[str] = ()
) -> list[Found]:
    """Find a plan under every principle by jobs that know nothing of one another.

    At the end each principle is offered what the others found, as in `under_every`.

    Parameters
    ----------
    problem, scenario, residents, only
        As in `under_every`.
    run
        Does `search_one` for each of the principles, here or elsewhere.

    Raises
    ------
    PlannerError
        Of the first principle that has no plan.
    """
    _refuse_regrets(problem, scenario)
    asked = [Asked(name, one) for name, one in asked_of_every(scenario, only).items()]
    done = sorted(run(asked), key=lambda one: one.job)
    for one in done:
        if one.faults:
            raise failure(one.faults, {one.code})
    found = [_found(problem, own, one.result) for own, one in zip(asked, done, strict=True)]
    others = [[other for other in found if other is not one] for one in found]
    return [_offered(one, pool, residents) for one, pool in zip(found, others, strict=True)]


def search_one(shared: tuple[Problem, pd.Series], asked: Asked) -> Plan:
    """Find the plan of one principle; `shared` is what all of them need: the question and its residents."""
    problem, residents = shared
    return decide(problem, asked.scenario, residents)


def _found(problem: Problem, asked: Asked, plan: Plan) -> Found:
    outcome = outcome_of(problem, plan.facilities, plan.assignment)
    return Found(asked.principle, asked.scenario, plan, outcome)


def _refuse_regrets(problem: Problem, scenario: Scenario) -> None:
    if regretted(problem):
        message = "regrets under one principle say nothing of those under another"
        hint = "write `uncertainty: expected` or `worst_case` to put principles side by side"
        raise InputFault(Fault(message, scenario.where("uncertainty"), hint))


def _offered(one: Found, others: Sequence[Found], residents: pd.Series) -> Found:
    problem, pool = one.outcome.problem, [other.outcome.modules for other in others]
    plan = better_of(problem, one.scenario, residents, one.plan, pool) if pool else one.plan
    if plan is one.plan:
        return one
    return replace(one, plan=plan, outcome=outcome_of(problem, plan.facilities, plan.assignment))
