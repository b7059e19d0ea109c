"""The relaxation: whole modules may be parts; it bounds every plan, and shows which sites matter."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from planner.model.formulation import formulate
from planner.model.sift import nearest, sifted, unclosed
from planner.model.solve import Solver
from planner.problem.outcome import Outcome
from planner.rules.provision import open_within_reach, tight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.model.formulation import Formulation
    from planner.model.solve import Answer
    from planner.model.yardstick import Yardstick
    from planner.problem.blocks import Block, Goal
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

FEW_PAIRS = 20_000
"""Up to so many pairs all tight rows go in from the start."""
ROUNDS = 12
VIOLATION = 1e-3
"""Share of a tight row's most by which it must be broken to be added."""
TANGENTS = 0.2
"""Share of the gap asked for that the tangents may take up before they are laid anew."""
LARGE = 20_000
"""From so many columns the first relaxation is solved by the interior-point method."""


@dataclass(frozen=True)
class Dual:
    """Prices of the rows of one relaxation, as the solver leaves them (scaled), and what it found."""

    model: Formulation
    goal: Goal
    scaled: Floats
    found: Mapping[str, Floats]


@dataclass
class Relaxation:
    """A relaxed model that grows: its goal, the tight rows in it, its last values and bound."""

    problem: Problem
    blocks: tuple[Block, ...]
    yardstick: Yardstick
    goal: Goal
    threads: int
    before: float
    share: float
    pairs: NDArray[np.int64]
    bound: float = -np.inf
    values: Mapping[str, Floats] = field(default_factory=dict)
    ending: str = "unknown"
    interrupted: bool = False
    dual: Dual | None = None
    solver: Solver = field(init=False)

    @classmethod
    def of(
        cls, yardstick: Yardstick, blocks: tuple[Block, ...], threads: int, *, before: float, share: float
    ) -> Relaxation:
        """The relaxation of a problem under a principle, not yet solved."""
        problem = yardstick.problem
        few = len(problem.pairs) <= FEW_PAIRS
        pairs = np.arange(len(problem.pairs)) if few else np.zeros(0, np.int64)
        new = cls(problem, blocks, yardstick, yardstick.goal, threads, before, share, pairs)
        new.build()
        return new

    def build(self) -> None:
        """Write the model anew with the present goal and tight rows."""
        self.solver = Solver(formulate(self.problem, self.blocks, self.goal), self.threads)
        if len(self.problem.pairs) > FEW_PAIRS and len(around := open_within_reach(self.problem)):
            self.solver.add([around])
        if len(self.pairs):
            self.solver.add([tight(self.problem, self.pairs)])

    def solve(self, deadline: float) -> None:
        """Solve, add the tight rows that the solution breaks, lay tangents anew where it lies; repeat."""
        self.solver.relax(relaxed=True)
        large = len(self.solver.model.cost) >= LARGE
        self.solver.set("solver", "ipx" if large else "choose")
        self._run(deadline)
        self.solver.set("solver", "choose")
        if self.ending == "optimal" and self._tighten():
            self._run(deadline, first=True)
        for _ in range(ROUNDS):
            if self.ending != "optimal" or not len(broken := self._broken()):
                break
            self.pairs = np.concatenate([self.pairs, broken])
            self.solver.add([tight(self.problem, broken)])
            self._run(deadline)

    def sift(self, deadline: float) -> None:
        """Solve it among few ways first, and once more with tangents laid where the solution lies.

        Tight rows stay out: this is for prices to begin with, which know them by themselves.
        """
        near = nearest(self.problem)
        for again in (False, True):
            if again and (self.ending != "optimal" or not self._tighten()):
                break
            self.solver.relax(relaxed=True)
            self._note(sifted(self.solver, near, deadline, constant=self.goal.constant))
            unclosed(self.solver)
            self.solver.set("solver", "choose")

    def _run(self, deadline: float, *, first: bool = False) -> None:
        if first:
            self.solver.relax(relaxed=True)
            self.solver.set("solver", "ipx" if len(self.solver.model.cost) >= LARGE else "choose")
        self._note(self.solver.run(seconds=deadline - time.monotonic(), constant=self.goal.constant))
        self.solver.set("solver", "choose")

    def _note(self, answer: Answer) -> None:
        """Keep what was found, with the prices that prove it."""
        self.ending = answer.ending
        self.interrupted |= self.solver.interrupted
        if answer.ending == "optimal" and answer.solution is not None and answer.bound is not None:
            self.values = self.solver.model.natural(answer.solution)
            self.bound = max(self.bound, answer.bound)
            self.dual = Dual(self.solver.model, self.goal, self.solver.prices, self.values)

    def _tighten(self) -> bool:
        """Lay tangents anew where the solution lies, when they take up much of the gap that is asked for."""
        if self.goal.tighten is None:
            return False
        true = self.yardstick.value(Outcome(self.problem, self.values["open"], self.values["serve"]))
        if self.yardstick.gap(true, self.bound, self.before) <= TANGENTS * self.share:
            return False
        return self.lay_anew(self.values)

    def lay_anew(self, *solutions: Mapping[str, Floats]) -> bool:
        """Lay tangents anew where these solutions lie; False when the goal has none."""
        if self.goal.tighten is None:
            return False
        for values in solutions:
            finer = self.goal.tighten(values) if self.goal.tighten is not None and values else None
            self.goal = finer or self.goal
        self.build()
        return True

    def _broken(self) -> NDArray[np.int64]:
        problem = self.problem
        capacity = problem.providers["capacity"].to_numpy(float)[problem.provider]
        most = np.minimum(problem.amount[problem.need_point], capacity)
        over = self.values["serve"] - most * self.values["open"][problem.provider]
        broken = over > VIOLATION * most
        broken[self.pairs] = False
        return np.flatnonzero(broken)
