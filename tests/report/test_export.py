"""Exports: opened by what they are for, figures known by hand, harmless, explained, the same bytes twice."""

from __future__ import annotations

import csv
import errno
import json
import math
import shutil
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import invented_plan
import kept_run
import openpyxl
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hostile import HOSTILE
from test_report_maps import check_geometry, refuse

from planner import flow
from planner.errors import InputFault, MachineFault
from planner.report.export import FORMATS, find_format, take_out
from planner.report.export.bundle import bundle_of
from planner.report.export.shapefile import short_names
from planner.report.export.styles import colours, ideas
from planner.report.maps import _cut

if TYPE_CHECKING:
    from planner.report.kept import Kept

LAYERS = {"neighbourhoods": 3, "facilities": 3, "links": 4}
SAMPLE = [HOSTILE[n] for n in (0, 45, 51, 52, 58, 59)]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a run of the invented plan."""
    return kept_run.keep(tmp_path_factory.mktemp("runs") / "tiny-0123abcd")


@pytest.fixture(scope="module", params=range(len(SAMPLE)))
def bad(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a run in which one hostile name stands everywhere."""
    return kept_run.keep(tmp_path_factory.mktemp("runs") / "tiny-0123abcd", SAMPLE[request.param])


@pytest.fixture
def out(kept: Kept, tmp_path: Path) -> partial[Path]:
    """Return what exports the run in a format."""
    return partial(export, kept, tmp_path)


def export(kept: Kept, folder: Path, form: str) -> Path:
    """Export a run; return the file, or the folder of files."""
    return flow.export(
        kept.folder, form, out=folder / f"it.{form}" if not FORMATS[form].files else folder / form
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a CSV as a spreadsheet does."""
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_writes_what_it_says(kept: Kept, tmp_path: Path, form: str) -> None:
    """The files of a format are there, no others, and a dictionary among them or inside."""
    where = export(kept, tmp_path, form)
    written = sorted(p.name for p in (where.iterdir() if where.is_dir() else [where]))
    assert written == sorted(FORMATS[form].files or [where.name])
    assert sorted(p.name for p in tmp_path.iterdir()) == [where.name]


@pytest.mark.parametrize("form", FORMATS)
def test_same_run_same_bytes(kept: Kept, tmp_path: Path, form: str) -> None:
    """Two exports of one run do not differ."""
    both = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        where = export(kept, tmp_path / name, form)
        both.append([p.read_bytes() for p in (sorted(where.iterdir()) if where.is_dir() else [where])])
    assert both[0] == both[1]


@pytest.mark.parametrize("form", ["geojson", "geoparquet", "csv", "shp"])
def test_every_column_is_explained(out: partial[Path], form: str) -> None:
    """`columns.csv` names every column of every table with unit and meaning."""
    folder = out(form)
    told = rows_of(folder / "columns.csv")
    assert all(row["unit"] and row["meaning"] and row["type"] for row in told)
    for layer in LAYERS:
        mine = [row.get("field") or row["column"] for row in told if row["table"] == layer]
        if form == "csv":
            there = list(rows_of(folder / f"{layer}.csv")[0])
        else:
            file = next(p for p in folder.glob(f"{layer}.*") if p.suffix in {".geojson", ".parquet", ".shp"})
            read = gpd.read_parquet if form == "geoparquet" else pyogrio.read_dataframe
            there = [column for column in read(file).columns if column != "geometry"]
        assert mine == there


def test_geojson_follows_the_standard(bad: Kept, tmp_path: Path) -> None:
    """RFC 7946 with hostile names too: they are there letter by letter."""
    folder = export(bad, tmp_path, "geojson")
    for layer, count in LAYERS.items():
        document = json.loads((folder / f"{layer}.geojson").read_text("utf-8"), parse_constant=refuse)
        assert set(document) == {"type", "features"}
        assert len(document["features"]) == count
        for feature in document["features"]:
            check_geometry(feature["geometry"])
    labels = [
        f["properties"]["label"]
        for f in json.loads((folder / "neighbourhoods.geojson").read_text("utf-8"))["features"]
    ]
    assert labels[0] == bad.layers["neighbourhoods"].frame["label"][0]


def test_shapes_are_cut_at_the_antimeridian() -> None:
    """A square from 179° E to 179° W becomes two, of one degree each; a line is cut likewise."""
    square = _cut(shapely.Polygon([(179, 0), (-179, 0), (-179, 1), (179, 1)]))
    assert square.equals(shapely.MultiPolygon([shapely.box(179, 0, 180, 1), shapely.box(-180, 0, -179, 1)]))
    line = _cut(shapely.LineString([(179, 0), (-179, 2)]))
    assert [list(part.coords) for part in line.geoms] == [[(179, 0), (180, 1)], [(-180, 1), (-179, 2)]]


def test_geoparquet_tells_units(out: partial[Path]) -> None:
    """GeoPandas reads it in the city's coordinates; the schema tells unit and meaning."""
    folder = out("geoparquet")
    for layer, count in LAYERS.items():
        frame = gpd.read_parquet(folder / f"{layer}.parquet")
        assert (len(frame), frame.crs.to_epsg()) == (count, 32633)
    schema = pq.read_schema(folder / "neighbourhoods.parquet")
    assert schema.field("residents").metadata[b"unit"] == b"person"
    assert json.loads(schema.metadata[b"geo"])["version"] == "1.1.0"


def base_of(path: Path) -> closing[sqlite3.Connection]:
    """Open a GeoPackage as a database."""
    return closing(sqlite3.connect(path))


def test_geopackage_has_one_layer_an_idea(out: partial[Path]) -> None:
    """GDAL lists the layers, a view for each idea, and three tables; every one opens with its features."""
    path = out("gpkg")
    layers = {name: kind for name, kind in pyogrio.list_layers(path) if name != "layer_styles"}
    areas = ["wellbeing_before", "wellbeing_after", "wellbeing_change", "health_served_after"]
    areas += ["education_served_before", "education_served_after"]
    assert list(layers) == [*LAYERS, *areas, "about", "data_dictionary", "indicators"]
    for name in areas:
        frame = pyogrio.read_dataframe(path, layer=name)
        assert len(frame) == 3
        assert set(frame.geom_type) == {"MultiPolygon"}
    change = pyogrio.read_dataframe(path, layer="wellbeing_change")
    assert change["wellbeing_change"].round(6).tolist()[:2] == [0.1, 0.2]
    assert len(pyogrio.read_dataframe(path, layer="indicators")) == 13
    with base_of(path) as base:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []


def test_geopackage_has_aliases_with_units(out: partial[Path]) -> None:
    """Every column of every layer has an alias of its own, and its unit, for GDAL and QGIS."""
    with base_of(out("gpkg")) as base:
        told = base.execute(
            "SELECT table_name, column_name, name, description FROM gpkg_data_columns"
        ).fetchall()
        styles = dict(base.execute("SELECT f_table_name, styleQML FROM layer_styles").fetchall())
    assert ("neighbourhoods", "residents", "residents [person]", "residents [person]") in told
    assert len({(layer, alias) for layer, _, alias, _ in told}) == len(told)
    named = {alias.get("name") for alias in ET.fromstring(styles["neighbourhoods"]).iter("alias")}  # noqa: S314 - ours
    assert "residents [person]" in named


def test_geopackage_opens_styled(bad: Kept, tmp_path: Path) -> None:
    """Each map has a default style: XML that holds every value in one class, with hostile names too."""
    path = export(bad, tmp_path, "gpkg")
    with base_of(path) as base:
        styles = base.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
    assert [style[0] for style in styles] == [idea.name for idea in ideas(bundle_of(bad))]
    assert {style[1] for style in styles} == {"geom"}
    assert {style[3] for style in styles} == {1}
    graduated = 0
    for name, _, text, _ in styles:
        renderer = ET.fromstring(text).find("renderer-v2")  # noqa: S314 - ours
        assert renderer is not None
        symbols = {symbol.get("name") for symbol in renderer.iter("symbol")}
        if renderer.get("type") != "graduatedSymbol":
            continue
        graduated += 1
        values = pyogrio.read_dataframe(path, layer=name)[renderer.get("attr")].dropna()
        ranges = [
            (float(r.get("lower", "")), float(r.get("upper", "")), r.get("symbol"))
            for r in renderer.iter("range")
        ]
        assert {symbol for *_, symbol in ranges} <= symbols
        assert all(any(low <= value <= high for low, high, _ in ranges) for value in values)
    assert graduated == 6
    assert "[%" not in "".join(style[2] for style in styles)


def test_no_mark_hides_another_service(kept: Kept) -> None:
    """The clinic and the school of Mill Lane share a place: their marks stand on two sides of it."""
    style = next(idea.style for idea in ideas(bundle_of(kept)) if idea.name == "facilities")
    options = ET.fromstring(style).iter("Option")  # noqa: S314 - ours
    asides = {option.get("value") for option in options if option.get("name") == "offset"}
    assert asides == {"1.60,0.00", "-1.60,0.00"}


def test_colours_are_those_of_the_page() -> None:
    """Every class that a map can have has a colour in the page's style sheet."""
    wanted = {*(f"c{n}" for n in range(5)), *(f"{s}{n}" for s in "gl" for n in range(4)), "z", "land"}
    assert wanted | {f"s{n}" for n in range(8)} <= set(colours())


def test_workbook_has_types_and_no_formula(bad: Kept, tmp_path: Path) -> None:
    """Notes first, heads frozen, numbers are numbers, flags flags, and no cell is live."""
    book = openpyxl.load_workbook(export(bad, tmp_path, "xlsx"))
    assert book.sheetnames == ["notes", *LAYERS, "indicators", "columns"]
    for sheet in book:
        assert sheet.freeze_panes is not None
        assert not sheet._hyperlinks
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
        assert not [cell for cell in cells if cell.hyperlink]
    types = {
        column[0].value: {cell.data_type for cell in column[1:]} for column in book["facilities"].columns
    }
    assert (types["served"], types["existing"], types["label"]) == ({"n"}, {"b"}, {"s"})
    assert book["neighbourhoods"]["A2"].number_format == "@"


def test_workbook_tells_figures_known_by_hand(out: partial[Path]) -> None:
    """Alder has 1,000 residents and 60 % of its need of health served; the park has no share."""
    sheet = openpyxl.load_workbook(out("xlsx"))["neighbourhoods"]
    head, alder, _birch, park = ([cell.value for cell in row] for row in sheet.iter_rows())
    told = dict(zip(head, alder, strict=True))
    assert (told["label"], told["residents"], told["health_share"]) == ("Alder", 1000, 0.6)
    assert dict(zip(head, park, strict=True))["health_share"] is None
    assert told["longitude"] == pytest.approx(15.0, abs=0.1)


def live(text: str) -> bool:
    """Whether a spreadsheet would reckon this cell out."""
    bare = text.strip(' \t\r\n"')
    return bare[:1] in set("=+-@＝＋－＠")


def test_csv_is_harmless_however_it_is_parted(bad: Kept, tmp_path: Path) -> None:
    """Parted by commas, semicolons or tabs, quoted or not, no cell of text is a formula."""
    for path in export(bad, tmp_path, "csv").glob("*.csv"):
        text = path.read_text("utf-8-sig")
        cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
        for mark in ";\t":
            cells += [cell for line in text.splitlines() for cell in line.split(mark)]
        assert not [cell for cell in cells if live(cell) and not is_number(cell)], path.name


def is_number(text: str) -> bool:
    """Whether a cell holds a number, which may begin with a minus."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def test_shapefile_keeps_figures(bad: Kept, tmp_path: Path) -> None:
    """GDAL reads it in the city's coordinates: short fields, the same figures, texts that fit."""
    folder = export(bad, tmp_path, "shp")
    fields = {(r["table"], r["column"]): r["field"] for r in rows_of(folder / "columns.csv")}
    for layer, count in LAYERS.items():
        frame = pyogrio.read_dataframe(folder / f"{layer}.shp", encoding="utf-8")
        assert (len(frame), frame.crs.to_epsg()) == (count, 32633)
        assert max(len(column) for column in frame.columns if column != "geometry") <= 10
        assert frame.geometry.is_valid.all()
    frame = pyogrio.read_dataframe(folder / "neighbourhoods.shp")
    assert frame[fields["neighbourhoods", "health_share"]][0] == pytest.approx(0.6)
    whole = bad.layers["neighbourhoods"].frame["label"]
    assert all(
        long.strip(" ").encode()[:200].startswith(short.encode()[:200])
        for long, short in zip(whole, frame["label"], strict=True)
    )


def test_short_names_are_unique() -> None:
    """Names that are short stay; long ones are squeezed, numbered where they meet, whatever the case."""
    names = ["residents", "health_reached_before", "HEALTH_reached_before", "health_share", "größe", "größ"]
    short = short_names(names)
    assert short["residents"] == "residents"
    assert all(len(name) <= 10 and name.isascii() for name in short.values())
    assert len({name.lower() for name in short.values()}) == len(names)


def test_nothing_is_overwritten(kept: Kept, tmp_path: Path) -> None:
    """A file that is there stays, whatever it is; with force it is replaced, and what else is there stays."""
    (tmp_path / "it.gpkg").write_text("mine")
    with pytest.raises(InputFault) as told:
        flow.export(kept.folder, "gpkg", out=tmp_path / "it.gpkg")
    assert (
        str(told.value)
        == f"{tmp_path}/it.gpkg: is there already, and is not replaced\n    → --force replaces it"
    )
    assert (tmp_path / "it.gpkg").read_text() == "mine"
    assert flow.export(kept.folder, "gpkg", out=tmp_path / "it.gpkg", force=True).stat().st_size > 10_000
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "links.csv").write_text("mine")
    (folder / "other.csv").write_text("mine")
    with pytest.raises(InputFault, match=r"links\.csv: is there already"):
        flow.export(kept.folder, "csv", out=folder)
    assert sorted(p.name for p in folder.iterdir()) == ["links.csv", "other.csv"]
    flow.export(kept.folder, "csv", out=folder, force=True)
    assert (folder / "other.csv").read_text() == "mine"
    assert (folder / "links.csv").read_text() != "mine"


@pytest.mark.parametrize(
    ("form", "out", "message"),
    [
        ("gpgk", None, "--format: there is no format `gpgk`\n    → did you mean `gpkg`?"),
        (
            "docx",
            None,
            (
                "--format: there is no format `docx`\n"
                "    → known are gpkg, geojson, geoparquet, xlsx, csv, shp, postgis"
            ),
        ),
        ("gpkg", "it.xlsx", "{}: gpkg writes one file that ends in .gpkg\n    → name it it.gpkg"),
        ("geojson", "it.geojson", "{}: geojson writes 4 files\n    → name a folder, such as {stem}"),
        ("csv", "mine", "{}: a file stands where a folder should be\n    → name another with --out"),
        (
            "xlsx",
            "mine/it.xlsx",
            "{parent}: a file stands where a folder should be\n    → name another with --out",
        ),
    ],
)
def test_what_cannot_be_written_is_told(
    kept: Kept, tmp_path: Path, form: str, out: str | None, message: str
) -> None:
    """A format that is not known and a place that does not fit are faults, and nothing is written."""
    (tmp_path / "mine").write_text("mine")
    path = tmp_path / out if out else None
    with pytest.raises(InputFault) as told:
        flow.export(kept.folder, form, out=path)
    assert str(told.value) == message.format(
        path, stem=path and path.with_suffix(""), parent=path and path.parent
    )
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without XlsxWriter there is no workbook, but advice."""
    monkeypatch.setattr("planner.report.export.formats.find_spec", lambda _name: None)
    with pytest.raises(InputFault, match="pip install 'wellbeing-planner\\[excel\\]'"):
        find_format("xlsx")
    assert find_format("csv").files


def test_a_full_disk_leaves_nothing(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fills up, the fault is told, and no file and no folder is left."""

    def fill(*_: object) -> None:
        take_out(kept, FORMATS["csv"], next((tmp_path / "new" / "deep").glob(".tmp-*")), "")
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(flow, "take_out", fill)
    with pytest.raises(MachineFault, match="the disk is full"):
        flow.export(kept.folder, "csv", out=tmp_path / "new" / "deep")
    assert list(tmp_path.iterdir()) == []


def test_small_groups_stay_hidden(kept: Kept, tmp_path: Path) -> None:
    """What `indicators.csv` leaves empty is empty in every export."""
    path = kept.folder / "indicators.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    place = next(n for n, line in enumerate(lines) if ",poor," in line)
    lines[place] = lines[place].rpartition(",")[0] + ","
    copied = Path(shutil.copytree(kept.folder, tmp_path / "run"))
    (copied / "indicators.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    table = kept_run.read(copied).indicators
    assert math.isnan(table["value"].iloc[place - 1])
    assert table["value"].notna().sum() == kept.indicators["value"].notna().sum() - 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("plan.gpkg", "plan.gpkg: the maps of the run cannot be read: there is no such file"),
        ("maps/columns.csv", "columns.csv: cannot be read (FileNotFoundError)"),
        ("indicators.csv", "indicators.csv: cannot be read (FileNotFoundError)"),
    ],
)
def test_a_damaged_run_is_told(kept: Kept, tmp_path: Path, name: str, message: str) -> None:
    """A run without its maps or its dictionary says so, and how to write them anew."""
    copied = Path(shutil.copytree(kept.folder, tmp_path / "run"))
    (copied / name).unlink()
    with pytest.raises(InputFault) as told:
        flow.export(copied, "csv", out=tmp_path / "out")
    assert str(told.value) == f"{message}\n    → write them anew with `planner report RUN`"
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a run of a plan that builds nothing where nothing stands: no point, no line."""
    full = invented_plan.plan()
    nothing = {name: getattr(full, name).iloc[:0] for name in ("facilities", "assignment", "before")}
    return kept_run.keep(tmp_path_factory.mktemp("runs") / "empty", made=replace(full, **nothing))


@pytest.mark.parametrize("form", FORMATS)
def test_a_plan_that_builds_nothing_is_exported(empty: Kept, tmp_path: Path, form: str) -> None:
    """Layers without a feature are there, with their columns."""
    where = export(empty, tmp_path, form)
    if form in {"gpkg", "geojson", "shp"}:
        path = where if form == "gpkg" else where / f"facilities.{form}"
        assert len(pyogrio.read_dataframe(path, layer="facilities")) == 0
    if form == "csv":
        assert (where / "links.csv").read_text("utf-8-sig").startswith("neighbourhood,provider,service")
    if form == "xlsx":
        assert openpyxl.load_workbook(where)["facilities"].max_row == 1


@pytest.mark.sweep
@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_is_live_in_any_format(tmp_path: Path, name: str) -> None:
    """Each of the sixty names, in every field of every format: text that opens, and nothing else."""
    run = kept_run.keep(tmp_path / "runs" / "tiny-0123abcd", name)
    for form in FORMATS:
        (tmp_path / form).mkdir()
    test_geojson_follows_the_standard(run, tmp_path / "geojson")
    test_geopackage_opens_styled(run, tmp_path / "gpkg")
    test_workbook_has_types_and_no_formula(run, tmp_path / "xlsx")
    test_csv_is_harmless_however_it_is_parted(run, tmp_path / "csv")
    test_shapefile_keeps_figures(run, tmp_path / "shp")
    frame = gpd.read_parquet(export(run, tmp_path / "geoparquet", "geoparquet") / "neighbourhoods.parquet")
    assert frame["label"][0] == run.layers["neighbourhoods"].frame["label"][0]
