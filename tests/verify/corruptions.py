"""Ways to spoil a valid plan; each takes a case and gives a spoilt one, or None where it does not apply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from plan_maker import (
    Case,
    assignment_of,
    facilities_of,
    need_points_of,
    scenario_of,
    status_of,
    unmet_of,
)

from planner.problem.outcome import Outcome
from planner.verify.ledger import outcome_of

Corruption = Callable[[np.random.Generator, Case], Case | None]


def _edit(table: str, column: str, change: Callable[[Any], Any], where: str = "index >= 0") -> Corruption:
    """Return a corruption that changes one value of a column, in a row picked at random."""

    def spoil(rng: np.random.Generator, case: Case) -> Case | None:
        frame = getattr(case.plan, table).copy()
        rows = frame.query(where).index
        if not len(rows):
            return None
        row = rng.choice(rows)
        frame.loc[row, column] = change(frame.loc[row, column])
        return replace(case, plan=replace(case.plan, **{table: frame}))

    return spoil


def _drop(table: str, where: str = "index >= 0") -> Corruption:
    """Return a corruption that drops one row picked at random."""

    def spoil(rng: np.random.Generator, case: Case) -> Case | None:
        frame = getattr(case.plan, table)
        rows = frame.query(where).index
        return (
            replace(case, plan=replace(case.plan, **{table: frame.drop(rng.choice(rows))}))
            if len(rows)
            else None
        )

    return spoil


def _status(field: str, change: Callable[[float], float]) -> Corruption:
    """Return a corruption that changes one figure of the status."""

    def spoil(rng: np.random.Generator, case: Case) -> Case | None:
        value = getattr(case.plan.status, field)
        if value is None or change(value) == value:
            return None
        return replace(
            case, plan=replace(case.plan, status=replace(case.plan.status, **{field: change(value)}))
        )

    return spoil


def _rebuilt(case: Case, modules: np.ndarray, served: np.ndarray, rng: np.random.Generator) -> Case:
    """Return the case with every table and the status written anew, in accord with each other."""
    after = Outcome(case.problem, modules, served)
    before = outcome_of(case.problem, facilities_of(after), case.plan.before)
    plan = replace(
        case.plan,
        facilities=facilities_of(after),
        assignment=assignment_of(after),
        need_points=need_points_of(after),
        unmet=unmet_of(after),
        status=status_of(rng, case.scenario, after, before),
    )
    return replace(case, plan=plan)


def _outcome(case: Case) -> Outcome:
    return outcome_of(case.problem, case.plan.facilities, case.plan.assignment)


def one_person_too_many(rng: np.random.Generator, case: Case) -> Case | None:
    """Serve one more than need it, in every table alike."""
    outcome = _outcome(case)
    full = outcome.problem.amount - outcome.reached < 0.5
    pairs = np.flatnonzero((outcome.served > 0) & full[case.problem.need_point])
    if not len(pairs):
        return None
    served = outcome.served.copy()
    served[rng.choice(pairs)] += 1.0
    return _rebuilt(case, outcome.modules, served, rng)


def beyond_capacity(rng: np.random.Generator, case: Case) -> Case | None:
    """Serve all need within reach of one provider there, in every table alike, and nobody elsewhere."""
    problem, outcome = case.problem, _outcome(case)
    room = outcome.modules * problem.providers["capacity"].to_numpy()
    reach = np.bincount(problem.provider, problem.amount[problem.need_point], len(room))
    small = np.flatnonzero(
        (reach > room + 1) & (outcome.modules > 0) & ~problem.providers["unlimited"].to_numpy()
    )
    if not len(small):
        return None
    served = np.where(problem.provider == rng.choice(small), problem.amount[problem.need_point], 0.0)
    return _rebuilt(case, outcome.modules, served, rng)


def beyond_the_budget(rng: np.random.Generator, case: Case) -> Case | None:
    """Build everything that can be built, in every table alike."""
    return _rebuilt(case, case.problem.providers["most"].to_numpy(float), _outcome(case).served, rng)


def two_sizes_at_one_site(rng: np.random.Generator, case: Case) -> Case | None:
    """Build both sizes of a service at a site where money and land allow for it."""
    outcome = _outcome(case)
    problem = replace(
        case.problem, capital=1e6, operating=1e6, sites=case.problem.sites.assign(land_m2=np.inf)
    )
    modules = outcome.modules.copy()
    at = problem.providers[["service", "place"]].eq(["health", "s2"]).all(axis=1).to_numpy()
    modules[at] = 1.0
    return _rebuilt(replace(case, problem=problem), modules, outcome.served, rng)


def too_many_modules(rng: np.random.Generator, case: Case) -> Case | None:
    """Build one module more than fit, in every table alike, with money and land for it."""
    outcome = _outcome(case)
    problem = replace(
        case.problem, capital=1e6, operating=1e6, sites=case.problem.sites.assign(land_m2=np.inf)
    )
    new = np.flatnonzero((outcome.modules > 0) & ~problem.providers["existing"].to_numpy())
    if not len(new):
        return None
    modules = outcome.modules.copy()
    modules[rng.choice(new)] = 3.0
    return _rebuilt(replace(case, problem=problem), modules, outcome.served, rng)


def a_rule_broken(rng: np.random.Generator, case: Case) -> Case | None:
    """Ask for a site that the plan does not build, or for fewer facilities than it does."""
    built = case.plan.facilities.query("not existing")
    rule: dict[str, Any] = {"count": {"at_most": len(built) - 1}}
    if rng.random() < 0.5 or not len(built):
        rule = {"floor": {"service": "health", "reached": 1.0, "of": "each_neighbourhood"}}
        if not (case.plan.unmet["service"] == "health").any():
            return None
    return replace(case, scenario=scenario_of(case.scenario.objective, [rule]))


def a_row_twice(rng: np.random.Generator, case: Case) -> Case | None:
    """Write one row of the assignment twice."""
    table = case.plan.assignment
    if not len(table):
        return None
    twice = pd.concat([table, table.sample(1, random_state=int(rng.integers(1000)))], ignore_index=True)
    return replace(case, plan=replace(case.plan, assignment=twice))


def served_elsewhere(rng: np.random.Generator, case: Case) -> Case | None:
    """Swap the provider of one row of the assignment for another of the same service."""
    table = case.plan.assignment.copy()
    if not len(table):
        return None
    row = rng.integers(len(table))
    same = case.problem.providers.query(
        "service == @service", local_dict={"service": table.loc[row, "service"]}
    )
    others = same.loc[same["provider"] != table.loc[row, "provider"], "provider"]
    table.loc[row, "provider"] = rng.choice(others.to_numpy())
    return replace(case, plan=replace(case.plan, assignment=table))


def neighbours_swapped(rng: np.random.Generator, case: Case) -> Case | None:
    """Swap what two cells get of a service, by their ids."""
    table = case.plan.need_points.copy()
    rows = rng.choice(table.index[table["service"] == "water"], 2, replace=False)
    if table.loc[rows[0], "need"] == table.loc[rows[1], "need"]:
        return None
    table.loc[rows, "cell"] = table.loc[rows[::-1], "cell"].to_numpy()
    return replace(case, plan=replace(case.plan, need_points=table))


def bound_above_the_value(rng: np.random.Generator, case: Case) -> Case | None:
    """Tell a bound above the value, with a gap of nothing."""
    status = case.plan.status
    best = None if status.level is None else status.level - 0.01
    worse = replace(status, bound=status.value + 0.01 * abs(status.value) + 0.1, level_bound=best, gap=0.0)
    return replace(case, plan=replace(case.plan, status=worse))


def before_with_new_places(rng: np.random.Generator, case: Case) -> Case | None:
    """Let people be served before the plan where only the plan builds."""
    new = set(case.plan.facilities.loc[~case.plan.facilities["existing"], "provider"])
    rows = case.plan.assignment[case.plan.assignment["provider"].isin(new)]
    if not len(rows):
        return None
    return replace(
        case, plan=replace(case.plan, before=pd.concat([case.plan.before, rows], ignore_index=True))
    )


def said_to_be_optimal(rng: np.random.Generator, case: Case) -> Case | None:
    """Call a plan optimal whose gap says otherwise."""
    status = case.plan.status
    if status.gap is None or status.gap < 0.001:
        return None
    return replace(case, plan=replace(case.plan, status=replace(status, ending="optimal")))


def indicator_changed(rng: np.random.Generator, case: Case) -> Case | None:
    """Change one indicator by a thousandth."""
    return replace(case, indicators=case.indicators.assign(value=case.indicators["value"] + 0.001))


def indicator_dropped(rng: np.random.Generator, case: Case) -> Case | None:
    """Leave out one indicator."""
    return replace(case, indicators=case.indicators.drop(int(rng.integers(len(case.indicators)))))


def indicator_unit(rng: np.random.Generator, case: Case) -> Case | None:
    """Tell indicators in another unit."""
    return replace(case, indicators=case.indicators.assign(unit="%"))


def _other_reason(reason: str) -> str:
    return "no capacity left" if reason != "no capacity left" else "nothing open within the limit"


CORRUPTIONS: dict[str, Corruption] = {
    "a site closed that serves": _drop("facilities", "served > 0.01 and not existing"),
    "an existing facility dropped": _drop("facilities", "existing"),
    "one person too many": one_person_too_many,
    "beyond capacity": beyond_capacity,
    "beyond the budget": beyond_the_budget,
    "two sizes at one site": two_sizes_at_one_site,
    "too many modules": too_many_modules,
    "a rule broken": a_rule_broken,
    "capital cost changed": _edit("facilities", "capital_cost", lambda v: v * 0.99, "capital_cost > 0"),
    "operating cost changed": _edit("facilities", "operating_cost", lambda v: v - 0.01, "operating_cost > 0"),
    "land changed": _edit("facilities", "land_m2", lambda v: v - 1.0, "land_m2 > 0"),
    "a facility moved": _edit("facilities", "x", lambda v: v + 0.5),
    "a facility at another site": _edit("facilities", "place", lambda v: "s1" if v != "s1" else "s2"),
    "a facility of another service": _edit(
        "facilities", "service", lambda v: "water" if v == "health" else "health"
    ),
    "a facility relabelled": _edit("facilities", "label", lambda v: v + "!"),
    "a new facility said to exist": _edit("facilities", "existing", lambda v: not v),
    "modules raised": _edit("facilities", "modules", lambda v: v + 1),
    "capacity raised": _edit("facilities", "capacity", lambda v: v + 1.0, "capacity < inf"),
    "served by a facility changed": _edit("facilities", "served", lambda v: v + 0.1),
    "travel changed": _edit("assignment", "travel", lambda v: v * 0.999),
    "quality changed": _edit("assignment", "quality", lambda v: v * 1.001),
    "served changed": _edit("assignment", "served", lambda v: v * 0.999, "served > 0.1"),
    "served less than nobody": _edit("assignment", "served", lambda v: -v, "served > 0.1"),
    "a row of the assignment dropped": _drop("assignment", "served > 0.01"),
    "a row of the assignment twice": a_row_twice,
    "served elsewhere": served_elsewhere,
    "an unknown provider": _edit("assignment", "provider", lambda v: v + "x"),
    "an unknown cell": _edit("assignment", "cell", lambda v: f"no {v}"),
    "need changed": _edit("need_points", "need", lambda v: v - 1.0),
    "residents changed": _edit("need_points", "residents", lambda v: v + 1.0),
    "reached flattered": _edit("need_points", "reached", lambda v: v + 0.5),
    "quality flattered": _edit("need_points", "quality_weighted", lambda v: v + 0.5),
    "neighbours swapped": neighbours_swapped,
    "a need point dropped": _drop("need_points"),
    "unmet hidden": _drop("unmet", "unmet > 0.01"),
    "unmet made smaller": _edit("unmet", "unmet", lambda v: v * 0.99, "unmet > 0.1"),
    "a wrong reason": _edit("unmet", "reason", _other_reason),
    "value flattered": _status("value", lambda v: v - 1e-3 * abs(v)),
    "before made worse": _status("before", lambda v: v + 1e-3 * abs(v)),
    "bound flattered": _status("bound", lambda v: v + 1e-4 * abs(v)),
    "bound above the value": bound_above_the_value,
    "gap flattered": _status("gap", lambda v: v * 0.9),
    "level flattered": _status("level", lambda v: v + 1e-3),
    "level of the bound flattered": _status("level_bound", lambda v: v - 1e-4),
    "before with new places": before_with_new_places,
    "said to be optimal": said_to_be_optimal,
    "an indicator changed": indicator_changed,
    "an indicator dropped": indicator_dropped,
    "an indicator in another unit": indicator_unit,
}
