"""How a search ended: in the plan's status, or, without a plan, as what is raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.errors import Fault, NoPlan, PlannerError, Stopped
from planner.model.ceiling import ran_out
from planner.model.search import CLOSE

if TYPE_CHECKING:
    from planner.model.search import Search
    from planner.plan import Ending
    from planner.scenario.schema import Scenario

STOPPED = "stopped by you before a plan was found"


def ending(search: Search) -> Ending:
    """How a search that has a plan ended."""
    if search.stopped == "interrupted":
        return "interrupted"
    if search.stopped == "memory":
        return "memory"
    if search.stopped or search.gap > search.share + CLOSE:
        return "time_limit"
    return "within_gap"


def without_plan(search: Search, scenario: Scenario) -> PlannerError:
    """Say why a search that has no plan has none, and what to do."""
    now = scenario.solver.time_limit_seconds
    if search.stopped == "interrupted":
        return Stopped(STOPPED)
    if search.stopped == "memory":
        return ran_out(scenario.solver.memory_gb)
    if search.stopped == "unknown":
        hint = "check the units of costs, capacities and land, whose numbers may differ too much in size"
        return NoPlan(Fault("the solver gave up before it found a plan", hint=hint))
    hint = f"raise `solver.time_limit_seconds` (now {now:g}), or ask a smaller question"
    return NoPlan(Fault(f"no plan was found within {now:g} seconds", hint=hint))
