"""Files that would harm a reader, and sound ones to be spoilt; read many at a time by one caged child."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import random
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import openpyxl
import shapely
from tiny_city import AREAS, CELLS

from planner.city.child import _environment
from planner.city.guard import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COLUMNS = frozenset({"id", "name", "people", "cell", "poor"})
ENDINGS = (
    ".csv", ".tsv", ".txt", ".geojson", ".json", ".gpkg", ".shp", ".fgb", ".parquet", ".xlsx", ".xlsm",
)  # fmt: skip
NOISE = random.Random(5).randbytes(5000)  # noqa: S311 - noise, not secrets


def _bomb() -> bytes:
    """Pack a workbook whose sheet unpacks to 100 MB of zeros."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(100 << 20))
    return packed.getvalue()


def contents(secret: Path, port: int) -> list[bytes]:
    """Contents of which each would read another file, call a server, unpack without end, or confuse."""
    vrt = f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>'
    laughs = '<!DOCTYPE a [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    where = f"http://127.0.0.1:{port}/x"
    told = [
        vrt + "</OGRVRTDataSource>",
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><kml><name>&x;</name></kml>',
        laughs + "]><a>&j;</a>",
        f"<OGRWFSDataSource><URL>{where}</URL></OGRWFSDataSource>",
        f'{{"type":"FeatureCollection","features":[],"links":["{where}"]}}',
        f'{{"type":"Feature","geometry":{{"$ref":"{where}"}}}}',
        '{"type":"FeatureCollection","features":' + "[" * 100_000,
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point",'
        '"coordinates":[1e999,"x"]},"properties":{"id":' + "9" * 5000 + "}}]}",
        '{"type":"Topology","objects":{}}',
        f'id,people\n=HYPERLINK("{where}"),1\n',
        'id,people\n"open,1\n' + "x" * 200_000,
        ",".join(f"c{n}" for n in range(50_000)) + "\n",
        "id,people\n" + "a," * 3000,
        "id,people\nA," + "9" * 100_000 + "\n",
        "\ufeff", "\ufeff\ufeffid,people\n1,1\n", "sep=\n", 'sep="\nid\n', "\r\r\r\n\n", ";;;;\n;;;;\n",
        where, f"/vsicurl/{where}", f"PG:host=127.0.0.1 port={port}", f"{secret}\n", "#!/bin/sh\nexit 1\n",
        "%PDF-1.7\n1 0 obj", "id\0people\n1\0\n",
    ]  # fmt: skip
    raw = [
        b"", b"\0", b"\0" * 4096, b"\xff\xfe", b"\xff\xfe\x00", b"\xfe\xff\xd8\x00", b"PAR1",
        b"PAR1" + bytes(9000) + b"PAR1", b"fgb\x03fgb\x00" + b"\xff" * 600, _bomb(),
        b"\x00\x00\x27\x0a" + b"\xff" * 200, b"PK\3\4" + bytes(60), b"\x1f\x8b\x08" + bytes(40),
        b"SQLite format 3\0" + bytes(52) + b"GPKG" + bytes(900), b"\x89PNG\r\n\x1a\n" + bytes(50),
        pickle.dumps({"a": 1}), NOISE, b"\xd0\xcf\x11\xe0" + bytes(600),
    ]  # fmt: skip
    return [text.encode("utf-8") for text in told] + raw


def sound(folder: Path) -> list[Path]:
    """Write one sound file of each format."""
    frame = gpd.GeoDataFrame.from_features(AREAS["features"], crs="EPSG:4326")
    (folder / "good.csv").write_text(CELLS, "utf-8")
    (folder / "good.geojson").write_text(json.dumps(AREAS), "utf-8")
    frame.to_file(folder / "good.gpkg", layer="areas")
    frame.to_file(folder / "good.fgb")
    frame.to_parquet(folder / "good.parquet")
    frame.assign(geometry=shapely.force_2d(frame.geometry)).to_file(folder / "good.shp")
    book = openpyxl.Workbook()
    for line in CELLS.splitlines():
        book.active.append(line.split(","))
    book.save(folder / "good.xlsx")
    return [
        folder / f"good{ending}"
        for ending in (".csv", ".geojson", ".gpkg", ".fgb", ".parquet", ".shp", ".xlsx")
    ]


def spoilt(content: bytes, rng: random.Random) -> bytes:
    """Change some bytes, cut the file off, double a part of it, or swap two parts."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        at = rng.randrange(len(data)) if data else 0
        match rng.randrange(5):
            case 0:
                data[at : at + 1] = rng.randbytes(1)
            case 1:
                del data[at:]
            case 2:
                data[at:at] = data[at : at + rng.randrange(1, 200)]
            case 3:
                del data[at : at + rng.randrange(1, 50)]
            case _:
                data[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b'","', b"-1e9", b"\n\n;;"))
    return bytes(data)


def command(folder: Path, files: Sequence[Path]) -> tuple[list[str], dict[str, str]]:
    """Write the request for one caged child; return how it is started, and its environment."""
    folder.mkdir()
    limits = {"memory": 6 * 1024**3, "seconds": 60, "size": 1024**3}
    wanted: list[dict[str, Any]] = [
        {"path": str(path), "columns": sorted(Wanted(path, COLUMNS).columns), "layer": None, "table": {}}
        for path in files
    ]
    (folder / "request.json").write_text(json.dumps({"limits": limits, "files": wanted}), "utf-8")
    return [sys.executable, "-P", "-m", "planner.city.cage", str(folder)], _environment()


def marks(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
