"""The formats in which a run is taken out, and what is written for each."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from planner.report.kept import Kept

ENDINGS = {".geojson", ".json", ".parquet", ".csv", ".shp", ".gpkg", ".xlsx", ".zip"}
LAYERS = ("neighbourhoods", "facilities", "links")
POSTGIS = "postgis"
"""The format that goes into a database, not into files."""


@dataclass(frozen=True)
class Format:
    """One format: its name, what it is for, the files that it writes.

    Attributes
    ----------
    files
        Names of the files in their folder; empty where everything goes into one file.
    ending
        Ending of that one file.
    room
        Module with the function `write`.
    """

    name: str
    meaning: str
    room: str
    files: tuple[str, ...] = ()
    ending: str = ""


def _each(*endings: str) -> tuple[str, ...]:
    return tuple(f"{layer}.{ending}" for layer in LAYERS for ending in endings)


TABLES = (*_each("csv"), "indicators.csv", "columns.csv")
FORMATS = {
    form.name: form
    for form in (
        Format("gpkg", "GeoPackage: opens in QGIS with its styles", "geopackage", ending="gpkg"),
        Format("geojson", "GeoJSON (RFC 7946), for web maps", "web", (*_each("geojson"), "columns.csv")),
        Format("geoparquet", "GeoParquet, for analysts", "analysts", (*_each("parquet"), "columns.csv")),
        Format("xlsx", "one Excel workbook", "workbook", ending="xlsx"),
        Format("csv", "CSV that spreadsheets open right", "sheets", TABLES),
        Format(
            "shp",
            "shapefiles, for older programs",
            "shapefile",
            (*_each("shp", "shx", "dbf", "prj", "cpg"), "columns.csv"),
        ),
    )
}


def find_format(name: str) -> Format:
    """Return the format of that name, when everything that writes it is installed.

    Raises
    ------
    InputFault
        For an unknown name, or when a package is missing.
    """
    form = FORMATS.get(name.lower().lstrip("."))
    if form is None:
        near = get_close_matches(name.lower(), FORMATS, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join([*FORMATS, POSTGIS])}"
        raise InputFault(Fault(f"there is no format `{name}`", "--format", hint))
    if form.name == "xlsx" and find_spec("xlsxwriter") is None:
        hint = "install it with: pip install 'wellbeing-planner[excel]'"
        raise InputFault(Fault("the package XlsxWriter is not installed", "--format xlsx", hint))
    return form


def place_of(form: Format, run: str, out: Path | None) -> tuple[Path, tuple[str, ...]]:
    """Return the folder and the names of the files that a run is written to; here, where nothing is told.

    Raises
    ------
    InputFault
        When `out` is a file of another kind, or a file where a folder is written.
    """
    if form.files:
        if out is not None and out.suffix.lower() in ENDINGS and not out.is_dir():
            message = f"{form.name} writes {len(form.files)} files"
            raise InputFault(Fault(message, str(out), f"name a folder, such as {out.with_suffix('')}"))
        return out or Path(f"{run}-{form.name}"), form.files
    file = f"{run}.{form.ending}"
    if out is None or out.is_dir():
        return out or Path(), (file,)
    if out.suffix.lower() != f".{form.ending}":
        message = f"{form.name} writes one file that ends in .{form.ending}"
        raise InputFault(Fault(message, str(out), f"name it {out.with_suffix('.' + form.ending).name}"))
    return out.parent, (out.name,)


def take_out(kept: Kept, form: Format, folder: Path, name: str) -> None:
    """Write a run in a format into a folder; `name` is that of the file where everything goes into one."""
    from planner.report.export.bundle import bundle_of  # noqa: PLC0415 - imports pandas

    import_module(f"planner.report.export.{form.room}").write(bundle_of(kept), folder, name)


def write_back(kept: Kept, dsn_env: str, *, force: bool) -> str:
    """Write a run into a schema of its own of the database that a variable names; return the schema."""
    from planner.report.export.bundle import bundle_of  # noqa: PLC0415 - imports pandas
    from planner.report.export.postgis import write  # noqa: PLC0415 - an extra

    return write(bundle_of(kept), kept.name, dsn_env, force=force)
