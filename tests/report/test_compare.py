"""Comparisons: figures known by hand, what cannot be compared, names that are text, the same bytes twice."""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import kept_run
import numpy as np
import pandas as pd
import pytest
from hostile import HOSTILE
from test_report_page import Reader

from planner import flow
from planner.errors import InputFault
from planner.frames import INTERVALS
from planner.report import compare
from planner.report.compare import sheets, tables, words
from planner.report.compare.asked import asked_apart, inputs_apart
from planner.report.compare.intervals import is_clear
from planner.report.compare.page import render
from planner.report.compare.runs import Pair
from planner.report.layers import MapLayer

if TYPE_CHECKING:
    from planner.report.compare import Beside
    from planner.report.kept import Kept


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a run of the invented plan: 1,000 people in Alder, 500 in Birch, both at 0.7."""
    return kept_run.keep(tmp_path_factory.mktemp("runs") / "tiny-0123abcd")


def other(kept: Kept, folder: Path, wellbeing: tuple[float, float], **changes: object) -> Kept:
    """Copy a run under another name, with other wellbeing in Alder and Birch."""
    shutil.copytree(kept.folder, folder, dirs_exist_ok=True)
    layer = kept.layers["neighbourhoods"]
    frame = layer.frame.assign(wellbeing=[*wellbeing, np.nan])
    copied = replace(kept, folder=folder, **changes)
    copied.__dict__["layers"] = kept.layers | {"neighbourhoods": replace(layer, frame=frame)}
    return copied


@pytest.fixture
def beside(kept: Kept, tmp_path: Path) -> Beside:
    """Return the plan beside one that takes 0.1 from Alder and gives 0.2 to Birch."""
    return compare.line_up([kept, other(kept, tmp_path / "other", (0.6, 0.9))])


def test_who_gains_and_who_loses(beside: Beside) -> None:
    """Birch's 500 people gain, Alder's 1,000 lose; of the poor 50 gain and 500 lose."""
    assert tables.moved(beside, Pair(0, 1), "everyone") == (500, 0, 1000)
    assert tables.moved(beside, Pair(0, 1), "poor") == (50, 0, 500)
    sheet = sheets.people(beside, groups=True)
    assert sheet.rows[1] == (
        "A → B",
        "People living where people below the poverty line live",
        *("50 (9.1\u00a0%)", "0 (0\u00a0%)", "500 (91\u00a0%)"),
    )
    assert "500 residents live where wellbeing is higher, 1,000 where it is lower" in words.answer(beside)[1]


def test_few_people_are_not_told(kept: Kept, tmp_path: Path) -> None:
    """A count of a group between 0 and the smallest that may be printed is left out."""
    scenario = kept.scenario.model_copy(deep=True)
    scenario.indicators.__dict__["smallest_group"] = 100.0
    beside = compare.line_up([kept, other(kept, tmp_path / "other", (0.6, 0.9), scenario=scenario)])
    assert sheets.people(beside, groups=True).rows[1][2:] == ("–", "0 (0\u00a0%)", "500 (91\u00a0%)")


@pytest.mark.parametrize(
    ("wellbeing", "first", "second"),
    [
        ((0.6, 0.9), "ranks", ""),  # A: everybody 0.7; B has a lower mean of its worst off and 0.7 in all
        ((0.7, 0.8), "", "places"),
        ((0.7, 0.7), "", ""),
        ((0.5, 0.6), "places", ""),
        ((0.65, 0.9), "", ""),  # the worst off lose, the sum gains: neither rules
        ((0.9, 0.6), "", ""),
        ((0.7003, 0.7), "", ""),  # not seen in three decimals
    ],
)
def test_dominance(
    kept: Kept, tmp_path: Path, wellbeing: tuple[float, float], first: str, second: str
) -> None:
    """Place by place, or rank by rank (generalised Lorenz), each worked out by hand."""
    beside = compare.line_up([kept, other(kept, tmp_path / "other", wellbeing)])
    assert (tables.dominates(beside, 0, 1), tables.dominates(beside, 1, 0)) == (first, second)
    assert len(words.verdicts(beside)) == 1


def test_ranks_dominate_when_a_permutation_does(kept: Kept, tmp_path: Path) -> None:
    """Where some places lose, the worst-off share may still have more, however large it is taken."""
    one = other(kept, tmp_path / "one", (0.8, 0.6))
    two = other(kept, tmp_path / "two", (0.6, 0.6))
    assert tables.dominates(compare.line_up([one, two]), 0, 1) == "places"
    three, four = other(kept, tmp_path / "three", (0.9, 0.5)), other(kept, tmp_path / "four", (0.5, 0.6))
    assert tables.dominates(compare.line_up([three, four]), 0, 1) == "ranks"
    assert tables.dominates(compare.line_up([four, three]), 0, 1) == ""
    five = other(kept, tmp_path / "five", (0.5, 0.9))
    six = other(kept, tmp_path / "six", (0.55, 0.4))
    assert tables.dominates(compare.line_up([five, six]), 0, 1) == "ranks"


@pytest.mark.parametrize(
    ("measure", "summary", "way"),
    [
        ("wellbeing", "mean", "more"),
        ("travel", "mean", "less"),
        ("unmet", "total", "less"),
        ("wellbeing", "gini", "less"),
        ("travel", "gini", "less"),
        ("wellbeing", "below_floor", "less"),
        ("wellbeing", "not_known", ""),
    ],
)
def test_which_way_is_better(measure: str, summary: str, way: str) -> None:
    """More wellbeing, less travel, less inequality, fewer below the floor; the unknown is not judged."""
    assert tables.better(measure, summary) == way


def test_differences_of_indicators(kept: Kept, tmp_path: Path) -> None:
    """Mean up 0.05 is better, Gini up is worse, fewer below the floor is better; in words and signs."""
    second = other(kept, tmp_path / "other", (0.6, 0.9))
    added = kept.indicators["summary"].map({"mean": 0.05, "gini": 0.01, "below_floor": -200.0})
    after = kept.indicators["when"] == "after"
    second.__dict__["indicators"] = kept.indicators.assign(value=kept.indicators["value"] + added * after)
    table = tables.compared(compare.line_up([kept, second]))
    mine = table[
        (table["run"] == "other") & (table["group"] == "everyone") & (table["measure"] == "wellbeing")
    ]
    told = mine.set_index("summary")[["difference", "direction"]]
    assert told["difference"].round(9).to_dict() == {"mean": 0.05, "gini": 0.01, "below_floor": -200.0}
    assert told["direction"].to_dict() == {"mean": "better", "gini": "worse", "below_floor": "better"}
    assert table[table["run"] == kept.name]["difference"].isna().all()
    sheet = sheets.first(tables.headline(compare.line_up([kept, second])), compare.line_up([kept, second]))
    rows = {row[0]: row[1:] for row in sheet.rows}
    assert rows["Wellbeing, mean"] == ("0.700", "0.750 (+0.050, better)")
    assert rows["Wellbeing, inequality (Gini)"] == ("0.100", "0.110 (+0.010, worse)")
    assert rows["Wellbeing, below the floor"] == (
        "1,000\u00a0people",
        "800\u00a0people (−200\u00a0people, better)",
    )


def test_intervals_tell_what_is_clear(beside: Beside) -> None:
    """Where both runs are audited, a difference is clear when the intervals do not touch."""
    for run, middle in zip(beside.runs, (0.7, 0.75), strict=True):
        (run.folder / "audit").mkdir(exist_ok=True)
        rows = [
            (
                "tiny",
                "after",
                1,
                "all",
                "everyone",
                "wellbeing",
                summary,
                "1",
                middle,
                method,
                low,
                high,
                0.9,
                200,
            )
            for summary, wide in (("mean", 0.01), ("gini", 0.1))
            for method, low, high in (("margins", middle - wide, middle + wide), ("cells", 0.0, 1.0))
        ]
        table = pd.DataFrame(rows, columns=INTERVALS.names)
        table.to_csv(run.folder / "audit" / "intervals.csv", index=False, encoding="utf-8-sig")
    table = tables.compared(beside)
    clear = table[(table["run"] == "other") & (table["group"] == "everyone")].set_index("summary")["clear"]
    assert (clear["mean"].iloc[0], clear["gini"], clear["below_floor"]) == ("yes", "no", "")
    assert words.certainty(beside)[1].startswith("“Clear” means")
    (beside.runs[1].folder / "audit" / "intervals.csv").write_text("torn", encoding="utf-8")
    again = compare.line_up(beside.runs)
    assert words.certainty(again)[2] == "Not audited: B."


def test_what_is_not_proven_is_told(kept: Kept, tmp_path: Path) -> None:
    """The invented plan may miss 0.84 % of the possible gain; one that is proven is not named."""
    proven = other(kept, tmp_path / "other", (0.7, 0.7), status=replace(kept.status, gap=0.0))
    told = words.certainty(compare.line_up([kept, proven]))
    assert "by at most 0.9\u00a0% for A. " in told[0]
    cost = other(kept, tmp_path / "cost", (0.7, 0.7), status=replace(kept.status, before=None))
    assert (
        "or cost less: by at most 0.9\u00a0% for A. " in words.certainty(compare.line_up([cost, proven]))[0]
    )
    again = other(kept, tmp_path / "again", (0.7, 0.7), status=replace(kept.status, gap=0.0))
    assert len(words.certainty(compare.line_up([proven, again]))) == 1


def test_clear_is_not_known_without_both() -> None:
    """Intervals that touch are not clear; one that is missing leaves it open."""
    assert is_clear((0.0, 1.0), (1.0, 2.0)) is False
    assert is_clear((0.0, 1.0), (1.1, 2.0)) is True
    assert is_clear((0.0, 1.0), None) is None


def test_sites_in_common(kept: Kept, tmp_path: Path) -> None:
    """Both build the school at s1; the clinic is only in A, another only in B."""
    second = other(kept, tmp_path / "other", (0.7, 0.7))
    facilities = kept.tables["facilities"]
    moved = facilities.assign(place=facilities["place"].where(facilities["service"] != "health", "s9"))
    second.__dict__["tables"] = kept.tables | {"facilities": moved}
    beside = compare.line_up([kept, second])
    assert tables.sites(beside)["runs"].to_dict() == {
        ("education", "s1", "small"): "AB",
        ("health", "s1", "small"): "A",
        ("health", "s9", "small"): "B",
    }
    rows = {row[0]: row[1:] for row in sheets.overlap(beside).rows}
    assert rows == {"health": ("1", "1", "0", "1", "1"), "education": ("1", "1", "1", "0", "0")}
    assert words.answer(beside)[0] == "Of 3 sites that any plan uses, all plans share 1 (33\u00a0%)."
    assert [len(sheet.rows) for sheet in sheets.places(beside)] == [1, 2]


def test_money_by_service_and_district(kept: Kept, tmp_path: Path) -> None:
    """The clinic costs 12 million and stands in Alder, in the east; the other plan builds half of it."""
    second = other(kept, tmp_path / "other", (0.7, 0.7))
    facilities = kept.tables["facilities"]
    cheaper = facilities["capital_cost"].where(facilities["service"] != "health", 6.0)
    second.__dict__["tables"] = kept.tables | {"facilities": facilities.assign(capital_cost=cheaper)}
    beside = compare.line_up([kept, second])
    rows = {row[:2]: row[2:] for row in sheets.money_by(beside, "service").rows}
    assert rows["health", "to build"] == ("12", "6 (−6)")
    assert rows["All", "to build"] == ("14", "8 (−6)")
    assert sheets.money_by(beside, "district").rows == ()
    for run in beside.runs:
        layer = run.layers["neighbourhoods"]
        run.layers["neighbourhoods"] = replace(
            layer, frame=layer.frame.assign(district=["East", "West", "West"])
        )
    rows = {row[:2]: row[2:] for row in sheets.money_by(beside, "district").rows}
    for run in beside.runs:
        layer = run.layers["neighbourhoods"]
        run.layers["neighbourhoods"] = replace(layer, frame=layer.frame.drop(columns="district"))
    assert rows["East", "to build"] == ("14", "8 (−6)")
    assert ("West", "to build") not in rows


def test_money_of_every_period_counts(kept: Kept, tmp_path: Path) -> None:
    """What is paid in an earlier period is part of what a plan costs; what runs it, of the last one alone."""
    second = other(kept, tmp_path / "other", (0.7, 0.7))
    first = kept.tables["facilities"]
    paid = first["capital_cost"].where(first["service"] != "health", 1.0)
    later = first.assign(period=2, capital_cost=paid.where(first["service"] == "health", 0.0))
    second.__dict__["tables"] = kept.tables | {"facilities": pd.concat([first, later], ignore_index=True)}
    rows = {row[:2]: row[2:] for row in sheets.money_by(compare.line_up([kept, second]), "service").rows}
    assert rows["health", "to build"] == ("12", "13 (+1)")
    assert rows["education", "to build"] == ("2", "2")
    assert rows["All", "to run, a year"] == ("4.5", "4.5")
    assert rows["All", "facilities built"] == ("2", "2")


def test_what_was_asked_differently(kept: Kept, tmp_path: Path) -> None:
    """Every key that differs, with what each says; inputs by hash, and how many are the same."""
    budget = kept.scenario.budget.model_copy(update={"capital": 30.0})
    scenario = kept.scenario.model_copy(update={"budget": budget})
    manifest = dict(kept.manifest) | {"inputs": {"data/n.geojson": "cd" * 32, "data/new.csv": "ef" * 32}}
    second = other(kept, tmp_path / "other", (0.7, 0.7), scenario=scenario, manifest=manifest)
    beside = compare.line_up([kept, second])
    assert asked_apart(beside) == [("budget.capital", "20.0", "30.0")]
    assert inputs_apart(beside) == (
        [("data/n.geojson", "abababababab", "cdcdcdcdcdcd"), ("data/new.csv", "–", "efefefefefef")],
        0,
    )
    assert inputs_apart(compare.line_up([kept, other(kept, tmp_path / "same", (0.7, 0.7))])) == ([], 1)


def elsewhere(kept: Kept, folder: Path, *, ids: list[str], east: float = 0.0) -> Kept:
    """Copy a run whose neighbourhoods have other ids, or lie elsewhere."""
    copied = other(kept, folder, (0.7, 0.7))
    layer = copied.layers["neighbourhoods"]
    frame = layer.frame.assign(neighbourhood=ids)
    frame = frame.set_geometry(frame.geometry.translate(east))
    copied.__dict__["layers"] = copied.layers | {
        "neighbourhoods": MapLayer(layer.name, layer.meaning, layer.columns, frame)
    }
    return copied


def test_what_cannot_be_compared_is_told(kept: Kept, tmp_path: Path) -> None:
    """One run, nine runs, one twice, other cities: each in words."""
    hint = "\n    → compare runs of one city, with the same neighbourhoods"
    cases = [
        ([kept], "a comparison takes 2 to 8 runs (got 1)"),
        ([kept] * 9, "a comparison takes 2 to 8 runs (got 9)"),
        ([kept, kept], f"{kept.folder}: is named twice"),
        (
            [kept, elsewhere(kept, tmp_path / "x", ids=["q", "r", "s"])],
            f"{tmp_path}/x: has no neighbourhood in common with tiny-0123abcd{hint}",
        ),
        (
            [kept, elsewhere(kept, tmp_path / "y", ids=["a", "b", "p"], east=90_000)],
            f"{tmp_path}/y: lies elsewhere than tiny-0123abcd{hint}",
        ),
    ]
    for runs, message in cases:
        with pytest.raises(InputFault) as told:
            compare.line_up(runs)
        assert str(told.value).startswith(message)


def test_what_can_be_compared_is_with_care(kept: Kept, tmp_path: Path) -> None:
    """Other neighbourhoods, services, currency and needs are noted; the rest is compared."""
    tree = kept.scenario.model_dump()
    tree["budget"]["currency"] = "USD million"
    tree["services"]["water"] = tree["services"].pop("education")
    second = elsewhere(kept, tmp_path / "z", ids=["a", "b", "new"])
    layer = second.layers["neighbourhoods"]
    frame = layer.frame.assign(wellbeing_before=[0.1, 0.2, np.nan])
    layers = second.layers | {"neighbourhoods": replace(layer, frame=frame)}
    second = replace(second, scenario=type(kept.scenario).model_validate(tree))
    second.__dict__["layers"] = layers
    beside = compare.line_up([kept, second])
    assert [note.partition(":")[0] for note in beside.notes] == [
        "Places are compared in the 2 neighbourhoods that all runs have, of 3.",
        "Not every run plans education and water",
        "The runs tell money in different currencies",
        "Wellbeing with nothing built differs between the runs",
    ]
    assert "(" not in "".join(cell for row in sheets.money_by(beside, "service").rows for cell in row[2:])
    assert render(beside)


@pytest.fixture(scope="module")
def hostile_pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Return page and table of comparisons in which a hostile name stands everywhere."""
    found = {}
    for name in [HOSTILE[n] for n in (0, 7, 45, 52, 59)]:
        folder = tmp_path_factory.mktemp("runs")
        runs = [
            kept_run.keep(folder / run, name, objective=o)
            for run, o in (("a", "utilitarian"), ("b", "maximin"))
        ]
        _, (page,) = flow.compare([run.folder for run in runs])
        found[name] = page.read_text("utf-8"), page.with_name("compare.csv").read_text("utf-8-sig")
    return found


def test_names_are_text(hostile_pages: dict[str, tuple[str, str]]) -> None:
    """Every tag is closed in order, nothing is asked for, and names are told letter by letter."""
    for name, (text, _table) in hostile_pages.items():
        page = Reader(text)
        assert page.open == []
        assert page.all("script") == [{"type": "application/json", "id": "words"}, {}]
        assert not {tag for tag, _ in page.tags} & {"img", "iframe", "object", "link", "base", "form"}
        for _tag, attributes in page.tags:
            assert not [key for key in attributes if key.startswith("on")]
            assert (attributes.get("href") or "#").startswith("#")
        told = "".join(data for _tag, data in page.texts)
        assert re.sub(r"\s+", " ", name[:200]).strip() in re.sub(r"\s+", " ", told)
        ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert {(a["href"] or "")[1:] for a in page.all("a")} <= set(ids)


def test_the_table_holds_no_live_formula(hostile_pages: dict[str, tuple[str, str]]) -> None:
    """No cell of text of compare.csv begins with a sign that a spreadsheet takes for a formula."""
    for _page, table in hostile_pages.values():
        for row in csv.DictReader(table.splitlines()):
            assert not [
                v for k, v in row.items() if k not in {"value", "difference"} and v[:1] in set("=+-@")
            ]


def test_same_runs_same_bytes(kept: Kept, tmp_path: Path) -> None:
    """Two comparisons of the same runs do not differ; the page is replaced, an `--out` folder is not."""
    copied = other(kept, tmp_path / "other", (0.7, 0.7)).folder
    folders = [Path(shutil.copytree(kept.folder, tmp_path / "one")), copied]
    beside, (page,) = flow.compare(folders)
    assert page.parent.parent == tmp_path
    first = page.read_bytes(), page.with_name("compare.csv").read_bytes()
    assert flow.compare(folders)[1][0].read_bytes() == first[0]
    assert page.with_name("compare.csv").read_bytes() == first[1]
    flow.compare(folders, out=tmp_path / "mine")
    assert (tmp_path / "mine" / "compare.html").read_bytes() == first[0]
    with pytest.raises(InputFault, match="is there already"):
        flow.compare(folders, out=tmp_path / "mine")
    assert words.verdicts(beside) == [
        "No plan is better than another for everybody: which one is right is a question of values."
    ]


def test_geometry_is_that_of_the_first(beside: Beside) -> None:
    """Maps are drawn in the outlines of the first run, in its order."""
    assert isinstance(beside.places, gpd.GeoDataFrame)
    assert list(beside.places.index) == ["a", "b", "p"]
    assert re.findall(r'<path id="(n\d)"', render(beside)) == ["n0", "n1", "n2"]
