"""Distribute housing, health, water and education places by a stated principle of justice.

`planner.read_scenario(path)` reads a question, `planner.run(path)` answers it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.flow import run
    from planner.scenario.read import read_scenario

__all__ = ["read_scenario", "run"]

ROOMS = {"read_scenario": "planner.scenario.read", "run": "planner.flow"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import a part of the face when it is asked for, so that the command line starts at once."""
    if name in ROOMS:
        return getattr(import_module(ROOMS[name]), name)
    raise AttributeError(f"module `planner` has no attribute `{name}`")
