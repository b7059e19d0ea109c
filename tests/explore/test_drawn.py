"""Needs drawn by chance: from the margins of error, and of the whole city; a run like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from test_sweep import town

from planner import flow
from planner.errors import InputFault

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def needs(project: Path, **drawn: Any) -> pd.Series:  # noqa: ANN401 - keys of the scenario
    """Need of each cell with so drawn a scenario."""
    over = {f"drawn.{key}": value for key, value in drawn.items()}
    question = flow.ask(project / "scenarios" / "sixmile.yaml", overrides=over, ear=flow.Ear())
    return question.problem.need.set_index("cell")["need"]


def test_needs_are_drawn_by_seed(tmp_path: Path) -> None:
    """Without margins nothing but the demand of the whole city moves, by one factor, even on average."""
    project = town(tmp_path, "")
    plain = needs(project)
    assert needs(project, seed=1).equals(plain)
    drawn = [needs(project, seed=seed, demand=0.2) / plain for seed in range(200)]
    assert all(one.max() == pytest.approx(one.min()) for one in drawn)
    factors = np.array([one.iloc[0] for one in drawn])
    assert factors.mean() == pytest.approx(1.0, abs=0.05)
    assert np.log(factors).std() == pytest.approx(0.2, abs=0.03)
    assert needs(project, seed=7, demand=0.2).equals(needs(project, seed=7, demand=0.2))


def test_needs_are_drawn_from_their_margins(tmp_path: Path) -> None:
    """A margin of 30 at 90 %: the need of each ward moves by itself, with that standard error."""
    project = town(tmp_path, "")
    wards = project / "data" / "sixmile" / "wards.geojson"
    wards.write_text(
        wards.read_text(encoding="utf-8").replace('"care":', '"off": 30, "care":'), encoding="utf-8"
    )
    file = project / "scenarios" / "sixmile.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("count: care}", "count: care, margin: off}"), encoding="utf-8")
    plain = needs(project)
    moved = np.array([(needs(project, seed=seed) - plain).to_numpy() for seed in range(300)])
    assert moved.std() == pytest.approx(30 / 1.645, rel=0.1)
    assert abs(np.corrcoef(moved.T)[0, 1]) < 0.2


def test_a_drawn_scenario_is_a_run_like_any_other(tmp_path: Path) -> None:
    """It says that its needs are drawn, and is verified from what it keeps."""
    project = town(tmp_path, "")
    over = {"drawn.seed": 3, "drawn.demand": 0.3}
    run = flow.run(project / "scenarios" / "sixmile.yaml", overrides=over)
    assert flow.verify(run.folder).kept
    assert "Needs are drawn by chance (seed 3)" in (run.folder / "report.html").read_text(encoding="utf-8")
    with pytest.raises(InputFault, match=r"drawn\.seed: must be 0 or more"):
        flow.run(project / "scenarios" / "sixmile.yaml", overrides={"drawn.seed": -1})
