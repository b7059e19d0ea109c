"""A plan without waste: no idle modules, and no change of what stands that brings nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from planner.model.narrow import polish_of
from planner.model.polish import Rulebook, fewest_modules, unchanged

if TYPE_CHECKING:
    from planner.model.yardstick import Yardstick
    from planner.problem.outcome import Outcome
    from planner.scenario.schema import Solver as Effort

POLISH_SECONDS = 60.0
LEAST_SECONDS = 2.0
"""What a polish gets though the time is up."""
SAME = 1e-9
"""Share of its value by which an outcome may be worse and still be as good."""


def polished(
    yardstick: Yardstick, rules: Rulebook, outcome: Outcome, effort: Effort, deadline: float = np.inf
) -> tuple[Outcome, bool]:
    """Without waste, idle modules, and changes that bring nothing; and whether Ctrl-C came meanwhile.

    What the deadline [s, on the monotonic clock] cuts short is as good as the outcome given.
    """
    best, interrupted = _without_idle(yardstick, rules, outcome, effort, deadline)
    deadline = min(time.monotonic() + POLISH_SECONDS, deadline)
    refused: set[bytes] = set()
    while time.monotonic() < deadline and not interrupted:
        tries = ((modules, modules != best.modules) for modules in unchanged(best))
        modules, back = next((t for t in tries if t[1].tobytes() not in refused), (None, None))
        if modules is None or back is None:
            break
        polish = polish_of(yardstick, rules, modules, effort.threads, effort.gap)
        new = polish.best(_left(deadline))
        new = None if new is None else polish.without_waste(new, _left(deadline))
        interrupted = polish.interrupted
        if new is None or not _as_good(yardstick, new, best):
            refused.add(back.tobytes())
        else:
            best = new
    return best, interrupted


def _as_good(yardstick: Yardstick, new: Outcome, old: Outcome) -> bool:
    """Whether an outcome is worth as much as another, by the principle and on average."""
    mean = float(old.wellbeing @ old.problem.population)
    lost = mean - float(new.wellbeing @ new.problem.population)
    return not yardstick.beats(old, new, SAME) and lost <= SAME * (1 + abs(mean))


def _left(deadline: float) -> float:
    """Seconds that a polish may take."""
    return max(min(POLISH_SECONDS, deadline - time.monotonic()), LEAST_SECONDS)


def _without_idle(
    yardstick: Yardstick, rules: Rulebook, outcome: Outcome, effort: Effort, deadline: float
) -> tuple[Outcome, bool]:
    """Without waste, and without modules that serve nobody where the rules allow it; whether Ctrl-C came."""
    own = polish_of(yardstick, rules, outcome.modules, effort.threads)
    first = own.without_waste(outcome, _left(deadline))
    fewer = fewest_modules(first)
    if (fewer == outcome.modules).all() or own.interrupted or time.monotonic() > deadline:
        return first, own.interrupted
    polish = polish_of(yardstick, rules, fewer, effort.threads, effort.gap)
    second = polish.best(_left(deadline))
    if second is None or yardstick.beats(first, second, SAME):
        return first, polish.interrupted
    return polish.without_waste(second, _left(deadline)), polish.interrupted
