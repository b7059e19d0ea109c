"""Replays a session: a text in which indented lines are commands (`$`), what they say, and their exit code.

A line of `…` stands for any lines, `…` within a line for any words; `[2]` is an exit code other than 0.
Spaces that do not break are shown as plain ones.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
CITIES = ROOT / ".." / "shared" / "cities"
"""Real cities, which sessions call `$CITIES`."""
COMMANDS = {"planner": "-m planner", "python3": ""}


@dataclass
class Step:
    """One command, and what it is to say."""

    line: int
    command: str
    expected: list[str] = field(default_factory=list)


def steps(text: str) -> list[Step]:
    """Commands of a session with the lines that follow them; anything not indented is prose."""
    found: list[Step] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("  $ "):
            found.append(Step(number, line[4:]))
        elif line.startswith("  > "):
            found[-1].command += "\n" + line[4:]
        elif line.startswith("  ") and found:
            found[-1].expected.append(line[2:])
    return found


def replay(session: Path, folder: Path) -> list[str]:
    """Run every command in a new folder; what differs, with its line in the session."""
    (folder / "bin").mkdir()
    for name, module in COMMANDS.items():
        shim = folder / "bin" / name
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n', encoding="utf-8")
        shim.chmod(0o755)
    (folder / "work").mkdir()
    given = os.environ | {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    given |= {"COLUMNS": "100", "PYTHONUTF8": "1", "TMPDIR": str(folder), "CITIES": str(CITIES.resolve())}
    wrong = []
    for step in steps(session.read_text(encoding="utf-8")):
        said = subprocess.run(
            ["bash", "-c", step.command],
            cwd=folder / "work",
            env=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        found = re.sub("[\u00a0\u202f]", " ", said.stdout).splitlines() + (
            [f"[{said.returncode}]"] if said.returncode else []
        )
        if not fits(step.expected, found):
            wrong.append(_difference(session.name, step, found))
    return wrong


def fits(expected: list[str], found: list[str]) -> bool:
    """Whether the lines that were said are those that were expected."""
    pattern = "".join(_pattern(line) for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in found)) is not None


def _pattern(line: str) -> str:
    if line == "…":
        return r"(?:[^\n]*\n)*?"
    return r"[^\n]*".join(re.escape(part) for part in line.split("…")) + "\n"


def _difference(session: str, step: Step, found: list[str]) -> str:
    shown = "\n  ".join
    head = f"{session}:{step.line}: $ {step.command}"
    return f"{head}\nexpected:\n  {shown(step.expected)}\nfound:\n  {shown(found)}"
