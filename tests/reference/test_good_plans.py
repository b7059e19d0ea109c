"""San Francisco's four stores: every plan nearly as good as the best, found and counted."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import published
import pytest

from planner.explore.alternatives import alternatives
from planner.model.decide import decide

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (published.FOLDER / "san_francisco").is_dir(), reason="the instances are not here"
    ),
]


def good(within: float) -> set[tuple[int, ...]]:
    """Every choice of four stores whose mean way is so near the best, tried one by one."""
    ways, people, names = published.san_francisco()
    choices = list(combinations(range(len(names)), 4))
    cost = np.array([float(people @ ways[:, list(four)].min(axis=1)) for four in choices])
    return {four for four, total in zip(choices, cost, strict=True) if total <= cost.min() * (1 + within)}


@pytest.mark.parametrize(("within", "count"), [(0.05, 10), (0.10, 51)])
def test_every_good_plan_is_found(within: float, count: int) -> None:
    """Ten plans within 5 %, fifty-one within 10 %; no store is in all of them, and none is said to be."""
    right = good(within)
    assert len(right) == count
    assert not set.intersection(*map(set, right))
    case = published.four_stores({"p_median": {}})
    plan = decide(case.problem, case.scenario, case.residents)
    found = alternatives(case.problem, case.scenario, plan, within=within, number=60, seconds=120.0)
    seen = {tuple(np.flatnonzero(outcome.modules > 0).tolist()) for outcome in found.seen}
    assert {four for four in seen if len(four) == 4} == right
    assert not [line for line in found.lines if line.verdict == "ley line"]
    in_none = {int(line.rows[0]) for line in found.lines if line.verdict == "never"}
    assert in_none == set(range(16)) - set.union(*map(set, right))
