"""Errands: single scenarios of a sweep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.scenario.read import read_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planner.scenario.schema import Scenario


@dataclass(frozen=True)
class Errand:
    """One scenario of a sweep.

    Attributes
    ----------
    number
        Its place in the sweep.
    path, allow
        The scenario file, and folders in which layers may lie too.
    values
        Values put over it, by key.
    """

    number: int
    path: Path
    values: Mapping[str, Any]
    allow: tuple[Path, ...] = ()

    @cached_property
    def scenario(self) -> Scenario:
        """What it asks, read once."""
        return read_scenario(self.path, allow=self.allow, overrides=self.values)

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs: it reads the scenario itself."""
        return {name: value for name, value in vars(self).items() if name != "scenario"}
