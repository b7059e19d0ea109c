"""Sixmile in a folder of its own: a shipped scenario run there from the file to the report."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from planner import flow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

HERE = Path(__file__).parents[2]


def ran(name: str, folder: Path, overrides: Mapping[str, Any] | None = None) -> flow.Run:
    """Run a scenario of Sixmile in a copy of the project."""
    for part in ("data/sixmile", "scenarios"):
        shutil.copytree(HERE / part, folder / part, dirs_exist_ok=True)
    (folder / "planner.toml").touch()
    return flow.run(folder / "scenarios" / name, overrides=overrides)


def words(text: str) -> str:
    """Return a text with plain spaces."""
    return text.replace("\N{NO-BREAK SPACE}", " ")
