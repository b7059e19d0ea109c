"""New York by block, principle by principle: seconds, memory, value, bound and gap as a table.

    python tests/benchmarks/new_york_blocks.py councilcount-0.11.4-py3-none-any.whl FOLDER
    python tests/benchmarks/metropolis.py FOLDER [PRINCIPLE …]

Each principle runs in a process of its own. The table goes to `results/new_york_blocks.md`.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmark_table import machine, table

from planner.model.decide import decide
from planner.question import Ear, ask

RESULTS = Path(__file__).parent / "results" / "new_york_blocks.md"
ASKED = {
    "utilitarian": ({"utilitarian": {}}, "cells", 0.01, 300),
    "priority": ({"priority": {}}, "cells", 0.01, 300),
    "sufficiency": ({"sufficiency": {"floor": 0.5}}, "cells", 0.01, 300),
    "worst_off": ({"worst_off": {"share": 0.2}}, "neighbourhoods", 0.03, 600),
    "equal_shares": ({"equal_shares": {}}, "neighbourhoods", 0.03, 600),
    "maximin": ({"maximin": {}}, "neighbourhoods", 0.03, 600),
}
"""Principle, who is judged, gap asked for, time limit [s]."""
HEAD = ("principle", "judged by", "seconds", "peak [MB]", "level", "bound", "gap", "ended")


def one(folder: Path, name: str) -> dict[str, object]:
    """Answer one question in this process."""
    objective, judged, gap, limit = ASKED[name]
    changes = {
        "objective": objective,
        "judge_by": judged,
        "solver.gap": gap,
        "solver.time_limit_seconds": float(limit),
    }
    begun = time.monotonic()
    asked = ask(folder / "scenarios" / "new_york_blocks.yaml", overrides=changes, ear=Ear())
    read, problem = time.monotonic() - begun, asked.problem
    status = decide(problem, asked.scenario, asked.residents).status
    return {
        "name": name,
        "judged": judged,
        "read": read,
        "seconds": status.seconds,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "level": status.level,
        "bound": status.level_bound,
        "gap": status.gap,
        "ended": status.ending,
        "size": [len(problem.places), len(problem.sites), len(problem.pairs), len(problem.providers)],
    }


def row(of: dict[str, object]) -> tuple[str, ...]:
    """One row of the table."""
    figures = f"{of['seconds']:.0f}", f"{of['peak']:,.0f}", f"{of['level']:.5f}", f"{of['bound']:.5f}"
    return str(of["name"]), str(of["judged"]), *figures, f"{of['gap']:.2%}", str(of["ended"])


def main() -> None:
    """Run every principle that is named (all, by default), and write the table."""
    folder, names = Path(sys.argv[1]), sys.argv[2:] or list(ASKED)
    found = []
    for name in names:
        command = [sys.executable, __file__, "--one", str(folder), name]
        said = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
        found.append(json.loads(said.splitlines()[-1]))
        size = "{:,} places, {:,} sites, {:,} pairs, {:,} providers".format(*found[0]["size"])
        parts = ("# New York by block", machine(), size + ".", table(HEAD, [row(of) for of in found]))
        RESULTS.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
        print(RESULTS.read_text(encoding="utf-8"))  # noqa: T201 - the table is what the command is for


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        print(json.dumps(one(Path(sys.argv[2]), sys.argv[3])))  # noqa: T201
    else:
        main()
