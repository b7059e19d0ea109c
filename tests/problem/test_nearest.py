"""People going to the nearest: against plain loops, against the most that could be served, and the laws."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from plan_maker import problem_of
from scipy.optimize import linprog

from planner.problem.nearest import coming, nearest

if TYPE_CHECKING:
    from planner.problem.problem import Problem

SEEDS = range(25)


def asked(seed: int) -> tuple[Problem, np.ndarray]:
    """Return a random question and random modules for it; some ways are equally long."""
    rng = np.random.default_rng(seed)
    problem = problem_of(rng)
    pairs = problem.pairs.assign(travel=np.ceil(problem.pairs["travel"] / 4) * 4)
    most = problem.providers["most"].to_numpy()
    modules = np.where(problem.providers["existing"], 1, rng.integers(0, most + 1)).astype(float)
    return replace(problem, pairs=pairs), modules


def by_loops(problem: Problem, modules: np.ndarray) -> np.ndarray:
    """Tell what is served on each pair, one need point after the other."""
    pairs, capacity = problem.pairs, problem.providers["capacity"].to_numpy() * modules
    come = [0.0] * len(pairs)
    for i, need in enumerate(problem.need["need"]):
        mine = [k for k in range(len(pairs)) if pairs["need_point"].iloc[k] == i]
        mine = [k for k in mine if modules[pairs["provider"].iloc[k]] > 0]
        if not mine:
            continue
        least = min(pairs["travel"].iloc[k] for k in mine)
        mine = [k for k in mine if pairs["travel"].iloc[k] == least]
        room = sum(capacity[pairs["provider"].iloc[k]] for k in mine)
        for k in mine:
            come[k] = need * capacity[pairs["provider"].iloc[k]] / room if room > 0 else 0.0
    served = []
    for k in range(len(pairs)):
        j = pairs["provider"].iloc[k]
        wanted = sum(come[m] for m in range(len(pairs)) if pairs["provider"].iloc[m] == j)
        served.append(come[k] * min(1.0, capacity[j] / wanted) if wanted > 0 else 0.0)
    return np.array(served)


@pytest.mark.parametrize("seed", SEEDS)
def test_same_as_plain_loops(seed: int) -> None:
    """The vectors give what the rule gives, told one by one."""
    problem, modules = asked(seed)
    np.testing.assert_allclose(nearest(problem, modules).served, by_loops(problem, modules), atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_laws(seed: int) -> None:
    """Nobody is served twice, beyond capacity or at a closed place; all who have an open place come."""
    problem, modules = asked(seed)
    outcome, come = nearest(problem, modules), coming(problem, modules)
    assert (outcome.served >= 0).all()
    assert (outcome.reached <= problem.amount + 1e-9).all()
    assert (outcome.used <= problem.providers["capacity"].to_numpy() * modules + 1e-9).all()
    assert outcome.used[modules == 0].sum() == 0
    open_ = np.bincount(problem.need_point, modules[problem.provider] > 0, len(problem.need)) > 0
    np.testing.assert_allclose(
        np.bincount(problem.need_point, come, len(problem.need)), np.where(open_, problem.amount, 0.0)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_never_more_than_the_most_that_could_be_served(seed: int) -> None:
    """With the same facilities no way of going serves more than the greatest flow."""
    problem, modules = asked(seed)
    pairs = range(len(problem.pairs))
    points, providers = len(problem.need), len(problem.providers)
    rows = np.zeros((points + providers, len(problem.pairs)))
    rows[problem.need_point, pairs] = 1
    rows[points + problem.provider, pairs] = 1
    bound = np.concatenate([problem.amount, problem.providers["capacity"].to_numpy() * modules])
    most = -linprog(-np.ones(len(problem.pairs)), A_ub=rows, b_ub=bound).fun
    assert nearest(problem, modules).served.sum() <= most + 1e-6


def test_order_of_rows_does_not_matter() -> None:
    """The pairs may stand in any order."""
    problem, modules = asked(3)
    order = np.random.default_rng(1).permutation(len(problem.pairs))
    mixed = replace(problem, pairs=problem.pairs.iloc[order].reset_index(drop=True))
    np.testing.assert_allclose(nearest(mixed, modules).served, nearest(problem, modules).served[order])


def test_nothing_open() -> None:
    """Where nothing is open nobody is served, and nothing is divided by zero."""
    problem, modules = asked(0)
    assert nearest(problem, np.zeros(len(modules))).served.sum() == 0
