"""The job runner: a process for each job on this machine, so that one that dies loses only itself."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from planner.errors import Fault, Infeasible, InputFault, MachineFault, NoPlan, PlannerError, PlanRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection

    Work = Callable[[Any], Any]

READY = "planner.flow"
"""Imported once, before processes are made of it: a job begins at once and not after two seconds."""


@dataclass(frozen=True)
class Done:
    """One job that has ended.

    Attributes
    ----------
    job
        Its place among the jobs.
    result
        What it returned; None where it failed.
    faults
        Why it failed; empty where it did not.
    seconds
        Time that it took [s].
    code
        Exit code that goes with its faults.
    """

    job: int
    result: Any = None
    faults: tuple[Fault, ...] = ()
    seconds: float = 0.0
    code: int = 0


@dataclass(frozen=True)
class _Running:
    job: int
    process: Any
    ends: Connection
    begun: float

    def done(self) -> Done:
        """What the process said last; what it died of where it said nothing."""
        try:
            result, faults, code = self.ends.recv()
        except (EOFError, OSError):
            self.process.join()
            result, faults, code = None, (_death(self.process.exitcode),), MachineFault.exit_code
        self.process.join()
        self.ends.close()
        return Done(self.job, result, faults, time.monotonic() - self.begun, code)

    def stop(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.join()
        self.ends.close()


def on_this_machine(work: Work, jobs: Sequence[Any], *, at_once: int = 1) -> Iterator[Done]:
    """Do jobs in processes of their own, some at once, and tell each as it ends.

    Parameters
    ----------
    work
        What is done with each job: a function of a module, so that another process finds it.
    jobs
        What it is given, one after the other.
    at_once
        Processes that work side by side.

    Returns
    -------
    Each job as it ends, in the order in which they end. Processes that are still at work are ended when
    nobody asks any more.
    """
    context = _context()
    waiting = deque(enumerate(jobs))
    running: dict[Connection, _Running] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                begun = _begin(context, work, *waiting.popleft())
                running[begun.ends] = begun
            for ends in wait(list(running)):
                yield running.pop(ends).done()  # type: ignore[call-overload]
    finally:
        for one in running.values():
            one.stop()


def fitting(threads: int) -> int:
    """Return how many jobs of so many threads the processors of this machine have room for."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // threads)


def _context() -> Any:  # noqa: ANN401 - one of several kinds
    """Ways to make processes: from one that has everything imported and no threads, where there is such."""
    if sys.platform == "win32":
        return mp.get_context("spawn")
    context = mp.get_context("forkserver")
    context.set_forkserver_preload([READY])
    return context


def _begin(context: Any, work: Work, number: int, job: Any) -> _Running:  # noqa: ANN401 - as above
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_do, args=(theirs, work, job), name=f"job {number + 1}")
    process.start()
    theirs.close()
    return _Running(number, process, mine, time.monotonic())


def _do(ends: Connection, work: Work, job: Any) -> None:  # noqa: ANN401 - as above
    """Do one job in a process of its own; Ctrl-C is for the one that asked, who ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ends.send(attempt(work, job))
    ends.close()


def attempt(work: Work, job: Any) -> tuple[Any, tuple[Fault, ...], int]:  # noqa: ANN401 - as above
    """What a job returns; or why it failed, in words, with the exit code that goes with it."""
    try:
        return work(job), (), 0
    except PlannerError as error:
        return None, error.faults, error.exit_code
    except MemoryError:
        fault = Fault("the machine ran out of memory", hint="do fewer at once, or ask a smaller question")
        return None, (fault,), MachineFault.exit_code
    except Exception as error:  # noqa: BLE001 - the other jobs go on
        fault = Fault(f"a fault of the planner itself: {type(error).__name__}: {error}")
        return None, (fault,), PlannerError.exit_code


def failure(faults: Iterable[Fault], codes: Iterable[int]) -> PlannerError:
    """What to raise for jobs that failed: each fault once, with their exit code where all have the same."""
    kinds = {kind.exit_code: kind for kind in (MachineFault, Infeasible, NoPlan, PlanRefused)}
    codes = set(codes)
    kind = kinds.get(min(codes), InputFault) if len(codes) == 1 else InputFault
    return kind(dict.fromkeys(faults))


def _death(code: int | None) -> Fault:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        hint = "memory may not suffice: do fewer at once" if -code == signal.SIGKILL else ""
        return Fault(f"its process was ended by {name}", hint=hint)
    return Fault(f"its process ended with {code} and without a word")
