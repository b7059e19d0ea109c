"""What holds in every good plan, what in none, what is open: ley lines, ranges, and plans that differ.

The band is every plan that misses at most a share of what the plan in hand gains. What is said of all of it
is a bound, proven in this model; what is said to be possible is a plan that shows it; the rest is told as
undecided.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner import catalogue
from planner.errors import Fault, InputFault, PlannerError
from planner.explore.ley_lines import LEAST, WHOLE, Line, could_be, ley_lines, shown, where
from planner.explore.wander import wander
from planner.explore.why import one_aim
from planner.model.band import Band
from planner.model.decide import quiet
from planner.model.forced import Priced
from planner.model.sharpen import Sharpener
from planner.verify.ledger import outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from planner.model.search import Tell
    from planner.plan import Plan
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]

SECONDS = 300.0
WALK, RANGES, OTHERS, PLACES = 0.3, 0.5, 0.4, 0.7
"""Shares of the time that is left for a walk through the band, ranges, plans that differ, places."""


@dataclass(frozen=True)
class Range:
    """How much of one thing the plans of the band have.

    Attributes
    ----------
    service, district
        Of what; empty for all services, or for the whole city.
    what
        `modules`, or `money` to build [currency].
    plan
        In the plan in hand.
    low, high
        Proven: no plan of the band has less than `low` or more than `high`.
    least, most
        Seen: plans of the band that have so little and so much.
    """

    service: str
    district: str
    what: str
    plan: float
    low: float
    least: float
    most: float
    high: float

    @property
    def settled(self) -> bool:
        """Whether what is proven and what is seen are the same."""
        hair = WHOLE * (1.0 + abs(self.high))
        return self.least - self.low <= hair and self.high - self.most <= hair


@dataclass(frozen=True)
class Alternatives:
    """What was found of a band.

    Attributes
    ----------
    most
        Value that no plan of the band passes.
    plans
        The plan in hand, and plans of the band that differ as much as was found, that most first.
    seen
        Every plan of the band that was seen, the one in hand first.
    lines, areas
        What is said of each place, and of each neighbourhood, for each service.
    """

    most: float
    plans: list[Outcome]
    seen: list[Outcome]
    ranges: list[Range]
    lines: list[Line]
    areas: list[Line]


def alternatives(
    problem: Problem,
    scenario: Scenario,
    plan: Plan,
    *,
    within: float = 0.02,
    number: int = 10,
    seconds: float = SECONDS,
    tell: Tell = quiet,
    hear: Callable[[int, int], None] = lambda *_: None,
) -> Alternatives:
    """Ask what all plans have in common that are nearly as good as the one in hand, and where they differ.

    Parameters
    ----------
    plan
        The plan in hand, which fixes the band.
    within
        Share of what it gains (or costs, for costs) that a plan of the band may miss.
    number
        Plans that are told beside it, at most.
    seconds
        Time for all of it [s].

    Raises
    ------
    InputFault
        For several aims in order, regrets, futures or periods.
    """
    refuse(scenario)
    one_aim(problem, scenario, plan)
    deadline = time.monotonic() + seconds
    best = outcome_of(problem, plan.facilities, plan.assignment)
    band = Band.around(problem, scenario, best, within)
    band.tell = tell
    priced = Priced.of(problem, scenario, plan, seconds / 2)
    band.priced, band.sharpener = priced, Sharpener.of(problem, scenario, plan)
    wander(band, time.monotonic() + WALK * (deadline - time.monotonic()))
    ranges = _ranges(band, time.monotonic() + RANGES * (deadline - time.monotonic()), hear)
    if band.large:  # a plan that is met says more than a question that is not answered
        wander(band, deadline)
    _differ(band, number, time.monotonic() + OTHERS * (deadline - time.monotonic()))
    lines = ley_lines(band, priced, time.monotonic() + PLACES * (deadline - time.monotonic()), hear)
    areas = ley_lines(band, priced, deadline, hear, by="neighbourhood")
    lines = [shown(band, line) for line in lines]
    plans = spread([outcome.modules > 0 for outcome in band.seen], number + 1)
    ranges = [_seen_again(band, one) for one in ranges]
    return Alternatives(band.most, [band.seen[k] for k in plans], list(band.seen), ranges, lines, areas)


def guaranteed(problem: Problem, scenario: Scenario, plan: Plan, floor: float) -> Scenario:
    """Return the scenario with the rule that no place that anything can improve falls below a floor.

    Raises
    ------
    InputFault
        When the plan in hand leaves some place below it.
    """
    rule = {"principle": "maximin", "level": floor}
    best = outcome_of(problem, plan.facilities, plan.assignment)
    missing = float(catalogue.find("constraint", "at_least").module.evaluate(best, **rule).max())
    if missing > WHOLE:
        message = f"the plan in hand leaves a place at {floor - missing:.3f}, below the floor of {floor:g}"
        hint = "ask for a lower floor, or run the scenario with the rule `at_least` first"
        raise InputFault(Fault(message, "--floor", hint))
    return scenario.model_copy(update={"constraints": [*scenario.constraints, {"at_least": rule}]})


def refuse(scenario: Scenario) -> None:
    """Refuse questions whose good plans do not make one band, before anything is searched.

    Raises
    ------
    InputFault
        For futures or periods.
    """
    kinds = (("periods", scenario.periods), ("futures", scenario.futures))
    faults = [
        Fault(
            f"alternatives are not told yet for a scenario with `{what}`",
            scenario.where(what),
            f"ask about the same scenario without `{what}`",
        )
        for what, there in kinds
        if there
    ]
    if faults:
        raise InputFault(faults)


def _questions(problem: Problem) -> Iterator[tuple[str, str, str, Floats]]:
    """What is asked of the band: places and money, by service, by district, and by both."""
    table, could, district = problem.providers, could_be(problem), where(problem, "district")
    cost = table["capital_cost"].to_numpy(float)
    services = list(dict.fromkeys(table["service"][could]))
    names = sorted({str(name) for name in district[could]} - {""})
    cuts = [(s, "") for s in services] + [("", d) for d in names] + [(s, d) for s in services for d in names]
    for service, name in cuts:
        mine = could.copy()
        if service:
            mine &= (table["service"] == service).to_numpy(bool)
        if name:
            mine &= district == name
        if mine.any():
            yield service, name, "modules", np.where(mine, 1.0, 0.0)
            if cost[mine].any():
                yield service, name, "money", np.where(mine, cost, 0.0)


def _ranges(band: Band, deadline: float, hear: Callable[[int, int], None]) -> list[Range]:
    asked = list(_questions(band.problem))
    found = []
    known: list[tuple[Floats, float, float]] = []
    for done, (service, district, what, weight) in enumerate(asked):
        remaining = deadline - time.monotonic()
        share = min(max(remaining / (2 * (len(asked) - done)), LEAST), remaining)
        ends = next((times_of(weight, *one) for one in known if in_proportion(weight, one[0])), None)
        low, high = ends or (band.least(weight, share), -band.least(-weight, share))
        known.append((weight, low, high))
        if what == "modules":
            low, high = np.ceil(low - WHOLE), np.floor(high + WHOLE)
        found.append(_range(band, (service, district, what), weight, float(low), float(high)))
        hear(done + 1, len(asked))
    return found


def in_proportion(weight: Floats, other: Floats) -> bool:
    """Whether one weight is so many times another, so that what bounds one sum bounds the other."""
    top = int(np.abs(other).argmax())
    return bool(
        other[top] > 0 < weight[top] and np.allclose(weight / weight[top], other / other[top], atol=0)
    )


def times_of(weight: Floats, other: Floats, low: float, high: float) -> tuple[float, float]:
    """Ends of a range from those of one in proportion."""
    top = int(np.abs(other).argmax())
    return low * weight[top] / other[top], high * weight[top] / other[top]


def _range(band: Band, of: tuple[str, str, str], weight: Floats, low: float, high: float) -> Range:
    seen = [float(weight @ outcome.modules) for outcome in band.seen]
    least, most = min(seen), max(seen)
    hair = WHOLE * (1.0 + max(abs(least), abs(most)))
    if low > least + hair or high < most - hair:
        raise PlannerError(f"a good plan was seen outside of what is proven of all: {of}")
    return Range(*of, float(weight @ band.best.modules), min(low, least), least, most, max(high, most))


def _seen_again(band: Band, one: Range) -> Range:
    """The range with what plans that were found later show."""
    weight = next(w for s, d, what, w in _questions(band.problem) if (s, d, what) == _of(one))
    return _range(band, _of(one), weight, one.low, one.high)


def _of(one: Range) -> tuple[str, str, str]:
    return one.service, one.district, one.what


def _differ(band: Band, number: int, deadline: float) -> None:
    """Look for plans that have as little as can be in common with those that were chosen before."""
    could = could_be(band.problem)
    for left in range(number, 0, -1):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            break
        chosen = [band.seen[k].modules > 0 for k in spread([o.modules > 0 for o in band.seen], number + 1)]
        weight = sum(np.where(one, 1.0, -1.0) for one in chosen) / len(chosen)
        had = len(band.seen)
        band.least(np.where(could, weight, 0.0), max(remaining / left, LEAST))
        if len(band.seen) == had:
            break


def spread(plans: list[NDArray[np.bool_]], number: int) -> list[int]:
    """Choose plans that lie far apart: the first, then each time the one farthest from all chosen before.

    Parameters
    ----------
    plans
        For each plan which providers are open.
    number
        How many, at most.

    Returns
    -------
    Positions, in the order in which they were chosen (Gonzalez 1985: no choice spreads twice as far).
    """
    chosen, away = [0], np.array([float((one != plans[0]).sum()) for one in plans])
    while len(chosen) < min(number, len(plans)) and away.max() > 0:
        nxt = int(np.argmax(away))
        chosen.append(nxt)
        away = np.minimum(away, [float((one != plans[nxt]).sum()) for one in plans])
    return chosen
