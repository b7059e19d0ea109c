from __future__ import annotations

import numpy as np
import pytest

from planner.catalogue import find
from planner.indicators.assess import told
from planner.indicators.batch import KERNELS
from planner.indicators.many import Many

GIVEN = [{"better": "more", "floor": 0.5}, {"better": "less", "floor": 0.25}]


def drawn_town(seed: int, *, fixed: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return values with ties and gaps, weights with zeros, and shares of a group, by draw."""
    stream = np.random.default_rng(seed)
    draws, places = 7, int(stream.integers(1, 12))
    values = stream.integers(-1 if seed % 5 == 0 else 0, 5, (1 if fixed else draws, places)) / 4
    values[:, stream.random(places) < 0.3] = 0.0
    values = np.where(stream.random(values.shape) < 0.1, np.nan, values)
    weights = stream.integers(0, 6, (draws, places)).astype(float)
    return values, weights, stream.random((draws, places)) * (stream.random((draws, places)) < 0.8)


@pytest.mark.parametrize("name", sorted(KERNELS))
@pytest.mark.parametrize("fixed", [True, False])
def test_many_draws_at_once_are_each_the_summary(name: str, *, fixed: bool) -> None:
    """A summary of many draws is, draw by draw, the summary itself: ties, nobody, gaps and all."""
    summed = find("summary", name)
    for seed in range(40):
        values, weights, shares = drawn_town(seed, fixed=fixed)
        for facts in GIVEN:
            given = {k: v for k, v in facts.items() if k == "better" or k in summed.parameters.model_fields}
            if summed.facts["goods_only"] and given["better"] == "less":
                continue
            fast = Many(values, weights).part(shares).told(summed, given)
            for draw in range(len(weights)):
                row = values[min(draw, len(values) - 1)]
                there = ~np.isnan(row)
                slow = told(summed, [row[there], (weights * shares)[draw, there]], given)
                assert fast[draw] == pytest.approx(slow, rel=1e-9, abs=1e-12, nan_ok=True), (seed, draw)


def test_a_summary_without_a_kernel_is_told_one_by_one() -> None:
    """Theil has no kernel: it is told draw by draw, and the same."""
    values, weights, shares = drawn_town(3, fixed=False)
    summed = find("summary", "theil_t")
    assert "theil_t" not in KERNELS
    fast = Many(values, weights).part(shares).told(summed, {"better": "more"})
    for draw in range(len(weights)):
        there = ~np.isnan(values[draw])
        columns = [values[draw, there], (weights * shares)[draw, there]]
        slow = told(summed, columns, {"better": "more"})
        assert fast[draw] == pytest.approx(slow, rel=1e-9, abs=1e-12, nan_ok=True)
