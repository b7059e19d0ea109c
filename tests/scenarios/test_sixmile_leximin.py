"""Sixmile by levels of wellbeing: who is left below each, worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sixmile import ran, words

from planner import flow

if TYPE_CHECKING:
    from pathlib import Path

# Care is needed by a 300, b 200, c 100, d 100, e 200, f 300 of 1,000 each; k is 0.3, so that a ward's
# wellbeing is 1 − (need left) / 300. clinic_c gives 150 of b, c, d quality 0.8, clinic_d 100 of c, d, e
# quality 1; there is money for two clinics of 300. Nothing built: b 1/3 + 50/300 by clinic_c and e
# 1/3 + 50/300 by clinic_d reach 0.5, c and d are above it, a and f have nothing: 2,000 people below 0.5; and
# nobody has all, as what is left of clinic_d is 50 of the 100 that c or d need.
#
# Below 0.5 nobody need be: 150 of a, 150 of f and 50 of e by the new clinics and clinic_d, 50 of b by
# clinic_c. A wellbeing of 1 takes all need of a ward at quality 1, of which there are 300 + 300 + 100 = 700
# (who goes 10 to 20 minutes has half of it). With a and f at 150 and e at 50, a whole c and d take 100 each,
# and of the 150 that are left a, e or f take 150 to be whole: three wards. Four wards take 600 (b, c, d, e)
# and leave 100 of the 300 that a and f need, of which clinic_c could bring 60; any other four take all 700,
# and leave nothing for a or f. So 3,000 people stay below 1.
#
# At a resolution of 1 only having all counts: four wards take 600 or 700, a fifth takes 300 more.


def test_levels_of_sixmile(tmp_path: Path) -> None:
    """Of 2,000 below a half none are left, then 3,000 of 6,000 below 1; both proven, told and verified."""
    run = ran("sixmile.yaml", tmp_path, {"objective": {"leximin": {"resolution": 0.5}}})
    half, one = run.plan.status.steps
    assert (half.name, half.value, half.bound, half.before) == ("people below 0.5", 0.0, 0.0, 2000.0)
    assert (one.name, one.value, one.before) == ("people below 1", 3000.0, 6000.0)
    assert one.bound == pytest.approx(3000.0)
    assert run.plan.status.ending == "optimal"
    assert run.plan.status.level == 1.0
    assert run.plan.status.level_before == pytest.approx(4000 / 6000)
    assert flow.verify(run.folder).kept
    assert (
        "Proven level by level: in this model, no plan within this budget leaves fewer people below 0.5, "
        "nor, with as few there, fewer at any level after it, up to people below 1." in words(run.answer)
    )
    page = words((run.folder / "report.html").read_text(encoding="utf-8"))
    assert "3,000, proven; with nothing built 6,000" in page


def test_one_level_alone(tmp_path: Path) -> None:
    """At a resolution of 1 four wards have all, and 2,000 people are left with less, however little."""
    run = ran("sixmile.yaml", tmp_path, {"objective": {"leximin": {"resolution": 1.0}}})
    [one] = run.plan.status.steps
    assert (one.name, one.value, one.proven) == ("people below 1", 2000.0, True)
    whole = run.plan.need_points.query("quality_weighted > need - 1e-3")
    assert len(whole) == 4
    assert whole["need"].sum() <= 700
    assert flow.verify(run.folder).kept
