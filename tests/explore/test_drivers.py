"""What drives a figure: shares that are known by hand, chance told as chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.explore.drivers import classes_of, drivers


def grid() -> pd.DataFrame:
    """Every combination of three keys, five values each."""
    a, b, c = (part.ravel() for part in np.meshgrid(np.arange(5.0), np.arange(5.0), np.arange(5.0)))
    return pd.DataFrame({"a": a, "b": b, "c": [f"kind {int(n)}" for n in c]})


def test_shares_are_those_known_by_hand() -> None:
    """Y = 2a − b: variances 4 to 1, nothing for c; ε² takes from each what chance would give."""
    table = grid().assign(y=lambda t: 2 * t["a"] - t["b"])
    found = drivers(table, ["a", "b", "c"], ["y"]).set_index("key")
    n, k = 125, 5
    for key, part in (("a", 0.8), ("b", 0.2)):
        expected = part - (k - 1) * (1 - part) / (n - k)
        assert found.loc[key, "share"] == pytest.approx(expected, abs=1e-9)
    assert found.loc["c", "share"] == 0
    assert found.loc[["a", "b", "c"], "way"].tolist() == ["more", "less", ""]
    assert found.loc["a", "by_chance"] == pytest.approx(0.001)
    assert found.loc["c", "by_chance"] > 0.9


def test_chance_is_told_as_chance() -> None:
    """Noise that no key drives: the share of shufflings is even between 0 and 1 over many figures."""
    stream = np.random.default_rng(4)
    table = grid().assign(**{f"y{n}": stream.normal(size=125) for n in range(40)})
    found = drivers(table, ["a"], [f"y{n}" for n in range(40)])
    assert 0.3 < found["by_chance"].mean() < 0.7
    assert (found["by_chance"] < 0.01).sum() <= 3
    assert found["share"].mean() < 0.05


def test_many_values_are_put_in_classes_and_few_scenarios_tell_nothing() -> None:
    """Forty drawn values are eight classes of five; four scenarios of four kinds are none."""
    found = classes_of(pd.Series(np.random.default_rng(0).permutation(40).astype(float)))
    assert found is not None
    assert np.bincount(found).tolist() == [5] * 8
    assert classes_of(pd.Series(["a", "b", "c", "d"])) is None
    assert classes_of(pd.Series([1.0, 1.0, 1.0, 1.0])) is None
    table = pd.DataFrame({"a": ["p", "q", "r"], "y": [1.0, 2.0, 3.0]})
    told = drivers(table, ["a"], ["y"]).iloc[0]
    assert np.isnan(told["share"])
    assert told["scenarios"] == 3


def test_a_figure_that_never_changes_is_driven_by_nothing() -> None:
    """No variance, no share; rows without a figure are passed over."""
    table = grid().assign(y=7.0)
    table.loc[:9, "y"] = np.nan
    told = drivers(table, ["a"], ["y"]).iloc[0]
    assert told[["share", "by_chance", "scenarios"]].tolist() == [0.0, 1.0, 115]
