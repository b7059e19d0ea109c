"""An invented city with one finished run, made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner import flow
from planner.cli.starter import write_starter


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a run of the invented city."""
    folder = tmp_path_factory.mktemp("made") / "city"
    write_starter(folder)
    done = flow.run(folder / "utilitarian.yaml", overrides={"solver.gap": 0.05})
    return done.folder


@pytest.fixture
def finished(made: Path, tmp_path: Path) -> Path:
    """Give a copy of the run in a copy of its city."""
    city = shutil.copytree(made.parents[1], tmp_path / "city")
    return Path(city) / "runs" / made.name
