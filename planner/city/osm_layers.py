"""From the plain layers of an OpenStreetMap extract to those of a city: placed, without doubles, counted.

Nothing here knows a particular city. Frames are in EPSG:4326 unless a projected `crs` is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from planner.city import osm

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

SMALLEST_HOME_M2 = 30.0
"""A smaller building is taken for a garage or a shed."""

RULES = {
    "vacant land": (300.0, 1.0, np.inf),
    "car park": (150.0, 1.0, np.inf),
    "public building": (200.0, 0.25, np.inf),
    "open space": (400.0, 0.05, 250.0),
    "square": (400.0, 0.05, 250.0),
}
"""Kind of site: smallest outline [m²], share of it that a project may use, most that it may use [m²]."""
SEATS = ("courthouse", "prison", "fire_station", "police")
"""Public buildings that no other service moves into."""


def placed(points: gpd.GeoDataFrame, wards: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Points with the `ward` that they lie in; those outside every ward are left out."""
    return gpd.sjoin(points, wards[["ward", "geometry"]], predicate="within").drop(columns="index_right")


def home_floor(extract: osm.Extract, wards: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Residential buildings as points: `cell`, `ward`, `floor` [m²] = footprint × levels.

    Where levels are not mapped, the median of the ward stands in, and where none are, 1.
    """
    built = osm.buildings(extract)
    built = built.assign(footprint=osm.area_m2(built))
    built = built[built["home"] & (built["footprint"] >= SMALLEST_HOME_M2)]
    points = placed(built.set_geometry(built.geometry.representative_point()), wards)
    grounds = osm.land(extract).query("kind == 'institution'").union_all()
    points = points[~points.within(grounds)]
    usual = points.groupby("ward")["levels"].transform("median").fillna(1.0)
    floor = points["footprint"] * points["levels"].fillna(usual)
    cells = points.assign(floor=floor).rename(columns={"osm": "cell"})
    return cells[["cell", "ward", "floor", "geometry"]].sort_values("cell", ignore_index=True)


def whole(weights: pd.Series, total: int) -> pd.Series:
    """Split a total into whole numbers in proportion to the weights (largest remainder)."""
    shares = weights / weights.sum() * total
    counts: pd.Series[int] = np.floor(shares).astype(int)
    order = (counts - shares).sort_values(kind="stable").index[: total - int(counts.sum())]
    counts.loc[order] += 1
    return counts


def site_points(
    extract: osm.Extract, wards: gpd.GeoDataFrame, crs: str, dropped: Collection[str] = ()
) -> gpd.GeoDataFrame:
    """Candidate sites as points: `site`, `name`, `ward`, `kind`, `land`, `outline` [m²]; sorted by `site`.

    `dropped` are ids of areas that are no sites, whatever their tags say.
    """
    areas = osm.sites(extract)
    free = [row.osm not in dropped and usable(row) for row in areas.itertuples()]
    areas = once(areas[np.array(free, bool)], crs)
    points = placed(areas.set_geometry(areas.geometry.representative_point()), wards)
    pairs = zip(points["kind"], points["land_m2"], strict=True)
    land = [round(min(RULES[kind][1] * m2, RULES[kind][2])) for kind, m2 in pairs]
    near = named_streets(extract, points, crs)
    names = [
        name or (f"{kind.capitalize()} near {street}" if street else f"{kind.capitalize()} {site}")
        for name, kind, street, site in zip(points["name"], points["kind"], near, points["osm"], strict=True)
    ]
    sites = points.assign(land=land, outline=points["land_m2"].round().astype(int), name=names)
    sites = sites.rename(columns={"osm": "site"}).sort_values("site", ignore_index=True)
    return sites[["site", "name", "ward", "kind", "land", "outline", "geometry"]]


def usable(area: Any) -> bool:  # noqa: ANN401 - a row
    """Whether an area is large enough, and no project or seat of the state holds it already."""
    tags = area.tags
    taken = area.kind == "vacant land" and bool({"construction", "name"} & tags.keys())
    seat = tags.get("amenity") in SEATS or "government" in tags.get("office", "") or "tourism" in tags
    return area.land_m2 >= RULES[area.kind][0] and not taken and not (area.kind == "public building" and seat)


def once(areas: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    """Leave out every area that a larger one, itself kept, holds for the most part."""
    ordered = areas.sort_values(["land_m2", "osm"], ascending=[False, True]).to_crs(crs).geometry
    shapes = ordered.to_numpy()
    kept = np.zeros(len(shapes), bool)
    small, large = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    larger: list[list[int]] = [[] for _ in shapes]
    for one, other in zip(small, large, strict=True):
        if other < one:
            larger[one].append(other)
    for index, shape in enumerate(shapes):
        over = [other for other in larger[index] if kept[other]]
        kept[index] = not (shapely.area(shapely.intersection(shapes[over], shape)) > shape.area / 2).any()
    return areas.loc[sorted(ordered.index[kept])]


def named_streets(extract: osm.Extract, points: gpd.GeoDataFrame, crs: str) -> list[str]:
    """Name of the nearest named street of every point; empty where no street has a name."""
    named = osm.streets(extract).query("name != ''").to_crs(crs)
    if named.empty or points.empty:
        return [""] * len(points)
    found = gpd.sjoin_nearest(points[["osm", "geometry"]].to_crs(crs), named[["name", "geometry"]])
    first = found.sort_values(["osm", "name"]).drop_duplicates("osm").set_index("osm")["name"]
    return [first[i] for i in points["osm"]]
