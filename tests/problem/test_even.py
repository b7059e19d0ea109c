"""The same money spread evenly: the same modules, by residents alone, within land and one size a site."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from plan_maker import case_of, problem_of

from planner.problem.even import even, residents_near
from planner.problem.instead import instead, modules_of
from planner.problem.outcome import Outcome
from planner.rules import choice, land

if TYPE_CHECKING:
    from planner.problem.problem import Problem

SEEDS = range(30)


def by_loops(problem: Problem, modules: np.ndarray) -> np.ndarray:
    """Place module after module, by dictionaries."""
    table, sites = problem.providers, problem.sites.set_index("site")
    people = problem.places.groupby("neighbourhood")["population"].sum().to_dict()
    free = sites["land_m2"].to_dict()
    placed = [m if e else 0.0 for m, e in zip(modules, table["existing"], strict=True)]
    near = []
    for j in range(len(table)):
        mine = problem.pairs[problem.pairs["provider"] == j]["need_point"]
        homes = {problem.need["place"].iloc[i] for i in mine}
        near.append(sum(problem.places["population"].iloc[a] for a in homes))
    wanted: dict[tuple[str, str], int] = {}
    for j, row in table.iterrows():
        if not row["existing"] and modules[j] > 0:
            key = row["service"], row["option"]
            wanted[key] = wanted.get(key, 0) + int(modules[j])
    order = list(problem.services.index)
    taken = {j for j in range(len(table)) if modules[j] > 0}
    most_land = {k: max(table["land_m2"][j] for j in taken if (table["service"][j], table["option"][j]) == k)
                 for k in wanted}  # fmt: skip
    spent: dict[tuple[str, str], float] = {}
    for service, option in sorted(wanted, key=lambda k: (-most_land[k], order.index(k[0]), k[1])):
        mine = [j for j in range(len(table)) if table["service"][j] == service and not table["existing"][j]]
        same = [j for j in mine if table["option"][j] == option]
        cost = table["capital_cost"][same[0]] or 1.0
        for _ in range(wanted[service, option]):
            fits = [
                j for j in same
                if placed[j] < table["most"][j] and table["land_m2"][j] <= free[table["place"][j]] + 1e-9
                and not any(placed[k] > 0 for k in mine if table["place"][k] == table["place"][j] and k != j)
            ]  # fmt: skip
            if not fits:
                break

            def home(j: int) -> str:
                return str(sites["neighbourhood"][table["place"][j]])

            worth = {
                j: people.get(home(j), 0.0) / (spent.get((service, home(j)), 0.0) + cost / 2) for j in fits
            }
            best = max(worth.values())
            first = min(home(j) for j in fits if worth[j] >= best * (1 - 1e-9))
            chosen = min((j for j in fits if home(j) == first), key=lambda j: (placed[j], -near[j], j))
            placed[chosen] += 1
            free[table["place"][chosen]] -= table["land_m2"][chosen]
            spent[service, first] = spent.get((service, first), 0.0) + cost
    return np.array(placed)


def question(seed: int) -> tuple[Problem, np.ndarray]:
    """Return a random question and modules that keep land and one size a site."""
    rng = np.random.default_rng(seed)
    problem = problem_of(rng)
    table = problem.providers
    costs = table.groupby(["service", "option"])[["capital_cost", "land_m2"]].transform("first")
    problem = replace(problem, providers=table.assign(**costs))
    modules = table["existing"].to_numpy(float).copy()
    free = problem.sites.set_index("site")["land_m2"].to_dict()
    for j in rng.permutation(np.flatnonzero(~table["existing"])):
        row = problem.providers.iloc[j]
        rivals = (table["service"] == row["service"]) & (table["place"] == row["place"])
        if modules[rivals].sum() == 0 and row["land_m2"] <= free[row["place"]]:
            modules[j] = 1
            free[row["place"]] -= row["land_m2"]
    return problem, modules


@pytest.mark.parametrize("seed", SEEDS)
def test_same_as_plain_loops(seed: int) -> None:
    """The same modules stand at the same sites when they are placed by dictionaries."""
    problem, modules = question(seed)
    np.testing.assert_array_equal(even(problem, modules), by_loops(problem, modules))


@pytest.mark.parametrize("seed", SEEDS)
def test_same_money_and_within_the_rules(seed: int) -> None:
    """Never more modules of a size, money or land than the plan; existing facilities stay."""
    problem, modules = question(seed)
    placed = even(problem, modules)
    table = problem.providers
    kinds = [table["service"], table["option"]]
    left = pd.Series(modules).groupby(kinds).sum() - pd.Series(placed).groupby(kinds).sum()
    assert (left >= 0).all()
    assert (table["capital_cost"] * placed).sum() <= (table["capital_cost"] * modules).sum() + 1e-9
    outcome = unused(problem, placed)
    assert land.evaluate(outcome).max(initial=0) <= 1e-6
    assert choice.evaluate(outcome).max(initial=0) == 0
    assert (placed <= table["most"]).all()
    assert (placed[table["existing"]] == modules[table["existing"]]).all()


def unused(problem: Problem, modules: np.ndarray) -> Outcome:
    """Return an outcome that serves nobody, for the rules on modules."""
    return Outcome(problem, modules, np.zeros(len(problem.pairs)))


def test_in_proportion_to_residents() -> None:
    """With room everywhere, three homes of 100, 200 and 300 people get one, two and three of six modules."""
    problem, _ = question(0)
    sites = pd.DataFrame({"site": ["s0", "s1", "s2"], "neighbourhood": ["n0", "n1", "n2"], "land_m2": np.inf})
    places = pd.DataFrame(
        {"place": ["a", "b", "c"], "neighbourhood": ["n0", "n1", "n2"], "population": [100.0, 200.0, 300.0]}
    )
    table = problem.providers[
        (problem.providers["service"] == "health") & (problem.providers["option"] == "small")
    ]
    table = table.reset_index(drop=True).assign(most=9, capital_cost=3.0, land_m2=0.0)
    need = problem.need.iloc[:3].assign(place=[0, 1, 2], service="health")
    pairs = pd.DataFrame({"need_point": [0, 1, 2], "provider": [0, 1, 2], "travel": 1.0, "quality": 1.0})
    small = replace(problem, sites=sites, places=places, providers=table, need=need, pairs=pairs)
    assert even(small, np.array([6.0, 0.0, 0.0])).tolist() == [1.0, 2.0, 3.0]
    assert residents_near(small).tolist() == [100.0, 200.0, 300.0]


def test_told_in_tables() -> None:
    """Both other ways come as tables of a plan, with need unchanged and nobody served beyond it."""
    case = case_of(4)
    residents = case.problem.places.set_index("place")["population"]
    told = instead(case.problem, case.plan.facilities, residents)
    assert list(told) == ["nearest", "even"]
    for other in told.values():
        points = other.need_points
        assert points["need"].sum() == pytest.approx(case.plan.need_points["need"].sum())
        assert (points["reached"] <= points["need"] + 1e-9).all()
        assert other.assignment["served"].sum() == pytest.approx(points["reached"].sum())
    modules = modules_of(case.problem, case.plan.facilities)
    assert modules.sum() == case.plan.facilities["modules"].sum()
