"""Write the folder of a city from an OpenStreetMap extract: all of it, or nothing."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from planner.city.boundary import read_boundary
from planner.city.geojson import write_geojson
from planner.city.osm import read_extract
from planner.city.osm_city import draw
from planner.city.osm_given import outline, read_given
from planner.city.osm_tags import read_tags
from planner.cli.starter.write import SCENARIO, SCHEMA, refuse_taken, write_folder
from planner.errors import Fault, InputFault
from planner.scenario.schema_json import json_schema

if TYPE_CHECKING:
    from pathlib import Path

    from planner.city.osm_city import Drawn
    from planner.city.osm_given import Given

CREDIT = "© OpenStreetMap contributors, ODbL 1.0, https://www.openstreetmap.org/copyright"
TAGS, BLANKS = "tags.csv", "BLANKS.md"
CAPITAL, OPERATING = 500, 60
"""Placeholder for money per resident, to build and a year [budget currency]."""


def write_from_osm(
    folder: Path,
    extract: Path,
    *,
    people: int | Path | None,
    boundary: Path | None = None,
    tags: Path | None = None,
    most_sites: int = 500,
    given: Given | None = None,
) -> Drawn:
    """Write a city folder with a scenario that runs and the list of what must be supplied by hand.

    Raises
    ------
    InputFault
        When something stands there already, or an input cannot serve; nothing is written.
    MachineFault
        When the disk is full or read-only, or permission is refused; nothing is left behind.
    """
    refuse_taken(folder)
    if people is None and not (given is not None and given.counted):
        hint = (
            "state their number, such as `--people 380000`, name a grid with `--people-raster FILE.tif`, or "
            "the column that counts them in your own neighbourhoods with `--residents`"
        )
        raise InputFault(Fault("a map does not tell how many people live there", "--people", hint))
    text = _shipped(TAGS) if tags is None else _text(tags)
    table = read_tags(text, TAGS if tags is None else str(tags))
    wards = None if given is None else read_given(given)
    area = None if wards is None else outline(wards)
    area = area if boundary is None else read_boundary(boundary)
    kept = {"boundary": area, "most_sites": most_sites, "name": str(extract), "given": wards}
    drawn = draw(read_extract(extract), people, table, **kept)  # type: ignore[arg-type]
    write_folder(folder, lambda draft: _fill(draft, drawn, text))
    return drawn


def _fill(folder: Path, drawn: Drawn, tags: str) -> None:
    data = folder / "data"
    data.mkdir()
    for name, layer in drawn.layers.items():
        write_geojson(data / f"{name}.geojson", layer, 7, CREDIT)
    drawn.cells.to_csv(data / "cells.csv", index=False, lineterminator="\n")
    people = drawn.people
    money = {"capital": people * CAPITAL / 1e6, "operating": people * OPERATING / 1e6}
    words = {"people": str(people), "crs": drawn.crs, "notes": "\n".join(f"- {n}" for n in drawn.notes)}
    words |= {key: f"{value:.6g}" for key, value in money.items()}
    lines = _shipped(SCENARIO).splitlines(keepends=True)
    there = [line for line in lines if not _missing(line, drawn)]
    written = {
        SCENARIO: _filled("".join(there), words),
        BLANKS: _filled(_shipped(BLANKS), words),
        TAGS: tags,
        SCHEMA: json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n",
    }
    for name, content in written.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")


def _missing(line: str, drawn: Drawn) -> bool:
    """Whether a line names existing places of which the extract shows none."""
    start = "    existing: {file: data/"
    return line.startswith(start) and line.removeprefix(start).split(".")[0] not in drawn.layers


def _filled(text: str, words: dict[str, str]) -> str:
    for key, value in words.items():
        text = text.replace(f"{{{key}}}", value)
    return text


def _shipped(name: str) -> str:
    return (files("planner.cli.from_osm") / "files" / name).read_text(encoding="utf-8")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        hint = f"write a CSV in UTF-8 such as the {TAGS} that `planner init DIR --osm EXTRACT` leaves in DIR"
        raise InputFault(Fault("the table of tags cannot be read", str(path), hint)) from error
