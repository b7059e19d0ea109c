"""Which file formats are read, how they are recognised, and what to do with the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 512
"""Bytes of a file that are looked at to recognise it."""

FORMATS = {
    ".gpkg": "GeoPackage",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".shp": "shapefile",
    ".fgb": "FlatGeobuf",
    ".parquet": "GeoParquet",
    ".geoparquet": "GeoParquet",
    ".csv": "CSV",
    ".tsv": "CSV",
    ".txt": "CSV",
    ".xlsx": "Excel",
    ".xlsm": "Excel",
}
ACCEPTED = (
    "GeoPackage (.gpkg), GeoJSON, shapefile (.shp), GeoParquet (.parquet), FlatGeobuf (.fgb), CSV "
    "or Excel (.xlsx)"
)
PACKED = {".zip", ".gz", ".kmz", ".7z", ".tar", ".bz2", ".xz", ".rar", ".shz"}
SHEETS = {".xls", ".xlsb", ".ods"}


@dataclass
class Refused(Exception):  # noqa: N818 it reads as what happened
    """A file, or a row of it, that is not read; `part` says where in the file."""

    message: str
    hint: str = ""
    part: str = ""


def recognise(path: Path) -> str:
    """Name the format of a file: its ending and its first bytes must agree.

    Raises
    ------
    Refused
        When the file is missing, empty, packed, of another format, or not what its ending says.
    """
    ending = path.suffix.lower()
    if not path.is_file():
        raise Refused("there is no such file")
    if ending not in FORMATS:
        raise Refused(f"this kind of file ({ending or 'no ending'}) is not read", _way_out(path, ending))
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise Refused("the file is empty", "export it again")
    expected = FORMATS[ending]
    if not _looks_like(expected, head):
        raise Refused(f"this is not a {expected} file: {_told(head)}", _way_out(path, ending, head))
    return expected


def _looks_like(expected: str, head: bytes) -> bool:
    if expected == "GeoPackage":
        return head.startswith(b"SQLite format 3\0") and head[68:72] in {b"GPKG", b"GP10", b"GP11"}
    if expected == "GeoJSON":
        return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    if expected == "CSV":
        return not head.startswith((b"PK\3\4", b"SQLite", b"PAR1", b"\x1f\x8b", b"<"))
    magic = {
        "shapefile": b"\x00\x00\x27\x0a",
        "FlatGeobuf": b"fgb",
        "GeoParquet": b"PAR1",
        "Excel": b"PK\3\4",
    }
    return head.startswith(magic[expected])


def _told(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return "it holds XML, such as VRT, KML or GML"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "it is an old Excel file (.xls), or one with a password"
    if head.startswith(b"PK\3\4"):
        return "it is a zip archive"
    if head.startswith(b"SQLite"):
        return "it is an SQLite database without the mark of a GeoPackage"
    if start.startswith(b"{"):
        return "it holds JSON"
    return "its first bytes are " + " ".join(f"{byte:02x}" for byte in head[:4])


def _way_out(path: Path, ending: str, head: bytes = b"") -> str:
    if ending in PACKED or head.startswith(b"PK\3\4"):
        return "unpack it first, then name the layer inside"
    if ending in SHEETS or FORMATS.get(ending) == "Excel":
        return "save the sheet as .xlsx or as CSV (UTF-8), then name that file"
    if path.with_suffix(".shp").is_file() and ending in {".dbf", ".shx", ".prj"}:
        return f"name the shapefile itself: {path.with_suffix('.shp').name}"
    convert = (
        f"convert it with `ogr2ogr {path.stem}_converted.gpkg {path.name}`, "
        "or in QGIS with Export → Save Features As"
    )
    return f"{convert}; read are {ACCEPTED}"
