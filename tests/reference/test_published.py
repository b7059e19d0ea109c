"""Published optima of the location literature, reached and proved; the slow ones by `-m slow`."""

from __future__ import annotations

import pytest
from published import (
    THERE,
    answer,
    capacitated_p_median,
    cflp,
    four_stores,
    mclp,
    optima,
    p_center,
    p_median,
    san_francisco,
)

from planner.principles.kolm_pollak import equal_way

pytestmark = pytest.mark.skipif(not THERE, reason="the published instances are not here")

SOON = {
    "pmed1", "pmed3", "pmed5", "cap41", "cap61", "cap71", "cap101", "cap121", "cap131",
    "pmedcap02", "pmedcap04", "SJC324 radius=800 p=1 total=12152.0", "SJC500 radius=800 p=1 total=19707.0",
}  # fmt: skip


LATER = {"pmed39"}
"""What takes minutes."""


def _sorted_by_pace(names: list[str]) -> list[object]:
    """Those that are solved in seconds, those marked slow, and those run on request as benchmarks."""
    paced = {
        name: pytest.mark.slow
        if ("pmed" in name or "cap" in name) and name not in LATER
        else pytest.mark.benchmark
        for name in names
    }
    return [name if name in SOON else pytest.param(name, marks=paced[name]) for name in names]


def test_fewest_stores_within_5_km_of_san_francisco() -> None:
    """LSCP at 5,000 m takes 8 stores."""
    plan = answer(four_stores({"lscp": {}}, most=None))
    assert plan.status.value == plan.status.bound == 8
    assert plan.status.ending == "optimal"
    assert plan.facilities["modules"].sum() == 8


def test_shortest_longest_way_to_four_stores_of_san_francisco() -> None:
    """The vertex 4-centre is 7,403.06 m."""
    plan = answer(four_stores({"p_center": {}}))
    assert plan.status.value == pytest.approx(7403.0638, abs=1e-3)
    assert plan.status.bound == pytest.approx(7403.0638, abs=1e-3)
    assert plan.assignment["travel"].max() == pytest.approx(7403.0638, abs=1e-3)


@pytest.mark.parametrize(("aversion", "right"), [(1.0, 3450.868700362964), (2.0, 3968.255780272324)])
def test_most_equal_ways_to_four_stores_of_san_francisco(aversion: float, right: float) -> None:
    """The least Kolm–Pollak EDE with four stores is 3,450.869 m at ε = −1 and 3,968.256 m at −2."""
    farthest = float(san_francisco()[0].max())
    case = four_stores({"kolm_pollak": {"aversion": aversion, "unserved_travel": farthest}})
    status = answer(case).status
    assert equal_way(status.value, case.problem, aversion=aversion) == pytest.approx(right, abs=1e-3)
    assert status.bound is not None
    assert equal_way(status.bound, case.problem, aversion=aversion) == pytest.approx(right, abs=1e-3)


@pytest.mark.parametrize("name", _sorted_by_pace([*optima("p-median")]))
def test_p_median_files(name: str) -> None:
    """The least travel to p medians is as published, and proved; every node is a customer and a site."""
    status = answer(p_median(name)).status
    assert status.value == pytest.approx(optima("p-median")[name], abs=1e-4)
    assert status.ending == "optimal"


@pytest.mark.parametrize("name", _sorted_by_pace([*optima("CFLP (splittable demand)")]))
def test_warehouse_files(name: str) -> None:
    """The least cost of warehouses and deliveries is as published, and proved; demand may be split."""
    status = answer(cflp(name)).status
    assert status.value == pytest.approx(optima("CFLP (splittable demand)")[name], rel=1e-8)
    assert status.ending == "optimal"


@pytest.mark.parametrize("name", _sorted_by_pace([*optima("capacitated p-median")]))
def test_capacitated_p_median_files(name: str) -> None:
    """The least ways to p medians with capacities, every node served whole, are as published, and proved."""
    plan = answer(capacitated_p_median(name))
    assert plan.status.value == pytest.approx(optima("capacitated p-median")[name], abs=1e-4)
    assert plan.status.ending == "optimal"
    assert plan.assignment["cell"].is_unique


@pytest.mark.parametrize("name", _sorted_by_pace([*optima("MCLP")]))
def test_max_cover_files(name: str) -> None:
    """The most demand within the radius of p sites is as proved before; every node is a site."""
    case = mclp(name)
    status = answer(case).status
    assert case.problem.amount.sum() - status.value == pytest.approx(optima("MCLP")[name], abs=1e-4)
    assert status.ending == "optimal"


def _centres() -> list[object]:
    """All of them are proved in seconds; the larger ones take some to be read."""
    names = optima("p-center (vertex)")
    return [name if name in SOON else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", _centres())
def test_p_center_files(name: str) -> None:
    """The shortest longest way to p centres is as published, and proved."""
    status = answer(p_center(name)).status
    assert status.value == pytest.approx(optima("p-center (vertex)")[name], abs=1e-4)
    assert status.ending == "optimal"
