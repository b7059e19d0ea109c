"""With the sites chosen: the best assignment, then nobody's loss and no waste, less travel, less money."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar

from planner.model.formulation import formulate
from planner.model.sift import nearest, sifted
from planner.model.solve import Solver
from planner.problem.blocks import Block, Goal, Rows, Terms
from planner.problem.futures import in_expectation
from planner.problem.outcome import Outcome
from planner.problem.standing import changeable
from planner.problem.used import FOLLOWING, following
from planner.problem.wellbeing import gain, gain_terms
from planner.problem.years import kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import highspy
    from numpy.typing import NDArray

    from planner.model.solve import Answer
    from planner.model.yardstick import Yardstick
    from planner.problem.blocks import Variables
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

ROUNDS = 8
MANY, STEPS = 50_000, 12
"""Ways from which a goal is followed by its slopes, and how often at most."""
EXACT, OF_THE_GAP = 1e-9, 1e-3
"""Tangents are laid anew until they err by less than a thousandth of the gap [share of the value]."""
SLACKS = (0.0, 1e-9)
"""Share of what a place has that it may lose while held: nothing, or, if rounding forbids that, a hair."""
Rulebook = Callable[["Problem"], tuple[Block, ...]]
"""The rules that plans keep, written for a problem (or for a part of its pairs)."""
ROUNDING = 1e-9
"""Share of its value that a plan may seem to lose to the rounding of its sums."""
NOTHING = 1e-7
"""Amounts below this [unit of the service] are the solver's noise."""


class Polish:
    """One set of modules, and the best that can be done with it; only ways to what is open are looked at.

    With the modules chosen each future is a question of its own, and the best of every one is the best by
    what is expected: so nobody is served worse in one future because it is not the worst.
    """

    def __init__(
        self, yardstick: Yardstick, rules: Rulebook, modules: Floats, threads: int, share: float = 0.0
    ) -> None:
        """Fix the modules (whole numbers, shape (providers,)); `share` is the gap that is asked for."""
        self.precision = max(EXACT, share * OF_THE_GAP)
        self.asked: Problem = yardstick.problem
        self.whole: Problem = in_expectation(self.asked)
        self.open = np.flatnonzero(modules[self.whole.provider] > 0)
        pairs = self.whole.pairs.iloc[self.open].reset_index(drop=True)
        self.problem = replace(self.whole, pairs=pairs, parent=self.whole.whole)
        self.yardstick = replace(yardstick, problem=self.problem)
        self.blocks, self.threads = rules(self.problem), threads
        self.modules = modules
        self.interrupted = False
        self._last = np.inf

    def best(self, seconds: float) -> Outcome | None:
        """Best assignment under the principle; None when the rules allow none with these modules."""
        goal, deadline = self.yardstick.goal, time.monotonic() + seconds
        slope = self.yardstick.unit.half("slope")
        simple = self.whole is self.asked and not _have_whole(self.blocks)
        if slope is not None and simple and len(self.open) > MANY:
            return self._downhill(partial(slope, **self.yardstick.parameters), deadline)
        found: Outcome | None = None
        for _ in range(ROUNDS):
            served = self._solve(goal, self.blocks, deadline, None if found is None else found.served)
            if served is None:
                break
            new = Outcome(self.problem, self.modules, served)
            if found is None or self.yardstick.value(new) < self.yardstick.value(found):
                found = new
            value = self.yardstick.value(found)
            further = goal.tighten({"serve": served}) if goal.tighten else None
            if (
                further is None
                or value - goal.constant - self._last <= self.precision * abs(value)
                or time.monotonic() > deadline
            ):
                break
            goal = further
        return None if found is None else self._wide(found)

    def _downhill(self, slope: Callable[[Outcome], Goal], deadline: float) -> Outcome | None:
        """Best of the assignments to which the slopes of the goal lead, one after the other.

        A goal of gains that add up is solved in a tenth of the time of one whose rows look at all people,
        and every step begins where the last one ended (Frank & Wolfe, 1956).
        """
        found = Outcome(self.problem, self.modules, np.zeros(len(self.problem.pairs)))
        basis: highspy.HighsBasis | None = None
        for step in range(STEPS):
            solver = self._solver(slope(found), self.blocks)
            if basis is not None:
                solver.highs.setBasis(basis)
            served = self._solved(solver, deadline)
            if served is None:
                return self._wide(found) if step else None
            basis, had = solver.highs.getBasis(), self.yardstick.value(found)
            found = self._between(found, served) if step else replace(found, served=served)
            if step and had - self.yardstick.value(found) <= self.precision * abs(had):
                break
            if time.monotonic() > deadline:
                break
        return self._wide(found)

    def _between(self, outcome: Outcome, served: Floats) -> Outcome:
        """The best on the straight way from an assignment to another."""
        ahead = served - outcome.served

        def at(part: float) -> Outcome:
            return Outcome(self.problem, self.modules, outcome.served + part * ahead)

        part = minimize_scalar(
            lambda t: self.yardstick.value(at(t)), bounds=(0, 1), options={"xatol": 1e-3}
        ).x
        return min(outcome, at(part), key=self.yardstick.value)

    def without_waste(self, outcome: Outcome, seconds: float) -> Outcome:
        """Hold every place (and the goal) at what it has; raise the mean, then shorten the ways."""
        deadline = time.monotonic() + seconds
        problem = self.problem
        outcome = Outcome(problem, self.modules, outcome.served[self.open])
        for cost in (*(-gain(light) for light in self._lights), self._relative_travel()):
            tries = (self._as_good(outcome, cost, slack, deadline) for slack in SLACKS)
            better = next((new for new in tries if new is not None), None)
            if better is None:
                break
            outcome = better
        return self._wide(outcome)

    def _as_good(self, outcome: Outcome, cost: Floats, slack: float, deadline: float) -> Outcome | None:
        """Least cost with every place and the goal held at what they have, but for a slack."""
        goal = self.yardstick.goal
        steps = _by_steps(goal)
        own = Goal({"serve": cost}, 0.0, goal.variables if steps else (), goal.rows if steps else ())
        held = Block(tuple(self._held(outcome, slack)))
        served = self._solve(own, (*self.blocks, held), deadline, outcome.served)
        if served is None:
            return None
        new = Outcome(self.problem, self.modules, served)
        had, has = self.yardstick.value(outcome), self.yardstick.value(new)
        return new if has <= had + (slack + ROUNDING) * (1.0 + abs(had)) else None

    @property
    def _lights(self) -> tuple[Problem, ...]:
        """The question as people are judged, and, where that is by one service, as their wellbeing is."""
        return (self.problem,) if self.problem.judged is None else (self.problem, self.problem.plain)

    def _wide(self, outcome: Outcome) -> Outcome:
        """The outcome told over all pairs of the question."""
        served = np.zeros(len(self.whole.pairs))
        served[self.open] = outcome.served
        return Outcome(self.asked, self.modules, served)

    def _relative_travel(self) -> Floats:
        """Travel of each pair as a share of its service's limit, so that minutes and metres add up."""
        limits = self.problem.services["limit"].reindex(self.problem.need["service"]).to_numpy(float)
        share: Floats = self.problem.pairs["travel"].to_numpy(float) / limits[self.problem.need_point]
        return share

    def _held(self, outcome: Outcome, slack: float) -> list[Rows]:
        goal, places = self.yardstick.goal, np.arange(len(self.problem.places))
        rows = []
        for terms in map(gain_terms, self._lights):
            has = np.bincount(terms.row, terms.coefficient * outcome.served[terms.column], len(places))
            labels = [f"held {a}" for a in places]
            rows.append(Rows("held", (terms,), ">=", has * (1 - slack) - slack, labels))
        if _by_steps(goal):
            rows.append(self._steps_held(goal, self.yardstick.value(outcome)))
        elif not self._of_places and goal.cost.keys() <= {"serve", "open", *FOLLOWING}:
            cost = goal.cost["serve"]
            value = float(cost @ outcome.served)
            pair = np.flatnonzero(cost)
            own = Terms("serve", np.zeros(len(pair), int), pair, cost[pair])
            rows.append(
                Rows("goal held", (own,), "<=", np.array([value + slack * abs(value)]), ["goal held"])
            )
        return rows

    @property
    def _of_places(self) -> bool:
        """Whether the goal is kept where every place is: it asks for wellbeing alone, or not for ways."""
        return self.yardstick.unit.half("least") is not None or "serve" not in self.yardstick.goal.cost

    def _steps_held(self, goal: Goal, value: float) -> Rows:
        """Row that holds a goal whose value goes by steps; half the smallest step is rounding."""
        zero = {f: np.zeros(len(c), np.int64) for f, c in goal.cost.items()}
        terms = tuple(Terms(f, zero[f], np.arange(len(c)), c) for f, c in goal.cost.items())
        step = min((float(c[c > 0].min()) for c in goal.cost.values() if (c > 0).any()), default=0.0)
        return Rows("goal held", terms, "<=", np.array([value - goal.constant + step / 2]), ["goal held"])

    def _solve(
        self, goal: Goal, blocks: tuple[Block, ...], deadline: float, using: Floats | None = None
    ) -> Floats | None:
        return self._solved(self._solver(goal, blocks), deadline, using)

    def _solver(self, goal: Goal, blocks: tuple[Block, ...]) -> Solver:
        """The question with the modules chosen, handed to HiGHS."""
        solver = Solver(formulate(self.problem, blocks, goal), self.threads)
        solver.relax(relaxed=not (_by_steps(goal) or _have_whole(blocks)))
        solver.bound("open", self.modules, self.modules)
        for family, values in following(self.problem, self.modules).items():
            if family in solver.model.columns:
                solver.bound(family, values, values)
        return solver

    def _run(self, solver: Solver, deadline: float, using: Floats | None) -> Answer:
        if len(self.open) <= MANY or solver.whole:
            return solver.run(seconds=max(deadline - time.monotonic(), 1.0))
        among = nearest(self.problem)
        return sifted(solver, among if using is None else among | (using > 0), deadline)

    def _solved(self, solver: Solver, deadline: float, using: Floats | None = None) -> Floats | None:
        answer = self._run(solver, deadline, using)
        if solver.interrupted:  # a polish is short: it is finished, and the search then stops
            self.interrupted = True
            answer = solver.run(seconds=max(deadline - time.monotonic(), 1.0))
        if answer.solution is None or answer.ending not in {"optimal", "time_limit", "interrupted"}:
            return None
        self._last = answer.value if answer.value is not None else np.inf
        natural = solver.model.natural(answer.solution)
        return self._clean((self._settled(solver, natural, deadline) if solver.whole else natural)["serve"])

    @staticmethod
    def _settled(solver: Solver, found: Mapping[str, Floats], deadline: float) -> Mapping[str, Floats]:
        """Hold whole variables at whole numbers and solve what is left, so that no rounding remains in it."""
        for own in solver.model.variables:
            if own.integer:
                solver.bound(own.family, *2 * (np.round(found[own.family]),))
        solver.relax(relaxed=True)
        answer = solver.run(seconds=max(deadline - time.monotonic(), 1.0))
        return found if answer.solution is None else solver.model.natural(answer.solution)

    def _clean(self, served: Floats) -> Floats:
        """Drop noise, and scale back where rounding took a hair too much of a need or a capacity."""
        problem = self.problem
        served = np.where(served > NOTHING, served, 0.0)
        reached = np.bincount(problem.need_point, served, len(problem.need))
        served = served * _shrink(problem.amount, reached)[problem.need_point]
        used = np.bincount(problem.provider, served, len(problem.providers))
        capacity = problem.providers["capacity"].to_numpy(float) * self.modules
        return served * _shrink(capacity, used)[problem.provider]


def _by_steps(goal: Goal) -> bool:
    """Return whether a goal has whole variables of its own, so that its value goes by steps."""
    return _whole(goal.variables)


def _have_whole(blocks: Sequence[Block]) -> bool:
    return any(_whole(block.variables) for block in blocks)


def _whole(variables: Sequence[Variables]) -> bool:
    """Return whether some are whole, beside those which say whether a provider is chosen."""
    return any(v.integer and v.family not in FOLLOWING for v in variables)


def _shrink(most: Floats, taken: Floats) -> Floats:
    over = taken > most
    return np.where(over, most / np.where(over, taken, 1.0), 1.0)


def fewest_modules(outcome: Outcome) -> Floats:
    """Modules that the served need really takes, never below what must stand, shape (providers,).

    Existing facilities that can be changed are left in their state.
    """
    providers = outcome.problem.providers
    capacity = np.maximum(providers["capacity"].to_numpy(float), 1e-12)
    needed = np.ceil(outcome.used / capacity - 1e-9)
    fewest: Floats = np.maximum(np.minimum(needed, outcome.modules), providers["least"].to_numpy(float))
    return kept(outcome.problem, np.where(changeable(outcome.problem), outcome.modules, fewest))


def unchanged(outcome: Outcome) -> Iterator[Floats]:
    """Modules with one more of the changed facilities left as it is, each shape (providers,)."""
    of = outcome.problem.providers["facility"].to_numpy(object)
    kept = outcome.problem.providers["existing"].to_numpy(bool)
    for name in np.unique(of[(of != "") & ~kept & (outcome.modules > 0)]):
        yield np.where(of == name, kept, outcome.modules)
