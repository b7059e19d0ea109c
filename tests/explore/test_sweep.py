"""Sweeps: every scenario a run, one that fails loses only itself, a sweep that was stopped goes on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from planner import flow, store
from planner.cli.app import app, guarded
from planner.cli.sweeping.answers import sweep
from planner.errors import InputFault

ROOT = Path(__file__).parents[2]
BUDGETS = "scenario: scenarios/sixmile.yaml\nvary: {budget.capital: [3, 6, 9]}\n"


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny town with a sweep over its budget, answered."""
    project = town(tmp_path_factory.mktemp("town"), BUDGETS)
    sweep(project / "sweep.yaml", at_once=2)
    return project


def town(folder: Path, text: str) -> Path:
    """The tiny town as a project of its own, with a sweep file."""
    (folder / "planner.toml").touch()
    shutil.copytree(ROOT / "data" / "sixmile", folder / "data" / "sixmile")
    (folder / "scenarios").mkdir()
    for file in (ROOT / "scenarios").glob("sixmile*.yaml"):
        shutil.copy(file, folder / "scenarios")
    (folder / "sweep.yaml").write_text(text, encoding="utf-8")
    return folder


def table_of(project: Path) -> tuple[pd.DataFrame, Path]:
    """Results of the sweep, and their folder."""
    folder = next((project / "runs").glob("sweep-sweep-*"))
    return pd.read_parquet(folder / "results.parquet"), folder


def test_each_scenario_is_a_run_and_a_row(swept: Path) -> None:
    """Three budgets, three runs as `planner run --set` makes them, figures that are those of the runs."""
    results, folder = table_of(swept)
    assert results["set: budget.capital"].tolist() == [3.0, 6.0, 9.0]
    assert results["ending"].tolist() == ["optimal"] * 3
    assert results["capital_cost"].tolist() == [3.0, 6.0, 6.0]
    assert results["modules_care"].tolist() == [1.0, 2.0, 2.0]
    by_hand = flow.run(swept / "scenarios" / "sixmile.yaml", overrides={"budget.capital": 6})
    assert by_hand.found
    assert by_hand.folder.name == results["run"][1]
    told = by_hand.indicators.query("when == 'after' and service == 'all' and measure == 'wellbeing'")
    mean = told.query("group == 'everyone' and summary == 'mean'")["value"].item()
    assert results["wellbeing_mean"][1] == mean
    assert results["wellbeing_mean"].is_monotonic_increasing
    means = pd.read_csv(folder / "columns.csv", encoding="utf-8-sig")
    assert means["column"].tolist() == results.columns.tolist()
    assert {"results.parquet", "results.csv", "columns.csv", "drivers.csv", "manifest.json"} <= {
        path.name for path in folder.iterdir()
    }


def test_what_was_answered_is_not_answered_again(swept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep that was stopped goes on: only the scenario whose run is gone is solved, to the same bytes."""
    results, folder = table_of(swept)
    before = (folder / "results.parquet").read_bytes()
    shutil.rmtree(swept / "runs" / results["run"][2])
    solved: list[object] = []

    def counting(_: object, jobs: list[object], **__: object) -> object:
        from planner.cli.sweeping.answers import answer  # noqa: PLC0415 - as above
        from planner.explore.jobs import on_this_machine  # noqa: PLC0415 - the one that is replaced

        solved.extend(jobs)
        return on_this_machine(answer, jobs)

    monkeypatch.setattr("planner.cli.sweeping.answers.on_this_machine", counting)
    _, again = sweep(swept / "sweep.yaml")
    assert [dict(vars(job)["values"]) for job in solved] == [{"budget.capital": 9}]
    assert again == folder
    assert (folder / "results.parquet").read_bytes() == before


def test_one_that_fails_loses_only_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A budget below 0 cannot be read, a rule that no plan keeps has no plan: each is told in its row."""
    town(
        tmp_path,
        "scenario: scenarios/sixmile.yaml\ndesign: together\nvary:\n  budget.capital: [-1, 6, 0]\n"
        "  constraints: [[], [], [{floor: {coverage: care, share: 0.9}}]]\n",
    )
    code = guarded(lambda: app(["sweep", str(tmp_path / "sweep.yaml")], standalone_mode=False))
    assert code == 0
    said = capsys.readouterr().out
    results, _ = table_of(tmp_path)
    assert results["run"].ne("").tolist() == [False, True, False]
    assert "budget.capital: must be 0 or more (got -1)" in results["fault"][0]
    assert results["fault"][2]
    assert said.startswith("1 of 3 scenarios have a plan.\n  scenario 1: ")
    assert "\n  scenario 3: " in said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("vary: {budget.capitol: [3]}", "unknown key `capitol`; did you mean `capital`?"),
        ("vary: {budget.capital: [-3, -2]}", "budget.capital: must be 0 or more (got -2)"),
    ],
)
def test_where_every_scenario_fails_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str, message: str
) -> None:
    """A key that is none: told once, exit 2."""
    town(tmp_path, f"scenario: scenarios/sixmile.yaml\n{change}\n")
    code = guarded(lambda: app(["sweep", str(tmp_path / "sweep.yaml")], standalone_mode=False))
    assert code == InputFault.exit_code
    assert message in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_parcels_carry_files_and_never_leave_the_folder(tmp_path: Path) -> None:
    """The same files, the same bytes; what is packed is what comes out."""
    one, other = tmp_path / "one", tmp_path / "other"
    (one / "deep").mkdir(parents=True)
    other.mkdir()
    (one / "deep" / "a.csv").write_text("x\n", encoding="utf-8")
    (one / "b.bin").write_bytes(bytes(range(256)))
    parcel = store.pack_whole(one)
    assert parcel == store.pack(one, ["b.bin", "deep/a.csv", "b.bin"])
    store.unpack(parcel, other)
    assert (other / "deep" / "a.csv").read_text(encoding="utf-8") == "x\n"
    assert store.pack_whole(other) == parcel


def test_the_page_tells_what_drives_what(tmp_path: Path) -> None:
    """Fifteen budgets and walks: the budget drives the mean; names are text, and nothing else."""
    text = (
        "name: Money <script>alert(1)</script>\nscenario: scenarios/sixmile.yaml\n"
        "design: latin_hypercube\ndraws: 15\nvary:\n  budget.capital: {from: 0, to: 12}\n"
        "  services.care.options.clinic.land_m2: [400, 401]\n"
    )
    _, folder = sweep(town(tmp_path, text) / "sweep.yaml")
    page = (folder / "sweep.html").read_text(encoding="utf-8")
    assert "All 15 scenarios have a plan." in page
    assert re.search(
        r"Mean wellbeing of all: \d\d.%.of the differences go with budget.capital; more of it", page
    )
    assert "<script>alert" not in page
    assert "Money &lt;script&gt;" in page
    drives = pd.read_csv(folder / "drivers.csv", encoding="utf-8-sig").set_index(["outcome", "key"])
    assert drives.loc[("wellbeing_mean", "set: budget.capital"), "share"] > 0.8
    assert drives.loc[("wellbeing_mean", "set: services.care.options.clinic.land_m2"), "by_chance"] > 0.01
