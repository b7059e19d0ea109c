"""The search for whole modules: first among the sites that the relaxation touches, then among all."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from planner.errors import PlannerError
from planner.model.certify import from_dual
from planner.model.dive import dive
from planner.model.metropolis import MANY, priced
from planner.model.narrow import polish_of
from planner.model.relax import FEW_PAIRS, Relaxation
from planner.model.stepwise import by_windows
from planner.problem.used import following

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from planner.model.polish import Rulebook
    from planner.model.pricing import Pricing
    from planner.model.relax import Dual
    from planner.model.solve import Answer
    from planner.model.yardstick import Yardstick
    from planner.problem.blocks import Block
    from planner.problem.local import Local
    from planner.problem.outcome import Outcome
    from planner.problem.prices import Prices

    Floats = NDArray[np.float64]

TOUCHED = 1e-6
CLOSE = 1e-6
"""Gap below which nothing is left but the solver's tolerances."""
ROUNDS = 12
CAREFUL = (50, 200, 800)
"""Parts in which the modules of a metropolis are given at a first, second and third try."""
OFFERING, OFFERED = 0.2, 50_000.0
"""Most of the time that is left which is kept to assign people to what a try opens; pairs in a second."""
HUGE = 500_000
"""Pairs from which there is no relaxation where prices have led to a plan."""
SIFTING = 0.3
"""Most of the time that is left which goes into the relaxation from which prices begin."""


class Tell(Protocol):
    """Hears what phase the search is in, the best value in hand and the bound."""

    def __call__(self, phase: str, value: float | None = None, bound: float | None = None) -> None:
        """Tell one step."""


@dataclass
class Search:
    """What has been found so far: the best plan, and the bound that no plan beats."""

    yardstick: Yardstick
    rules: Rulebook
    before: float
    share: float
    threads: int
    deadline: float
    tell: Tell
    best: Outcome | None = None
    value: float = np.inf
    bound: float = -np.inf
    stopped: str = ""
    relaxation: Relaxation = field(init=False)
    pricing: Pricing | None = None
    dual: Dual | None = None
    asked: Floats | None = None
    """Price of a unit of need at each need point, where such prices were found by themselves."""

    @property
    def gap(self) -> float:
        """Share of the possible gain that the best plan may have missed."""
        return self.yardstick.gap(self.value, self.bound, self.before)

    @property
    def bounds(self) -> tuple[float | None, ...]:
        """Bound of each goal, None where nothing is proven."""
        return (self.bound if np.isfinite(self.bound) else None,)

    @property
    def done(self) -> bool:
        """True when the gap is small enough, or the search was stopped."""
        return bool(self.stopped) or (self.best is not None and self.gap <= self.share + CLOSE)

    def run(self) -> str:
        """Search; returns how it ended: `infeasible`, or empty.

        Raises
        ------
        PlannerError
            When the model has no bound: a unit forgot one.
        """
        try:
            return self._run()
        except MemoryError:
            self.stopped = "memory"
            return ""
        finally:
            if self.stopped == "memory":  # what is left must do for assigning people
                vars(self).pop("relaxation", None)
                self.dual = None

    def _run(self) -> str:
        if len(self.yardstick.problem.pairs) > MANY:
            self._by_prices()
            if self.done or (self.best is not None and len(self.yardstick.problem.pairs) > HUGE):
                return ""
        return self._by_relaxation()

    def _by_prices(self) -> None:
        """A bound by prices, and the plan to which their averages lead."""
        self.tell("relaxation")
        try:
            blocks = self.rules(self.yardstick.problem)
            begin = self._sifted(blocks) if len(self.yardstick.problem.pairs) <= HUGE else None
            pricing = priced(self.yardstick, blocks, self.before, self.share, self.deadline, begin=begin)
            if pricing is not None:
                self.pricing = pricing
                self.bound = max(self.bound, pricing.bound)
                self.tell("sites", None, self.bound)
                self._dives(pricing)
        except KeyboardInterrupt:
            self.stopped = "interrupted"

    def _sifted(self, blocks: tuple[Block, ...]) -> Callable[[Local], Prices] | None:
        """Prices of the relaxation, where it can be solved in some of the time."""
        relaxation = Relaxation.of(self.yardstick, blocks, self.threads, before=self.before, share=self.share)
        relaxation.sift(time.monotonic() + SIFTING * self._left)
        if relaxation.interrupted:
            raise KeyboardInterrupt
        if relaxation.dual is None:
            return None
        self.bound, self.dual = max(self.bound, relaxation.bound), relaxation.dual
        return partial(from_dual, self.yardstick, relaxation.dual)

    def _dives(self, pricing: Pricing) -> None:
        """Whole modules from the averages, ever more carefully while there is time."""
        offering = min(OFFERING * self._left, len(self.yardstick.problem.pairs) / OFFERED)
        for rounds in CAREFUL:
            modules = None if self.done else dive(pricing, self.deadline - offering, rounds, self.value)
            if modules is not None:
                self.offer(modules)
            by_windows(self, pricing, self.deadline - offering)
            if self.done or time.monotonic() > self.deadline - offering:
                break

    def _by_relaxation(self) -> str:
        """The relaxation, then whole modules among the sites that it touches, then among all."""
        self.relaxation = Relaxation.of(
            self.yardstick,
            self.rules(self.yardstick.problem),
            self.threads,
            before=self.before,
            share=self.share,
        )
        self.tell("relaxation")
        if not self.stopped:
            self.relaxation.solve(self.deadline)
            self.dual = self.relaxation.dual
        self.bound = max(self.bound, self.relaxation.bound, self.relaxation.solver.model.least)
        if self.relaxation.interrupted:
            self.stopped = "interrupted"
        if self.stopped:
            return ""
        if self.relaxation.ending == "infeasible":
            return "infeasible"
        if self.relaxation.ending == "unbounded":
            name = self.yardstick.unit.name
            raise PlannerError(f"the model has no bound: something in the objective `{name}` has no limit")
        if self.relaxation.ending != "optimal":
            self.stopped = self.relaxation.ending
            return ""
        self.tell("sites", None, self.bound)
        if len(self.yardstick.problem.pairs) > FEW_PAIRS and not self.done:
            self._among_touched()
        return self._among_all()

    def offer(self, modules: Floats) -> None:
        """Try a choice of modules: its best assignment under the principle, kept when it is the best yet."""
        polish = polish_of(self.yardstick, self.rules, np.round(modules), self.threads, self.share)
        outcome = polish.best(self._left + 5.0)
        if polish.interrupted:
            self.stopped = "interrupted"
        if outcome is not None and (self.best is None or self.yardstick.beats(outcome, self.best)):
            self.best, self.value = outcome, self.yardstick.value(outcome)
        self.tell("sites", None if self.best is None else self.value, self.bound)

    @property
    def _left(self) -> float:
        return max(self.deadline - time.monotonic(), 0.0)

    def _among_touched(self) -> None:
        """A smaller search: what the relaxation leaves alone stays closed, what it opens wholly is open."""
        providers, opened = self.yardstick.problem.providers, self.relaxation.values["open"]
        least = providers["least"].to_numpy(float)
        lower = np.maximum(np.floor(opened + TOUCHED), least)
        upper = np.where(opened > TOUCHED, providers["most"].to_numpy(float), least)
        solver = self.relaxation.solver
        solver.relax(relaxed=False)
        solver.bound("open", lower, np.maximum(upper, lower))
        answer = self._solve(self.share * 0.6, self._left / 3)
        if answer.solution is not None:
            self.offer(solver.model.natural(answer.solution)["open"])
        solver.bound("open", least, providers["most"].to_numpy(float))
        self._note(answer, whole=False)

    def _among_all(self) -> str:
        """The whole search, with tangents laid anew where solutions lie, until the gap is small enough."""
        found: Mapping[str, Floats] = {}
        for round_ in range(ROUNDS):
            if self.done or (round_ and not self._lay_anew(found)):
                break
            solver = self.relaxation.solver
            solver.relax(relaxed=False)
            if self.best is not None:
                solver.start(solver.model.scaled(self._values(self.best)))
            answer = self._solve(self.share * 0.9**round_, self._left)
            if answer.ending == "infeasible":
                return "infeasible"
            if answer.bound is not None:
                self.bound = max(self.bound, answer.bound)
            if answer.solution is not None:
                found = solver.model.natural(answer.solution)
                self.offer(found["open"])
            self._note(answer, whole=True)
        return ""

    def _lay_anew(self, found: Mapping[str, Floats]) -> bool:
        """Tangents where the solver's solution and the best plan lie; False when nothing is left to gain.

        An exact model is searched on too, where a bound that has risen since made the share too large.
        """
        if self.best is None:
            return False
        return self.relaxation.lay_anew(found, self._values(self.best)) or (self.share > 0 and self._left > 0)

    def _values(self, outcome: Outcome) -> dict[str, Floats]:
        known = {"open": outcome.modules, "serve": outcome.served}
        known |= following(self.yardstick.problem, outcome.modules)
        tellers = (*(block.values for block in self.relaxation.blocks), self.relaxation.goal.values)
        for values in tellers:
            known |= values(outcome) if values else {}
        return known

    def _solve(self, share: float, seconds: float) -> Answer:
        gap = self.yardstick.allowance(self.bound, self.before, share)
        return self.relaxation.solver.run(
            seconds=seconds,
            gap=gap,
            constant=self.relaxation.goal.constant,
            progress=lambda value, bound: self.tell(
                "sites",
                self.value if value is None else min(value, self.value),
                self.bound if bound is None else max(bound, self.bound),
            ),
        )

    def _note(self, answer: Answer, *, whole: bool) -> None:
        if (
            self.relaxation.solver.interrupted
            or self.relaxation.interrupted
            or answer.ending == "interrupted"
        ):
            self.stopped = "interrupted"
        elif not self.done and ((answer.ending == "time_limit" and whole) or self._left <= 0):
            self.stopped = "time_limit"
        elif answer.ending in {"memory", "unknown"}:
            self.stopped = answer.ending
