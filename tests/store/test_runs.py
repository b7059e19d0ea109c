"""Runs are whole or not there at all: killed, crowded, failed, replaced."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from run_writer import PARTS, hidden, started, whole, write

from planner import store
from planner.errors import MachineFault


def test_a_run_is_written_and_found(tmp_path: Path) -> None:
    """A finished run is found under its name; with force it is not."""
    assert store.find_finished(tmp_path, "a-1") is None
    write(tmp_path, "a-1")
    assert store.find_finished(tmp_path, "a-1") == tmp_path / "runs" / "a-1"
    assert store.find_finished(tmp_path, "a-1", force=True) is None
    assert whole(tmp_path, "a-1") == "a"
    assert hidden(tmp_path) == []


def test_an_unfinished_run_is_not_found_but_kept(tmp_path: Path) -> None:
    """A run ended by the clock never answers the question again, and is replaced by the next."""
    write(tmp_path, "a-1", "old", finished=False)
    assert store.find_finished(tmp_path, "a-1") is None
    assert whole(tmp_path, "a-1") == "old"
    write(tmp_path, "a-1", "new")
    assert whole(tmp_path, "a-1") == "new"
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\ufeff{}", '{"finished": 1}', "[" * 100_000])
def test_a_damaged_manifest_is_no_finished_run(tmp_path: Path, text: str) -> None:
    """A manifest that cannot be read, or says something else, is not taken for a finished run."""
    write(tmp_path, "a-1")
    (tmp_path / "runs" / "a-1" / store.MANIFEST).write_text(text, encoding="utf-8")
    assert store.find_finished(tmp_path, "a-1") is None


def test_a_manifest_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing and a damaged manifest are told with their place below the project."""
    write(tmp_path, "a-1")
    folder = tmp_path / "runs" / "a-1"
    (folder / store.MANIFEST).write_bytes(b"\xff")
    with pytest.raises(MachineFault, match=r"^runs/a-1/manifest.json: the manifest is damaged"):
        store.read_manifest(folder)
    (folder / store.MANIFEST).unlink()
    with pytest.raises(MachineFault, match=r"^runs/a-1/manifest.json: there is no whole run here"):
        store.read_manifest(folder)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit, MachineFault])
def test_a_failure_leaves_nothing_and_the_old_run(tmp_path: Path, error: type[BaseException]) -> None:
    """Whatever ends the writing early, nothing new is visible and the old run is untouched."""
    write(tmp_path, "a-1", "old")
    with pytest.raises(error), store.new_run(tmp_path, "a-1") as folder:  # noqa: PT012 - it fails half-way
        (folder / "half.csv").write_text("x")
        raise error("stopped")
    assert whole(tmp_path, "a-1") == "old"
    assert hidden(tmp_path) == []


def test_a_run_without_manifest_is_not_whole(tmp_path: Path) -> None:
    """Without a manifest nothing is put in place."""
    with pytest.raises(FileNotFoundError), store.new_run(tmp_path, "a-1") as folder:
        (folder / "half.csv").write_text("x")
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_failed_rename_puts_the_old_run_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the new run cannot take its place, the old one stands there again."""
    write(tmp_path, "a-1", "old")
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name.startswith(".tmp-"):
            raise OSError(errno.EACCES, "refused", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(MachineFault, match="permission is refused while writing runs/a-1"):
        write(tmp_path, "a-1", "new")
    monkeypatch.undo()
    assert whole(tmp_path, "a-1") == "old"
    assert hidden(tmp_path) == []


def test_the_manifest_is_settled_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is on the disk before the manifest, and the manifest before the name."""
    order: list[str] = []
    sync, rename = os.fsync, Path.rename

    def noted(handle: int) -> None:
        order.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        sync(handle)

    def named(self: Path, target: Path) -> Path:
        order.append("name")
        return rename(self, target)

    if not Path("/proc/self/fd").exists():
        pytest.skip("names of open files are not told here")
    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Path, "rename", named)
    write(tmp_path, "a-1")
    files = [f"{part}.csv" for part in range(PARTS)]
    assert order[: PARTS + 1] == [*files, store.MANIFEST]
    assert order[-1] == store.RUNS
    assert order.index("name") < order.index(store.RUNS)


def _killed_somewhere(project: Path, count: int, seed: int) -> None:
    """Kill a writer `count` times at random moments; after each the run that is seen is whole."""
    rng = random.Random(seed)  # noqa: S311 - moments, not secrets
    write(project, "a-1", "first")
    for number in range(count):
        process = started(project, "a-1", f"text{number}", 0.004)
        time.sleep(rng.uniform(0, 0.06))
        process.kill()
        process.wait()
        assert store.find_finished(project, "a-1") is not None
        assert whole(project, "a-1") in {"first", *(f"text{k}" for k in range(number + 1))}
        assert hidden(project) == []
    last = started(project, "a-1", "last", 0)
    assert last.wait() == 0
    assert whole(project, "a-1") == "last"


def test_kills_leave_no_torn_run(tmp_path: Path) -> None:
    """20 kills at random moments: 0 torn runs, nothing left over, and the rerun succeeds."""
    _killed_somewhere(tmp_path, 20, 1)


@pytest.mark.slow
def test_many_kills_leave_no_torn_run(tmp_path: Path) -> None:
    """200 kills at random moments: 0 torn runs, nothing left over, and the rerun succeeds."""
    _killed_somewhere(tmp_path, 200, 2)


def test_a_run_set_aside_by_a_dead_process_comes_back(tmp_path: Path) -> None:
    """Killed between setting the old run aside and naming the new one: the old run is put back."""
    write(tmp_path, "a-1", "old")
    runs = tmp_path / "runs"
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (runs / "a-1").rename(runs / f".old-a-1-{dead.pid}-00000000")
    (runs / f".tmp-a-1-{dead.pid}-00000000").mkdir()
    assert store.find_finished(tmp_path, "a-1") == runs / "a-1"
    assert whole(tmp_path, "a-1") == "old"
    assert hidden(tmp_path) == []


def test_folders_of_living_processes_and_of_others_stay(tmp_path: Path) -> None:
    """Sweeping touches neither what a living process writes nor what is not ours."""
    runs = tmp_path / "runs"
    mine = f".tmp-a-1-{os.getpid()}-00000000"
    for name in (mine, ".tmp-mine", "other-run", ".git", ".tmp-a-1-99999999999999999999-00000000"):
        (runs / name).mkdir(parents=True)
    store.sweep(runs)
    assert sorted(path.name for path in runs.iterdir()) == sorted([mine, ".tmp-mine", "other-run", ".git"])


def test_eight_at_once_give_one_whole_run(tmp_path: Path) -> None:
    """8 processes write the same run at once: all succeed, and what stands is whole and of one of them."""
    processes = [started(tmp_path, "a-1", f"text{k}", 0.001 * k) for k in range(8)]
    assert [process.wait() for process in processes] == [0] * 8
    assert whole(tmp_path, "a-1") in {f"text{k}" for k in range(8)}
    assert hidden(tmp_path) == []


def test_eight_different_runs_at_once_are_all_whole(tmp_path: Path) -> None:
    """8 processes write 8 runs at once: 8 whole folders."""
    processes = [started(tmp_path, f"a-{k}", f"text{k}", 0.001) for k in range(8)]
    assert [process.wait() for process in processes] == [0] * 8
    assert [whole(tmp_path, f"a-{k}") for k in range(8)] == [f"text{k}" for k in range(8)]
    assert hidden(tmp_path) == []
