"""The right answer on a tiny city for further principles, by trying every choice of whole modules.

Written from the definitions: pairwise minima for `equal_shares`, levels one by one for `p_center`,
subsets of those missed for `lscp`; it knows nothing of how the planner writes them.
"""

# ruff: noqa: ARG002 - every principle is asked the same way

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from oracle import Best, _solve, _Task, kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]

SLACK = 1e-9


def best(
    problem: Problem, scenario: Scenario, keeps: Callable[[tuple[int, ...]], bool] = lambda _: True
) -> Best:
    """Try every choice of modules that keeps a further rule."""
    found, task = Best(math.inf), JustTask(problem, scenario)
    for modules in filter(keeps, kept(problem, scenario)):
        value = task.value(modules, found.value)
        if value < found.value:
            found = Best(value, modules)
    return found


class JustTask(_Task):
    """The best assignment for one choice of modules, by each of the further principles."""

    def _floors(self, scenario: Scenario) -> tuple[Floats, Floats]:
        """Rows of floors, and of gaps between groups: the difference of two means, either way."""
        rows, right = super()._floors(scenario)
        for rule in scenario.constraints:
            for name, given in rule.items():
                if name == "group_gap":
                    weight, start = self._gap(given)
                    rows = np.vstack([rows, -weight, weight])
                    right = np.append(right, [start - given["at_most"], -start - given["at_most"]])
        return rows, right

    def _gap(self, given: dict[str, Any]) -> tuple[Floats, float]:
        """What a unit on each pair adds to the first group's mean less the other's, and how it starts."""
        need, places, of = self.need, self.problem.places, given.get("of", "wellbeing")
        sides = []
        for name in (given["group"], given.get("other", "rest")):
            if of == "wellbeing":
                all_, own = places["population"], places.get(f"group:{name}")
                count = (all_ - places["group:" + given["group"]]) if own is None else own
                share = count.to_numpy(float) / count.sum()
                start, gain = self._wellbeing()
                sides.append((share @ gain, float(share @ start)))
                continue
            part = self.problem.need[f"group:{given['group'] if name == 'rest' else name}"].to_numpy(float)
            mine = np.array([row.service == of for row in need])
            whole = np.array([row.need for row in need])
            part = np.where(mine, whole - part if name == "rest" else part, 0.0)
            served = [part[p.need_point] / whole[p.need_point] * p.quality for p in self.pairs]
            sides.append((np.array(served) / part.sum(), 0.0))
        (first, a), (other, b) = sides
        return np.asarray(first - other), a - b

    def value(self, modules: tuple[int, ...], enough: float) -> float:
        """Least value with these modules; where that is not below `enough`, anything that is not either."""
        capacity = self.problem.providers["capacity"].to_numpy(float) * np.array(modules)
        left = np.vstack([self.points, self.sums, -self.floors])
        right = np.concatenate([[row.need for row in self.need], capacity, -self.share + SLACK])
        return getattr(self, f"_{self.name}")(left, right, modules, enough)

    def _worst_off(self, left: Floats, right: Floats, modules: object, enough: float) -> float:
        """Variables serve, θ, d with d_a ≥ θ − W_a."""
        places, pairs = len(self.population), len(self.pairs)
        wide = np.hstack([left, np.zeros((len(left), places + 1))])
        short = np.hstack([-self.gain, np.ones((places, 1)), -np.eye(places)])
        part = self.given["share"] * self.population.sum()
        cost = np.concatenate([np.zeros(pairs), [-1.0], self.population / part])
        return self._free(cost, np.vstack([wide, short]), np.concatenate([right, self.start]), 1.0)

    def _maximin(self, left: Floats, right: Floats, modules: object, enough: float) -> float:
        """Variables serve and z, z ≤ W_a of the places that some pair serves."""
        some = self.gain.max(axis=1, initial=0.0) > 0
        some = some if some.any() else self.population > 0
        wide = np.hstack([left, np.zeros((len(left), 1))])
        least = np.hstack([-self.gain[some], np.ones((int(some.sum()), 1))])
        cost = np.append(np.zeros(len(self.pairs)), -1.0)
        rows, sides = np.vstack([wide, least]), np.concatenate([right, self.start[some]])
        return self._free(cost, rows, sides, 1.0)

    def _equal_shares(self, left: Floats, right: Floats, modules: object, enough: float) -> float:
        """Variables serve and m_ab ≤ W_a, W_b for every two places."""
        places, pairs = len(self.population), len(self.pairs)
        both = list(itertools.product(range(places), repeat=2))
        least = np.zeros((2 * len(both), pairs + len(both)))
        sides: list[float] = []
        for k, two in enumerate(both):
            for row, a in zip((2 * k, 2 * k + 1), two, strict=True):
                least[row, :pairs] = -self.gain[a]
                least[row, pairs + k] = 1.0
                sides.append(self.start[a])
        weight = self.population / self.population.sum()
        cost = np.concatenate([np.zeros(pairs), [-weight[a] * weight[b] for a, b in both]])
        wide = np.hstack([left, np.zeros((len(left), len(both)))])
        return self._free(cost, np.vstack([wide, least]), np.concatenate([right, sides]), 1.0)

    def _free(self, cost: Floats, left: Floats, right: Floats, constant: float) -> float:
        """Solve with every variable after those of the pairs free, as the difference of two."""
        free = np.flatnonzero(np.arange(len(cost)) >= len(self.pairs))
        if self.name == "worst_off":
            free = free[:1]  # the shortfalls are not negative
        wide = np.hstack([left, -left[:, free]])
        solved = _solve(np.concatenate([cost, -cost[free]]), wide, right)
        if solved is None:
            return math.inf
        return constant + float(np.concatenate([cost, -cost[free]]) @ solved)

    def _mine(self) -> NDArray[np.bool_]:
        return np.array([self.need[p.need_point].service == self.given["service"] for p in self.pairs])

    def _kolm_pollak(self, left: Floats, right: Floats, modules: object, enough: float) -> float:
        mine, travel = self._mine(), np.array([p.travel for p in self.pairs])
        near: dict[int, float] = {}
        for p, yes in zip(self.pairs, mine, strict=True):
            if yes:
                near[p.need_point] = min(p.travel, near.get(p.need_point, math.inf))
        first = sum(self.need[i].need * t for i, t in near.items())
        square = sum(self.need[i].need * t**2 for i, t in near.items())
        kappa = self.given["aversion"] * first / square if square else 0.0
        worst = math.exp(kappa * self.given["unserved_travel"])
        total = sum(row.need for row in self.need if row.service == self.given["service"])
        cost = mine * (np.exp(kappa * np.minimum(travel, self.given["unserved_travel"])) - worst)
        solved = _solve(cost, left, right)
        return math.inf if solved is None else total * worst + float(cost @ solved)

    def _all_served(self, left: Floats, right: Floats, near: NDArray[np.bool_], points: set[int]) -> bool:
        """Whether these need points can be served wholly by the pairs that are near."""
        rows = np.array([(self.points[i] * near) for i in sorted(points)]).reshape(-1, len(self.pairs))
        need = np.array([self.need[i].need * (1 - SLACK) for i in sorted(points)])
        both, sides = np.vstack([left, -rows]), np.concatenate([right, -need])
        return _solve(np.zeros(len(self.pairs)), both, sides) is not None

    def _p_center(self, left: Floats, right: Floats, modules: object, enough: float) -> float:
        """Levels from the least on: the first at which everybody who can be served is, within it."""
        mine, travel = self._mine(), np.array([p.travel for p in self.pairs])
        if _solve(np.zeros(len(self.pairs)), left, right) is None:
            return math.inf
        points = {p.need_point for p, yes in zip(self.pairs, mine, strict=True) if yes}
        if not points:
            return 0.0
        first = max(
            min(t for p, t in zip(self.pairs, travel, strict=True) if p.need_point == i) for i in points
        )
        for level in sorted({first, *travel[mine & (travel >= first)]}):
            if level >= enough:
                return math.inf
            beyond = mine & (travel > level)
            shut = np.vstack([left, np.diag(beyond.astype(float))[beyond]])
            sides = np.concatenate([right, np.zeros(int(beyond.sum()))])
            if self._all_served(shut, sides, mine & (travel <= level), points):
                return float(level)
        return float(2 * self.services.loc[self.given["service"], "limit"])

    def _lscp(self, left: Floats, right: Floats, modules: tuple[int, ...], enough: float) -> float:
        """The fewest missed, by trying every set of them, the smallest first."""
        service = self.given["service"]
        near = self._mine() & np.array(
            [p.travel <= self.services.loc[service, "standard"] + 1e-9 for p in self.pairs]
        )
        points = {p.need_point for p, yes in zip(self.pairs, near, strict=True) if yes}
        providers = self.problem.providers
        new = ((providers["service"] == service) & ~providers["existing"]).to_numpy()
        built = sum(1 for m, yes in zip(modules, new, strict=True) if yes and m)
        for missed in range(len(points) + 1):
            value = built + missed * (int(new.sum()) + 1.0)
            if value >= enough:
                return math.inf
            if any(
                self._all_served(left, right, near, points - set(gone))
                for gone in itertools.combinations(sorted(points), missed)
            ):
                return value
        return math.inf

    def _least_cost(self, left: Floats, right: Floats, modules: tuple[int, ...], enough: float) -> float:
        providers = self.problem.providers
        money = providers["capital_cost"] + self.given["years"] * providers["operating_cost"]
        cost = float(
            sum(m * c for m, c, old in zip(modules, money, providers["existing"], strict=True) if not old)
        )
        if cost >= enough:
            return math.inf
        return math.inf if _solve(np.zeros(len(self.pairs)), left, right) is None else cost
