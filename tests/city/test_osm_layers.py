"""From the layers of an extract to those of a city: totals kept, doubles left out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from planner.city.geojson import write_geojson
from planner.city.osm_layers import once, whole

if TYPE_CHECKING:
    from pathlib import Path

METRES = "EPSG:32632"
BOX = st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 8)] * 2)


def areas(boxes: list[tuple[int, int, int, int]]) -> gpd.GeoDataFrame:
    """Boxes of whole metres, with ids."""
    shapes = [
        shapely.box(500_000 + x, 4_800_000 + y, 500_000 + x + w, 4_800_000 + y + h) for x, y, w, h in boxes
    ]
    data = {"osm": [f"way/{i:02}" for i in range(len(boxes))], "land_m2": [s.area for s in shapes]}
    return gpd.GeoDataFrame(data, geometry=shapes, crs=METRES)


@given(st.lists(BOX, min_size=1, max_size=12))
def test_once_agrees_with_looking_at_every_pair(boxes: list[tuple[int, int, int, int]]) -> None:
    """What is kept with an index of shapes is what is kept by looking at every pair."""
    frame = areas(boxes)
    kept: list[int] = []
    for index in frame.sort_values(["land_m2", "osm"], ascending=[False, True]).index:
        shape = frame.geometry[index]
        if not any(frame.geometry[k].intersection(shape).area > shape.area / 2 for k in kept):
            kept.append(index)
    assert list(once(frame, METRES).index) == sorted(kept)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any), st.integers(0, 10_000))
def test_whole_numbers_keep_the_total(weights: list[int], total: int) -> None:
    """Whole shares sum to the total and lie less than one from the exact share."""
    counts = whole(pd.Series(weights, dtype=float), total)
    exact = np.array(weights) / sum(weights) * total
    assert counts.sum() == total
    assert (abs(counts.to_numpy() - exact) < 1 + 1e-9).all()


def test_geojson_says_whom_the_data_are_from(tmp_path: Path) -> None:
    """A layer is read back as it was, rings counter-clockwise, with its credit."""
    ring = shapely.Polygon([(0, 0), (0, 1), (1, 1), (1, 0)])
    layer = gpd.GeoDataFrame({"name": ["Š"]}, geometry=[ring], crs="EPSG:4326")
    assert write_geojson(tmp_path / "a.geojson", layer, 6, "© somebody") == 1
    held = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert held["attribution"] == "© somebody"
    (feature,) = held["features"]
    assert feature["properties"] == {"name": "Š"}
    shape = shapely.geometry.shape(feature["geometry"])
    assert shape.equals(ring)
    assert shape.exterior.is_ccw
