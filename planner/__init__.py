"""Distribute housing, health, water and education places by a stated principle of justice.

`planner.read_scenario(path)` reads a question, `planner.run(path)` answers it, `planner.open_run(folder)`
opens an earlier answer, `planner.compare(folders)` sets several side by side. A run shows itself in a
notebook; `run.neighbourhoods`, `run.facilities` and `run.links` are GeoDataFrames.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.explore.answer import Run, open_run
    from planner.flow import compare, run
    from planner.scenario.read import read_scenario

__all__ = ["Run", "compare", "open_run", "read_scenario", "run"]

ROOMS = {
    "Run": "planner.explore.answer",
    "compare": "planner.flow",
    "open_run": "planner.explore.answer",
    "read_scenario": "planner.scenario.read",
    "run": "planner.flow",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import a part of the face when it is asked for, so that the command line starts at once."""
    if name in ROOMS:
        return getattr(import_module(ROOMS[name]), name)
    raise AttributeError(f"module `planner` has no attribute `{name}`")


def __dir__() -> list[str]:
    return sorted({*globals(), *ROOMS})
