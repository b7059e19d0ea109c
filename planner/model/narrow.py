"""A goal by levels, held at one of them: only the ways within it, and everybody who counts is served."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from planner.model.held import OrderedPolish
from planner.model.polish import Polish
from planner.model.yardstick import Held
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.choice import CHOSEN, chosen_by
from planner.problem.outcome import Outcome
from planner.rules.provision import RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.model.polish import Rulebook
    from planner.model.yardstick import Yardstick
    from planner.problem.blocks import Levels
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

SITES = {"open", CHOSEN}
AMPLE = 1.0 + 1e-9
HAIR = 1e-9


@dataclass(frozen=True)
class Narrow:
    """The question with only the ways within one level.

    Attributes
    ----------
    kept
        Pairs of the whole question that are looked at, positions.
    covered
        True where everybody who counts has to be served; false at the last level.
    """

    yardstick: Yardstick
    levels: Levels
    rules: Rulebook
    kept: Whole
    covered: bool

    @classmethod
    def at(cls, yardstick: Yardstick, rules: Rulebook, level: int) -> Narrow:
        """The question at one of its goal's levels."""
        problem, levels = yardstick.problem, yardstick.levels
        if levels is None:
            raise ValueError("the goal has no levels")
        last = level >= len(levels.values) - 1
        keep = np.ones(len(problem.pairs), bool)
        if not last:
            keep[levels.pair[levels.height > levels.values[level]]] = False
        pairs = problem.pairs[keep].reset_index(drop=True)
        part = replace(problem, pairs=pairs, parent=problem.whole)
        held = Held(yardstick.unit, yardstick.parameters, part)
        return cls(held, levels, rules, np.flatnonzero(keep), not last)

    @property
    def problem(self) -> Problem:
        """The question with these pairs only."""
        return self.yardstick.problem

    def blocks(self, part: Problem) -> tuple[Block, ...]:
        """What every plan keeps at this level, written for some of these pairs."""
        own = (Block((self._served(part),)),) if self.covered else ()
        return (*self.rules(part), *own)

    def _served(self, part: Problem) -> Rows:
        """Rows: who counts is served."""
        row = np.full(len(part.need), -1)
        row[self.levels.counted] = np.arange(len(self.levels.counted))
        pair = np.flatnonzero(row[part.need_point] >= 0)
        terms = Terms("serve", row[part.need_point[pair]], pair, np.ones(len(pair)))
        cells = part.need["cell"].to_numpy()[self.levels.counted]
        names = [f"served {cell}" for cell in cells]
        return Rows("served", (terms,), ">=", part.amount[self.levels.counted], names)

    def around(self) -> Rows:
        """Rows: something is open within the level of everybody who counts, with room for all of it."""
        problem = self.problem
        row = np.full(len(problem.need), -1)
        row[self.levels.counted] = np.arange(len(self.levels.counted))
        pair = np.flatnonzero(row[problem.need_point] >= 0)
        capacity = problem.providers["capacity"].to_numpy(float)[problem.provider[pair]]
        room = np.minimum(capacity / problem.amount[problem.need_point[pair]], 1.0)
        room = np.where(room * AMPLE >= 1.0, 1.0, room)
        terms = Terms("open", row[problem.need_point[pair]], problem.provider[pair], room)
        cells = problem.need["cell"].to_numpy()[self.levels.counted]
        return Rows("around", (terms,), ">=", np.ones(len(cells)), [f"around {cell}" for cell in cells])

    def sites_alone(self, blocks: Sequence[Block]) -> tuple[Rows, ...] | None:
        """Rows of the rules, where the choice of sites alone decides; None where who is served matters too.

        So it is when no rule but provision speaks of anything but sites, and each site has room for
        everybody within the level: then all may go to the nearest. At the last level nobody has to be served.
        """
        if any(v.family not in SITES for block in blocks for v in block.variables):
            return None
        rows = tuple(r for b in blocks for r in b.rows if r.rule not in RULES)
        if any(t.family not in SITES for r in rows for t in r.terms) or (self.covered and not self._ample):
            return None
        return rows

    @cached_property
    def _ample(self) -> bool:
        problem = self.problem
        mine = np.isin(problem.need_point, self.levels.counted)
        wanted = np.where(mine, problem.amount[problem.need_point], 0.0)
        within = np.bincount(problem.provider, wanted, len(problem.providers))
        return bool((within <= problem.providers["capacity"].to_numpy(float) * AMPLE).all())

    def wide(self, outcome: Outcome, whole: Problem) -> Outcome:
        """The outcome told over all pairs of the question."""
        served = np.zeros(len(whole.pairs))
        served[self.kept] = outcome.served
        return Outcome(whole, outcome.modules, served)


class LevelPolish:
    """One set of modules under a goal by levels: the lowest level it allows, then no waste within it."""

    def __init__(
        self, yardstick: Yardstick, rules: Rulebook, modules: Floats, threads: int, share: float = 0.0
    ) -> None:
        """Fix the modules (whole numbers, shape (providers,))."""
        self.yardstick, self.rules, self.modules = yardstick, rules, modules
        self.threads, self.share = threads, share
        self.interrupted = False

    def best(self, seconds: float) -> Outcome | None:
        """Best assignment under the principle; None when the rules allow none with these modules."""
        levels = self.yardstick.levels
        if levels is None:
            raise ValueError("the goal has no levels")
        last = len(levels.values) - 1
        low = self._nearest(levels)
        found = self._tried(low, seconds)
        if found is not None or low == last:
            return found
        found, low, high = self._tried(last, seconds), low + 1, last
        while found is not None and low < high:
            middle = (low + high) // 2
            new = self._tried(middle, seconds)
            if new is None:
                low = middle + 1
            else:
                found, high = new, middle
        return found

    def without_waste(self, outcome: Outcome, seconds: float) -> Outcome:
        """Hold the level; raise the mean, then shorten the ways."""
        level = self._level(self.yardstick.value(outcome))
        narrow = Narrow.at(self.yardstick, self.rules, level)
        polish = self._at(narrow)
        own = Outcome(narrow.problem, outcome.modules, outcome.served[narrow.kept])
        better = polish.without_waste(own, seconds)
        self.interrupted |= polish.interrupted
        return narrow.wide(better, self.yardstick.problem)

    def _level(self, value: float) -> int:
        levels = self.yardstick.levels
        values = np.zeros(1) if levels is None else levels.values
        return min(int(np.searchsorted(values, value * (1 - 1e-12))), len(values) - 1)

    def _nearest(self, levels: Levels) -> int:
        """Lowest level at which everybody who counts has something open."""
        problem = self.yardstick.problem
        way = np.where(self.modules[problem.provider[levels.pair]] > 0, levels.height, np.inf)
        nearest = np.full(len(problem.need), np.inf)
        np.minimum.at(nearest, problem.need_point[levels.pair], way)
        highest = float(nearest[levels.counted].max(initial=levels.values[0]))
        return len(levels.values) - 1 if np.isinf(highest) else self._level(highest)

    def _tried(self, level: int, seconds: float) -> Outcome | None:
        """Any assignment within a level, None where there is none."""
        narrow = Narrow.at(self.yardstick, self.rules, level)
        rows = narrow.sites_alone(narrow.rules(narrow.problem)) if narrow.covered else None
        if rows is not None:
            return self._to_the_nearest(narrow) if keep(narrow.problem, rows, self.modules) else None
        polish = self._at(narrow)
        outcome = polish.best(seconds)
        self.interrupted |= polish.interrupted
        return None if outcome is None else narrow.wide(outcome, self.yardstick.problem)

    def _to_the_nearest(self, narrow: Narrow) -> Outcome | None:
        """Everybody who counts goes to the nearest; None where somebody has nothing open within the level."""
        problem, levels = narrow.problem, narrow.levels
        height = np.zeros(len(self.yardstick.problem.pairs))
        height[levels.pair] = levels.height
        way = height[narrow.kept]
        usable = (self.modules[problem.provider] > 0) & np.isin(problem.need_point, levels.counted)
        order = np.flatnonzero(usable)
        order = order[np.lexsort((way[order], problem.need_point[order]))]
        point = problem.need_point[order]
        first = order[np.append(True, point[1:] != point[:-1])] if len(order) else order
        if len(first) < len(levels.counted):
            return None
        served = np.zeros(len(problem.pairs))
        served[first] = problem.amount[problem.need_point[first]]
        return narrow.wide(Outcome(problem, self.modules, served), self.yardstick.problem)

    def _at(self, narrow: Narrow) -> Polish:
        return Polish(narrow.yardstick, narrow.blocks, self.modules, self.threads, self.share)


def keep(problem: Problem, rows: Sequence[Rows], modules: Floats) -> bool:
    """Whether modules keep rows that speak of sites alone."""
    values = {"open": modules, CHOSEN: chosen_by(problem, modules)}
    for r in rows:
        total = np.zeros(len(r))
        for t in r.terms:
            np.add.at(total, t.row, t.coefficient * values[t.family][t.column])
        over = {"<=": total - r.bound, ">=": r.bound - total, "==": np.abs(total - r.bound)}[r.sense]
        if (over > HAIR * (1.0 + np.abs(r.bound))).any():
            return False
    return True


def polish_of(
    yardstick: Yardstick, rules: Rulebook, modules: Floats, threads: int, share: float = 0.0
) -> Polish | LevelPolish | OrderedPolish:
    """The best that can be done with some modules, by the kind of goal."""
    if yardstick.ordered:
        return OrderedPolish(yardstick, rules, modules, threads, share)
    kind = Polish if yardstick.levels is None else LevelPolish
    return kind(yardstick, rules, modules, threads, share)
