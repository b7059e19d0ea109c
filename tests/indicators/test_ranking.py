from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_city import PAIRS, small_city, small_plan, small_scenario, small_services
from test_certainty import margins

from planner.indicators.certainty import certainty
from planner.indicators.ranking import (
    apart,
    group_standings,
    neighbourhood_standings,
    standings,
    tiers,
)


def noisy(
    means: list[float], spread: float, draws: int = 400, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return figures and independent draws about them."""
    values = np.array(means)
    return values, values[:, None] + spread * np.random.default_rng(seed).standard_normal((len(means), draws))


def test_far_figures_differ_and_near_ones_do_not() -> None:
    """Ten errors apart differs, half an error apart does not."""
    differ = apart(*noisy([0.0, 0.05, 1.0], 0.1))
    assert differ.tolist() == [[False, False, True], [False, False, True], [True, True, False]]


def test_among_equals_hardly_any_pair_is_told_apart() -> None:
    """Where nobody differs, some pair among ten groups is told in about one run of ten, not in most."""
    wrong = 0
    for seed in range(60):
        stream = np.random.default_rng(seed)
        values = stream.standard_normal(10)
        wrong += bool(apart(values, values[:, None] + stream.standard_normal((10, 300))).any())
    assert wrong <= 12, f"{wrong} of 60 runs tell a difference that is not there"


def test_a_shared_error_cancels() -> None:
    """What moves all groups alike hides no difference between them."""
    shared = 5 * np.random.default_rng(1).standard_normal(300)
    values = np.array([0.0, 1.0])
    assert apart(values, values[:, None] + shared)[0, 1]


def test_without_any_error_every_difference_counts() -> None:
    """Exact figures are ranked as they are; equal ones share."""
    values = np.array([1.0, 2.0, 2.0])
    ranked = standings(["a", "b", "c"], values, np.repeat(values[:, None], 50, axis=1))
    assert ranked["name"].tolist() == ["b", "c", "a"]
    assert ranked["best"].tolist() == [1, 1, 3]
    assert ranked["rank"].tolist() == [0, 0, 3]


def test_ranks_that_are_not_certain_are_not_told() -> None:
    """Two groups within the noise share ranks 1 to 2 and have no rank; the third has rank 3."""
    ranked = standings(["a", "b", "c"], *noisy([1.0, 1.01, 0.0], 0.1))
    assert ranked.set_index("name")["rank"].to_dict() == {"b": 0, "a": 0, "c": 3}
    assert tiers(ranked) == [["b", "a"], ["c"]]
    worse_first = standings(["a", "b", "c"], *noisy([1.0, 1.01, 0.0], 0.1), better="less")
    assert tiers(worse_first) == [["c"], ["a", "b"]]


@pytest.mark.parametrize("draws", [np.empty((1, 50)), np.zeros((1, 50))])
def test_one_alone_is_first(draws: np.ndarray) -> None:
    """One name alone has rank 1."""
    draws[:] = 0.0
    assert standings(["only"], np.array([0.0]), draws)["rank"].tolist() == [1]


def test_a_missing_figure_has_no_rank() -> None:
    """A group without a figure is not ranked, and the others are."""
    values, draws = noisy([0.0, 1.0, 2.0], 0.01)
    values[1], draws[1] = np.nan, np.nan
    assert standings(["a", "b", "c"], values, draws)["name"].tolist() == ["c", "a"]


def test_groups_and_neighbourhoods_of_a_city() -> None:
    """Groups come with a method; neighbourhoods only of services with margins, by unmet need per resident."""
    city = replace(small_city(), margins=margins(0.05))
    sure = certainty(small_scenario(), city, small_plan(), small_services(), pairs=PAIRS, draws=50)
    groups = group_standings(sure)
    assert set(groups["method"]) == {"margins"}
    assert set(groups["name"]) == {"poor"}
    places = neighbourhood_standings(small_scenario(), city, small_plan(), draws=50)
    assert places is not None
    clinic = places[places["service"] == "clinic"]
    # after: n1 leaves 30 of 400 residents, n2 20 of 200
    assert clinic["name"].tolist() == ["n1", "n2"]
    assert clinic["value"].tolist() == pytest.approx([30 / 400, 20 / 200])
    assert clinic["rank"].tolist() == [1, 2]
    assert neighbourhood_standings(small_scenario(), small_city(), small_plan()) is None
