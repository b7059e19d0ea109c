"""The right answer on a tiny city, by trying every choice of whole modules; knows nothing of the rules' code.

For each choice that keeps the rules on modules (written again here, in plain Python) the best assignment
is a linear program, or, for `priority`, a sequence of them with the tangents of the loss as cuts.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]

EXACT = 1e-10
ENOUGH = 1e-8  # a hundredth of what the comparisons allow: cutting planes creep near the end
"""Share of its value to which a loss is known after many cuts."""
HAIR = 1e-9


@dataclass(frozen=True)
class Best:
    """The least value over all plans (infinite when there is none), and a choice that has it."""

    value: float
    modules: tuple[int, ...] = ()


def best(problem: Problem, scenario: Scenario) -> Best:
    """Try every choice of modules."""
    found = Best(math.inf)
    task = _Task(problem, scenario)
    for modules in kept(problem, scenario):
        value = task.least(modules, found.value)
        if value < found.value:
            found = Best(value, modules)
    return found


def kept(problem: Problem, scenario: Scenario) -> Iterator[tuple[int, ...]]:
    """Every choice of modules that keeps every rule on modules."""
    rows = [dict(row) for row in problem.providers.to_dict("records")]
    land = dict(zip(problem.sites["site"], problem.sites["land_m2"], strict=True))
    for modules in itertools.product(*(range(row["least"], row["most"] + 1) for row in rows)):
        built = [(row, m) for row, m in zip(rows, modules, strict=True) if m and not row["existing"]]
        if (
            _affordable(built, scenario)
            and _fits(built, land)
            and _one_size(built)
            and _agreed(built, scenario)
        ):
            yield modules


def _affordable(built: list[tuple[dict[str, Any], int]], scenario: Scenario) -> bool:
    money = scenario.budget
    capital = sum(m * row["capital_cost"] for row, m in built)
    operating = sum(m * row["operating_cost"] for row, m in built)
    return (money.capital is None or capital <= money.capital + HAIR) and (
        money.operating is None or operating <= money.operating + HAIR
    )


def _fits(built: list[tuple[dict[str, Any], int]], land: dict[str, float]) -> bool:
    return all(
        sum(m * row["land_m2"] for row, m in built if row["place"] == site) <= has + HAIR
        for site, has in land.items()
    )


def _one_size(built: list[tuple[dict[str, Any], int]]) -> bool:
    at = [(row["service"], row["place"]) for row, _ in built]
    return len(at) == len(set(at))


def _agreed(built: list[tuple[dict[str, Any], int]], scenario: Scenario) -> bool:
    def mine(row: dict[str, Any], given: dict[str, Any]) -> bool:
        return given.get("service") in {None, row["service"]}

    for rule in scenario.constraints:
        [(name, given)] = rule.items()
        if name == "count":
            number = sum(1 for row, _ in built if mine(row, given))
            if not given.get("at_least", 0) <= number <= given.get("at_most", math.inf):
                return False
        if name == "locked":
            right = [
                m
                for row, m in built
                if mine(row, given)
                and row["place"] == given["site"]
                and given.get("option") in {None, row["option"]}
            ]
            if sum(right) < given.get("modules", 1):
                return False
        if name == "forbidden" and any(
            mine(row, given) and row["place"] in given["sites"] for row, _ in built
        ):
            return False
    return True


class _Task:
    """The best assignment for one choice of modules."""

    def __init__(self, problem: Problem, scenario: Scenario) -> None:
        self.problem = problem
        self.pairs = list(problem.pairs.itertuples(index=False))
        self.need = list(problem.need.itertuples(index=False))
        self.services = problem.services
        self.judged = None if scenario.judge == "wellbeing" else scenario.judge.coverage
        self.population = self._people()
        self.name, self.given = scenario.objective_name, scenario.objective_parameters
        self.floors, self.share = self._floors(scenario)
        self.points = self._rows(len(self.need), lambda pair: pair.need_point)
        self.sums = self._rows(len(problem.providers), lambda pair: pair.provider)
        self.start, self.gain = self._wellbeing()

    def _rows(self, count: int, row: Callable[[Any], int]) -> Floats:
        matrix = np.zeros((count, len(self.pairs)))
        for k, pair in enumerate(self.pairs):
            matrix[row(pair), k] = 1.0
        return matrix

    def _floors(self, scenario: Scenario) -> tuple[Floats, Floats]:
        rows, right = [], []
        for rule in scenario.constraints:
            [(name, given)] = rule.items()
            if name != "floor":
                continue
            areas = (
                {row.neighbourhood for row in self.need}
                if given.get("of") == "each_neighbourhood"
                else {None}
            )
            for area in areas:
                inside = [
                    row.service == given["service"] and area in {None, row.neighbourhood} for row in self.need
                ]
                plain = "reached" in given
                rows.append([inside[p.need_point] * (1.0 if plain else p.quality) for p in self.pairs])
                right.append(
                    given["reached" if plain else "quality_weighted"]
                    * sum(row.need for row, yes in zip(self.need, inside, strict=True) if yes)
                )
        return np.array(rows, float).reshape(-1, len(self.pairs)), np.array(right, float)

    def _people(self) -> Floats:
        """Residents of each place; where coverage is judged, those in need of the service."""
        if self.judged is None:
            return self.problem.places["population"].to_numpy(float)
        people = np.zeros(len(self.problem.places))
        for row in self.need:
            people[row.place] += row.need * (row.service == self.judged)
        return people

    def _wellbeing(self) -> tuple[Floats, Floats]:
        """W of each place with nobody served, and what one unit on each pair adds to it."""
        start, gain = np.ones(len(self.population)), np.zeros((len(self.population), len(self.pairs)))
        if self.judged is not None:
            for k, pair in enumerate(self.pairs):
                row = self.need[pair.need_point]
                if row.service == self.judged:
                    gain[row.place, k] = pair.quality / self.population[row.place]
            return np.where(self.population > 0, 0.0, 1.0), gain
        for row in self.need:
            s = self.services.loc[row.service]
            start[row.place] -= s["weight"] * row.need / (s["scale"] * self.population[row.place])
        for k, pair in enumerate(self.pairs):
            row = self.need[pair.need_point]
            s = self.services.loc[row.service]
            gain[row.place, k] = s["weight"] * pair.quality / (s["scale"] * self.population[row.place])
        return start, gain

    def least(self, modules: tuple[int, ...], enough: float) -> float:
        """Least value with these modules; may stop early once it cannot be below `enough`."""
        capacity = self.problem.providers["capacity"].to_numpy(float) * np.array(modules)
        left = np.vstack([self.points, self.sums, -self.floors])
        right = np.concatenate([[row.need for row in self.need], capacity, -self.share + 1e-9])
        if self.name == "priority":
            return self._least_loss(left, right, enough)
        if self.name == "sufficiency":
            return self._least_shortfall(left, right)
        cost, constant = self._linear()
        solved = _solve(cost, left, right)
        return math.inf if solved is None else constant + float(cost @ solved)

    def _linear(self) -> tuple[Floats, float]:
        if self.name == "utilitarian":
            cost = -(self.population @ self.gain)
            return cost, float(self.population @ (1 - self.start))
        service = self.given["service"]
        mine = np.array([self.need[p.need_point].service == service for p in self.pairs], float)
        travel = np.array([p.travel for p in self.pairs])
        total = sum(row.need for row in self.need if row.service == service)
        if self.name == "mclp":
            return -mine * (travel <= self.services.loc[service, "standard"] + 1e-9), total
        charge = 2 * self.services.loc[service, "limit"]
        return mine * (travel - charge), total * charge

    def _least_shortfall(self, left: Floats, right: Floats) -> float:
        floor, places = self.given["floor"], len(self.population)
        wide = np.hstack([left, np.zeros((len(left), places))])
        short = np.hstack([-self.gain, -np.eye(places)])
        cost = np.concatenate([np.zeros(len(self.pairs)), self.population])
        solved = _solve(cost, np.vstack([wide, short]), np.concatenate([right, self.start - floor]))
        return math.inf if solved is None else float(cost @ solved)

    def _loss(self) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
        aversion, p, w = self.given["aversion"], self.population, self.start
        if self.given["utility"] == "kolm_pollak":
            nobody = max(abs(w[p > 0])) < 1e-6
            kappa = aversion * (1.0 if nobody else sum(p * w) / sum(p * w**2))
            return (lambda x: np.exp(-kappa * x) / kappa), (lambda x: -np.exp(-kappa * x))
        offset = self.given["offset"]
        if aversion == 1:
            return (lambda x: -np.log(x + offset)), (lambda x: -1 / (x + offset))
        power = 1 - aversion
        return (lambda x: -((x + offset) ** power) / power), (lambda x: -((x + offset) ** -aversion))

    def _least_loss(self, left: Floats, right: Floats, enough: float) -> float:
        """Cutting planes: serve, and for each place its loss beyond that of the start."""
        loss, slope = self._loss()
        places = len(self.population)
        unit = -slope(self.start) * np.maximum(1e-12, -self.start + 1)
        wide = np.hstack([left, np.zeros((len(left), places))])
        cost = np.concatenate([np.zeros(len(self.pairs)), self.population * unit])
        cuts, rights = [wide], [right]
        at, base, upper = self.start, loss(self.start), math.inf
        for _ in range(80):
            # unit * t >= loss(at) + slope(at) (W - at) - base, with W = start + gain @ serve
            cuts.append(np.hstack([slope(at)[:, None] / unit[:, None] * self.gain, -np.eye(places)]))
            rights.append((-(loss(at) - base) + slope(at) * (at - self.start)) / unit)
            solved = _solve(cost, np.vstack(cuts), np.concatenate(rights), free=places)
            if solved is None:
                return math.inf
            constant = float(self.population @ base)
            lower = constant + float(cost @ solved)
            at = self.start + self.gain @ solved[: len(self.pairs)]
            upper = min(upper, float(self.population @ loss(at)))
            if lower >= enough or upper - lower <= EXACT * max(abs(upper), constant - upper):
                return upper
        if upper - lower <= ENOUGH * abs(upper):
            return upper
        raise AssertionError(f"the oracle stands at {lower} to {upper}")


def _solve(cost: Floats, left: Floats, right: Floats, free: int = 0) -> Floats | None:
    bounds = [(0, None)] * (len(cost) - free) + [(None, None)] * free
    size = np.abs(cost).max(initial=0.0) or 1.0
    answer = linprog(
        cost / size,
        left,
        right,
        bounds=bounds,
        method="highs-ds",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if answer.status == 2:  # infeasible
        return None
    if answer.status != 0:
        raise AssertionError(f"the oracle's linear program: {answer.message}")
    return np.asarray(answer.x, float)
