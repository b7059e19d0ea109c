"""The job runner: what jobs return, what they fail of, and what happens to those that die."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from planner.errors import Fault, InputFault
from planner.explore.jobs import on_this_machine

if TYPE_CHECKING:
    from pathlib import Path

PARALLEL = 2


def work(job: tuple[str, float]) -> float:
    """Do what the job says; in a process of its own."""
    what, number = job
    if what == "refuse":
        raise InputFault(Fault("is no number", "sweep.yaml:3:5", "write one"))
    if what == "break":
        raise ValueError("odd")
    if what == "memory":
        raise MemoryError
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "leave":
        os._exit(7)
    if what == "wait":
        time.sleep(number)
    return number**2


def test_each_job_is_told_and_a_dead_one_loses_only_itself() -> None:
    """Jobs that refuse, break, run out of memory, are killed or leave are told; the others are done."""
    names = ("square", "refuse", "break", "memory", "die", "leave", "square")
    jobs = [(name, float(n)) for n, name in enumerate(names)]
    done = {one.job: one for one in on_this_machine(work, jobs, at_once=PARALLEL)}
    assert sorted(done) == list(range(len(jobs)))
    assert [done[n].result for n in (0, 6)] == [0.0, 36.0]
    assert done[1].faults == (Fault("is no number", "sweep.yaml:3:5", "write one"),)
    told = {names[n]: str(done[n].faults[0]) for n in range(2, 6)}
    assert told == {
        "break": "a fault of the planner itself: ValueError: odd",
        "memory": "the machine ran out of memory\n    → do fewer at once, or ask a smaller question",
        "die": "its process was ended by SIGKILL\n    → memory may not suffice: do fewer at once",
        "leave": "its process ended with 7 and without a word",
    }


def test_jobs_end_side_by_side_and_stop_when_nobody_asks() -> None:
    """Two work at once: the quick one is told first; those that are left are ended with the question."""
    found = on_this_machine(work, [("wait", 60.0), ("wait", 0.0), ("wait", 0.0)], at_once=PARALLEL)
    assert [next(found).job, next(found).job] == [1, 2]
    begun = time.monotonic()
    found.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 20


def parent_of(_: object) -> int:
    """Which process made this one."""
    return os.getppid()


def test_many_jobs_leave_no_process_behind(tmp_path: Path) -> None:
    """Thirty jobs, and no child of this process but the one that makes them."""
    del tmp_path
    parents = {one.result for one in on_this_machine(parent_of, range(30), at_once=PARALLEL)}
    assert len(parents) == 1
