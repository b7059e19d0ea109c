"""The search where everybody goes to the nearest: swaps, prices that bound, branches between them."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.model.ascent import Ascent, bounded, first_bound
from planner.model.by_cover import cover
from planner.model.medians import Gains, greedy, swapped
from planner.model.narrow import keep
from planner.model.search import Search
from planner.problem.choice import CHOSEN
from planner.problem.outcome import Outcome
from planner.rules.provision import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from planner.model.yardstick import Yardstick
    from planner.problem.blocks import Block, Cover, Rows
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

SITES = {"open", CHOSEN}
AMPLE = 1.0 + 1e-9
FIRST, NEXT, PRICED = 3000, 120, 400
"""Most moves of the prices at first, in each branch, and where the best is known already."""
COVERED = 0.2
"""Part of the share that a choice which covers may miss at first."""
BRANCHES = 60
"""Branches after which what is not settled becomes one integer program."""
OFTEN = 10
"""Branches between two looks for a better choice near that of the prices."""


@dataclass
class NearestSearch(Search):
    """A branch and bound over sites; the bound is arithmetic at some prices."""

    rows: tuple[Rows, ...] = ()
    worth: float = -np.inf
    """What the best choice of sites brings."""

    def _run(self) -> str:
        blocks = self.rules(self.yardstick.problem)
        try:
            if self._by_cover(blocks):
                return ""
        except KeyboardInterrupt:
            self.stopped = "interrupted"
            return ""
        gains = gains_of(self.yardstick, blocks)
        if gains is None or self.stopped:
            return super()._run()
        self.rows = _site_rows(blocks) or ()
        try:
            first = self._bettered(gains, greedy(gains, gains.summed(gains.gain) - gains.cost))
            if first is None:
                return super()._run()
            self._branch(gains, first)
        except KeyboardInterrupt:
            self.stopped = "interrupted"
        return "" if self.done or self.stopped else super()._run()

    def _by_cover(self, blocks: Sequence[Block]) -> bool:
        """Search among sites alone where only who is within reach matters; False where more does."""
        problem, rows = self.yardstick.problem, _site_rows(blocks)
        half = self.yardstick.unit.half("by_cover")
        if half is None or rows is None or problem.moving is not None or problem.futures is not None:
            return False
        asked = half(problem, **self.yardstick.parameters)
        if (problem.providers["most"] > 1).any() or not _ample(problem, asked.pair):
            return False
        for gap in (COVERED * self.share, 0.0):  # a share of the value is none of what could be gained
            found = cover(asked, problem, rows, seconds=self._left, gap=gap)
            if found.infeasible:
                return False
            self.bound = max(self.bound, found.bound)
            if found.sites is not None:
                self._note_cover(asked, found.sites)
            if self.done or self._left <= 0:
                break
        if self.best is None:  # quicker ways may still find some plan
            return False
        self.stopped = "" if self.done else "time_limit"
        self._price(blocks)
        return True

    def _price(self, blocks: Sequence[Block]) -> None:
        """Prices of need that prove the bound, or as much of it as some moves do."""
        gains = None if self.best is None else gains_of(self.yardstick, blocks)
        if gains is None or self.best is None:
            return
        sites = self.best.modules > 0
        root = Ascent(gains, first_bound(gains, sites), gains.worth(sites))
        root.run(self.deadline, self._enough(self.yardstick.goal.constant), PRICED)
        self.asked = root.now.price / self.yardstick.problem.amount

    def _note_cover(self, asked: Cover, sites: Floats) -> None:
        """Everybody who is covered goes to the nearest open site."""
        problem = self.yardstick.problem
        mine = asked.pair[sites[problem.provider[asked.pair]] > 0]
        mine = mine[np.argsort(problem.pairs["travel"].to_numpy()[mine], kind="stable")]
        _, first = np.unique(problem.need_point[mine], return_index=True)
        served = np.zeros(len(problem.pairs))
        served[mine[first]] = problem.amount[problem.need_point[mine[first]]]
        self.best = Outcome(problem, sites, served)
        self.value = self.yardstick.value(self.best)
        self.tell("sites", self.value, self.bound)

    def _bettered(self, gains: Gains, sites: Flags) -> Flags | None:
        """The choice after swaps, or as it is where that breaks a rule; None where it does so too."""
        for found in (swapped(gains, sites, self.deadline), sites):
            if keep(self.yardstick.problem, self.rows, found.astype(np.float64)):
                return found
        return None

    def _take(self, gains: Gains, sites: Flags | None) -> None:
        """Take a choice that keeps the rules and is better than the best."""
        worth = -np.inf if sites is None else gains.worth(sites)
        if sites is None or worth <= self.worth:
            return
        self.worth = worth
        outcome = to_the_best(self.yardstick.problem, gains, sites)
        if self.best is None or self.yardstick.beats(outcome, self.best):
            self.best, self.value = outcome, self.yardstick.value(outcome)

    def _branch(self, gains: Gains, first: Flags) -> None:
        """Look at the most promising part first; a part without a better choice is done with."""
        self._take(gains, first)
        constant, count = self.yardstick.goal.constant, itertools.count()
        root = Ascent(gains, first_bound(gains, first), self.worth)
        root.run(self.deadline, self._enough(constant), FIRST)
        self.asked = root.now.price / self.yardstick.problem.amount
        parts = [(-root.now.total, next(count), root)]
        for k in itertools.count():
            if not parts:
                break
            self.bound = max(self.bound, constant - max(-parts[0][0], self.worth))
            self.tell("sites", self.value, self.bound)
            if self.done or self._left <= 0:
                return
            if k == BRANCHES:
                self._among_unsettled(root)
                return
            part = heapq.heappop(parts)[2]
            if k % OFTEN == 0:
                self._take(gains, self._bettered(part.gains, _chosen(part)))
            for half in self._halves(gains, part, constant):
                heapq.heappush(parts, (-half.now.total, next(count), half))
        self.bound = max(self.bound, constant - self.worth)

    def _among_unsettled(self, root: Ascent) -> None:
        """One integer program over the sites that are not settled, and ways that may be the best."""
        root.best = self.worth
        root.settle()
        gains, whole = root.gains, self.yardstick.problem
        best = np.zeros(gains.points)
        sure = gains.must[gains.site]
        np.maximum.at(best, gains.point[sure], gains.gain[sure])
        keep = gains.pair[gains.gain >= best[gains.point]]
        providers = whole.providers.assign(least=gains.must.astype(int), most=gains.may.astype(int))
        pairs = whole.pairs.iloc[keep].reset_index(drop=True)
        part = replace(whole, pairs=pairs, providers=providers, parent=whole.whole)
        own = Search(
            replace(self.yardstick, problem=part),
            self.rules,
            self.before,
            self.share,
            self.threads,
            self.deadline,
            self.tell,
        )
        infeasible = own.run() == "infeasible"
        if own.best is not None:
            served = np.zeros(len(whole.pairs))
            served[keep] = own.best.served
            found = Outcome(whole, own.best.modules, served)
            if self.best is None or self.yardstick.beats(found, self.best):
                self.best, self.value = found, self.yardstick.value(found)
        self.bound = max(self.bound, self.value if infeasible else min(own.bound, self.value))
        self.stopped = self.stopped or own.stopped

    def _halves(self, gains: Gains, part: Ascent, constant: float) -> Iterator[Ascent]:
        """The two halves of a part, without those that cannot hold a better choice."""
        for half in _split(part):
            half.best = self.worth
            half.run(self.deadline, self._enough(constant), NEXT)
            half.settle()
            share = half.now.share
            if ((share == 0) | (share == 1)).all() and keep(self.yardstick.problem, self.rows, share):
                self._take(gains, share == 1)
            if not half.settled:
                yield half

    def _enough(self, constant: float) -> float:
        """By how much the bound may be above the best choice so that the gap is as asked for."""
        return self.yardstick.allowance(constant - self.worth, self.before, self.share) if self.share else 0.0


def _chosen(part: Ascent) -> Flags:
    """The choice at the prices of a part, made whole."""
    return greedy(part.gains, np.maximum(part.now.earns, 0.0) * part.now.share)


def _split(part: Ascent) -> list[Ascent]:
    """The part with one site open, and with it closed: that which is in the best choice now and then."""
    gains = part.gains
    free = gains.may & ~gains.must
    if not free.any():
        return []
    doubt = np.where(free, np.minimum(part.average, 1.0 - part.average), -1.0)
    j = int(doubt.argmax())
    halves = []
    for is_open in (True, False):
        must, may = gains.must.copy(), gains.may.copy()
        must[j], may[j] = is_open, is_open
        if gains.takes[must].sum() <= gains.right + 1e-9:
            own = gains.narrowed(must, may)
            halves.append(Ascent(own, bounded(own, part.now.price), part.best))
    return halves


def to_the_best(problem: Problem, gains: Gains, sites: Flags) -> Outcome:
    """Everybody goes where that is worth most among these sites."""
    of, order = gains.best_first
    mine = order[sites[of]]
    point = gains.point[mine]
    first = mine[np.append(True, point[1:] != point[:-1])] if len(mine) else mine
    served = np.zeros(len(problem.pairs))
    served[gains.pair[first]] = problem.amount[gains.point[first]]
    return Outcome(problem, sites.astype(np.float64), served)


def gains_of(yardstick: Yardstick, blocks: Sequence[Block]) -> Gains | None:
    """The question as a choice of sites alone; None where it is more than that.

    So it is where the objective is a sum over who is served where and over sites, rules but provision
    speak of sites alone, a site has one size or none, and each has room for everybody within its reach.
    """
    problem, goal = yardstick.problem, yardstick.goal
    if yardstick.ordered or yardstick.levels is not None or not goal.cost.keys() <= {"serve", "open"}:
        return None
    if goal.rows or goal.variables or (problem.providers["most"] > 1).any():
        return None
    cost = -goal.cost.get("serve", np.zeros(len(problem.pairs))) * problem.amount[problem.need_point]
    pair = np.flatnonzero(cost > 0)
    rows = _site_rows(blocks)
    if rows is None or not _ample(problem, pair):
        return None
    takes, right = _rule(rows, len(problem.providers))
    return Gains(
        pair=pair,
        point=problem.need_point[pair],
        site=problem.provider[pair],
        gain=cost[pair],
        cost=goal.cost.get("open", np.zeros(len(problem.providers))),
        takes=takes,
        right=right,
        must=(problem.providers["least"] > 0).to_numpy(),
        may=(problem.providers["most"] > 0).to_numpy(),
        points=len(problem.need),
    )


def _site_rows(blocks: Sequence[Block]) -> tuple[Rows, ...] | None:
    """Rows of the rules but provision; None where some speak of more than sites."""
    if any(v.family not in SITES for block in blocks for v in block.variables):
        return None
    rows = tuple(r for b in blocks for r in b.rows if r.rule not in RULES)
    return None if any(t.family not in SITES for r in rows for t in r.terms) else rows


def _ample(problem: Problem, pair: NDArray[np.int64]) -> bool:
    """Whether each site has room for all that it may serve."""
    site = problem.provider[pair]
    wanted = np.bincount(site, problem.amount[problem.need_point[pair]], len(problem.providers))
    return bool((wanted <= problem.providers["capacity"].to_numpy(float) * AMPLE).all())


def _rule(rows: Sequence[Rows], sites: int) -> tuple[Floats, float]:
    """The rule that ties most sites together, by their number or money: what each takes, and the most."""
    fit = [r for r in rows if len(r) == 1 and r.sense == "<=" and {t.family for t in r.terms} == {"open"}]
    takes = [
        sum((np.bincount(t.column, t.coefficient, sites) for t in r.terms), np.zeros(sites)) for r in fit
    ]
    told = [(t, float(r.bound[0])) for t, r in zip(takes, fit, strict=True) if (t >= 0).all()]
    return max(told, key=lambda one: np.count_nonzero(one[0]), default=(np.zeros(sites), 0.0))
