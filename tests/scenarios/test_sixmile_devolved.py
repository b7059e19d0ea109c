"""Power devolved in Sixmile: what a part of the money for each district costs, worked out by hand."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from sixmile import HERE, ran

from planner import flow
from planner.errors import InputFault

if TYPE_CHECKING:
    from pathlib import Path

# In 2031 care is needed by a 300, b 200, c 100 (west) and d 100, e 300, f 600 (east). Money for two clinics
# of 300, or one centre of 900. Full quality up to 10 minutes, the next ward.
#
# Without the rules: a centre in the east serves 900 of d, e and f in full; clinic_d the other 100 of them;
# clinic_c 150 of b and c at quality 0.8: 900 + 100 + 120 = 1,120. Of the poor, who need 150, 80, 30, 20, 30
# and 0, all of d and e are served (50), and at most 80 × 0.6 of b (150 × 0.8 of 200): (50 + 48) / 310 = 32 %;
# of the others, who need 1,290, all of the east, 80 + 270 + 600 = 950 and more: a gap above 0.4.
#
# With them: the centre, 6 of 6, would leave the west without its 0.5 × 3,000/6,000 × 6 = 1.5; so two clinics,
# one in each district (with two in one, the other has nothing): 300 + 300 + 120 + 100 = 820, as every place
# works to capacity at its full quality. That can be so with the poor served as the others are, to a tenth.
FREE, DEVOLVED = 1120.0, 820.0
NEED = {"a": 300, "b": 200, "c": 100, "d": 100, "e": 300, "f": 600}
POOR = {"a": 0.5, "b": 0.4, "c": 0.3, "d": 0.2, "e": 0.1, "f": 0.0}


SCENARIO = "sixmile_devolved.yaml"


def _means(run: flow.Run) -> tuple[float, float]:
    """Coverage of the poor and of the others, from the written need points."""
    got = run.plan.need_points.set_index("cell")["quality_weighted"]
    poor = sum(POOR[w] * got[w] for w in NEED) / sum(POOR[w] * NEED[w] for w in NEED)
    rest = sum((1 - POOR[w]) * got[w] for w in NEED) / sum((1 - POOR[w]) * NEED[w] for w in NEED)
    return poor, rest


def test_each_district_gets_its_part(tmp_path: Path) -> None:
    """One clinic in each district, 820 served, the poor and the others alike to a tenth; all verified."""
    run = ran(SCENARIO, tmp_path)
    new = run.plan.facilities[~run.plan.facilities["existing"]]
    assert sorted(new["place"].isin(["site_a", "site_b", "site_c"])) == [False, True]
    assert set(new["option"]) == {"clinic"}
    assert run.plan.need_points["quality_weighted"].sum() == pytest.approx(DEVOLVED)
    poor, rest = _means(run)
    assert abs(poor - rest) <= 0.1 + 1e-6
    assert run.plan.status.ending == "optimal"
    assert flow.verify(run.folder).kept


def test_without_the_rules_all_goes_to_the_east(tmp_path: Path) -> None:
    """The same town without the two rules: one centre in the east, 300 more served, the poor far behind."""
    run = ran(SCENARIO, tmp_path, {"constraints": []})
    new = run.plan.facilities[~run.plan.facilities["existing"]]
    assert list(new["option"]) == ["centre"]
    assert set(new["place"]) <= {"site_e", "site_f"}
    assert run.plan.need_points["quality_weighted"].sum() == pytest.approx(FREE)
    poor, rest = _means(run)
    assert rest - poor > 0.4


def test_a_plan_that_passes_a_district_by_is_refused(tmp_path: Path) -> None:
    """The centre in the east, put before the rules by hand, does not keep them."""
    for part in ("data/sixmile", "scenarios"):
        shutil.copytree(HERE / part, tmp_path / part)
    (tmp_path / "planner.toml").touch()
    facilities = tmp_path / "centre.csv"
    facilities.write_text("service,site,option\ncare,site_e,centre\n", encoding="utf-8")
    with pytest.raises(InputFault, match="do not keep the scenario's rules"):
        flow.assess_given(tmp_path / "scenarios" / SCENARIO, facilities)
