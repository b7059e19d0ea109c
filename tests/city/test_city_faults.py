"""Every way to break a layer, and the words that it is refused with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tiny_city import Tiny, feature, point, square

if TYPE_CHECKING:
    from collections.abc import Callable

LAYERS = Path(__file__).parents[1] / "faults" / "layers"
CASES: dict[str, Callable[[Tiny], None]] = {}


def case(spoil: Callable[[Tiny], None]) -> Callable[[Tiny], None]:
    """Take a function that spoils the tiny city as a case, by its name."""
    CASES[spoil.__name__] = spoil
    return spoil


def areas(tiny: Tiny) -> list[dict[str, Any]]:
    """Return the features of the neighbourhoods."""
    return tiny.files["areas.geojson"]["features"]


def sites(tiny: Tiny) -> list[dict[str, Any]]:
    """Return the features of the sites."""
    return tiny.files["sites.geojson"]["features"]


def name_instead(tiny: Tiny, file: str) -> None:
    """Name a broken layer as the neighbourhoods."""
    tiny.scenario["city"]["neighbourhoods"]["file"] = file
    tiny.files[file] = (LAYERS / file).read_bytes()


@case
def missing_column(tiny: Tiny) -> None:
    """Spoil the city: missing column."""
    tiny.scenario["city"]["cells"]["population"] = "poeple"


@case
def missing_group_column(tiny: Tiny) -> None:
    """Spoil the city: missing group column."""
    tiny.scenario["city"]["groups"]["poor"]["of"] = "universe"


@case
def negative_population(tiny: Tiny) -> None:
    """Spoil the city: negative population."""
    tiny.replace("cells.csv", ",300,", ",-300,")


@case
def huge_population(tiny: Tiny) -> None:
    """Spoil the city: huge population."""
    tiny.replace("cells.csv", ",300,", ",3e9,")


@case
def infinite_population(tiny: Tiny) -> None:
    """Spoil the city: infinite population."""
    tiny.replace("cells.csv", ",300,", ",inf,")


@case
def empty_number(tiny: Tiny) -> None:
    """Spoil the city: empty number."""
    tiny.replace("cells.csv", ",300,", ",,")


@case
def decimal_comma(tiny: Tiny) -> None:
    """Spoil the city: decimal comma."""
    tiny.replace("cells.csv", ",300,", ',"1.234,5",')


@case
def word_for_a_number(tiny: Tiny) -> None:
    """Spoil the city: word for a number."""
    areas(tiny)[1]["properties"]["sick"] = "many"


@case
def duplicate_ids(tiny: Tiny) -> None:
    """Spoil the city: duplicate ids."""
    tiny.replace("cells.csv", "003,B", "001,B")


@case
def duplicate_area(tiny: Tiny) -> None:
    """Spoil the city: duplicate area."""
    areas(tiny)[2]["properties"]["id"] = "A"


@case
def empty_id(tiny: Tiny) -> None:
    """Spoil the city: empty id."""
    areas(tiny)[2]["properties"]["id"] = None


@case
def ragged_row(tiny: Tiny) -> None:
    """Spoil the city: ragged row."""
    tiny.replace("cells.csv", "100,10", "100,10,7")


@case
def open_quotation(tiny: Tiny) -> None:
    """Spoil the city: open quotation."""
    tiny.replace("cells.csv", "003,B", '"003,B')


@case
def column_twice(tiny: Tiny) -> None:
    """Spoil the city: column twice."""
    tiny.replace("cells.csv", "people,pupils", "people,people")


@case
def empty_file(tiny: Tiny) -> None:
    """Spoil the city: empty file."""
    tiny.files["cells.csv"] = ""


@case
def empty_table(tiny: Tiny) -> None:
    """Spoil the city: empty table."""
    tiny.files["cells.csv"] = tiny.files["cells.csv"].splitlines()[0] + "\n"


@case
def empty_layer(tiny: Tiny) -> None:
    """Spoil the city: empty layer."""
    areas(tiny).clear()


@case
def no_coordinates(tiny: Tiny) -> None:
    """Spoil the city: no coordinates."""
    del tiny.scenario["city"]["cells"]["x"], tiny.scenario["city"]["cells"]["y"]


@case
def swapped_in_csv(tiny: Tiny) -> None:
    """Spoil the city: swapped in csv."""
    tiny.scenario["city"]["cells"] |= {"x": "lat", "y": "lon"}


@case
def swapped_in_geojson(tiny: Tiny) -> None:
    """Spoil the city: swapped in geojson."""
    for site in sites(tiny):
        site["geometry"]["coordinates"].reverse()


@case
def metres_as_degrees(tiny: Tiny) -> None:
    """Spoil the city: metres as degrees."""
    for site in sites(tiny):
        site["geometry"]["coordinates"] = [601000.0, 5340000.0]


@case
def wrong_area_of_use(tiny: Tiny) -> None:
    """Spoil the city: wrong area of use."""
    tiny.scenario["city"]["crs"] = "EPSG:32618"


@case
def degrees_as_city_crs(tiny: Tiny) -> None:
    """Spoil the city: degrees as city crs."""
    tiny.scenario["city"]["crs"] = "EPSG:4326"


@case
def web_mercator(tiny: Tiny) -> None:
    """Spoil the city: web mercator."""
    tiny.scenario["city"]["crs"] = "EPSG:3857"


@case
def feet(tiny: Tiny) -> None:
    """Spoil the city: feet."""
    tiny.scenario["city"]["crs"] = "EPSG:2263"


@case
def unknown_crs(tiny: Tiny) -> None:
    """Spoil the city: unknown crs."""
    tiny.scenario["city"]["crs"] = "EPSG:99999"


@case
def two_crs(tiny: Tiny) -> None:
    """Spoil the city: two crs."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}
    tiny.files["sites.geojson"]["crs"] = crs
    for service in tiny.scenario["services"].values():
        service["sites"]["crs"] = "EPSG:4326"


@case
def unclosed_ring(tiny: Tiny) -> None:
    """Spoil the city: unclosed ring."""
    del areas(tiny)[0]["geometry"]["coordinates"][0][-1]


@case
def bow_tie(tiny: Tiny) -> None:
    """Spoil the city: bow tie."""
    ring = areas(tiny)[0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]


@case
def no_geometry(tiny: Tiny) -> None:
    """Spoil the city: no geometry."""
    areas(tiny)[3]["geometry"] = None


@case
def empty_geometry(tiny: Tiny) -> None:
    """Spoil the city: empty geometry."""
    areas(tiny)[3]["geometry"] = {"type": "Polygon", "coordinates": []}


@case
def points_for_polygons(tiny: Tiny) -> None:
    """Spoil the city: points for polygons."""
    areas(tiny)[3]["geometry"] = point(1.5, 1.5)


@case
def polygons_for_points(tiny: Tiny) -> None:
    """Spoil the city: polygons for points."""
    sites(tiny)[0]["geometry"] = square(0, 0)


@case
def overlapping(tiny: Tiny) -> None:
    """Spoil the city: overlapping."""
    areas(tiny)[0]["geometry"] = square(0, 0, 0.012)


@case
def cell_outside(tiny: Tiny) -> None:
    """Spoil the city: cell outside."""
    del tiny.scenario["city"]["cells"]["neighbourhood"]
    tiny.replace("cells.csv", "48.215", "48.225")


@case
def unknown_neighbourhood(tiny: Tiny) -> None:
    """Spoil the city: unknown neighbourhood."""
    areas(tiny)[0]["properties"]["id"] = "Altstadt"
    tiny.replace("cells.csv", "A,16.367", "Altstatt,16.367")
    tiny.replace("cells.csv", "A,16.362", ",16.362")


@case
def more_than_asked(tiny: Tiny) -> None:
    """Spoil the city: more than asked."""
    areas(tiny)[0]["properties"]["poor"] = 101


@case
def need_without_people(tiny: Tiny) -> None:
    """Spoil the city: need without people."""
    areas(tiny)[3]["properties"]["sick"] = 4


@case
def nobody_needs(tiny: Tiny) -> None:
    """Spoil the city: nobody needs."""
    for area in areas(tiny):
        area["properties"]["sick"] = 0


@case
def nobody_lives(tiny: Tiny) -> None:
    """Spoil the city: nobody lives."""
    for number in (",100,", ",300,", ",200,", ",50,"):
        tiny.replace("cells.csv", number, ",0,")


@case
def nobody_says_who_lives_where(tiny: Tiny) -> None:
    """Spoil the city: nobody says who lives where."""
    del tiny.scenario["city"]["cells"]
    tiny.scenario["services"]["school"]["need"] = {"meaning": "deficit", "rate": 0.1}


@case
def cells_without_cells(tiny: Tiny) -> None:
    """Spoil the city: cells without cells."""
    del tiny.scenario["city"]["cells"]
    tiny.scenario["city"]["neighbourhoods"]["population"] = "asked"


@case
def reserved_group(tiny: Tiny) -> None:
    """Spoil the city: reserved group."""
    tiny.scenario["city"]["groups"]["population"] = {"count": "poor"}


@case
def far_site(tiny: Tiny) -> None:
    """Spoil the city: far site."""
    sites(tiny).append(feature({"type": "Point", "coordinates": [17.36, 48.2]}, site="S3", land=1))
    sites(tiny).append(feature(point(0.2, 0.2), site="S4", land=1))


@case
def other_place(tiny: Tiny) -> None:
    """Spoil the city: other place."""
    tiny.replace("clinics.csv", "16.365,48.205", "9.1,45.4")
    tiny.replace("clinics.csv", "16.375,48.215", "9.2,45.5")


@case
def quality_above_one(tiny: Tiny) -> None:
    """Spoil the city: quality above one."""
    tiny.replace("clinics.csv", "60,1", "60,1.5")
    tiny.replace("clinics.csv", "40,0.5", "40,0")


@case
def facility_named_as_site(tiny: Tiny) -> None:
    """Spoil the city: facility named as site."""
    tiny.replace("clinics.csv", "K2", "S2")


@case
def sites_described_twice(tiny: Tiny) -> None:
    """Spoil the city: sites described twice."""
    del tiny.scenario["services"]["school"]["sites"]["land_m2"]


@case
def one_id_two_places(tiny: Tiny) -> None:
    """Spoil the city: one id two places."""
    tiny.scenario["services"]["school"]["sites"]["file"] = "more.geojson"
    more = [feature(point(0.9, 0.9), site="S1", land=500), feature(point(1.5, 1.5), site="S2", land=1)]
    tiny.files["more.geojson"] = {"type": "FeatureCollection", "features": more}


@case
def unknown_mode(tiny: Tiny) -> None:
    """Spoil the city: unknown mode."""
    tiny.scenario["services"]["school"]["travel"]["mode"] = "wal"


@case
def negative_minutes(tiny: Tiny) -> None:
    """Spoil the city: negative minutes."""
    tiny.scenario["travel"]["walk"] = {
        "method": "table",
        "file": "times.csv",
        "origin": "from",
        "destination": "to",
        "minutes": "minutes",
    }
    tiny.replace("times.csv", "003,S2,9", "003,S2,-9\n,S2,NaN")


@case
def many_bad_rows(tiny: Tiny) -> None:
    """Spoil the city: many bad rows."""
    rows = "".join(f"x{number},A,16.365,48.205,-1,0\n" for number in range(170))
    tiny.files["cells.csv"] += rows


@case
def vrt_as_geojson(tiny: Tiny) -> None:
    """Spoil the city: vrt as geojson."""
    name_instead(tiny, "vrt.geojson")


@case
def cut_off(tiny: Tiny) -> None:
    """Spoil the city: cut off."""
    name_instead(tiny, "cut_off.geojson")


@case
def kml(tiny: Tiny) -> None:
    """Spoil the city: kml."""
    name_instead(tiny, "areas.kml")


@case
def vrt_as_geopackage(tiny: Tiny) -> None:
    """Spoil the city: vrt as geopackage."""
    name_instead(tiny, "vrt.gpkg")


@case
def topojson(tiny: Tiny) -> None:
    """Spoil the city: topojson."""
    name_instead(tiny, "topo.json")


@case
def damaged_geopackage(tiny: Tiny) -> None:
    """Spoil the city: damaged geopackage."""
    name_instead(tiny, "damaged.gpkg")


@case
def zipped(tiny: Tiny) -> None:
    """Spoil the city: zipped."""
    tiny.scenario["city"]["neighbourhoods"]["file"] = "areas.zip"
    tiny.files["areas.zip"] = b"PK\3\4" + bytes(30)


@case
def shapefile_alone(tiny: Tiny) -> None:
    """Spoil the city: shapefile alone."""
    tiny.scenario["city"]["neighbourhoods"]["file"] = "areas.shp"
    tiny.files["areas.shp"] = b"\x00\x00\x27\x0a" + bytes(96)


@case
def no_such_file(tiny: Tiny) -> None:
    """Spoil the city: no such file."""
    tiny.files["sites.geojson"] = None


def with_heights(tiny: Tiny, table: str) -> None:
    """Give the tiny city streets and heights."""
    tiny.files["heights.csv"] = table
    tiny.scenario["travel"]["walk"] = {
        "method": "network",
        "streets": {"file": "streets.geojson"},
        "heights": {"file": "heights.csv", "x": "lon", "y": "lat", "height": "metres"},
    }


@case
def height_without_a_number(tiny: Tiny) -> None:
    """Spoil the city: a height that is no number."""
    with_heights(tiny, "lon,lat,metres\n16.36,48.20,171\n16.38,48.22,n.a.\n16.38,48.20,\n")


@case
def heights_without_their_column(tiny: Tiny) -> None:
    """Spoil the city: heights whose column is called otherwise."""
    with_heights(tiny, "lon,lat,meters\n16.36,48.20,171\n")


@case
def road_column_missing(tiny: Tiny) -> None:
    """Spoil the city: streets without the column of their kinds."""
    tiny.scenario["travel"]["walk"] = {
        "method": "network",
        "streets": {"file": "streets.geojson", "road": "highway"},
        "speeds_kmh": {"residential": 4.0},
    }


@pytest.fixture(scope="module")
def pinned() -> dict[str, str]:
    """Return the words of every case."""
    return json.loads((LAYERS / "messages.json").read_text("utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_message_is_pinned(name: str, tiny: Tiny, pinned: dict[str, str]) -> None:
    """A spoilt layer is refused with these words, place and advice, and without a traceback."""
    CASES[name](tiny)
    told = tiny.told()
    assert told.splitlines() == pinned[name].splitlines()
    assert "Traceback" not in told


def test_every_pinned_message_has_its_case(pinned: dict[str, str]) -> None:
    """No message is pinned that nothing tests, and at least 35 are."""
    assert set(pinned) == set(CASES)
    assert len(pinned) >= 35
