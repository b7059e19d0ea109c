"""Inside a cage of its own: OpenStreetMap extracts, read by osmium, handed over as Arrow.

Run as `python -m planner.city.cage_osm FOLDER`, as `cage` is; `osm` is the parent's side.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import shapely

from planner.city.cage import limit
from planner.city.cage_table import write

if TYPE_CHECKING:
    from collections.abc import Sequence

osmium: Any = import_module("osmium")  # whose types do not tell what was filtered

type Row = tuple[str, dict[str, str], Any]  # id, tags, geometry as WKB

LAYERS = ("points", "ways", "areas", "borders")
"""What is handed over: one Arrow file each, with the columns `osm` and `tags` (JSON)."""


STARVED, NO_ROOM = "there is not enough memory to read it", "temporarily unavailable"
"""What is told, and what osmium says when its threads find no room."""


def main() -> None:
    """Read the extract of the request, or say why it cannot be read."""
    folder = Path(sys.argv[1])
    request = json.loads((folder / "request.json").read_text("utf-8"))
    limit(**request["limits"])
    (folder / "now").write_text("0", "utf-8")
    try:
        for name, rows in zip(LAYERS, _layers(request["path"]), strict=True):
            _write(folder / f"{name}.arrow", rows)
        answer = {}
    except MemoryError:
        answer = {"machine": STARVED}
    except (RuntimeError, ValueError) as error:
        told = str(error).replace(request["path"], Path(request["path"]).name)
        answer = {"machine": STARVED} if NO_ROOM in told else {"fault": told}
    (folder / "answer.json").write_text(json.dumps(answer), "utf-8")


def _layers(path: str) -> Sequence[Sequence[Row]]:
    """Tagged nodes; highways; closed ways and multipolygons; boundaries that are cut."""
    points: list[Row] = []
    ways: list[Row] = []
    areas: list[Row] = []
    make = osmium.geom.WKBFactory()
    for thing in osmium.FileProcessor(path).with_areas().with_filter(osmium.filter.EmptyTagFilter()):
        if thing.is_area() and thing.num_rings()[0]:
            kind = "way" if thing.from_way() else "relation"
            areas.append((f"{kind}/{thing.orig_id()}", dict(thing.tags), make.create_multipolygon(thing)))
        elif thing.is_node():
            points.append((f"node/{thing.id}", dict(thing.tags), make.create_point(thing)))
        elif thing.is_way() and "highway" in thing.tags and _whole(thing):
            ways.append((f"way/{thing.id}", dict(thing.tags), make.create_linestring(thing)))
    return points, ways, areas, _borders(path, {osm for osm, _, _ in areas})


def _borders(path: str, known: set[str]) -> list[Row]:
    """Boundary relations that osmium could not assemble, as the lines of those ways that are there."""
    tags: dict[str, dict[str, str]] = {}
    members: dict[str, set[int]] = {}
    for relation in osmium.FileProcessor(path, osmium.osm.RELATION):
        osm = f"relation/{relation.id}"
        if relation.tags.get("boundary") == "administrative" and osm not in known:
            tags[osm] = dict(relation.tags)
            members[osm] = {m.ref for m in relation.members if m.type == "w" and m.role != "inner"}
    wanted = set().union(*members.values()) if members else set()
    make = osmium.geom.WKBFactory()
    lines: dict[int, Any] = {}
    for way in osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY).with_locations():
        if way.is_way() and way.id in wanted and _whole(way):
            lines[way.id] = shapely.from_wkb(bytes.fromhex(make.create_linestring(way)))
    shapes = {osm: [lines[way] for way in sorted(ids) if way in lines] for osm, ids in members.items()}
    return [(osm, tags[osm], shapely.MultiLineString(s).wkb_hex) for osm, s in shapes.items() if s]


def _whole(way: Any) -> bool:  # noqa: ANN401 - osmium's way
    return len({node.ref for node in way.nodes}) > 1 and all(n.location.valid() for n in way.nodes)


def _write(target: Path, rows: Sequence[Row]) -> None:
    """Rows sorted by id; shapes as WKB."""
    rows = sorted(rows, key=lambda row: row[0])
    columns = {
        "osm": pa.array([row[0] for row in rows], pa.string()),
        "tags": pa.array([json.dumps(row[1], ensure_ascii=False) for row in rows], pa.string()),
    }
    write(target, columns, geometry=pa.array([bytes.fromhex(row[2]) for row in rows], pa.binary()))


if __name__ == "__main__":
    main()
