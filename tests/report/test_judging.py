"""A report says by what people are judged, where that is one service."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from planner import flow
from planner.cli.principles_table import compare

sys.path.append(str(Path(__file__).parents[1] / "scenarios"))
from sixmile import ran, words

COVERAGE = "the coverage of health care that, given alike to everybody who needs it"


def test_coverage_is_told_as_coverage(tmp_path: Path) -> None:
    """The page says by what people are judged and what an equal outcome is; by hand, 820 of 1,200 are served.

    Two clinics of 300, clinic_c 150 at quality 0.8, clinic_d 100.
    """
    run = ran("sixmile.yaml", tmp_path, {"judge": {"coverage": "care"}})
    assert run.plan.status.value == pytest.approx(1200 - 820)
    assert run.plan.status.level == pytest.approx(820 / 1200)
    page = words((run.folder / "report.html").read_text(encoding="utf-8"))
    assert "People are judged by their coverage of health care: the share of their need that is met." in page
    assert COVERAGE in page
    assert flow.verify(run.folder).kept


def test_wellbeing_is_told_as_before(tmp_path: Path) -> None:
    """Without the key nothing is said of coverage, and the equal outcome is one of wellbeing."""
    page = words((ran("sixmile.yaml", tmp_path).folder / "report.html").read_text(encoding="utf-8"))
    assert "People are judged by" not in page
    assert "Equal outcome is the wellbeing that, given to everybody alike, would be worth as much" in page


def test_principles_side_by_side_are_judged_by_coverage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each principle judges by coverage, the table says so, and the mean of the first is 820 of 1,200."""
    project = ran("sixmile.yaml", tmp_path).folder.parents[1]
    compare(
        project / "scenarios" / "sixmile.yaml",
        only=("utilitarian", "maximin"),
        overrides={"judge": {"coverage": "care"}},
        ear=flow.Ear(),
    )
    told = capsys.readouterr().out
    assert "Each plan by every yardstick, of the coverage of care" in told
    assert "0.6833" in told
