"""The equity audit on the page: right figures, tables beside pictures, plain words for all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import invented_plan
import pytest

from planner import catalogue
from planner.frames.equity import EQUITY_TABLES
from planner.report import charts, fairness, plain
from planner.report.charts import round_ticks
from planner.report.fairness import Audit
from planner.report.figures import add_up

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def audit() -> Audit:
    """Return the audit of the invented plan."""
    scenario, city, plan = invented_plan.scenario(), invented_plan.city(), invented_plan.plan()
    figures = add_up(scenario, city, plan, invented_plan.services())
    return Audit(scenario, figures, invented_plan.audit(scenario, city, plan))


def test_tables_are_written(tmp_path: Path) -> None:
    """Every table of the audit stands in the run, as Parquet and as CSV."""
    invented_plan.write(tmp_path)
    for frame in EQUITY_TABLES:
        for kind in ("parquet", "csv"):
            assert (tmp_path / "equity" / f"{frame.name}.{kind}").is_file(), frame.name


def test_gains_by_hand(audit: Audit) -> None:
    """Of 1,500 residents 1,100 live in the two cells that gain; the column of losses is left out."""
    sheet = fairness.gains(audit)
    assert sheet.rows[0][:3] == ("All residents", "1,100", "400")
    assert sheet.heads[-1] == "Lose"
    assert {row[-1] for row in sheet.rows} == {"0"}


def test_the_other_ways_stand_beside_the_plan(audit: Audit) -> None:
    """Health serves 80 of 140, before nobody; with the same tables the other ways are the same."""
    sheet = fairness.ways(audit)
    assert len(sheet.heads) == 5
    assert [cell.replace("\u00a0", " ") for cell in sheet.rows[0]] == ["Served: health", "0 %", *["57 %"] * 3]
    assert "instead of" in fairness.if_nearest(audit)
    assert "14 of the plan’s 14 EUR million" in fairness.if_even(audit)


def test_if_nearest_tells_who_is_turned_away(audit: Audit) -> None:
    """A service that serves fewer when people go to the nearest is told with both figures."""
    table = audit.tables["beside"].copy()
    mine = (table["when"] == "nearest") & (table["service"] == "health")
    table.loc[mine, "reached"] = 61.0
    told = fairness.if_nearest(replace(audit, tables={**audit.tables, "beside": table}))
    assert told.startswith("Health serves 61 instead of 80 people. Average wellbeing is then ")


def test_levelling_down_is_said(audit: Audit) -> None:
    """Where those ahead fell, the sentence names the service, the group and the losers."""
    assert "those ahead do not lose" in fairness.levelling(audit)
    table = audit.tables["gaps"].assign(levelled_down=True, losers=7.0)
    told = fairness.levelling(replace(audit, tables={**audit.tables, "gaps": table}))
    assert "People living where people below the poverty line live (7 losers)" in told


def test_closures_are_said(audit: Audit) -> None:
    """Nobody is displaced where all is kept; else the sentence counts them."""
    assert "nobody is displaced" in fairness.closures(audit)
    table = audit.tables["displaced"]
    table.loc[0] = [1, "education", "everyone", 40.0, 30.0, 10.0]
    told = fairness.closures(replace(audit, tables={**audit.tables, "displaced": table}))
    assert told == "Closures displace people: education for 40, of whom 10 are not served any more."


def test_every_curve_has_its_table(audit: Audit) -> None:
    """Four pictures, each with before and plan drawn and eleven rows behind it."""
    drawn = charts.charts(audit)
    assert [chart.key for chart in drawn] == [
        "curve-parade", "curve-generalised-lorenz", "curve-lorenz", "curve-concentration",
    ]  # fmt: skip
    for chart in drawn:
        assert [when for when, _ in chart.lines] == ["before", "after"]
        assert len(chart.sheet.rows) == 11
        points = [tuple(map(float, p.split())) for p in chart.lines[1][1].removeprefix("M").split("L")]
        assert all(chart.left <= x <= chart.right and chart.top <= y <= chart.bottom for x, y in points)
    assert charts.dominance(audit).startswith("The plan is better than before by every welfare")


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 0.58, [0.0, 0.15, 0.3, 0.45, 0.6]),
        (0.0, 1.0, [0.0, 0.25, 0.5, 0.75, 1.0]),
        (-0.4, 1.0, [-0.4, 0.0, 0.4, 0.8, 1.2]),
        (0.0, 0.0, [0.0, 2.5e-10]),
    ],
)
def test_round_ticks(low: float, high: float, ticks: list[float]) -> None:
    """Ticks are round, hold both ends, and 0 is one of them."""
    assert round_ticks(low, high) == pytest.approx(ticks, abs=1e-9)


@pytest.mark.parametrize("measure", sorted(catalogue.units("measure")))
def test_every_measure_has_plain_words(measure: str) -> None:
    """Each measure is explained with its direction, and no name of the code is shown."""
    told = plain.explain_measure(measure)
    assert "is better." in told
    assert "_" not in told


@pytest.mark.parametrize("summary", sorted(catalogue.units("summary")))
def test_every_summary_has_plain_words(summary: str) -> None:
    """Each summary is explained for a good and for a bad; the worst off are named as what they are."""
    for measure in ("wellbeing", "travel"):
        told = plain.explain_summary(summary, measure)
        assert told.endswith((".", ")"))
        assert f"`{summary}`" not in told
    assert "by the needs modelled here" in plain.explain_summary("worst_off", "wellbeing")
    assert "Less is better." in plain.explain_summary("mean", "travel")
    assert "More is better." in plain.explain_summary("mean", "wellbeing")


def test_the_page_tells_it(tmp_path: Path) -> None:
    """The sections stand in the page, in order, after the first screen, which stays as it was."""
    text = invented_plan.write(tmp_path).read_text("utf-8")
    places = [text.index(f'<section id="{name}">') for name in ("gains", "beside", "meet", "money")]
    assert places == sorted(places)
    assert "Beside other ways" not in text.partition("</header>")[0]
    assert (
        "“Worst off” means: by the needs modelled here." in text or "A mean can rise while some lose." in text
    )
