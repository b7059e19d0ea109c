"""Bounds on sums of modules by prices alone: never beyond what all good plans of tiny cities have."""

from __future__ import annotations

import numpy as np
import pytest
from oracle import _Task, kept
from strategies import random_case

from planner.errors import Infeasible
from planner.model.band import Band
from planner.model.decide import decide
from planner.model.forced import Priced
from planner.model.sharpen import Sharpener
from planner.verify.ledger import outcome_of

FEW, MANY = 12, 60


def compared(seeds: range) -> list[tuple[float, float, float]]:
    """For each question: by the limits of modules, the best bound by prices, and the truth."""
    told = []
    for seed in seeds:
        case = random_case(seed).asking(objective="utilitarian", solver={"gap": 1e-7})
        try:
            plan = decide(case.problem, case.scenario, case.residents)
        except Infeasible:
            continue
        if plan.prices is None:
            continue
        best = outcome_of(case.problem, plan.facilities, plan.assignment)
        band = Band.around(case.problem, case.scenario, best, 0.3)
        task = _Task(case.problem, case.scenario)
        good = [
            np.array(m, float)
            for m in kept(case.problem, case.scenario)
            if task.least(m, np.inf) <= band.edge
        ]
        priced = Priced.of(case.problem, case.scenario, plan, 10.0)
        sharp = Sharpener.of(case.problem, case.scenario, plan)
        assert priced is not None
        assert sharp is not None
        stream = np.random.default_rng(seed)
        could = ~case.problem.providers["existing"].to_numpy(bool)
        for weight in (could * 1.0, could * -1.0, could * np.round(stream.normal(size=len(could)), 2)):
            truth = min(float(weight @ modules) for modules in good)
            here = float(weight @ best.modules)
            bounds = priced.least(weight, band.edge), sharp.least(weight, band.edge, here, 5.0)
            assert max(bounds) <= truth + 1e-6 * (1 + abs(truth)), (seed, bounds, truth)
            told.append((band._least_by_limits(weight), max(bounds), truth))
    return told


def check(told: list[tuple[float, float, float]]) -> None:
    """Prices tell more than limits do, in most questions that limits leave open."""
    opened = [(limit, bound, truth) for limit, bound, truth in told if truth > limit + 1e-6]
    better = [bound > limit + 1e-6 for limit, bound, _ in opened]
    assert len(opened) > len(told) / 4
    assert np.mean(better) > 0.5


def test_prices_never_claim_too_much() -> None:
    """A dozen tiny cities, three questions each."""
    check(compared(range(FEW)))


@pytest.mark.slow
def test_prices_never_claim_too_much_in_many_cities() -> None:
    """The same in more cities."""
    check(compared(range(1000, 1000 + MANY)))
