"""What a plan says of goals in order, recomputed: each goal's value, before, and a bound that it may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.plan import Step, deciding
from planner.verify.verdict import RELATIVE, number

if TYPE_CHECKING:
    from planner.plan import Status
    from planner.problem.outcome import Outcome
    from planner.verify.claims import Yardstick
    from planner.verify.verdict import Tally


def check_steps(tally: Tally, yardstick: Yardstick, outcome: Outcome, before: Outcome, status: Status) -> int:
    """Check the goals in order of a principle that has some; return the one that decides, else 0."""
    told, names = _steps(status), list(yardstick.names)
    tally.checked += 1
    if [step.name for step in told] != names:
        listed = _listed([str(step.name) for step in told])
        tally.fault(f"the goals in order are {listed}, should be {_listed(names)}")
        return 0
    values = zip(told, yardstick.values(outcome), yardstick.values(before), strict=True) if told else ()
    anew = []
    for step, value, start in values:
        tally.figure(f"{step.name} under the plan", step.value, value, yardstick.slack)
        tally.figure(f"{step.name} before the plan", step.before, start, yardstick.slack)
        _check_bound(tally, step, value, yardstick.slack, given=status.ending == "given")
        anew.append(Step(step.name, value, number(step.bound), start))
    return deciding(anew) if anew else 0


def _steps(status: Status) -> list[Step]:
    """The steps that are told; whatever else stands there is none."""
    given: object = status.steps
    return [step for step in given if isinstance(step, Step)] if isinstance(given, tuple) else []


def _check_bound(tally: Tally, step: Step, value: float, slack: float, *, given: bool) -> None:
    tally.checked += 1
    bound = number(step.bound)
    if given:
        if step.bound is not None:
            tally.fault(f"{step.name}: a bound is told for a given plan, for which nothing is proven")
    elif bound is None:
        tally.fault(f"{step.name}: the bound is `{step.bound}`, should be a number")
    elif not 0.0 <= bound <= value + slack + RELATIVE * abs(value):
        tally.fault(f"{step.name}: the bound is {bound:.10g}, should be between 0 and {value:.10g}")


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
