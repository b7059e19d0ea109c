"""Streets with the kind of road, and heights of the ground, as modes of travel need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.city.shapes import shapes

if TYPE_CHECKING:
    import geopandas as gpd

    from planner.city.source import Source
    from planner.scenario.ways import Heights, Streets


def streets(source: Source, spec: Streets) -> gpd.GeoDataFrame:
    """Read lines; column `road`, the kind of road (empty where the scenario names no column for it)."""
    frame = shapes(source, "lines").to_frame("geometry")
    return frame.assign(road=source.text(spec.road).to_numpy())


def heights(source: Source, spec: Heights) -> gpd.GeoDataFrame:
    """Read points with their `height` above sea level [m]; every row without one is listed."""
    frame = shapes(source, "points").to_frame("geometry")
    return frame.assign(height=source.numbers(spec.height, least="any"))
