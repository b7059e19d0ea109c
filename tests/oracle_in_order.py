"""Goals in order on a tiny city: every choice of modules and, level by level, of those who are left below.

Who is left below is tried set by set, the fewest people first; all sets that are as good go on to the next
level, so that no tie is lost. It knows nothing of how the planner writes it.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from oracle import _solve, kept
from oracle_justice import JustTask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]

HAIR = 1e-5
SAME = 1e-7


def best_in_order(problem: Problem, scenario: Scenario) -> tuple[float, ...] | None:
    """People below each level of the plan that is best in order; None where no choice keeps the rules."""
    best: tuple[float, ...] | None = None
    task = LevelTask(problem, scenario)
    for modules in kept(problem, scenario):
        found = task.in_order(modules, best)
        best = found or best
    return best


class LevelTask(JustTask):
    """The best assignment for one choice of modules, level by level."""

    def in_order(
        self, modules: tuple[int, ...], enough: tuple[float, ...] | None
    ) -> tuple[float, ...] | None:
        """People below each level; None where that is no better than `enough`, or no rule is kept."""
        capacity = self.problem.providers["capacity"].to_numpy(float) * np.array(modules)
        left = np.vstack([self.points, self.sums, -self.floors])
        right = np.concatenate([[row.need for row in self.need], capacity, -self.share + 1e-9])
        self.left, self.right, self.known = left, right, []
        floors = [np.full(len(self.population), -np.inf)]
        if not self._possible(floors[0]):
            return None
        self.most = np.array([self._most(a) for a in range(len(self.population))])
        found: list[float] = []
        delta = self.given["resolution"]
        for k in range(1, int(1 / delta + HAIR) + 1):
            people, floors = self._fewest(floors, k * delta)
            found.append(people)
            if enough is not None:
                ahead = [(a, b) for a, b in zip(found, enough, strict=False) if abs(a - b) > SAME]
                if ahead and ahead[0][0] > ahead[0][1]:
                    return None
        return tuple(found) if enough is None or not np.allclose(found, enough, rtol=0, atol=SAME) else None

    def _fewest(self, floors: list[Floats], level: float) -> tuple[float, list[Floats]]:
        """Fewest people below a level, and what each place has at least in every way to reach that."""
        ways = sorted(
            (
                (float(self.population[list(below)].sum()), tuple(below), k)
                for k, floor in enumerate(floors)
                for size in range(len(self.population) + 1)
                for below in itertools.combinations(range(len(self.population)), size)
                if (floor[list(below)] < level).all() and self._can(below, level)
            ),
        )
        found: dict[bytes, Floats] = {}
        fewest = np.inf
        for people, below, k in ways:
            if people > fewest + SAME:
                break
            new = np.maximum(floors[k], level)
            new[list(below)] = floors[k][list(below)]
            if new.tobytes() not in found and self._possible(new):
                found[new.tobytes()], fewest = new, min(fewest, people)
        return float(fewest), list(found.values())

    def _can(self, below: tuple[int, ...], level: float) -> bool:
        """Whether each place that is not left below a level could have it, were it alone."""
        return bool((np.delete(self.most, list(below)) >= level - HAIR).all())

    def _most(self, place: int) -> float:
        """The most that one place can have."""
        solved = _solve(-self.gain[place], self.left, self.right)
        assert solved is not None
        self.known.append(self.start + self.gain @ solved)
        return float(self.known[-1][place])

    def _possible(self, floor: Floats) -> bool:
        """Whether every place can have at least this; what some assignment gives is kept as known."""
        if any((has >= floor - HAIR / 2).all() for has in self.known):
            return True
        asks = np.isfinite(floor) & (floor > self.start + HAIR / 2)
        rows = np.vstack([self.left, -self.gain[asks]])
        sides = np.concatenate([self.right, (self.start - floor + HAIR / 2)[asks]])
        solved = _solve(-self.gain.sum(axis=0), rows, sides)
        if solved is not None:
            self.known.append(self.start + self.gain @ solved)
        return solved is not None
