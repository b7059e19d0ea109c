"""What survives: real runs killed at any moment, full and read-only disks at every writer, eight at once."""

from __future__ import annotations

import hashlib
import json
import multiprocessing as mp
import os
import random
import shutil
import subprocess
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner import flow, store
from planner.cli.app import app, guarded
from planner.errors import MachineFault

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
KILLS, BUDGETS, SEED = 200, (3, 6, 9), 11
TOWN = "scenarios/sixmile.yaml"


def town(folder: Path) -> Path:
    """The town of six wards as a project of its own."""
    folder.mkdir(parents=True)
    (folder / "planner.toml").touch()
    shutil.copytree(ROOT / "data" / "sixmile", folder / "data" / "sixmile")
    (folder / "scenarios").mkdir()
    for file in (ROOT / "scenarios").glob("sixmile*.yaml"):
        shutil.copy(file, folder / "scenarios")
    return folder


def run(project: str, budget: float) -> None:
    """Answer the town with so much money, in a process of its own."""
    flow.run(Path(project) / TOWN, force=True, overrides={"budget.capital": budget})


def context() -> Any:  # noqa: ANN401 - a kind of its own for each way of making processes
    """Processes made of one that has everything imported."""
    made = mp.get_context("forkserver")
    made.set_forkserver_preload(["planner.flow"])
    return made


def told(folder: Path) -> dict[str, str]:
    """SHA-256 of every visible file but manifests, whose times differ; manifests have to be whole."""
    found = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_dir() or any(part.startswith(".") for part in inside.parts):
            continue
        if path.name == store.MANIFEST:
            assert store.read_manifest(path.parent)["finished"] is not None
        else:
            found[inside.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@pytest.mark.sweep
def test_two_hundred_kills_leave_nothing_torn(tmp_path: Path) -> None:
    """Runs are killed (-9) at random moments, half of them while they write: what is seen is always whole."""
    project, right = town(tmp_path / "killed"), town(tmp_path / "right")
    names = {flow.run(right / TOWN, overrides={"budget.capital": b}).folder.name for b in BUDGETS}
    whole = told(right / "runs")
    own, stream, killed, seen = context(), random.Random(SEED), 0, 0  # noqa: S311 - moments, no secrets
    for _ in range(2):  # the first also imports everything
        begun = time.monotonic()
        process = own.Process(target=run, args=(str(project), BUDGETS[0]))
        process.start()
        process.join()
        length = time.monotonic() - begun
    while killed < KILLS:
        process = own.Process(target=run, args=(str(project), stream.choice(BUDGETS)))
        process.start()
        share = stream.uniform(0.5, 1.0) if killed % 2 else stream.uniform(0.0, 1.0)
        process.join(share * length)
        killed += process.is_alive()
        length *= 1.03 if process.is_alive() else 0.97
        process.kill()
        process.join()
        now = told(project / "runs")
        assert {name.split("/")[0] for name in now} <= names
        for name in {name.split("/")[0] for name in now}:
            mine = {k: v for k, v in now.items() if k.startswith(name)}
            assert mine == {k: v for k, v in whole.items() if k.startswith(name)}
        seen += len(now)
    assert seen
    for budget in BUDGETS:
        run(str(project), budget)
    assert told(project / "runs") == whole
    assert not [path for path in (project / "runs").iterdir() if path.name.startswith(".")]


@pytest.mark.slow
def test_eight_real_runs_at_once(tmp_path: Path) -> None:
    """Eight processes answer eight questions, then one question: nine whole folders, each as if alone."""
    project, right = town(tmp_path / "many"), town(tmp_path / "right")
    own, budgets = context(), [float(b) for b in range(1, 9)]
    for asked in (budgets, [5.5] * 8):
        processes = [own.Process(target=run, args=(str(project), budget)) for budget in asked]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0] * 8
    for budget in (*budgets, 5.5):
        run(str(right), budget)
    assert told(project / "runs") == told(right / "runs")
    assert not [path for path in (project / "runs").iterdir() if path.name.startswith(".")]


WRITERS: dict[str, list[str]] = {
    "run": ["run", TOWN, "--set", "budget.capital=8"],
    "report": ["report", "RUN", "--lang", "en,es"],
    "report --pdf": ["report", "RUN", "--pdf"],
    "assess": ["assess", TOWN, "--facilities", "mine.csv"],
    "principles": ["principles", TOWN, "--only", "utilitarian,maximin"],
    "audit": ["audit", "RUN", "--draws", "20"],
    "why": ["why", "RUN"],
    "alternatives": ["alternatives", "RUN", "--seconds", "3", "--number", "2"],
    "frontier": ["frontier", TOWN, "--trade", "cost:equity", "--points", "3"],
    "sweep": ["sweep", "sweep.yaml"],
    "compare": ["compare", "RUN", "OTHER"],
    "init": ["init", "new-city"],
    "check --repair": ["check", "broken.yaml", "--repair"],
    **{
        f"export {form}": ["export", "RUN", "--format", form]
        for form in ("gpkg", "geojson", "csv", "xlsx", "shp")
    },
}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town with two finished runs, a sweep file, and a plan made by hand."""
    project = town(tmp_path_factory.mktemp("ready") / "town")
    for budget in (3, 6):
        flow.run(project / TOWN, overrides={"budget.capital": budget})
    (project / "sweep.yaml").write_text(
        f"scenario: {TOWN}\nvary: {{budget.capital: [7, 8]}}\n", encoding="utf-8"
    )
    (project / "mine.csv").write_text("service,site\ncare,s1\n", encoding="utf-8")
    shutil.copy(next((project / "runs").glob("*/plan/facilities.csv")), project / "mine.csv")
    wards = json.loads((project / "data/sixmile/wards.geojson").read_text(encoding="utf-8"))
    ring = wards["features"][0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]  # an outline that crosses itself
    (project / "broken.geojson").write_text(json.dumps(wards), encoding="utf-8")
    (project / "broken.yaml").write_text(
        f"extends: {TOWN}\ncity: {{neighbourhoods: {{file: broken.geojson}}}}\n", encoding="utf-8"
    )
    return project


@contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[Path]:
    """A small disk of its own."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "planner-test", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def asked(words: list[str], project: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and what is said of a command, in the project."""
    runs = sorted(path for path in (project / "runs").iterdir() if not path.name.startswith("."))
    places = {"RUN": str(runs[0]), "OTHER": str(runs[1])}
    here = Path.cwd()
    os.chdir(project)
    try:
        code = guarded(partial(app, [places.get(word, word) for word in words], prog_name="planner"))
    finally:
        os.chdir(here)
    return code, capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # zipfile, as it is cleared up
@pytest.mark.parametrize("writer", WRITERS)
def test_a_full_disk_is_told_and_costs_nothing(
    writer: str,
    ready: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Full to the last byte or nearly so: exit 5, what and where, and all that was there stays."""
    for left in (0, 40, 400):
        with mounted(tmp_path / f"disk-{left}", 64) as disk, monkeypatch.context() as patch:
            patch.setattr(store.runs, "SPACE", 0)
            project = Path(shutil.copytree(ready, disk / "town"))
            before = told(project)
            fill(disk, left * 1024)
            code, said = asked(WRITERS[writer], project, capsys)
            if code == 0:  # what is written has room
                assert left
                continue
            assert code == MachineFault.exit_code, said
            assert "the disk is full" in said or "MB are free, and about" in said
            assert "Traceback" not in said
            now = told(project)
            assert {name: now.get(name) for name in before} == before
            assert not [path for path in project.rglob("*") if path.name.startswith(".tmp")]


def fill(disk: Path, left: int) -> None:
    """Fill a disk but for so many bytes."""
    free = shutil.disk_usage(disk).free - left
    with (disk / "filler").open("wb") as file:
        file.write(b"\0" * max(free, 0))


@pytest.mark.slow
@pytest.mark.parametrize("writer", WRITERS)
def test_a_read_only_disk_is_told(
    writer: str, ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """At every writer: exit 5, what and where."""
    with mounted(tmp_path / "disk", 160) as disk:
        project = Path(shutil.copytree(ready, disk / "town"))
        before = told(project)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        code, said = asked(WRITERS[writer], project, capsys)
        assert code == MachineFault.exit_code, said
        assert "read-only" in said, said
        assert told(project) == before
