"""Sixmile builds homes into which people move, with the clinic they lack beside them: figures by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sixmile import ran, words

from planner import flow

if TYPE_CHECKING:
    from pathlib import Path

# Two services of equal weight; the highest need per resident is 300 / 1,000 (care), 100 / 1,000 (homes).
# A unit of care at quality 1 is worth ½ / 0.3 = 5/3 of a resident's wellbeing, a home ½ / 0.1 = 5.
CARE, HOME = 5 / 3, 5.0
# All need: 1,200 people, 300 homes (100, 80, 60, 40, 20, 0).
ALL = 1200 * CARE + 300 * HOME
# Today: clinic_c serves 150 at 0.8, clinic_d 100 at 1; nobody has a new home.
TODAY = (150 * 0.8 + 100) * CARE
# 5 to build: a clinic (3) and a row of 40 homes (2), or two rows. Full quality one ward away, half at two.
#   clinic at site_e: d 100, e 200, f 300 at 1; clinic_d: c 100 at 1; clinic_c: b 150 at 0.8:
#     600 + 100 + 120 = 820
#   clinic at site_b, its mirror: a 300, b 200, c 100 at 1; clinic_d: e 100 at 1; clinic_c: d 100 at 0.8,
#     e 50 at 0.4: 600 + 100 + 80 + 20 = 800. From the other sites less: a 750, c 700, d 695, f 720.
CLINIC = 820
# 40 homes at site_e for 80 people of a, where 300 of 1,000 need care and none have any: 80 × 0.3 = 24 more at
# the clinic beside them. From b, where 50 of 200 have none, at most 80 × 0.2 = 16. At site_a nobody does.
MOVED = 24


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> flow.Run:
    """The scenario, run once."""
    return ran("sixmile_homes.yaml", tmp_path_factory.mktemp("homes"))


def test_homes_beside_the_clinic(run: flow.Run) -> None:
    """The plan, who moves, and its value are those worked out by hand; it is checked from its tables."""
    built = run.plan.facilities[run.plan.facilities["state"] == "built"]
    assert sorted(built["provider"]) == ["care/site_e/clinic", "homes/site_e/row"]
    moves = pd.read_parquet(run.folder / "plan" / "moves.parquet")
    assert moves[["cell", "service", "place", "homes", "people"]].to_numpy().tolist() == [
        ["a", "homes", "site_e", 40.0, 80.0]
    ]
    served = run.plan.assignment.set_index(["service", "cell", "home"])["served"].to_dict()
    assert served == pytest.approx(
        {
            ("care", "a", "site_e"): 24.0,
            ("care", "b", ""): 150.0,
            ("care", "c", ""): 100.0,
            ("care", "d", ""): 100.0,
            ("care", "e", ""): 200.0,
            ("care", "f", ""): 300.0,
            ("homes", "a", ""): 40.0,
        }
    )
    assert run.plan.status.before == pytest.approx(ALL - TODAY)
    assert run.plan.status.value == pytest.approx(ALL - (CLINIC + MOVED) * CARE - 40 * HOME)
    assert run.plan.status.ending == "optimal"
    assert flow.verify(run.folder).kept


def test_they_count_where_they_come_from(run: flow.Run) -> None:
    """Ward a keeps its 1,000 residents and 300 in need, of whom 24 are served: 8 %; site e gains nobody."""
    points = run.plan.need_points.set_index(["service", "cell"])
    assert points.loc[("care", "a"), ["residents", "need", "reached"]].tolist() == pytest.approx(
        [1000, 300, 24]
    )
    assert points.loc[("care", "e"), ["residents", "need", "reached"]].tolist() == pytest.approx(
        [1000, 200, 200]
    )
    after = run.indicators[(run.indicators["when"] == "after") & (run.indicators["group"] == "everyone")]
    figures = after.set_index(["service", "measure", "summary"])["value"]
    assert figures["care", "reached_share", "mean"] == pytest.approx((24 + 150 + 100 + 600) / 1200)
    # 40 of 300 homes, and no more people than there are
    assert figures["homes", "reached_share", "mean"] == pytest.approx(40 / 300)


def test_the_report_says_who_moves(run: flow.Run) -> None:
    """The first page says it in words, and a table lists it."""
    page = words((run.folder / "report.html").read_text(encoding="utf-8"))
    assert (
        "80 people move into new homes, from Ward A (80) to site_e (80). They are served from there with "
        "everything else, and go on to count where they come from."
    ) in page
    assert "Who moves into the new homes" in page


def test_without_moving_homes_are_worth_the_same_anywhere(tmp_path: Path) -> None:
    """Nobody moves unless the scenario says so: 820 served, and the homes at either site."""
    run = ran("sixmile_homes.yaml", tmp_path, {"services.homes.moves_people": None})
    assert run.plan.status.value == pytest.approx(ALL - CLINIC * CARE - 40 * HOME)
    assert pd.read_parquet(run.folder / "plan" / "moves.parquet").empty
    assert set(run.plan.assignment["home"]) == {""}
    assert "move into new homes" not in (run.folder / "report.html").read_text(encoding="utf-8")
    assert flow.verify(run.folder).kept


def test_a_run_of_an_earlier_version_is_read(run: flow.Run, tmp_path: Path) -> None:
    """Without the table of moves a run is read; the checker tells that people move and are not told."""
    own = ran("sixmile_homes.yaml", tmp_path)
    (own.folder / "plan" / "moves.parquet").unlink()
    verdict = flow.verify(own.folder)
    assert any("people move and are not told" in fault for fault in verdict.faults)


OVER_TIME = """
extends: sixmile_homes.yaml
periods:
  early: {years: 5, budget: {capital: 3}}
  late: {years: 5, budget: {capital: 2}}
"""


def test_people_move_when_the_homes_stand(tmp_path: Path) -> None:
    """With money for the clinic first and for the homes later, they move in the second period, not before."""
    ran("sixmile_homes.yaml", tmp_path)
    file = tmp_path / "scenarios" / "homes_later.yaml"
    file.write_text(OVER_TIME, encoding="utf-8")
    run = flow.run(file)
    moves = pd.read_parquet(run.folder / "plan" / "moves.parquet")
    assert moves[["period", "cell", "place", "people"]].to_numpy().tolist() == [[2, "a", "site_e", 80.0]]
    table = run.plan.assignment
    assert table.loc[table["home"] != "", ["period", "served"]].to_numpy().tolist() == [[2, 24.0]]
    # an average year: the clinic in both halves of the time, homes and those who moved in the second
    assert run.plan.status.value == pytest.approx(ALL - (CLINIC + MOVED / 2) * CARE - 20 * HOME)
    assert flow.verify(run.folder).kept
