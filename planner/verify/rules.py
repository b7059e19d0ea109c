"""Every rule of the scenario, recomputed by its own `evaluate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.catalogue import find, units, unknown
from planner.errors import InputFault
from planner.verify.verdict import EXACT, TYPICAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.catalogue import Unit
    from planner.problem.blocks import Block
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario
    from planner.verify.verdict import Tally

COUNTED = ("facilities", "modules", "options", "1", "share", "sites")


def check_rules(tally: Tally, scenario: Scenario, outcome: Outcome) -> None:
    """Check every rule of the scenario, and those that every plan keeps."""
    for unit, given, where in _rules(scenario):
        evaluate = unit.half("evaluate")
        if evaluate is None:
            tally.fault(f"{where}: the rule has no `evaluate`, so that it cannot be checked")
            continue
        try:
            bound = unit.bind(given)
            _check_service(bound, outcome.problem)
            over = np.atleast_1d(evaluate(outcome, **bound))
        except InputFault as error:
            tally.faults += [f"{where}: {fault.message}" for fault in error.faults]
            continue
        kind = str(unit.facts.get("unit", ""))
        worst = float(np.nan_to_num(over, nan=np.inf).max(initial=0.0))
        broken = np.array([not worst <= _typical(kind, outcome.problem)])
        tally.checked += max(len(over) - 1, 0)
        tally.holds(broken, [where], f"the rule is broken by {worst:.10g} {kind}")


def blocks(problem: Problem, scenario: Scenario) -> tuple[Block, ...]:
    """What every rule of the scenario says of the question, and those that every plan keeps.

    Raises
    ------
    InputFault
        When a rule is unknown, or has parameters that it does not take.
    """
    return tuple(unit.function(problem, **unit.bind(given)) for unit, given, _ in _rules(scenario))


def _rules(scenario: Scenario) -> Iterator[tuple[Unit, Mapping[str, Any], str]]:
    known = units("constraint")
    for name, unit in known.items():
        if unit.facts.get("always"):
            yield unit, {}, f"rule `{name}`"
    for row, entry in enumerate(scenario.constraints, start=1):
        for name, given in entry.items():
            yield find("constraint", name), given, f"constraint {row} `{name}`"


def _check_service(bound: Mapping[str, Any], problem: Problem) -> None:
    """Refuse a rule on a service that the question does not have: it would hold for nobody."""
    service, known = bound.get("service"), list(problem.services.index)
    if service is not None and service not in known:
        raise InputFault(unknown("service", str(service), known))


def _typical(kind: str, problem: Problem) -> float:
    """Tolerance of a violation: a share of what is typical for its unit."""
    if kind in COUNTED:
        return TYPICAL
    if kind == "currency":
        sizes = np.array([problem.capital, problem.operating])
        if problem.years is not None:
            sizes = np.concatenate([sizes, problem.years.capital, problem.years.operating])
    elif kind == "m²":
        sizes = problem.sites["land_m2"].to_numpy(float)
    else:
        sizes = np.concatenate([problem.amount, problem.providers["capacity"].to_numpy(float)])
    return TYPICAL * float(sizes[np.isfinite(sizes)].max(initial=0.0)) + EXACT
