"""The watch: a small parent process that tells in words what a command cannot tell: that it was killed.

It imports nothing heavy, passes signals on, and ends with the command's exit code. `PLANNER_ALONE=1` runs the
command in one process, for debuggers.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from planner.errors import Fault, MachineFault, PlannerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

WATCHED = {
    "run",
    "alternatives",
    "sweep",
    "frontier",
    "principles",
    "assess",
    "verify",
    "audit",
    "more",
    "why",
    "report",
    "check",
    "export",
    "compare",
}
ALONE = "PLANNER_ALONE"
PASSED_ON = (signal.SIGINT, signal.SIGTERM)
ONE_PRESS = 1.0
"""Signals that follow one another faster are one wish: a terminal sends Ctrl-C to both processes [s]."""
NO_MORE = (signal.SIGKILL, signal.SIGABRT) if os.name == "posix" else ()
NO_ROOM = 127
"""Exit code with which the C library gives up when it gets no memory for a thread."""
OWN = ("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE")
GIGA = 1e9


def main() -> None:
    """Run the command of this command line, watched where it works long."""
    if is_watched(sys.argv[1:]):
        sys.exit(watch(_act))
    listen()
    _act()


def is_watched(words: list[str]) -> bool:
    """Whether this command line is run in a child: those that work long, where the system has signals."""
    command = next((word for word in words if not word.startswith("-")), "")
    return os.name == "posix" and command in WATCHED and "--help" not in words and not os.environ.get(ALONE)


def watch(action: Callable[[], object]) -> int:
    """Run an action in a child process; return its exit code, or tell of what signal it died.

    The child returns from here too, by `SystemExit`, when its action has ended.
    """
    stays, ends = os.pipe()
    signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)
    child = os.fork()
    if not child:
        os.close(ends)
        listen()
        threading.Thread(target=_outlived, args=(stays,), daemon=True).start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
        action()
        sys.exit(0)
    os.close(stays)
    for number in PASSED_ON:
        signal.signal(number, lambda number, _: _pass_on(child, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
    _, status, used = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == NO_ROOM:
        code = -signal.SIGABRT
    return code if code >= 0 else _told(died(signal.Signals(-code), _bytes(used.ru_maxrss)))


def listen() -> None:
    """Hear SIGINT (Ctrl-C) and SIGTERM alike: each stops the search, and the best plan so far is kept."""
    last = -ONE_PRESS

    def hear(number: int, frame: FrameType | None) -> None:
        nonlocal last
        del number, frame
        earlier, last = last, time.monotonic()
        if last - earlier >= ONE_PRESS:
            raise KeyboardInterrupt

    for number in PASSED_ON:
        signal.signal(number, hear)


def died(number: signal.Signals, peak: float) -> PlannerError:
    """What is told of a command that died of a signal, holding so much memory at its peak [byte]."""
    held = f"it held {peak / GIGA:.1f} GB at its peak, of {_machine() / GIGA:.0f} GB in this machine"
    if number.name in OWN:
        message = f"a fault of the planner itself or of a library below it: {number.name}; {held}"
        return PlannerError(Fault(message, hint="please report it, with the scenario; nothing was written"))
    if number not in NO_MORE:
        return MachineFault(Fault(f"ended from outside by {number.name}; {held}"))
    how = {
        signal.SIGKILL: "killed from outside: by hand, or by the system because memory ran out",
        signal.SIGABRT: "given up by a library, most likely because it got no more memory",
    }
    hint = (
        "ask a smaller question (fewer sites, shorter limits of travel, `judge_by: neighbourhoods`), or use "
        "a machine with more memory; no half-finished run is kept"
    )
    return MachineFault(Fault(f"{how[number]}; {held}", hint=hint))


def _act() -> None:
    from planner.cli.app import main as act  # noqa: PLC0415 - the parent stays small

    act()


def _pass_on(child: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, number)


def _outlived(stays: int) -> None:
    """Stop the command when its parent is gone: nobody would hear of it."""
    os.read(stays, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _told(error: PlannerError) -> int:
    for fault in error.faults:
        sys.stderr.write(f"{fault}\n")
    return error.exit_code


def _bytes(maxrss: int) -> float:
    return float(maxrss) * (1 if sys.platform == "darwin" else 1024)


def _machine() -> float:
    return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
