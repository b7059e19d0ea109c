"""Tables read as the reader's child reads them, but in this process, so that hundreds can be tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiny_city import Tiny

from planner.city.ask import Ask
from planner.city.cage import _answer
from planner.city.findings import Findings
from planner.city.guard import Wanted, _raw, _refuse
from planner.city.source import Source
from planner.scenario.layers import Reading
from planner.scenario.places import Cells

if TYPE_CHECKING:
    from pathlib import Path


def source_of(path: Path, table: dict[str, Any] | None = None, **keys: str) -> Source:
    """Return a table as cells with these columns, by key of the scenario."""
    reading = None if table is None else Reading.model_validate(table)
    spec = Cells(file=path.name, table=reading, crs="EPSG:32633", **keys)
    columns = {("city", "cells", key): name for key, name in keys.items() if key != "layer"}
    ask = Ask(("city", "cells"), spec, path, columns)
    wanted = Wanted(path, frozenset(columns.values()), ask.layer, ask.table)
    request = {
        "path": str(path),
        "columns": sorted(wanted.columns),
        "layer": wanted.layer,
        "table": ask.table,
    }
    target = path.with_name("read.arrow")
    answer = _answer(request, target)
    _refuse([wanted], [answer])
    scenario = Tiny(path.parent, files={}).posed()
    return Source(scenario, ask, _raw(wanted, answer, target), Findings())
