"""How a command can end: what is said, and the exit code; written into the help and into the docs."""

from __future__ import annotations

from typing import NamedTuple


class Ending(NamedTuple):
    """One way to end: what happened, what is said of it (… stands for what differs), the exit code."""

    what: str
    said: str
    code: int


STOPPED_EARLY = "… The plan may miss up to …% of the possible gain. …"
ENDINGS = (
    Ending("optimal", "… Proven: in this model, no plan within this budget does better …", 0),
    Ending("within the gap", "… Proven: at least …% of what this budget can do …", 0),
    Ending("stopped by the clock, with a plan", f"… stopped by its time limit {STOPPED_EARLY}", 0),
    Ending("interrupted (Ctrl-C, SIGTERM), with a plan", f"… stopped by hand. {STOPPED_EARLY}", 0),
    Ending("out of memory, with a plan", f"… stopped because memory ran out. {STOPPED_EARLY}", 0),
    Ending("something in the input to mend", "…:…: …", 2),
    Ending("infeasible", "no plan keeps every rule; …", 3),
    Ending("stopped by the clock, without a plan", "no plan was found within … seconds …", 4),
    Ending("interrupted, without a plan", "stopped by you …", 4),
    Ending("the solver gave up", "the solver gave up before it found a plan …", 4),
    Ending("out of memory", "the machine ran out of memory …", 5),
    Ending(
        "more memory than `solver.memory_gb`", "the … GB of memory that the scenario allows are used up …", 5
    ),
    Ending(
        "killed (-9), as by a system without memory", "killed from outside: by hand, or by the system …", 5
    ),
    Ending("aborted by a library without memory", "given up by a library, most likely …", 5),
    Ending("disk full, permission refused", "runs/…: the disk is full while writing …", 5),
    Ending("plan refused by the checker", "checker: …", 6),
    Ending("unbounded", "the model has no bound: something in the objective `…` has no limit", 70),
    Ending("a library crashed (SIGSEGV)", "a fault of the planner itself or of a library below it: …", 70),
    Ending("any other fault of ours", "A fault of the planner itself: … Details: …", 70),
)


def epilog() -> str:
    """The exit codes, each with the endings that have it, for `planner run --help`."""
    codes = sorted({ending.code for ending in ENDINGS})
    lines = [f"{code:>3}  {'; '.join(e.what for e in ENDINGS if e.code == code)}" for code in codes]
    return "\n\n".join(["Exit codes, each with how the command ended:", *lines])
