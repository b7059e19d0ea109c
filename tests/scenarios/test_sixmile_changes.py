"""What stands in Sixmile is enlarged, improved, given another use or closed: figures worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sixmile import ran, words

from planner import flow
from planner.errors import InputFault

if TYPE_CHECKING:
    from pathlib import Path

# Two services of equal weight; the highest need per resident is 300 / 1,000 (care), 100 / 1,000 (schooling).
# A unit of care at quality 1 is worth ½ / 0.3 = 5/3 of a resident's wellbeing, a pupil ½ / 0.1 = 5.
CARE, PUPIL = 5 / 3, 5.0
# All need: 1,200 people, 600 pupils.
ALL = 1200 * CARE + 600 * PUPIL
# Today: clinic_c 150 at 0.8, clinic_d 100 at 1, school_b 20 at 1, school_f 200 (wards e, f) at 0.5.
TODAY = (150 * 0.8 + 100) * CARE + (20 + 200 * 0.5) * PUPIL
# With 2.1 to build and 0.2 a year:
#   clinic_c bigger    300 at 0.8 instead of 150: + 150 × 0.8 × 5/3 = + 200     costs 1    and 0.3 a year
#   clinic_d to school 200 pupils of c, d – 100 people: + 1,000 − 166.7         costs 0.5  and 0.2
#   school_f better    200 at 1 instead of 0.5: + 500                           costs 0.5  and 0.1
#   school_b shut      − 20 × 5 = − 100                                         costs 0.1  and saves 0.4
# together 2.1 and 0.2. Without closing school_b only 0.2 a year is left: to_school alone (+ 833.3), or both
# `better` (+ 550). clinic_d bigger instead of to_school: + 250. Nothing else can be paid for.
AFTER = 300 * 0.8 * CARE + (200 + 200) * PUPIL


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> flow.Run:
    """The scenario, run once."""
    return ran("sixmile_changes.yaml", tmp_path_factory.mktemp("changes"))


def test_changes(run: flow.Run) -> None:
    """All four kinds of change, their money, and the words, are those worked out by hand."""
    table = run.plan.facilities.set_index("facility")
    assert table["state"].to_dict() == {
        "care/clinic_c": "expanded",
        "care/clinic_d": "repurposed",
        "school/school_b": "closed",
        "school/school_f": "upgraded",
    }
    assert table["capacity"].to_dict() == {
        "care/clinic_c": 300,
        "care/clinic_d": 200,
        "school/school_b": 0,
        "school/school_f": 200,
    }
    assert table.loc["care/clinic_d", "service"] == "school"
    assert table["capital_cost"].sum() == pytest.approx(2.1)
    assert table["operating_cost"].to_dict() == pytest.approx(
        {"care/clinic_c": 0.3, "care/clinic_d": 0.2, "school/school_b": -0.4, "school/school_f": 0.1}
    )
    assert run.plan.status.before == pytest.approx(ALL - TODAY)
    assert run.plan.status.value == pytest.approx(ALL - AFTER)
    assert run.plan.status.ending == "optimal"
    assert words(run.answer).startswith(
        "The plan expands clinic_c (health care), upgrades school_f (schooling), repurposes clinic_d for "
        "schooling and closes school_b (schooling), for 2.1 of 2.1 million to build and 0.2 of 0.2 million "
        "a year to run."
    )
    assert flow.verify(run.folder).kept


def test_the_displaced_are_counted_and_named(run: flow.Run) -> None:
    """All 100 of clinic_d and all 20 of school_b lose their place; those of the others do not."""
    lost = pd.read_parquet(run.folder / "equity" / "displaced.parquet").set_index(["service", "group"])
    everyone = lost.xs("everyone", level="group")
    assert everyone["displaced"].to_dict() == {"care": 100.0, "school": 20.0}
    after = run.plan.assignment.groupby(["service", "cell"])["served"].sum()
    for service, facility, whole in (("care", "clinic_d", 100.0), ("school", "school_b", 20.0)):
        before = run.plan.before[run.plan.before["service"] == service]
        mine = before[before["provider"] == f"{service}/{facility}"]
        assert mine["served"].sum() == whole
        elsewhere = 0.0
        for cell, own in zip(mine["cell"], mine["served"], strict=True):
            others = before.loc[(before["cell"] == cell), "served"].sum() - own
            elsewhere += min(max(after.get((service, cell), 0.0) - others, 0.0), own)
        assert everyone.loc[service, "served_elsewhere"] == pytest.approx(elsewhere)
        assert everyone.loc[service, "left_without"] == pytest.approx(whole - elsewhere)
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "Those who are served today at clinic_d, school_b lose their place" in page.replace(" and ", ", ")
    assert "repurposed for schooling" in page
    assert "Who loses the facility that serves them today" in page


def test_before_is_what_stands_today(run: flow.Run) -> None:
    """Indicators of `before` know the facilities as they are, not as the plan leaves them."""
    first = run.indicators[(run.indicators["when"] == "before") & (run.indicators["group"] == "everyone")]
    figures = first.set_index(["service", "measure", "summary"])["value"]
    # mean share of the need that is served: 250 of 1,200, 220 of 600
    assert figures["care", "reached_share", "mean"] == pytest.approx(250 / 1200, abs=1e-6)
    assert figures["school", "reached_share", "mean"] == pytest.approx(220 / 600, abs=1e-6)


def test_a_change_that_brings_nothing_is_not_made(tmp_path: Path) -> None:
    """Without limits on money clinics become larger, but none is closed though closing costs nothing then."""
    free = {
        "budget.capital": 100,
        "budget.operating": 100,
        "services.care.existing.changes.shut.capital_cost": 0,
    }
    free_run = ran("sixmile_changes.yaml", tmp_path, free)
    assert "closed" not in set(free_run.plan.facilities["state"])


def test_a_hand_made_plan_names_its_changes(run: flow.Run, tmp_path: Path) -> None:
    """The run's own table is a plan by hand of the same value; two changes of one facility are refused."""
    scenario = run.folder.parents[1] / "scenarios" / "sixmile_changes.yaml"
    again = flow.assess_given(scenario, run.folder / "plan" / "facilities.csv")
    assert again.plan.status.value == pytest.approx(run.plan.status.value)
    assert again.plan.facilities["provider"].tolist() == run.plan.facilities["provider"].tolist()
    file = tmp_path / "twice.csv"
    file.write_text("service,site,option\ncare,clinic_c,bigger\ncare,clinic_c,better\n", encoding="utf-8")
    with pytest.raises(InputFault, match="care/clinic_c cannot have several changes at once: better, bigger"):
        flow.assess_given(scenario, file)
