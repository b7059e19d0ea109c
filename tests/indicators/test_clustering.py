from __future__ import annotations

import builtins
import warnings
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from planner.errors import MachineFault
from planner.indicators.clustering import NEIGHBOURS, clustering

if TYPE_CHECKING:
    from collections.abc import Callable

SIDE = 8


def checkered(unmet: Callable[[int, int], float]) -> tuple[Any, Any]:
    """Return a square city of 64 neighbourhoods of 100 people, and a plan that leaves need there."""
    spots = [(x, y) for x in range(SIDE) for y in range(SIDE)]
    names = [f"n{x}{y}" for x, y in spots]
    areas = gpd.GeoDataFrame(
        {"population": 100.0},
        index=names,
        geometry=[box(x, y, x + 1, y + 1) for x, y in spots],
        crs="EPSG:32618",
    )
    left = pd.DataFrame(
        {"period": 1, "service": "s", "neighbourhood": names, "unmet": [unmet(*s) for s in spots]}
    )
    return SimpleNamespace(neighbourhoods=areas), SimpleNamespace(need_points=left)


def test_halves_lie_together_and_noise_does_not() -> None:
    """Need in one half of the city lies together; need at random does not."""
    pytest.importorskip("esda")
    together = clustering(*checkered(lambda x, _: float(x < SIDE / 2))).iloc[0]
    assert together["moran"] > 0.5
    assert together["p"] < 0.01
    stream = np.random.default_rng(4)
    noise = clustering(*checkered(lambda *_: float(stream.random()))).iloc[0]
    assert abs(noise["moran"]) < 0.15
    assert noise["p"] > 0.05
    assert noise["expected"] == pytest.approx(-1 / 63)


def test_moran_by_hand() -> None:
    """I is what its formula says, with the six nearest as neighbours."""
    pytest.importorskip("esda")
    stream = np.random.default_rng(7)
    city, plan = checkered(lambda *_: 0.0)
    spread = stream.random((64, 2)) * 100
    areas = city.neighbourhoods.set_geometry(gpd.points_from_xy(*spread.T, crs="EPSG:32618"))
    values = stream.random(64)
    plan.need_points["unmet"] = values * 100
    told = clustering(SimpleNamespace(neighbourhoods=areas), plan).iloc[0]
    away = values - values.mean()
    cross = 0.0
    for i in range(64):
        far = np.hypot(*(spread - spread[i]).T)
        for j in np.argsort(far)[1 : NEIGHBOURS + 1]:
            cross += away[i] * away[j] / NEIGHBOURS
    assert told["moran"] == pytest.approx(cross / (away @ away), rel=1e-9)


def test_the_seed_decides_and_leaves_others_alone() -> None:
    """The same seed gives the same p, and the global generator goes on as before."""
    pytest.importorskip("esda")
    stream = np.random.default_rng(1)
    town = checkered(lambda *_: float(stream.random()))
    np.random.seed(5)  # noqa: NPY002
    first = clustering(*town, permutations=99)
    after = np.random.random()  # noqa: NPY002
    pd.testing.assert_frame_equal(first, clustering(*town, permutations=99))
    np.random.seed(5)  # noqa: NPY002
    assert after == np.random.random()  # noqa: NPY002


def test_no_need_left_and_few_places_are_not_told() -> None:
    """Where all places have the same, or there are few, nothing can be told."""
    city, plan = checkered(lambda *_: 0.0)
    assert np.isnan(clustering(city, plan)["moran"]).all()
    few = SimpleNamespace(neighbourhoods=city.neighbourhoods.iloc[:5])
    assert clustering(few, plan)["places"].tolist() == [5]


def test_without_the_extra_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without esda the message names the extra."""
    true_import = builtins.__import__

    def missing(name: str, *args: Any, **given: Any) -> Any:  # noqa: ANN401
        if name.startswith("esda"):
            raise ImportError(name)
        return true_import(name, *args, **given)

    monkeypatch.setattr(builtins, "__import__", missing)
    with warnings.catch_warnings(), pytest.raises(MachineFault, match=r"wellbeing-planner\[audit\]"):
        clustering(*checkered(lambda x, _: float(x)))
