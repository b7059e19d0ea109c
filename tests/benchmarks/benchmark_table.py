"""Measurements told as a Markdown table, with the machine on which they were taken."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from typing import Any

WORDS = {
    "read": "read the layers",
    "travel": "measure travel",
    "pose": "build: pose the problem",
    "formulate": "build: formulate the model",
    "hand-over by PuLP": "hand over to HiGHS by PuLP",
    "hand-over as arrays": "hand over to HiGHS as arrays (beside it)",
    "search": "solve: search, proof and polish (builds and hands over by itself)",
    "assess": "assess: indicators",
    "write": "write: tables",
    "verify": "verify from the written tables",
    "report": "write: maps and report",
    "given whole": "baseline: the same model given whole to HiGHS",
}
COLUMNS = ("the planner's search", "given whole to HiGHS")


def machine() -> str:
    """Tell cores, memory and versions; no name of the machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    tools = ", ".join(f"{name} {version(name)}" for name in ("highspy", "pulp", "numpy", "pandas"))
    python = platform.python_version()
    what = f"{cores} cores ({platform.machine()}), {memory:.0f} GB of memory, {platform.system()}"
    return f"{what}; Python {python}, {tools}."


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table; all columns but the first to the right."""
    lines = [head, ("---", *("---:" for _ in head[1:])), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def told(title: str, of: dict[str, Any], command: dict[str, float]) -> str:
    """Tell all measurements of one city: by phase, and of the command as users run it."""
    size = ", ".join(f"{number:,} {name}" for name, number in of["model"].items())
    parts = [
        f"# {title}",
        machine(),
        f"{size}; {of['threads']} threads for the solver.",
        table(("phase", "seconds", "peak memory [MB]"), _phases(of, command)),
        "Peak memory of a phase is the most that the process held meanwhile, what it held before included.",
        "## How good, how fast",
        table(("", *COLUMNS[: 1 + ("whole" in of)]), _compared(of)),
    ]
    if "whole" in of:
        parts.append(_ratio(of))
    return "\n\n".join(parts) + "\n"


def _phases(of: dict[str, Any], command: dict[str, float]) -> list[tuple[str, ...]]:
    rows = [
        (WORDS.get(p["name"], p["name"]), f"{p['seconds']:.2f}", f"{p['peak_mb']:,.0f}") for p in of["phases"]
    ]
    whole = (
        "**`planner run`, from command to report**",
        f"{command['seconds']:.1f}",
        f"{command['peak_mb']:,.0f}",
    )
    return [*rows, whole]


def _compared(of: dict[str, Any]) -> list[tuple[str, ...]]:
    columns = [of["search"], *([of["whole"]] if "whole" in of else [])]
    lines = {
        "how it ended": [str(c["ending"]).replace("_", " ") for c in columns],
        "value (less is better)": [_number(c["value"], ",.1f") for c in columns],
        "proven bound": [_number(c["bound"], ",.1f") for c in columns],
        "level (equal outcome worth as much)": [_number(c.get("level"), ".5f") for c in columns],
        "gap: share of the possible gain missed": [_number(c["gap"], ".2%") for c in columns],
        "seconds": [_number(c["seconds"], ".1f") for c in columns],
        "peak memory [MB]": [_number(c["peak_mb"], ",.0f") for c in columns],
    }
    return [(name, *texts) for name, texts in lines.items()]


def _ratio(of: dict[str, Any]) -> str:
    search, whole = of["search"], of["whole"]
    ratio = whole["seconds"] / search["seconds"]
    return (
        f"Given whole, HiGHS took {ratio:.2f} × the time of the search; when the search was done "
        f"({search['seconds']:.1f} s) it stood at a gap of {whole['gap_by_then']:.2%}. It got the rules, the "
        "tangents with which the search ended, the threads, the time limit, and the gap as an absolute one; "
        "no tight rows, no smaller search before."
    )


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else f"{value:{form}}"
