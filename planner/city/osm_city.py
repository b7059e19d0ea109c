"""Draw the layers of a city from an OpenStreetMap extract, with everything that was left out told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.city import osm
from planner.city.osm_given import lodged
from planner.city.osm_layers import home_floor, placed, site_points, whole
from planner.city.osm_people import from_grid, of_wards, stated
from planner.city.osm_wards import wards_for
from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from planner.city.osm_people import People
    from planner.city.osm_tags import Tag

OWN = "Neighbourhoods are the {} that the city has given."
CELLS = 1500
"""Most cells; more homes than that are taken together by squares."""
DRIVEN = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
)
LINKS = tuple(f"{name}_link" for name in DRIVEN[:5])


@dataclass(frozen=True)
class Drawn:
    """A city: its projected `crs`, layers in EPSG:4326 by name, cells, residents, and what is to be told."""

    crs: str
    layers: dict[str, gpd.GeoDataFrame]
    cells: pd.DataFrame
    people: int
    notes: list[str]


def draw(
    extract: osm.Extract,
    people: int | Path | None,
    tags: Sequence[Tag],
    *,
    boundary: shapely.Geometry | None,
    most_sites: int,
    name: str,
    given: gpd.GeoDataFrame | None = None,
) -> Drawn:
    """Draw a city; `people` are spread by the floor area of homes, or as the grid of that name counts them.

    Where the city's own neighbourhoods are `given`, they are taken, with their `residents` if they have any.

    Raises
    ------
    InputFault
        When the extract shows no homes or no streets, here or inside the boundary.
    """
    area = shapely.box(-180, -90, 180, 90) if boundary is None else boundary
    homes = home_floor(extract, _everywhere(area))
    ways = osm.streets(extract)
    ways = ways[ways.intersects(area)]
    _refuse_empty(homes, ways, boundary, name)
    crs = f"EPSG:{homes.estimate_utm_crs().to_epsg()}"
    wards, told = wards_for(extract, homes, crs) if given is None else (given, OWN.format(len(given)))
    inside = home_floor(extract, wards).drop_duplicates("cell")  # storeys not mapped are those of the ward
    inside = inside[inside["cell"].isin(homes["cell"])]
    notes = [told, f"{len(homes) - len(inside)} of {len(homes)} homes lie outside every neighbourhood."]
    inside, counted = _peopled(inside, wards, people)
    notes += counted.notes
    cells = gathered(inside.assign(people=counted.weight), counted, crs)
    notes.append(f"{len(inside)} homes are taken together in {len(cells)} cells.")
    sites, left = spread_sites(site_points(extract, wards, crs), most_sites)
    notes.append(
        f"{len(sites)} candidate sites; {left} more, with less land in their neighbourhood, are left out."
    )
    layers = {"neighbourhoods": wards, "sites": sites, "streets": _lines(ways)}
    roads = extract.ways[np.array([t.get("highway") in DRIVEN + LINKS for t in extract.ways["tags"]], bool)]
    roads = roads[roads.intersects(area)]
    if len(roads):
        layers["roads"] = _lines(roads.assign(highway=[t["highway"] for t in roads["tags"]]))
    for service, found, doubles in places(extract, wards, tags):
        notes.append(f"{service}: {len(found)} places; {doubles} were mapped twice and are counted once.")
        if len(found):
            layers[service] = found
    return Drawn(crs, layers, cells, counted.total, notes)


def _peopled(
    homes: gpd.GeoDataFrame, wards: gpd.GeoDataFrame, people: int | Path | None
) -> tuple[gpd.GeoDataFrame, People]:
    """Homes, and who lives in them, as neighbourhoods, a number or a grid tell it."""
    if "residents" in wards:
        homes, notes = lodged(homes, wards)
        counted = of_wards(homes, wards)
        return homes, replace(counted, notes=(*counted.notes, *notes))
    if isinstance(people, int):
        return homes, stated(homes, people)
    assert people is not None  # noqa: S101 whoever asks says how many, by one of the three
    return homes, from_grid(homes, wards, people)


def gathered(homes: gpd.GeoDataFrame, people: People, crs: str) -> pd.DataFrame:
    """Cells: `cell`, `ward`, `lon`, `lat`, `residents` (whole, summing to the people); empty ones go.

    Each home has its part of the residents as `people`, in any unit.

    Up to 1,500 homes are cells themselves; more are taken together by squares within their ward, and lie
    where the largest home of the square is.
    """
    metres = homes.to_crs(crs).geometry
    size, groups = 0.0, homes["cell"]
    while groups.nunique() > CELLS:
        size = max(100.0, size * 1.25)
        column, row = (metres.x // size).astype(int).astype(str), (metres.y // size).astype(int).astype(str)
        groups = homes["ward"] + "/" + column + "/" + row
    frame = homes.assign(group=groups).sort_values(["floor", "cell"], ascending=[False, True])
    cells = frame.drop_duplicates("group").set_index("group")
    weight = frame.groupby("group")["people"].sum().reindex(cells.index)
    wards = weight.groupby(cells["ward"]) if people.by_ward else ()
    parts = [whole(part, round(part.sum())) for _, part in wards if part.sum() > 0]
    cells["residents"] = pd.concat(parts) if people.by_ward else whole(weight, people.total)
    cells["residents"] = cells["residents"].fillna(0).astype("int64")
    cells = cells[cells["residents"] > 0].sort_values("cell")
    cells = cells.assign(lon=cells.geometry.x.round(6), lat=cells.geometry.y.round(6))
    return pd.DataFrame(cells[["cell", "ward", "lon", "lat", "residents"]])


def spread_sites(sites: gpd.GeoDataFrame, most: int) -> tuple[gpd.GeoDataFrame, int]:
    """Keep at most so many sites: the largest of every ward first, then the second of every ward, …."""
    ordered = sites.sort_values(["land", "site"], ascending=[False, True])
    ordered = ordered.assign(rank=ordered.groupby("ward").cumcount())
    ordered = ordered.sort_values(["rank", "land", "site"], ascending=[True, False, True])
    kept = ordered.head(most).drop(columns="rank").sort_values("site", ignore_index=True)
    return kept, len(sites) - len(kept)


def places(
    extract: osm.Extract, wards: gpd.GeoDataFrame, tags: Sequence[Tag]
) -> list[tuple[str, gpd.GeoDataFrame, int]]:
    """Service, its places (`id`, `name`, `ward`, `capacity`), and how many doubles were left out."""
    told = []
    for service in dict.fromkeys(tag.service for tag in tags):
        own = [tag for tag in tags if tag.service == service]
        rule = {tag.key: [t.value for t in own if t.key == tag.key] for tag in own}
        found = placed(osm.facilities(extract, {service: rule}), wards).drop_duplicates("osm")
        kept = found[~doubled(found, extract)].rename(columns={"osm": "id"})
        capacity = [next(t.capacity for t in own if osm.fits(x, {t.key: [t.value]})) for x in kept["tags"]]
        names = [name or f"{service} {i}" for name, i in zip(kept["name"], kept["id"], strict=True)]
        kept = kept.assign(name=names, capacity=capacity)[["id", "name", "ward", "capacity", "geometry"]]
        told.append((service, kept.sort_values("id", ignore_index=True), len(found) - len(kept)))
    return told


def doubled(found: gpd.GeoDataFrame, extract: osm.Extract) -> NDArray[np.bool_]:
    """Whether a place lies inside the larger outline of another of the same service; shape (places,)."""
    areas = extract.areas[extract.areas["osm"].isin(found["osm"])][["osm", "geometry"]]
    size = dict(zip(areas["osm"], osm.area_m2(areas), strict=True))
    pairs = gpd.sjoin(found[["osm", "geometry"]], areas.rename(columns={"osm": "other"}), predicate="within")
    twice = {
        one
        for one, other in zip(pairs["osm"], pairs["other"], strict=True)
        if (size.get(one, 0.0), one) < (size[other], other)
    }
    return np.asarray(found["osm"].isin(twice), dtype=np.bool_)


def _everywhere(area: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"ward": ["all"]}, geometry=[area], crs=osm.WGS84)


def _lines(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return ways[["osm", "highway", "geometry"]].rename(columns={"osm": "way"})


def _refuse_empty(
    homes: gpd.GeoDataFrame, ways: gpd.GeoDataFrame, boundary: shapely.Geometry | None, name: str
) -> None:
    where = "" if boundary is None else " inside the boundary"
    hint = "take an extract of a place where they are mapped"
    if boundary is not None:
        hint += ", and a boundary that lies in it"
    missing = {"no homes are mapped": homes, "no streets are mapped": ways}
    faults = [Fault(f"{message}{where}", name, hint) for message, frame in missing.items() if frame.empty]
    if faults:
        raise InputFault(faults)
