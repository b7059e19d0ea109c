from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from planner import flow
from planner.cli.app import app, guarded
from planner.explore import tables
from planner.frames import INTERVALS

if TYPE_CHECKING:
    from planner.explore.audit import Audit


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a run but those of its audit."""
    files = [path for path in folder.rglob("*") if path.is_file() and tables.FOLDER not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def audited(folder: Path, **asked: int) -> tuple[Audit, Path]:
    """Audit a run with few draws."""
    return flow.audit(folder, **{"draws": 30} | asked, ear=flow.Ear())


def test_command_tells_and_writes(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`planner audit` tells in words, writes beside the run, and leaves the run as it is."""
    before = contents(finished)
    command = partial(app, ["audit", str(finished), "--draws", "30"], prog_name="planner")
    assert guarded(command) == 0
    told = capsys.readouterr().out
    assert "How sure the figures are" in told
    assert "share of those in need who are served" in told
    assert "nan" not in told
    assert contents(finished) == before
    written = {path.name for path in (finished / tables.FOLDER).iterdir()}
    assert {"intervals.csv", "intervals.parquet", "groups.csv", "audit.txt"} <= written
    exact = pd.read_parquet(finished / tables.FOLDER / "intervals.parquet")
    assert INTERVALS.tidy(exact).equals(exact.astype(INTERVALS.tidy(exact).dtypes))
    assert not [path for path in finished.parent.iterdir() if path.name.startswith(".")]


def test_same_seed_same_files(finished: Path) -> None:
    """The same seed writes the same bytes over the earlier audit."""
    _, place = audited(finished, seed=5)
    first = {path.name: path.read_bytes() for path in place.iterdir()}
    audited(finished, seed=5)
    assert {path.name: path.read_bytes() for path in place.iterdir()} == first


def test_an_audit_that_cannot_be_written_leaves_the_earlier(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk fails half way, the earlier audit stands and nothing lies about."""
    _, place = audited(finished)
    first = {path.name: path.read_bytes() for path in place.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(tables, "write_csv", full)
    with pytest.raises(Exception, match="disk is full"):
        audited(finished)
    assert {path.name: path.read_bytes() for path in place.iterdir()} == first
    assert not [path for path in finished.parent.iterdir() if path.name.startswith(".")]


def test_undercount_is_told_with_and_without(made: Path, tmp_path: Path) -> None:
    """A run with people whom the count misses is audited with and without them."""
    city = Path(shutil.copytree(made.parents[1], tmp_path / "city"))
    shutil.rmtree(city / "runs")
    scenario = (city / "scenario.yaml").read_text("utf-8")
    (city / "scenario.yaml").write_text(
        scenario.replace("\ncity:\n", "\ncity:\n  undercount: {missed: {factor: 1.2}}\n", 1), "utf-8"
    )
    done = flow.run(city / "utilitarian.yaml", overrides={"solver.gap": 0.05})
    found, place = audited(done.folder)
    assert found.undercount is not None
    assert (place / "undercount.csv").is_file()
    means = found.undercount[
        (found.undercount["measure"] == "unmet") & (found.undercount["group"] == "everyone")
    ]
    assert (means["uncorrected"] <= means["value"] + 1e-9).all()
    assert (means["uncorrected"] < means["value"]).any()
    assert any("whom the count misses" in line for line in found.words)
    assert np.isfinite(found.certainty.table["level"]).all()
