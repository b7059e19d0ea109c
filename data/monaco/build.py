"""Build the layers of Monaco from an OpenStreetMap extract: `python data/monaco/build.py EXTRACT`.

EXTRACT is an .osm.pbf file, or the source distribution quackosm-0.19.0.tar.gz that holds one. The same
extract gives the same bytes. What is published, what is assumed and why stands in README.md.
"""

from __future__ import annotations

import hashlib
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from planner.city import osm
from planner.city.geojson import write_geojson
from planner.city.osm_layers import home_floor, placed, site_points, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

HERE = Path(__file__).parent
MEMBER = "tests/test_files/monaco.osm.pbf"
SHA256 = "1fdee8b72c48f932cab3aa9f1f74f87dfd954509a3b47cb932556d827189b97c"
CREDIT = "© OpenStreetMap contributors, ODbL 1.0, https://www.openstreetmap.org/copyright"
METRES = "EPSG:32632"

# The land border with France that the extract lacks: OpenStreetMap ways 398362859, 398377195 and
# 398377196, taken from tests/test_files/monaco_boundary.geojson of the same source distribution.
BORDER = (
    *((7.4127007, 43.7346954), (7.4129061, 43.7348328), (7.4138168, 43.7354262), (7.4140891, 43.7356111)),
    *((7.4144819, 43.7359169), (7.4148985, 43.7362411), (7.4149901, 43.7362953), (7.4152588, 43.7364543)),
    *((7.4153097, 43.7364852), (7.4153621, 43.7365192), (7.4157288, 43.7367300), (7.4159731, 43.7368813)),
    *((7.4168679, 43.7373994), (7.4176122, 43.7378812), (7.4176262, 43.7378903), (7.4188535, 43.7386945)),
    (7.4191482, 43.7388875),
)
GAPS = (BORDER[:5], BORDER[4:16], BORDER[15:])

# People (IMSEE register census, 31 December 2023); wards that are not listed share what is left.
RESIDENTS = 38_367
PUBLISHED = {
    "monte-carlo": (round(0.216 * RESIDENTS), "published share (21.6 %)"),
    "la-rousse": (round(0.209 * RESIDENTS), "published share (20.9 %)"),
    "larvotto": (2_192, "published"),
    "monaco-ville": (1_000, "published, rounded"),
}
ESTIMATED = "estimated by floor area"
HOUSEHOLD = 37_308 / (0.89 * 19_534)  # residents per main residence, census of 2016
PUPILS = 4_398  # 68.2 % of 6,448 pupils live in Monaco (IMSEE, school year 2023/24)
HOMES = 715  # state homes to be delivered 2023-2027 (IMSEE, September 2023)

PUBLIC, PRIVATE = 0.652, 0.742  # share of pupils who live in Monaco, state and private schools
# Name and places; an empty name keeps the one in OpenStreetMap.
SCHOOLS: dict[str, tuple[str, float]] = {
    "node/11151020213": ("", 1_128 * PUBLIC),
    "relation/1484190": ("Lycée Albert Ier", 824 * PUBLIC),
    "node/9237143291": ("Institution François d'Assise – Nicolas Barré", 1_170 * PRIVATE),
    "node/7779337110": ("", 793 * PRIVATE),
    "way/176684621": ("", 500 * PUBLIC),
    "node/1867162684": ("", 320 * PUBLIC),
    "node/1872391440": ("", 320 * PUBLIC),
    "node/280489204": ("", 320 * PUBLIC),
    "node/6460987741": ("", 320 * PUBLIC),
    "way/176131190": ("", 320 * PUBLIC),
    "way/94399948": ("", 320 * PUBLIC),
}
# Name, residents on the books, quality.
HEALTH: dict[str, tuple[str, int, float]] = {
    "way/49209406": ("", 12_000, 1.0),
    "way/94252399": ("", 1_500, 0.8),
    "node/9958803696": ("", 1_500, 0.8),
    "node/9918830820": ("", 1_500, 1.0),
}
TAP = 250  # people per tap (Sphere)
DROPPED = {
    "node/2287695176": "a pharmacy by its name (“Farmacy des Anglais”), tagged as a hospital",
    "node/7930513065": "Fondation Hector Otto: homes for the elderly, tagged as a hospital",
    "node/7822502058": "the Cardio-Thoracic Centre again, as a node inside its building",
    "way/1017567711": "the grounds of the Princess Grace Hospital, which is kept as a building",
    "way/572949998": "Rainier III Centre: long stays of the old, not open to everybody",
    "node/1661205490": "medical imaging, by referral only",
    "node/7835335117": "Pavillon Bosio: higher art education",
    "way/49209622": "Pavillon Bosio again, as a building",
    "node/7944656344": "Princess Grace Academy of Dance: outside the school statistics",
    "way/94399990": "the building of the Academy of Dance",
    "relation/393481": "the building of a school that is kept as a node",
    "way/128840989": "a building of the International School, kept as a node",
    "way/585654716": "a building of the International School, kept as a node",
    "way/690023772": "the building of École du Parc, kept as a node",
    "way/221348099": "the building of École de Fontvieille, kept as its grounds",
    "way/49209427": "a funeral home, tagged as a public building",
    "way/586521034": "Villa Paloma: a house of the national museum, tagged as a public building",
    "way/94452761": "Villa Sauber: a house of the national museum, tagged as a public building",
}


def main(source: str) -> None:
    """Build every layer beside this script."""
    extract = read(Path(source))
    wards = ward_areas(extract)
    cells = home_floor(extract, wards)
    wards = with_people(wards, cells)
    cells = spread(cells, wards)
    streets = osm.streets(extract)[["osm", "highway", "foot", "geometry"]].rename(columns={"osm": "way"})
    write("neighbourhoods", wards.drop(columns="floor"), 6)
    cells.to_csv(HERE / "cells.csv", index=False, lineterminator="\n")
    for name, layer in providers(extract, wards).items():
        write(name, layer, 6)
    write("sites", site_points(extract, wards, METRES, DROPPED), 6)
    write("streets", streets, 7)
    print(wards.drop(columns=["geometry", "floor"]).to_string())


def read(source: Path) -> osm.Extract:
    """Read the extract, taken out of the source distribution where that is given."""
    if not source.name.endswith(".tar.gz"):
        return note(source)
    with tempfile.TemporaryDirectory() as folder, tarfile.open(source) as archive:
        member = next(name for name in archive.getnames() if name.endswith(MEMBER))
        content = archive.extractfile(member)
        if content is None:
            raise SystemExit(f"{member} is not a file")
        target = Path(folder, "monaco.osm.pbf")
        target.write_bytes(content.read())
        return note(target)


def note(path: Path) -> osm.Extract:
    """Read an extract; say so when it is not the one of 2023-12-26."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        print("another extract than that of 2023-12-26: the tables of this script may not fit it")
    return osm.read_extract(path)


def ward_areas(extract: osm.Extract) -> gpd.GeoDataFrame:
    """Nine wards (admin_level 10): `ward` (id), `name`, `geometry`; sorted by id."""
    areas = osm.boundaries(extract, 10, [shapely.LineString(gap) for gap in GAPS])
    names = areas["name"].str.replace("Monegetti", "Moneghetti")
    plain = names.str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
    wards = areas[["geometry"]].assign(ward=plain.str.lower().str.replace(" ", "-"), name=names)
    return wards[["ward", "name", "geometry"]].sort_values("ward", ignore_index=True)


def with_people(wards: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Wards with `residents`, `basis`, `households`, `children`, `homes_wanted`; `floor` [m²]."""
    floor = wards["ward"].map(cells.groupby("ward")["floor"].sum())
    free = ~wards["ward"].isin(PUBLISHED)
    known = wards["ward"].map({ward: count for ward, (count, _) in PUBLISHED.items()}).fillna(0)
    rest = RESIDENTS - int(known.sum())
    residents = known.astype(int) + whole(floor.where(free, 0.0), rest)
    basis = wards["ward"].map({ward: text for ward, (_, text) in PUBLISHED.items()}).fillna(ESTIMATED)
    households = whole(residents, round(RESIDENTS / HOUSEHOLD))
    children, wanted = whole(residents, PUPILS), whole(households, HOMES)
    people = wards.assign(residents=residents, residents_basis=basis, households=households)
    return people.assign(children=children, homes_wanted=wanted, floor=floor)


def spread(cells: gpd.GeoDataFrame, wards: gpd.GeoDataFrame) -> pd.DataFrame:
    """Give every cell its whole-number share of its ward's people, by floor area; empty cells go."""
    parts = []
    for row in wards.itertuples():
        part = cells[cells["ward"] == row.ward]
        residents = whole(part["floor"], row.residents)
        part = part.assign(residents=residents, households=whole(residents, row.households))
        part = part.assign(
            children=whole(residents, row.children), homes_wanted=whole(residents, row.homes_wanted)
        )
        parts.append(part[part["residents"] > 0])
    table = pd.concat(parts).sort_values("cell", ignore_index=True)
    table = table.assign(lon=table.geometry.x.round(6), lat=table.geometry.y.round(6))
    columns = ["cell", "ward", "lon", "lat", "residents", "households", "children", "homes_wanted"]
    return pd.DataFrame(table[columns])


def providers(extract: osm.Extract, wards: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Existing providers by layer: `id`, `name`, `ward`, `capacity`, `quality`, `geometry`."""
    found = placed(osm.facilities(extract), wards)
    schools = found.query("service == 'education'")
    health = found.query("service == 'health'")
    water = found.query("service == 'drinking_water'")
    unjudged = {*schools["osm"], *health["osm"]} - {*SCHOOLS, *HEALTH, *DROPPED}
    if unjudged:
        raise SystemExit(f"neither kept nor dropped: {sorted(unjudged)}")
    kept = {i: (name, round(places), 1.0) for i, (name, places) in SCHOOLS.items()}
    taps = dict.fromkeys(water["osm"], ("", TAP, 1.0))
    layers = {"schools": (schools, kept), "health": (health, HEALTH), "drinking_water": (water, taps)}
    return {name: chosen(frame, table) for name, (frame, table) in layers.items()}


def chosen(found: gpd.GeoDataFrame, table: dict[str, tuple[str, int, float]]) -> gpd.GeoDataFrame:
    """Keep the facilities of the table, with its names, capacities and qualities."""
    kept = found[found["osm"].isin(table)].sort_values("osm", ignore_index=True)
    rows = [table[i] for i in kept["osm"]]
    names = [
        row[0] or name or f"Drinking water, {ward}"
        for row, name, ward in zip(rows, kept["name"], kept["ward"], strict=True)
    ]
    kept = kept.assign(name=names, capacity=[row[1] for row in rows], quality=[row[2] for row in rows])
    return kept.rename(columns={"osm": "id"})[["id", "name", "ward", "capacity", "quality", "geometry"]]


def write(name: str, layer: gpd.GeoDataFrame, decimals: int) -> None:
    """Write one layer beside this script."""
    print(f"{name}: {write_geojson(HERE / f'{name}.geojson', layer, decimals, CREDIT)}")


def arguments(given: Sequence[str]) -> str:
    """Return the path of the extract, or say how to call this script."""
    if len(given) != 1:
        raise SystemExit("usage: python data/monaco/build.py EXTRACT.osm.pbf|quackosm-0.19.0.tar.gz")
    return given[0]


if __name__ == "__main__":
    main(arguments(sys.argv[1:]))
