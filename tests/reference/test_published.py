"""Published optima of the location literature, reached and proved; the slow ones by `-m slow`."""

from __future__ import annotations

import numpy as np
import pytest
from published import THERE, answer, capacitated, graph, max_cover, optima, question, san_francisco, warehouse

from planner.principles.kolm_pollak import equal_way

pytestmark = pytest.mark.skipif(not THERE, reason="the published instances are not here")

SOON = {
    "pmed1", "pmed3", "pmed5", "cap41", "cap61", "cap71", "cap101", "cap121", "cap131",
    "pmedcap02", "pmedcap04", "SJC324 radius=800 p=1 total=12152.0", "SJC500 radius=800 p=1 total=19707.0",
}  # fmt: skip


LATER = {"pmed7", "pmed9", "pmed11", "pmed13"}
"""Proved within a minute or two; the others are not always proved in time, and are run on request."""


def _sorted_by_pace(names: list[str]) -> list[object]:
    """Those that are solved in seconds, those marked slow, and those run on request as benchmarks."""
    paced = {
        name: pytest.mark.slow if name in LATER or "cap" in name else pytest.mark.benchmark for name in names
    }
    return [name if name in SOON else pytest.param(name, marks=paced[name]) for name in names]


def test_fewest_stores_within_5_km_of_san_francisco() -> None:
    """LSCP at 5,000 m takes 8 stores."""
    ways, people, _ = san_francisco()
    plan = answer(question(ways, people, {"lscp": {}}, standard=5000.0, limit=50_000.0))
    assert plan.status.value == plan.status.bound == 8
    assert plan.status.ending == "optimal"
    assert plan.facilities["modules"].sum() == 8


def test_shortest_longest_way_to_four_stores_of_san_francisco() -> None:
    """The vertex 4-centre is 7,403.06 m."""
    ways, people, _ = san_francisco()
    rules = [{"count": {"at_most": 4}}]
    plan = answer(question(ways, people, {"p_center": {}}, rules, standard=5000.0, limit=50_000.0))
    assert plan.status.value == pytest.approx(7403.0638, abs=1e-3)
    assert plan.status.bound == pytest.approx(7403.0638, abs=1e-3)
    assert plan.assignment["travel"].max() == pytest.approx(7403.0638, abs=1e-3)


@pytest.mark.parametrize(("aversion", "right"), [(1.0, 3450.868700362964), (2.0, 3968.255780272324)])
def test_most_equal_ways_to_four_stores_of_san_francisco(aversion: float, right: float) -> None:
    """The least Kolm–Pollak EDE with four stores is 3,450.869 m at ε = −1 and 3,968.256 m at −2."""
    ways, people, _ = san_francisco()
    objective = {"kolm_pollak": {"aversion": aversion, "unserved_travel": float(ways.max())}}
    case = question(ways, people, objective, [{"count": {"at_most": 4}}], standard=5000.0, limit=50_000.0)
    status = answer(case).status
    assert equal_way(status.value, case.problem, aversion=aversion) == pytest.approx(right, abs=1e-3)
    assert status.bound is not None
    assert equal_way(status.bound, case.problem, aversion=aversion) == pytest.approx(right, abs=1e-3)


@pytest.mark.parametrize("name", _sorted_by_pace([*optima("p-median")]))
def test_p_median_files(name: str) -> None:
    """The least travel to p medians is as published, and proved; every node is a customer and a site."""
    ways, p = graph(name)
    limit = float(ways.max())
    case = question(
        ways, np.ones(len(ways)), {"p_median": {}}, [{"count": {"at_most": p}}], standard=limit, limit=limit
    )
    status = answer(case).status
    assert status.value == pytest.approx(optima("p-median")[name], abs=1e-4)
    assert status.ending == "optimal"


@pytest.mark.parametrize("name", _sorted_by_pace([*optima("CFLP (splittable demand)")]))
def test_warehouse_files(name: str) -> None:
    """The least cost of warehouses and deliveries is as published, and proved; demand may be split."""
    ways, need, capacities, costs = warehouse(name)
    standing = {int(j): float(capacities[j]) for j in np.flatnonzero(costs == 0)}
    option = {"capacity": float(capacities.max()), "capital_cost": float(costs.max())}
    rules = [{"floor": {"service": "p", "reached": 1.0}}]
    objective = {"least_cost": {"years": 0.0, "travel_price": 1.0}}
    limit = float(ways.max())
    case = question(
        ways, need, objective, rules, standard=limit, limit=limit, option=option, standing=standing
    )
    status = answer(case).status
    assert status.value == pytest.approx(optima("CFLP (splittable demand)")[name], rel=1e-8)
    assert status.ending == "optimal"


@pytest.mark.parametrize("name", _sorted_by_pace([*optima("capacitated p-median")]))
def test_capacitated_p_median_files(name: str) -> None:
    """The least ways to p medians with capacities, every node served whole, are as published, and proved."""
    ways, need, p, capacity = capacitated(name)
    ways /= need[:, None]  # the published way is that of a node, whatever it needs
    rules = [
        {"count": {"at_most": p}},
        {"floor": {"service": "p", "reached": 1.0}},
        {"single_source": {"service": "p"}},
    ]
    limit, option = float(ways.max()), {"capacity": capacity}
    case = question(ways, need, {"p_median": {}}, rules, standard=limit, limit=limit, option=option)
    plan = answer(case)
    assert plan.status.value == pytest.approx(optima("capacitated p-median")[name], abs=1e-4)
    assert plan.status.ending == "optimal"
    assert plan.assignment["cell"].is_unique


@pytest.mark.parametrize("name", _sorted_by_pace([*optima("MCLP")]))
def test_max_cover_files(name: str) -> None:
    """The most demand within the radius of p sites is as proved before; every node is a site."""
    file, radius, p, _ = name.split()
    ways, need = max_cover(file)
    within = float(radius.partition("=")[2])
    rules = [{"count": {"at_most": int(p.partition("=")[2])}}]
    status = answer(question(ways, need, {"mclp": {}}, rules, standard=within, limit=within + 1.0)).status
    assert need.sum() - status.value == pytest.approx(optima("MCLP")[name], abs=1e-4)
    assert status.ending == "optimal"


def _centres() -> list[object]:
    """All of them are proved in seconds; the larger ones take some to be read."""
    names = optima("p-center (vertex)")
    return [name if name in SOON else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", _centres())
def test_p_center_files(name: str) -> None:
    """The shortest longest way to p centres is as published, and proved."""
    ways, p = graph(name)
    limit = float(ways.max())
    case = question(
        ways, np.ones(len(ways)), {"p_center": {}}, [{"count": {"at_most": p}}], standard=limit, limit=limit
    )
    status = answer(case).status
    assert status.value == pytest.approx(optima("p-center (vertex)")[name], abs=1e-4)
    assert status.ending == "optimal"
