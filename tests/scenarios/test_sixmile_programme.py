"""Sixmile gets care at home, and posts that neighbours run beside a clinic: figures worked out by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sixmile import ran, words

from planner import flow

if TYPE_CHECKING:
    from pathlib import Path

# One service; the highest need per resident is 0.3, so a person served at quality 1 is worth 1 / 0.3.
UNIT = 1 / 0.3
# Today clinic_c serves 150 at 0.8 and clinic_d 100 at 1: 220 of 1,200.
TODAY = 150 * 0.8 + 100
# With 5.8 to build, at site_a (1,000 m²) and site_d (500 m²):
#   care at home   3 modules of 100 at 0.6: + 180 for 1.8
#   posts          2 at each site, 50 at 0.8 each: + 160 for 2.0 (200 m² each)
#   a clinic       150 at 1: + 150 for 2.0 (400 m²), beside the posts on site_a: 800 m²; no room on site_d
# together 5.8. One size at a site: a clinic on both, 300 for 4.0, instead of 310.
MIXED, ONE_SIZE = TODAY + 180 + 160 + 150, TODAY + 180 + 300


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> flow.Run:
    """The scenario, run once."""
    return ran("sixmile_programme.yaml", tmp_path_factory.mktemp("programme"))


def test_a_programme_beside_mixed_sizes(run: flow.Run) -> None:
    """The plan, its money and its value are those worked out by hand."""
    table = run.plan.facilities.set_index("provider")
    assert table["modules"].to_dict() == {
        "care/care_at_home/programme": 3,
        "care/clinic_c": 1,
        "care/clinic_d": 1,
        "care/site_a/clinic": 1,
        "care/site_a/post": 2,
        "care/site_d/post": 2,
    }
    assert table["capital_cost"].sum() == pytest.approx(5.8)
    assert table["operating_cost"].sum() == pytest.approx(3 * 0.4 + 4 * 0.1 + 0.5)
    assert run.plan.status.before == pytest.approx((1200 - TODAY) * UNIT)
    assert run.plan.status.value == pytest.approx((1200 - MIXED) * UNIT)
    assert run.plan.status.ending == "optimal"
    assert words(run.answer).startswith(
        "The plan builds 3 for health care (5 modules) and runs care at home (health care) for the whole "
        "city, for 5.8 of 5.8 million to build and 2.1 of 2.5 million a year to run."
    )
    assert flow.verify(run.folder).kept


def test_a_programme_is_at_no_place(run: flow.Run) -> None:
    """It has no coordinates in the tables, no point on the maps, and nobody travels to it."""
    home = run.plan.facilities.set_index("provider").loc["care/care_at_home/programme"]
    assert pd.isna(home["x"])
    assert pd.isna(home["y"])
    assert home["served"] == pytest.approx(300)
    served = run.plan.assignment[run.plan.assignment["provider"] == "care/care_at_home/programme"]
    assert set(served["travel"]) == {0.0}
    assert set(served["quality"]) == {0.6}
    [file] = run.folder.rglob("facilities.geojson")
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    nowhere = [f["properties"]["provider"] for f in features if f["geometry"] is None]
    assert nowhere == ["care/care_at_home/programme"]
    [file] = run.folder.rglob("links.geojson")
    links = json.loads(file.read_text(encoding="utf-8"))["features"]
    assert {f["properties"]["provider"] for f in links if f["geometry"] is None} == set(nowhere)


def test_who_runs_what(run: flow.Run) -> None:
    """Money and people served are told by who runs it, in the table and in the report."""
    sums = run.plan.facilities.groupby("run_by")[["served", "operating_cost", "capital_cost"]].sum()
    assert sums["served"].to_dict() == pytest.approx({"city": 400, "insurance": 300, "neighbours": 200})
    assert sums["operating_cost"].to_dict() == pytest.approx(
        {"city": 0.5, "insurance": 1.2, "neighbours": 0.4}
    )
    assert sums["capital_cost"].to_dict() == pytest.approx({"city": 2.0, "insurance": 1.8, "neighbours": 2.0})
    page = words((run.folder / "report.html").read_text(encoding="utf-8"))
    sheet = page[page.index("Who runs it (million)") :]
    told = sheet[: sheet.index("</table>")]
    assert [text in told for text in ("neighbours", "200 people", "insurance", "300 people")] == [True] * 4


def test_one_size_at_a_site_does_less(tmp_path: Path) -> None:
    """Without `mix_sizes` a clinic stands on each site, and 10 fewer are served well."""
    alone = ran("sixmile_programme.yaml", tmp_path, {"services.care.mix_sizes": False})
    assert alone.plan.status.value == pytest.approx((1200 - ONE_SIZE) * UNIT)
    assert set(alone.plan.facilities["option"]) == {"existing", "clinic", "programme"}
