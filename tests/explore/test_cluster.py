"""Sweeps on a real Dask cluster: the same bytes, and nothing lost when workers and clients are killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from test_sweep import town

from planner.cli.app import app, guarded
from planner.cli.sweeping.answers import sweep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("distributed")
MANY = 12
SCENARIOS = (
    f"scenario: scenarios/sixmile.yaml\nvary: {{budget.capital: {{from: 1, to: 12, steps: {MANY}}}}}\n"
)


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[str]:
    """A scheduler with workers that are begun again when they die."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    env = {**os.environ, "DASK_TEMPORARY_DIRECTORY": str(folder)}
    port = address.rpartition(":")[2]
    scheduler = ["dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]
    worker = ["dask_worker", address, "--nworkers", str(workers), "--nthreads", "1", "--no-dashboard"]
    with (folder / "log.txt").open("wb") as log:
        begun = [
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{name}", *words],
                stdout=log,
                stderr=log,
                env=env,
                start_new_session=True,
            )
            for name, *words in (scheduler, worker)
        ]
        try:
            yield address
        finally:
            for process in begun:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def client(project: Path, address: str) -> subprocess.Popen[str]:
    """The command, as somebody types it."""
    return subprocess.Popen(
        [sys.executable, "-m", "planner", "sweep", str(project / "sweep.yaml"), "--cluster", address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PLANNER_ALONE": "1"},
    )


def twins(folder: Path) -> tuple[Path, Path, Path]:
    """The same town for this machine and for a cluster, and where the workers keep their own."""
    here, there, space = (folder / name for name in ("here", "there", "space"))
    for own in (here, there, space):
        own.mkdir()
    town(here, SCENARIOS)
    town(there, SCENARIOS)
    return here, there, space


def landed(project: Path) -> int:
    """Runs that are there."""
    return len(list((project / "runs").glob("sixmile-*/manifest.json")))


def until(condition: object, seconds: float = 120.0) -> None:
    """Wait for something, but not for ever."""
    begun = time.monotonic()
    while not condition():  # type: ignore[operator]
        assert time.monotonic() - begun < seconds
        time.sleep(0.05)


def busy(folder: Path) -> int:
    """A process that works for the cluster."""
    words = {int(p.parent.name): p.read_bytes() for p in _commands() if p.exists()}
    own = [pid for pid, said in words.items() if b"spawn_main" in said and _parent_works(pid, words, folder)]
    return own[0]


def _commands() -> list[Path]:
    from pathlib import Path  # noqa: PLC0415 - used at run time here alone

    return list(Path("/proc").glob("[0-9]*/cmdline"))


def _parent_works(pid: int, words: dict[int, bytes], folder: Path) -> bool:
    from pathlib import Path  # noqa: PLC0415 - as above

    try:
        parent = int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        same = str(folder).encode() in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return same and b"dask_worker" in words.get(parent, b"")


@pytest.mark.slow
def test_killed_workers_and_clients_lose_nothing(tmp_path: Path) -> None:
    """A worker is killed, then the client; the same command ends the sweep: each run once, the same bytes."""
    here, there, space = twins(tmp_path)
    with cluster(space) as address:
        first = client(there, address)
        until(lambda: landed(there) >= 2)
        os.kill(busy(space), signal.SIGKILL)
        until(lambda: landed(there) >= 4)
        first.kill()
        first.communicate()
        before = landed(there)
        assert before < MANY
        again = client(there, address)
        said, told = again.communicate(timeout=300)
    assert again.returncode == 0, told
    assert said.startswith(f"{MANY} of {MANY} scenarios have a plan.")
    assert told.count("answered in") == MANY - before
    _, folder = sweep(here / "sweep.yaml", at_once=2)
    for path in sorted((there / "runs").rglob("*")):
        twin = here / path.relative_to(there)
        if path.is_file() and path.name != "manifest.json":
            assert path.read_bytes() == twin.read_bytes(), path
    results = pd.read_parquet(folder / "results.parquet")
    assert landed(there) == landed(here) == results["run"].nunique()
    solved = list(space.rglob("runs/sixmile-*/manifest.json"))
    assert len(solved) == MANY
    for manifest in solved:
        assert (there / "runs" / manifest.parent.name / "manifest.json").read_bytes() == manifest.read_bytes()


@pytest.mark.slow
def test_principles_on_a_cluster(tmp_path: Path) -> None:
    """Each principle is a job of its own there as here: the same plans, byte for byte."""
    here, there, space = twins(tmp_path)
    words = ("--only", "utilitarian,maximin,equal_shares")
    own = ["principles", str(here / "scenarios" / "sixmile.yaml"), *words, "--at-once", "2"]
    assert guarded(lambda: app(own, standalone_mode=False)) == 0
    with cluster(space) as address:
        away = ["principles", str(there / "scenarios" / "sixmile.yaml"), *words, "--cluster", address]
        assert guarded(lambda: app(away, standalone_mode=False)) == 0
    plans = sorted(path.relative_to(there) for path in (there / "runs").rglob("plan/*.parquet"))
    assert len({path.parts[1] for path in plans}) == len(words[1].split(","))
    for path in plans:
        assert (there / path).read_bytes() == (here / path).read_bytes(), path


def test_a_cluster_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No scheduler at the address, and none that could be: exit 5, nothing written."""
    monkeypatch.setattr("planner.explore.cluster.PATIENCE", 1)
    town(tmp_path, SCENARIOS)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        words = ["sweep", str(tmp_path / "sweep.yaml"), "--cluster", address]
        assert guarded(lambda words=words: app(words, standalone_mode=False)) == 5
        assert f"no scheduler answers at `{address}`" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_what_lies_outside_the_project_is_not_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A layer in another folder that is allowed: told before any worker is asked."""
    outside, project = tmp_path / "outside", tmp_path / "project"
    outside.mkdir()
    project.mkdir()
    town(project, SCENARIOS.replace("vary", "set: {services.care.sites.file: ../../outside/sites.csv}\nvary"))
    shutil.copy(project / "data" / "sixmile" / "sites.csv", outside)
    words = [
        "sweep",
        str(project / "sweep.yaml"),
        "--allow-dir",
        str(outside),
        "--cluster",
        "tcp://127.0.0.1:9",
    ]
    assert guarded(lambda: app(words, standalone_mode=False)) == 2
    assert "sites.csv: it lies outside the project, and is not sent to a cluster" in capsys.readouterr().err
