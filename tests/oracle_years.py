"""The right answer on a tiny city over several periods, by trying every timetable of whole modules.

Written from the definitions: what is built stays, is paid for before it opens, each period has its money;
it knows nothing of how the planner writes them. Weights of periods are worked out here again.
"""

# ruff: noqa: ARG002 - every principle is asked the same way

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from oracle import Best, _solve
from oracle_justice import SLACK, JustTask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from strategies import Case

    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Timetable = dict[str, tuple[int, ...]]

HAIR = 1e-9


def best(case: Case) -> Best:
    """Try every timetable."""
    found, task = Best(math.inf), YearsTask(case.problem, case.scenario)
    rows = list(zip(case.problem.providers["provider"], case.problem.providers["period"], strict=True))
    for table in timetables(case):
        modules = tuple(table[name][period - 1] for name, period in rows)
        value = task.of(modules, found.value)
        if value < found.value:
            found = Best(value, modules)
    return found


def timetables(case: Case) -> Iterator[Timetable]:
    """Every timetable of modules in use by provider that keeps every rule on modules."""
    rows = case.problem.providers.drop_duplicates("provider").to_dict("records")
    count = len(case.scenario.periods)
    land = dict(zip(case.problem.sites["site"], case.problem.sites["land_m2"], strict=True))
    for paths in itertools.product(*(list(_paths(row, count)) for row in rows)):
        new = [(row, path) for row, path in zip(rows, paths, strict=True) if not row["existing"]]
        if (
            _affordable(new, case.scenario)
            and _stands(new, land)
            and all(_agreed(new, rule, list(case.scenario.periods)) for rule in case.scenario.constraints)
        ):
            yield {row["provider"]: path for row, path in zip(rows, paths, strict=True)}


def _paths(row: dict[str, Any], count: int) -> Iterator[tuple[int, ...]]:
    if row["existing"]:
        yield (1,) * count
        return
    wait = row["opens_after"]
    for path in itertools.combinations_with_replacement(range(row["most"] + 1), count - wait):
        yield (0,) * wait + path


def _affordable(new: list[tuple[dict[str, Any], tuple[int, ...]]], scenario: Scenario) -> bool:
    periods, over = list(scenario.periods.values()), scenario.over_time
    built, run = [0.0] * len(periods), [0.0] * len(periods)
    for row, path in new:
        for t, modules in enumerate(path):
            run[t] += modules * row["operating_cost"]
            before = path[t - 1] if t else 0
            if modules > before:
                built[t - row["opens_after"]] += (modules - before) * row["capital_cost"]
    purse = {"capital": 0.0, "operating": 0.0}
    total = math.inf if scenario.budget.capital is None else scenario.budget.capital
    for t, period in enumerate(periods):
        yearly = period.budget.operating
        yearly = scenario.budget.operating if yearly is None else yearly
        for kind, given, spent in (
            ("capital", period.budget.capital, built[t]),
            ("operating", None if yearly is None else yearly * period.years, run[t] * period.years),
        ):
            left = (purse[kind] if kind in over.carry_over else 0.0) + (math.inf if given is None else given)
            if spent > left + HAIR:
                return False
            purse[kind] = left - spent
    return sum(built) <= total + HAIR


def _stands(new: list[tuple[dict[str, Any], tuple[int, ...]]], land: dict[str, float]) -> bool:
    at = [(row["service"], row["place"]) for row, path in new if path[-1]]
    return len(at) == len(set(at)) and all(
        sum(path[-1] * row["land_m2"] for row, path in new if row["place"] == site) <= has + HAIR
        for site, has in land.items()
    )


def _agreed(
    new: list[tuple[dict[str, Any], tuple[int, ...]]], rule: dict[str, dict[str, Any]], names: list[str]
) -> bool:
    [(name, given)] = rule.items()
    mine = [(row, path) for row, path in new if given.get("service") in {None, row["service"]}]
    if name == "count":
        number = sum(1 for _, path in mine if path[-1])
        return given.get("at_least", 0) <= number <= given.get("at_most", math.inf)
    if name == "locked":
        by = names.index(given["by"]) if "by" in given else len(names) - 1
        there = [
            path[by]
            for row, path in mine
            if row["place"] == given["site"] and given.get("option") in {None, row["option"]}
        ]
        return sum(there) >= given.get("modules", 1)
    if name == "forbidden":
        until = names.index(given["before"]) if "before" in given else len(names)
        return not any(row["place"] in given["sites"] and any(path[:until]) for row, path in mine)
    return True


def weights(scenario: Scenario) -> list[float]:
    """How much each period counts: as stated, or each of its years (1 + r)^−t, in all 1."""
    periods = list(scenario.periods.values())
    if periods[0].weight is not None:
        raw = [float(period.weight or 0) for period in periods]
    else:
        rate, start, raw = scenario.over_time.discount_rate or 0.0, 0.0, []
        for period in periods:
            whole, rest = int(period.years), period.years - int(period.years)
            years = [(start + k, 1.0) for k in range(whole)] + ([(start + whole, rest)] if rest else [])
            raw.append(sum(part / (1 + rate) ** t for t, part in years))
            start += period.years
    return [weight / sum(raw) for weight in raw]


class YearsTask(JustTask):
    """The best assignment for one timetable."""

    def __init__(self, problem: Problem, scenario: Scenario) -> None:
        self.weight = weights(scenario)
        self.problem = problem
        self.counts = np.array([self.weight[period - 1] for period in problem.need["period"]])
        super().__init__(problem, scenario)
        self.population = self.population * self._of_places()

    def _of_places(self) -> Floats:
        return np.array([self.weight[period - 1] for period in self.problem.places["period"]])

    def _floors(self, scenario: Scenario) -> tuple[Floats, Floats]:
        rows: list[Floats] = [np.zeros((0, len(self.pairs)))]
        right: list[Floats] = [np.zeros(0)]
        whole = self.need
        for period in range(1, len(self.weight) + 1):
            self.need = [row if row.period == period else row._replace(service="") for row in whole]
            part, bound = super()._floors(
                scenario.model_copy(update={"constraints": _kind(scenario, "floor")})
            )
            some = bound > 0
            rows.append(part[some])
            right.append(bound[some])
        self.need = whole
        for rule in _kind(scenario, "no_setback"):
            part, bound = self._no_setback(rule["no_setback"].get("at_most", 0.0))
            rows.append(part)
            right.append(bound)
        return np.vstack(rows), np.concatenate(right)

    def _no_setback(self, at_most: float) -> tuple[Floats, Floats]:
        start, gain = self._wellbeing()
        places = self.problem.places
        at = {key: k for k, key in enumerate(zip(places["place"], places["period"], strict=True))}
        both = [(k, at[place, t - 1]) for (place, t), k in at.items() if (place, t - 1) in at]
        rows = [gain[now] - gain[before] for now, before in both]
        right = [start[before] - start[now] - at_most for now, before in both]
        return np.array(rows).reshape(-1, len(self.pairs)), np.array(right, float)

    def of(self, modules: tuple[int, ...], enough: float) -> float:
        """Least value with these modules, by whichever principle."""
        if self.name in {"utilitarian", "sufficiency", "priority"}:
            return self.least(modules, enough)
        return self.value(modules, enough)

    def _sides(self, cost: Floats, constant: float, left: Floats, right: Floats) -> float:
        solved = _solve(cost, left, right)
        return math.inf if solved is None else constant + float(cost @ solved)

    def _p_median(self, left: Floats, right: Floats, modules: object, enough: float) -> float:
        charge = 2 * self.services.loc[self.given["service"], "limit"]
        each = np.array([self.counts[p.need_point] * (p.travel - charge) for p in self.pairs])
        total = sum(c * row.need for c, row in zip(self.counts, self.need, strict=True) if self._is(row))
        return self._sides(self._mine() * each, total * charge, left, right)

    def _mclp(self, left: Floats, right: Floats, modules: object, enough: float) -> float:
        standard = self.services.loc[self.given["service"], "standard"] + 1e-9
        each = np.array([-self.counts[p.need_point] * (p.travel <= standard) for p in self.pairs])
        total = sum(c * row.need for c, row in zip(self.counts, self.need, strict=True) if self._is(row))
        return self._sides(self._mine() * each, total, left, right)

    def _is(self, row: object) -> bool:
        return bool(getattr(row, "service", "") == self.given["service"])

    def _kolm_pollak(self, left: Floats, right: Floats, modules: object, enough: float) -> float:
        near: dict[int, float] = {}
        for p in self.pairs:
            if self._is(self.need[p.need_point]):
                near[p.need_point] = min(p.travel, near.get(p.need_point, math.inf))
        first = sum(self.counts[i] * self.need[i].need * t for i, t in near.items())
        square = sum(self.counts[i] * self.need[i].need * t**2 for i, t in near.items())
        kappa = self.given["aversion"] * first / square if square else 0.0
        most = self.given["unserved_travel"]
        worst = math.exp(kappa * most)
        total = sum(c * row.need for c, row in zip(self.counts, self.need, strict=True) if self._is(row))
        each = [
            self.counts[p.need_point] * (math.exp(kappa * min(p.travel, most)) - worst) for p in self.pairs
        ]
        return self._sides(self._mine() * np.array(each), total * worst, left, right)

    def _lscp(self, left: Floats, right: Floats, modules: tuple[int, ...], enough: float) -> float:
        standard = self.services.loc[self.given["service"], "standard"] + 1e-9
        near = self._mine() & np.array([p.travel <= standard for p in self.pairs])
        points = {p.need_point for p, yes in zip(self.pairs, near, strict=True) if yes}
        table = self.problem.providers
        new = (table["service"] == self.given["service"]) & ~table["existing"]
        new &= table["period"] == len(self.weight)
        built = sum(1 for m, yes in zip(modules, new, strict=True) if yes and m)
        for missed in range(len(points) + 1):
            value = built + missed * (int(new.sum()) + 1.0)
            if value >= enough:
                return math.inf
            for gone in itertools.combinations(sorted(points), missed):
                if self._all_served(left, right, near, points - set(gone)):
                    return value
        return math.inf

    def _least_cost(self, left: Floats, right: Floats, modules: tuple[int, ...], enough: float) -> float:
        table, last = self.problem.providers, len(self.weight)
        columns = ("period", "existing", "capital_cost", "operating_cost")
        cost = sum(
            m * ((capital if period == last else 0) + self.given["years"] * self.weight[period - 1] * yearly)
            for m, period, old, capital, yearly in zip(modules, *(table[c] for c in columns), strict=True)
            if not old
        )
        if cost >= enough or _solve(np.zeros(len(self.pairs)), left, right + SLACK) is None:
            return math.inf
        return float(cost)


def _kind(scenario: Scenario, kind: str) -> list[dict[str, dict[str, Any]]]:
    return [rule for rule in scenario.constraints if kind in rule]
