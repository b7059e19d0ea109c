"""Every way in which a command can end: message and exit code, as the table in the docs says."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pytest
from hard_city import write_hard

from planner import flow
from planner.cli import listing
from planner.cli.app import app, guarded
from planner.cli.endings import ENDINGS, Ending
from planner.cli.watch import is_watched
from planner.errors import NoPlan
from planner.model import relax
from planner.model.search import Search
from planner.model.solve import Answer
from planner.model.yardstick import Yardstick
from planner.problem.blocks import Goal, Variables
from planner.verify.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
STRICT = "floor: {service: care, reached: 0.5}"
SEARCHING = "Posing the problem"


class Here:
    """A place to run commands in: in this process, or as a user does in another."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Keep the folder and pytest's tools."""
        self.folder, self.patch, self.capsys = folder, monkeypatch, capsys

    def planner(self, *words: object) -> tuple[int, str]:
        """Run a command in this process; its exit code and everything it said."""
        code = guarded(partial(app, [str(word) for word in words], prog_name="planner"))
        captured = self.capsys.readouterr()
        return code, captured.out + "".join(
            line for line in captured.err.splitlines(True) if " s  " not in line
        )

    def sixmile(self, *settings: str) -> tuple[int, str]:
        """Run the town of six wards with these settings."""
        for name in ("scenarios", "data"):
            shutil.copytree(
                ROOT / name, self.folder / name, ignore=shutil.ignore_patterns("new_york*", "monaco*")
            )
        (self.folder / "planner.toml").touch()
        given = [word for setting in settings for word in ("--set", setting)]
        return self.planner("run", self.folder / "scenarios" / "sixmile.yaml", *given)

    def start(self, *words: object, **environment: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, as a terminal does, with pipes."""
        return subprocess.Popen(
            [sys.executable, "-m", "planner", *map(str, words)],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def ended(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        """Wait for a command; its exit code and what it said but for progress."""
        said, faults = process.communicate(timeout=120)
        assert not list(self.folder.glob("**/.tmp*"))
        lines = faults.splitlines(keepends=True)
        return process.returncode, said + "".join(line for line in lines if " s  " not in line)

    def killed(self, number: signal.Signals) -> tuple[int, str]:
        """Kill the child of a command that searches."""
        process = self.start("run", write_hard(self.folder))
        _until(process, SEARCHING)
        os.kill(_child(process), number)
        return self.ended(process)


def _until(process: subprocess.Popen[str], words: str) -> None:
    """Read what a command says until these words come."""
    assert process.stderr is not None
    while words not in (line := process.stderr.readline()):
        assert line, f"ended before it said {words!r}"


def _child(process: subprocess.Popen[str]) -> int:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) == 1
    return int(children[0])


def _optimal(here: Here) -> tuple[int, str]:
    return here.sixmile()


def _within_gap(here: Here) -> tuple[int, str]:
    return here.planner("run", write_hard(here.folder, gap=0.5))


def _clock(here: Here) -> tuple[int, str]:
    return here.planner("run", write_hard(here.folder, seconds=4))


def _interrupted(here: Here) -> tuple[int, str]:
    """Ctrl-C in a terminal reaches both processes; that is one wish, not two."""
    process = here.start("run", write_hard(here.folder))
    _until(process, SEARCHING)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=4)
    os.killpg(process.pid, signal.SIGINT)
    return here.ended(process)


def _starved(here: Here) -> tuple[int, str]:
    def starves(search: Search) -> NoReturn:
        search.offer(np.ceil(search.relaxation.values["open"] - 0.99))
        raise MemoryError

    here.patch.setattr(Search, "_among_all", starves)
    return here.planner("run", write_hard(here.folder))


def _to_mend(here: Here) -> tuple[int, str]:
    return here.planner("run", write_hard(here.folder, rules="flor: {service: care, reached: 0.5}"))


def _infeasible(here: Here) -> tuple[int, str]:
    path = write_hard(here.folder, rules="floor: {service: care, reached: 0.9}")
    return here.planner("run", path, "--set", "budget.capital=9")


def _no_time(here: Here) -> tuple[int, str]:
    return here.planner("run", write_hard(here.folder, seconds=0.01, rules=STRICT))


def _stopped(here: Here) -> tuple[int, str]:
    process = here.start("run", write_hard(here.folder, rules=STRICT))
    _until(process, "Reading the city")
    os.kill(process.pid, signal.SIGTERM)
    return here.ended(process)


def _gave_up(here: Here) -> tuple[int, str]:
    run = relax.Solver.run
    here.patch.setattr(relax.Solver, "run", lambda *_, **__: Answer("unknown", None, None, None))
    told = here.planner("run", write_hard(here.folder, rules=STRICT))
    here.patch.setattr(relax.Solver, "run", run)
    return told


def _no_memory(here: Here) -> tuple[int, str]:
    def starves(*_: object) -> NoReturn:
        raise MemoryError

    here.patch.setattr(Search, "_run", starves)
    return here.planner("run", write_hard(here.folder, rules=STRICT))


def _ceiling(here: Here) -> tuple[int, str]:
    """A tenth of a gigabyte is less than the libraries take."""
    return here.ended(here.start("run", write_hard(here.folder, more=", memory_gb: 0.1")))


def _full(here: Here) -> tuple[int, str]:
    def fails(*_: object, **__: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    here.patch.setattr(flow, "write_tables", fails)
    return here.sixmile()


def _refused(here: Here) -> tuple[int, str]:
    here.patch.setattr(flow, "_verdict", lambda *_: Verdict(("the plan is not what it says",), 1, None))
    return here.sixmile()


def _unbounded(here: Here) -> tuple[int, str]:
    loose = Variables("loose", np.zeros(1), np.full(1, np.inf))
    goal = Goal({"loose": -np.ones(1)}, variables=(loose,))
    here.patch.setattr(Yardstick, "goal", property(lambda _: goal))
    return here.planner("run", write_hard(here.folder))


def _fault(here: Here) -> tuple[int, str]:
    def fails(*_: object) -> NoReturn:
        raise ZeroDivisionError

    here.patch.setattr(listing, "listing", fails)
    here.patch.setattr("planner.cli.crash.tempfile.tempdir", str(here.folder))
    return here.planner("list", "objectives")


SLOW = {"aborted by a library without memory", "a library crashed (SIGSEGV)"}


def _paced(ending: Ending) -> object:
    return pytest.param(ending, marks=pytest.mark.slow) if ending.what in SLOW else ending


CASES: dict[str, Callable[[Here], tuple[int, str]]] = {
    "optimal": _optimal,
    "within the gap": _within_gap,
    "stopped by the clock, with a plan": _clock,
    "interrupted (Ctrl-C, SIGTERM), with a plan": _interrupted,
    "out of memory, with a plan": _starved,
    "something in the input to mend": _to_mend,
    "infeasible": _infeasible,
    "stopped by the clock, without a plan": _no_time,
    "interrupted, without a plan": _stopped,
    "the solver gave up": _gave_up,
    "out of memory": _no_memory,
    "more memory than `solver.memory_gb`": _ceiling,
    "killed (-9), as by a system without memory": lambda here: here.killed(signal.SIGKILL),
    "aborted by a library without memory": lambda here: here.killed(signal.SIGABRT),
    "disk full, permission refused": _full,
    "plan refused by the checker": _refused,
    "unbounded": _unbounded,
    "a library crashed (SIGSEGV)": lambda here: here.killed(signal.SIGSEGV),
    "any other fault of ours": _fault,
}


@pytest.mark.skipif(sys.platform != "linux", reason="children and ceilings are looked up as Linux tells them")
@pytest.mark.parametrize("ending", [_paced(ending) for ending in ENDINGS], ids=lambda ending: ending.what)
def test_ending(
    ending: Ending, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command ends with this exit code and says this, never a traceback; no half run is left."""
    code, said = CASES[ending.what](Here(tmp_path, monkeypatch, capsys))
    assert code == ending.code, said
    pattern = ".*".join(re.escape(part.strip()) for part in ending.said.split("…"))
    assert re.fullmatch(pattern, " ".join(said.split())), said
    assert "Traceback" not in said
    runs = tmp_path / "runs"
    whole = [(p / "manifest.json").exists() for p in runs.glob("[!.]*")]
    assert whole == [True] * (ending.code == 0)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="children are looked up as Linux tells them")
def test_a_killed_parent_stops_its_child(tmp_path: Path) -> None:
    """When the small parent is killed, the command does not work on in secret: its plan so far is kept."""
    process = Here(tmp_path, None, None).start("run", write_hard(tmp_path))  # type: ignore[arg-type]
    _until(process, SEARCHING)
    child = _child(process)
    process.kill()
    said, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert "stopped by hand" in said or said == ""
    assert not Path(f"/proc/{child}/stat").exists() or "Z" in Path(f"/proc/{child}/stat").read_text()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="children are looked up as Linux tells them")
def test_killed_message_tells_what_to_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who reads that the command was killed reads how much memory it held and what to do next."""
    code, said = Here(tmp_path, monkeypatch, capsys).killed(signal.SIGKILL)
    assert code == 5
    assert re.search(r"it held 0\.\d GB at its peak, of \d+ GB in this machine\n", said)
    assert "ask a smaller question (fewer sites" in said
    assert "no half-finished run is kept" in said


def test_ctrl_c_before_the_search_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the use of what stands today is worked out stops the command: it is not swallowed."""
    import highspy  # noqa: PLC0415
    from strategies import random_case  # noqa: PLC0415

    from planner.model.decide import decide  # noqa: PLC0415

    case = next(case for seed in range(50) if (case := random_case(seed)).problem.providers["existing"].any())
    wait, left = highspy.Highs.wait, [0]

    def interrupted(self: highspy.Highs, timeout: float = -1.0) -> object:
        left[0] += 1
        if left[0] == 1:
            raise KeyboardInterrupt
        return wait(self, timeout)

    monkeypatch.setattr(highspy.Highs, "wait", interrupted)
    with pytest.raises(NoPlan, match="stopped by you before a plan was found"):
        decide(case.problem, case.scenario, case.residents)


def test_only_long_commands_are_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Help, lists and schemas need no parent; a debugger can do without one."""
    monkeypatch.delenv("PLANNER_ALONE", raising=False)
    assert is_watched(["--debug", "run", "x.yaml"])
    assert not is_watched(["run", "--help"])
    assert not is_watched(["list", "objectives"])
    assert not is_watched([])
    monkeypatch.setenv("PLANNER_ALONE", "1")
    assert not is_watched(["run", "x.yaml"])
