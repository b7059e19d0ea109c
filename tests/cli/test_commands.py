"""The command line: what it says, where it says it, and its exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

import pandas as pd
import pytest

from planner import flow
from planner.city import survey
from planner.cli import crash, doctor, listing, preview, starter
from planner.cli.app import app, guarded
from planner.model import known_faults

ROOT = Path(__file__).parents[2]
SLOW = ["pandas", "geopandas", "numpy", "pulp", "highspy", "shapely", "pyogrio", "matplotlib"]


def planner(*words: object) -> int:
    """Run a command in this process and return its exit code."""
    return guarded(partial(app, [str(word) for word in words], prog_name="planner"))


def raising(error: BaseException) -> object:
    """Give a function that raises, whatever it is given."""

    def fails(*_: object, **__: object) -> NoReturn:
        raise error

    return fails


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an invented city with one finished run, made once."""
    folder = tmp_path_factory.mktemp("made") / "city"
    starter.write_starter(folder)
    assert planner("run", folder / "utilitarian.yaml", "--set", "solver.gap=0.05") == 0
    return folder


@pytest.fixture
def city(made: Path, tmp_path: Path) -> Path:
    """Give a copy of the city and its run, to do with as a test likes."""
    return Path(shutil.copytree(made, tmp_path / "city"))


@pytest.fixture
def finished(city: Path) -> Path:
    """Give the folder of the finished run."""
    return next((city / "runs").iterdir())


@pytest.mark.parametrize("words", [[], ["--help"], ["run", "--help"]], ids=["import", "help", "help of run"])
def test_help_waits_for_no_heavy_import(words: list[str]) -> None:
    """Neither importing the command line nor its help imports the spatial libraries or a solver."""
    ask = (
        f"planner.cli.app.guarded(lambda: planner.cli.app.app({words}, prog_name='planner'))" if words else ""
    )
    code = f"import sys, planner.cli.app\n{ask}\nprint([m for m in {SLOW} if m in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert said.stdout.splitlines()[-1] == "[]", said.stdout


def test_help_names_every_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """The help tells the commands in whole words, how to begin, and what exit codes mean."""
    assert planner("--help") == 0
    said = capsys.readouterr().out
    for command in ("init", "check", "run", "assess", "verify", "report", "list", "schema"):
        assert f"\n  {command} " in said
    assert "..." not in said.partition("Commands:")[2], "a line of the help is cut short"
    assert "Begin with: planner init my-city" in " ".join(said.split())
    assert "3 no plan keeps every rule" in " ".join(said.split())


@pytest.mark.parametrize("words", [["nope"], ["run"], ["run", "--nope", "x"], []], ids=" ".join)
def test_mistyped_commands_are_the_users(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A command line that is not understood ends with 2 and says how it is used."""
    assert planner(*words) == 2
    captured = capsys.readouterr()
    assert "Usage: planner" in captured.err + captured.out


def test_init_tells_what_is_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command that comes next can be copied, blanks in names included."""
    folder = tmp_path / "our city"
    assert planner("init", folder) == 0
    assert capsys.readouterr().out == f"Wrote {folder}. Next: planner run '{folder / 'scenario.yaml'}'\n"


def test_same_question_finds_the_finished_run(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Asked again, the answer is found, and says so; progress is told on standard error."""
    before = sorted((made / "runs").iterdir())
    assert planner("run", made / "utilitarian.yaml", "--set", "solver.gap=0.05") == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(
        "This question was answered before; --force searches again.\nThe plan builds "
    )
    assert [line.split("  ")[-1].split(" (")[0] for line in captured.err.splitlines()] == [
        "Reading the city", "Measuring travel", "Posing the problem",
    ]  # fmt: skip
    assert sorted((made / "runs").iterdir()) == before


def test_verify_and_report(city: Path, finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that nobody touched is kept by the checker, and its report can be written anew."""
    assert planner("verify", finished) == 0
    said, bound = capsys.readouterr().out.splitlines()
    assert said.endswith("the plan keeps what it says.")
    assert bound.startswith(
        "The bound: Recomputed by arithmetic alone, from prices saved with the run: no plan"
    )
    (finished / "report.html").unlink()
    assert planner("report", finished) == 0
    assert (finished / "report.html").stat().st_size > 10_000


def test_report_as_pdf(
    finished: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without WeasyPrint it is told what to install, and nothing is written; with it the PDF lies beside."""
    before = (finished / "report.html").stat().st_mtime_ns
    with monkeypatch.context() as missing:
        missing.setattr("planner.report.pdf.find_spec", lambda _name: None)
        assert planner("report", finished, "--pdf") == 2
    assert "pip install 'wellbeing-planner[pdf]'" in capsys.readouterr().err
    assert (finished / "report.html").stat().st_mtime_ns == before
    assert not (finished / "report.pdf").exists()
    if planner("report", finished, "--pdf") == 2:
        pytest.skip(capsys.readouterr().err)
    assert capsys.readouterr().out.endswith("report.pdf\n")
    assert (finished / "report.pdf").read_bytes().startswith(b"%PDF-1.7")


def test_run_in_a_project_without_a_mark_can_be_verified(city: Path, finished: Path) -> None:
    """Without `planner.toml` the scenario's folder is the project, for its runs too."""
    (city / "planner.toml").unlink()
    assert planner("verify", finished) == 0


def test_tampered_table_is_refused(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One person too many in a table ends with 6, and the fault is named."""
    table = finished / "plan" / "assignment.parquet"
    changed = pd.read_parquet(table)
    changed.loc[0, "served"] += 1
    changed.to_parquet(table, index=False)
    assert planner("verify", finished) == 6
    captured = capsys.readouterr()
    assert str(changed.loc[0, "cell"]) in captured.err
    assert "keeps what it says" not in captured.out


def test_flattered_bound_is_refused(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bound by arithmetic that the saved prices do not prove ends with 6, whichever was changed."""
    path = finished / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    status = manifest["status"]
    flattered = status | {"priced_bound": status["bound"] + 0.5 * (status["value"] - status["bound"]) + 1.0}
    path.write_text(json.dumps(manifest | {"status": flattered}), encoding="utf-8")
    assert planner("verify", finished) == 6
    assert "bound by prices is" in capsys.readouterr().err
    path.write_text(json.dumps(manifest), encoding="utf-8")
    table = finished / "proof" / "prices.parquet"
    prices = pd.read_parquet(table)
    prices.assign(price=prices["price"] * 0.5).to_parquet(table, index=False)
    assert planner("verify", finished) == 6
    table.unlink()
    assert planner("verify", finished) == 6
    assert "prices: the table that is to prove the bound is missing" in capsys.readouterr().err


def test_run_without_prices_is_on_the_solvers_word(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run from before prices were saved is verified as it was, and says what its bound rests on."""
    path = finished / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    old = {key: value for key, value in manifest["status"].items() if not key.startswith("priced_")}
    old["proof"] = "bound on the solver's word"
    path.write_text(json.dumps(manifest | {"status": old}), encoding="utf-8")
    (finished / "proof" / "prices.parquet").unlink()
    assert planner("verify", finished) == 0
    assert "The bound: It is on the solver's word" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["verify", "report"])
def test_changed_input_is_told(
    command: str, city: Path, finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run whose inputs have changed can neither be verified nor reported."""
    cells = city / "data" / "cells.csv"
    cells.write_text(cells.read_text(encoding="utf-8").replace(",0,", ",1,", 1), encoding="utf-8")
    assert planner(command, finished) == 2
    assert "data/cells.csv: has changed since the run was made" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["verify", "report"])
def test_mistyped_run_is_told_with_the_nearest(
    command: str, finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name of a run with a wrong letter is the user's to mend."""
    assert planner(command, finished.with_name(finished.name[:-1])) == 2
    assert f"did you mean `{finished}`?" in capsys.readouterr().err


def test_folder_without_a_manifest_is_no_run(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that holds no whole run is told so."""
    assert planner("verify", city / "data") == 5
    assert "there is no whole run here" in capsys.readouterr().err


def test_plan_by_hand_is_kept_beside(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan made by hand becomes a run that names its file."""
    assert planner("assess", city / "scenario.yaml", "--facilities", city / "my-facilities.csv") == 0
    assert "made by hand" in capsys.readouterr().out
    (run,) = (city / "runs").glob("scenario-my-facilities-*")
    assert json.loads((run / "manifest.json").read_text(encoding="utf-8"))["status"]["ending"] == "given"


def test_plan_by_hand_with_faults_tells_all(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every row that names what is not there is told, with its line; nothing is written."""
    file = city / "mine.csv"
    file.write_text("service,site,option\nhelth,site-01,clinic\nhealth,site-99,clinic\n", encoding="utf-8")
    before = sorted((city / "runs").iterdir())
    assert planner("assess", city / "scenario.yaml", "--facilities", file) == 2
    said = capsys.readouterr().err
    assert "mine.csv:2: unknown service `helth`; did you mean `health`?" in said
    assert "mine.csv:3" in said
    assert sorted((city / "runs").iterdir()) == before


def test_check_finds_a_rule_that_names_nothing(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rules are checked before anything is solved, with the place of the rule."""
    file = city / "scenario.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("sites: [site-09]", "sites: [site-90]"), encoding="utf-8")
    assert planner("check", file) == 2
    said = capsys.readouterr().err
    assert "site-90" in said
    assert "scenario.yaml:" in said


def test_check_counts_one_option_for_each_site(city: Path) -> None:
    """Room at a site is that of its largest option, not the sum of all; unlimited is said in words."""
    lines = preview.preview(flow.ask(city / "scenario.yaml", ear=flow.Ear()))
    at = lines.index("Schools (education), in pupil")
    assert lines[at + 1 : at + 5] == [
        "    need: 6,605 (all who need it)",
        "    stands today: room for 2,900 at 3 places",
        "    could be built: room for 7,950 at 15 sites (small, large)",
        "    farther than 25 min from every place: 0",
    ]
    assert "Money: 30 million crowns to build, 6 million crowns a year to run" in lines
    free = flow.ask(city / "scenario.yaml", overrides={"budget.capital": None}, ear=flow.Ear())
    assert "Money: 6 million crowns a year to run" in preview.preview(free)


def test_check_tells_layers_how_they_lie_and_what_solving_takes(city: Path) -> None:
    """Every file with its rows and system, gaps, strays, a lack of room, and a forecast."""
    question = flow.ask(city / "scenario.yaml", ear=flow.Ear())
    lines = preview.preview(question)
    assert "    neighbourhoods.geojson: 12 rows, GeoJSON, EPSG:4326" in lines
    assert (
        "    bus_times.csv: 944 rows, CSV (UTF-8, separated by `,`, head in row 1), a table without places"
        in lines
    )
    assert "    gaps between neighbourhoods: none" in lines
    assert "    sites outside every neighbourhood: none" in lines
    assert any(line.startswith("Forecast: about 0.3 GB of memory; a search of") for line in lines)
    assert not any("room is short" in line for line in lines)
    few = flow.ask(
        city / "scenario.yaml", overrides={"services.water.options.kiosk.capacity": 10}, ear=flow.Ear()
    )
    short = "    room is short: all places together, built or not yet, leave 1,"
    assert any(line.startswith(short) for line in preview.preview(few))


def test_check_finds_gaps_and_strays(city: Path) -> None:
    """A quarter taken out of the middle is a gap, and what stands in it stands outside."""
    question = flow.ask(city / "scenario.yaml", ear=flow.Ear())
    areas = question.city.neighbourhoods
    inner = "Q06"
    sites = question.city.sites
    sites = sites.assign(neighbourhood=sites["neighbourhood"].where(sites["neighbourhood"] != inner, ""))
    found = survey.fit(replace(question.city, neighbourhoods=areas.drop(index=inner), sites=sites))
    assert found.gaps == 1
    assert found.gap_m2 == pytest.approx(areas.geometry[inner].area)
    assert found.sites_outside == list(sites.index[sites["neighbourhood"] == ""])
    assert "school-1" in found.facilities_outside


def test_doctor_finds_this_machine_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Versions, solver, drivers and disk are looked at, and nothing is left behind."""
    monkeypatch.chdir(tmp_path)
    assert planner("doctor") == 0
    said = capsys.readouterr().out
    assert "ok   solved the model that highspy 1.14 gets wrong (best value 64): found 64" in said
    assert "ok   solved clinics with capacities as the planner writes them: one clinic opens" in said
    assert "ok   highspy: " in said
    assert said.endswith("ok   writing here: possible\nAll is well.\n")
    assert list(tmp_path.iterdir()) == []


def test_doctor_tells_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An old library, a missing one, a wrong solver, a folder that cannot be written: all at once."""
    monkeypatch.chdir(tmp_path)
    wrong = known_faults.Tried("the model", "found 76", right=False)
    monkeypatch.setattr(known_faults, "try_known_faults", lambda: [wrong])
    monkeypatch.setattr(doctor, "requires", lambda _: ["highspy>=99", "nowhere-to-be-found>=1"])
    monkeypatch.setattr(
        doctor.tempfile, "NamedTemporaryFile", raising(OSError(28, "No space left on device"))
    )
    assert planner("doctor") == 5
    said = capsys.readouterr().err
    for part in ("and >=99 is needed", "nowhere-to-be-found: is missing", "the model: found 76", "No space"):
        assert part in said
    assert "Traceback" not in said


def test_override_without_value_is_told(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--set` wants key=value; every wrong one is told."""
    assert planner("run", city / "scenario.yaml", "--set", "budget.capital", "--set", "=3") == 2
    assert capsys.readouterr().err.count("write it as key=value") == 2


def test_lists_tell_what_a_scenario_may_name(capsys: pytest.CaptureFixture[str]) -> None:
    """Each list names its units, with parameters where a scenario may give them."""
    assert planner("list", "constraints") == 0
    said = capsys.readouterr().out
    assert "\n  floor\n      At least a share of the need" in said
    assert "of:               city or each_neighbourhood; city when left out" in said
    assert "provision" not in said, "what every plan keeps is no choice"
    assert planner("list", "objectives") == 0
    said = capsys.readouterr().out
    assert "      aversion: 1 when left out\n" in said
    assert "      floor: needed\n" in said
    assert planner("list", "indicators") == 0
    said = capsys.readouterr().out
    assert "\n  worst_off\n" in said
    assert "when left out" not in said, "a scenario gives summaries no parameters"


def test_services_of_a_scenario_are_listed(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Services are told with need, reach and sizes; without a scenario, where they are described."""
    assert planner("list", "services", "--scenario", city / "scenario.yaml") == 0
    said = capsys.readouterr().out
    assert "  water (Drinking water)\n      demand, counted in m³/day; weight 0.5\n" in said
    assert "      large: capacity 600, 2 million crowns to build, 0.4 a year to run\n" in said
    assert planner("list", "services") == 0
    assert "described in a scenario" in capsys.readouterr().out
    assert planner("list", "servces") == 2
    assert "did you mean `services`?" in capsys.readouterr().err


def test_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """`planner schema` prints the JSON Schema that editors read."""
    assert planner("schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Scenario"


def test_fault_of_ours_is_one_line_and_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault of ours ends with 70, one line without a traceback, and a file that holds it."""
    monkeypatch.setattr(listing, "listing", raising(ZeroDivisionError("ours")))
    monkeypatch.setattr(crash.tempfile, "tempdir", str(tmp_path))
    assert planner("list", "objectives") == 70
    (file,) = tmp_path.glob("planner-crash-*.txt")
    said = capsys.readouterr().err
    assert said == f"A fault of the planner itself: ZeroDivisionError. Details: {file}\n"
    assert "Traceback" in file.read_text(encoding="utf-8")


def test_fault_of_ours_is_shown_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--debug` the traceback is shown."""
    monkeypatch.setattr(listing, "listing", raising(ZeroDivisionError("ours")))
    monkeypatch.setattr(sys, "argv", ["planner", "--debug", "list", "objectives"])
    with pytest.raises(ZeroDivisionError, match="ours"):
        planner("--debug", "list", "objectives")


def test_fault_of_ours_on_a_full_disk_is_still_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When not even the crash file can be written, the line says so."""
    monkeypatch.setattr(listing, "listing", raising(ZeroDivisionError("ours")))
    monkeypatch.setattr(crash.tempfile, "NamedTemporaryFile", raising(OSError(28, "No space left on device")))
    assert planner("list", "objectives") == 70
    assert "none could be written (No space left on device)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 4, "stopped by you"),
        (MemoryError(), 5, "the machine ran out of memory"),
        (BrokenPipeError(32, "Broken pipe"), 0, ""),
    ],
    ids=["Ctrl-C", "memory", "head"],
)
def test_other_endings(
    error: BaseException,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ctrl-C, want of memory, and a reader that reads no further have exit codes and words of their own."""
    monkeypatch.setattr(listing, "listing", raising(error))
    out, err = sys.stdout, sys.stderr
    ended = planner("list", "objectives")
    sys.stdout, sys.stderr = out, err
    assert ended == code
    assert capsys.readouterr().err.startswith(words)
