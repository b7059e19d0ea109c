"""OpenStreetMap extract (.pbf) to plain layers: areas, buildings, facilities, streets, candidate sites.

Nothing here knows a particular city. Every layer is a GeoDataFrame in EPSG:4326 with a column `osm`
(`node/1`, `way/2` or `relation/3`), sorted by it. The tables of tags below are plain dicts: pass an
edited copy to change what counts. OpenStreetMap data are under the ODbL: whoever publishes a layer made
with this module credits “© OpenStreetMap contributors” and shares it under the same licence.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.ipc
import shapely

from planner.city.child import caged
from planner.errors import Fault, InputFault, MachineFault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

type Tags = dict[str, str]
type TagTable = Mapping[str, Mapping[str, Sequence[str]]]

WGS84 = "EPSG:4326"
CAGE = "planner.city.cage_osm"
LAYERS = ("points", "ways", "areas", "borders")
MEMORY, SECONDS = 12 * 1024**3, 900
"""Address space [byte] and time [s] that reading an extract may take."""
WHOLE = "is it a whole OpenStreetMap extract? a large one can be cut, as with `osmium extract --bbox`"
STOREY_M = 3.1  # height of one storey [m], used where `height` is mapped and `building:levels` is not

SERVICES: dict[str, dict[str, tuple[str, ...]]] = {
    "health": {
        "amenity": ("hospital", "clinic", "doctors"),
        "healthcare": ("hospital", "clinic", "doctor", "centre"),
    },
    "pharmacy": {"amenity": ("pharmacy",), "healthcare": ("pharmacy",)},
    "education": {
        "amenity": ("school", "college"),
        "building": ("school", "college"),
        "office": ("educational_institution",),
    },
    "early_years": {"amenity": ("kindergarten", "childcare")},
    "higher_education": {"amenity": ("university",), "building": ("university",)},
    "drinking_water": {
        "amenity": ("drinking_water",),
        "drinking_water": ("yes",),
        "man_made": ("drinking_fountain",),
    },
}
"""Service to tags: an object belongs to a service when one key carries one of the values."""

SITES: dict[str, dict[str, tuple[str, ...]]] = {
    "vacant land": {"landuse": ("brownfield", "greenfield", "construction", "vacant")},
    "car park": {"amenity": ("parking",)},
    "public building": {
        "amenity": ("library", "townhall", "community_centre", "marketplace", "fire_station"),
        "building": ("public", "civic", "government"),
    },
    "square": {"place": ("square",), "highway": ("pedestrian",)},
    "open space": {
        "leisure": ("park", "garden", "playground", "pitch"),
        "landuse": ("grass", "recreation_ground", "village_green"),
    },
}
"""Kind of candidate site to tags; the first kind that fits counts."""

LAND: dict[str, dict[str, tuple[str, ...]]] = {
    "water": {"natural": ("water", "bay"), "waterway": ("riverbank", "dock"), "landuse": ("reservoir",)},
    "institution": {"amenity": ("hospital", "school", "prison", "university", "college")},
    "green": {"leisure": ("park", "garden", "nature_reserve"), "landuse": ("forest", "grass", "cemetery")},
    "built": {"landuse": ("residential", "commercial", "retail", "industrial", "railway")},
}
"""Kind of land to tags; the first kind that fits counts."""

HOMES = ("apartments", "residential", "house", "detached", "semidetached_house", "terrace", "dormitory")
"""Values of `building` that are homes; `yes` is a home where no other use is tagged (`USES`)."""

USES = (
    *("amenity", "tourism", "office", "shop", "leisure", "religion", "man_made", "government"),
    *("military", "historic", "railway", "power", "aeroway", "healthcare", "parking", "bridge"),
)
"""Keys that give a building another use than homes."""

WALKED = (
    *("footway", "steps", "path", "pedestrian", "corridor", "platform", "elevator", "living_street"),
    *("residential", "service", "unclassified", "road", "track", "cycleway", "bridleway"),
    *("primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link"),
)
"""Classes of highway that people may walk; motorways and trunk roads are not among them."""

FOOT_YES = ("yes", "designated", "permissive", "official", "destination")
CLOSED = ("no", "private", "permit", "use_sidepath", "customers", "delivery", "military", "agricultural")


@dataclass(frozen=True)
class Extract:
    """What an extract holds; every frame has the columns `osm`, `tags` (dict) and `geometry`.

    Attributes
    ----------
    points, ways, areas
        Tagged nodes; highways as LineStrings in their order of nodes; closed ways and multipolygons.
    borders
        Boundary relations that are cut at the edge of the extract, as MultiLineStrings of what is there.
    """

    points: gpd.GeoDataFrame
    ways: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    borders: gpd.GeoDataFrame


def read_extract(path: Path, *, memory: int = MEMORY, seconds: float = SECONDS) -> Extract:
    """Read an .osm.pbf (or .osm) file in a caged child process; needs the extra `planner[osm]`.

    Parameters
    ----------
    path
        The extract.
    memory, seconds
        Limits of the child [byte, s].

    Raises
    ------
    InputFault
        When it cannot be read, or osmium is not installed.
    MachineFault
        When memory, permission or disk stand in the way.
    """
    if find_spec("osmium") is None:
        hint = "python -m pip install 'wellbeing-planner[osm]'"
        raise InputFault(Fault("reading OpenStreetMap needs `osmium`", hint=hint))
    if not path.is_file():
        raise InputFault(Fault("there is no such file", str(path), "give a path to an .osm.pbf"))
    request = {"path": str(path.absolute())}
    with caged(CAGE, request, [str(path)], WHOLE, memory=memory, seconds=seconds) as (answer, folder):
        if "machine" in answer:
            raise MachineFault(Fault(answer["machine"], str(path), WHOLE))
        if "fault" in answer:
            raise InputFault(Fault(f"cannot be read: {answer['fault']}", str(path), WHOLE))
        return Extract(*(_frame(folder / f"{name}.arrow") for name in LAYERS))


def boundaries(extract: Extract, level: int, gaps: Sequence[shapely.LineString] = ()) -> gpd.GeoDataFrame:
    """Administrative areas of one `admin_level`: `osm`, `name`, `tags`, `geometry` (polygons).

    A boundary that leaves the extract is open; `gaps` are lines [degrees] that close it from loose end
    to loose end, exactly. An area that stays open is left out.
    """
    whole, cut = _at_level(extract.areas, level), _at_level(extract.borders, level)
    closed = [shapely.union_all(shapely.polygonize([*lines.geoms, *gaps]).geoms) for lines in cut.geometry]
    cut = cut.set_geometry(gpd.GeoSeries(closed, index=cut.index, crs=WGS84))
    frame = pd.concat([whole, cut[~cut.is_empty]]).sort_values("osm", ignore_index=True)
    return frame.assign(name=_column(frame, "name"))[["osm", "name", "tags", "geometry"]]


def buildings(extract: Extract) -> gpd.GeoDataFrame:
    """Find building footprints: `osm`, `name`, `use`, `levels` (NaN if unknown), `home` (bool), `tags`.

    `levels` counts storeys: `building:levels`, else `height` / 3.1 m. What lies below ground is left out.
    """
    frame = extract.areas.loc[[_is_building(tags) for tags in extract.areas["tags"]]].reset_index(drop=True)
    return frame.assign(
        name=_column(frame, "name"),
        use=_column(frame, "building"),
        levels=[levels_of(tags) for tags in frame["tags"]],
        home=[is_home(tags) for tags in frame["tags"]],
    )[["osm", "name", "use", "levels", "home", "tags", "geometry"]]


def facilities(extract: Extract, services: TagTable = SERVICES) -> gpd.GeoDataFrame:
    """Facilities as points inside their outline: `osm`, `service`, `name`, `tags`, `geometry`.

    What is mapped twice (a node inside its building) is two rows: only who knows the place can judge.
    """
    found = pd.concat([extract.points, extract.areas], ignore_index=True)
    found = found.set_geometry(found.geometry.representative_point())
    parts = [found.loc[[fits(t, r) for t in found["tags"]]].assign(service=s) for s, r in services.items()]
    frame = pd.concat(parts).sort_values(["service", "osm"], ignore_index=True)
    return frame.assign(name=_column(frame, "name"))[["osm", "service", "name", "tags", "geometry"]]


def streets(extract: Extract) -> gpd.GeoDataFrame:
    """Walkable ways as LineStrings: `osm`, `highway`, `foot` (tag or empty), `name`, `geometry`.

    Coordinates keep all 7 decimals: two ways meet exactly where they share a node; a bridge shares none.
    """
    frame = extract.ways.loc[[walkable(tags) for tags in extract.ways["tags"]]].reset_index(drop=True)
    columns = {key: _column(frame, key) for key in ("highway", "foot", "name")}
    return frame.assign(**columns)[["osm", "highway", "foot", "name", "geometry"]]


def sites(extract: Extract, kinds: TagTable = SITES) -> gpd.GeoDataFrame:
    """Find public areas above ground to build on: `osm`, `kind`, `name`, `land_m2` [m²], `tags`."""
    frame = _kinds(extract.areas, kinds)
    free = [_above(tags) and tags.get("access", "yes") not in CLOSED for tags in frame["tags"]]
    return frame.loc[free].reset_index(drop=True)


def land(extract: Extract, kinds: TagTable = LAND) -> gpd.GeoDataFrame:
    """Land use and water as polygons: `osm`, `kind`, `name`, `land_m2` [m²], `tags`, `geometry`."""
    return _kinds(extract.areas, kinds)


def fits(tags: Mapping[str, str], rule: Mapping[str, Sequence[str]]) -> bool:
    """Whether one key carries one of its values; `a;b` counts as both."""
    return any(set(tags.get(key, "").split(";")) & set(values) for key, values in rule.items())


def walkable(tags: Mapping[str, str]) -> bool:
    """Whether people may walk here: `foot` decides, then `access`, then the class of highway."""
    foot = tags.get("foot", "")
    if tags.get("highway") not in WALKED or foot in CLOSED:
        return False
    return foot in FOOT_YES or tags.get("access", "") not in CLOSED


def is_home(tags: Mapping[str, str]) -> bool:
    """Whether a building holds homes, as far as its tags tell."""
    kind = tags.get("building", "")
    return kind in HOMES or (kind == "yes" and not any(key in tags for key in USES))


def levels_of(tags: Mapping[str, str]) -> float:
    """Storeys above ground; NaN where neither levels nor height are mapped."""
    levels = _number(tags.get("building:levels", ""))
    height = _number(tags.get("height", ""))
    return levels if levels > 0 else max(1.0, round(height / STOREY_M)) if height > 0 else float("nan")


def area_m2(frame: gpd.GeoDataFrame) -> list[float]:
    """Area of every shape [m²], in the UTM zone of the layer."""
    return [] if frame.empty else [float(a) for a in frame.to_crs(frame.estimate_utm_crs()).area]


def _frame(file: Path) -> gpd.GeoDataFrame:
    """Rows with `osm`, `tags` and `geometry`, as the child wrote them."""
    with pa.OSFile(str(file), "rb") as opened:
        table = pa.ipc.open_file(opened).read_all()
    shapes = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    data = {
        "osm": table["column 0"].to_pylist(),
        "tags": [json.loads(t) for t in table["column 1"].to_pylist()],
    }
    return gpd.GeoDataFrame(data, geometry=gpd.GeoSeries(shapes, crs=WGS84), crs=WGS84)


def _column(frame: gpd.GeoDataFrame, key: str) -> list[str]:
    return [tags.get(key, "") for tags in frame["tags"]]


def _at_level(frame: gpd.GeoDataFrame, level: int) -> gpd.GeoDataFrame:
    wanted = {"boundary": "administrative", "admin_level": str(level)}
    return frame.loc[[wanted.items() <= tags.items() for tags in frame["tags"]]]


def _kinds(frame: gpd.GeoDataFrame, kinds: TagTable) -> gpd.GeoDataFrame:
    found = [next((kind for kind in kinds if fits(tags, kinds[kind])), "") for tags in frame["tags"]]
    chosen = frame.assign(kind=found, name=_column(frame, "name"))
    chosen = chosen[chosen["kind"] != ""].reset_index(drop=True)
    return chosen.assign(land_m2=area_m2(chosen))[["osm", "kind", "name", "land_m2", "tags", "geometry"]]


def _above(tags: Mapping[str, str]) -> bool:
    underground = tags.get("location") == "underground" or tags.get("parking") == "underground"
    return not underground and not tags.get("layer", "0").startswith("-")


def _is_building(tags: Mapping[str, str]) -> bool:
    return tags.get("building", "no") not in ("no", "roof", "construction", "ruins") and _above(tags)


def _number(text: str) -> float:
    found = re.match(r"\s*(\d+(?:\.\d+)?)", text)
    return float(found.group(1)) if found else 0.0
