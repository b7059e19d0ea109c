"""How time and memory grow with a city: New York by block, from 1,000 blocks to all 25,927, as a table.

    pip download --no-deps councilcount==0.11.4
    python tests/benchmarks/growth.py councilcount-0.11.4-py3-none-any.whl FOLDER [BLOCKS …]

Each size is a project of its own in FOLDER, the neighbourhoods around the middle of the city with their part
of the sites and of the money, and is answered in a process of its own. The exponents are the slopes of a
line through the logarithms. The table goes to `results/growth.md`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from benchmark_table import machine, table

from planner.model.decide import decide
from planner.question import Ear, ask

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "growth.md"
SIZES = (1000, 2000, 4000, 8000, 16000, 25927)
PRINCIPLE, GAP, LIMIT = "priority", 0.01, 300.0
FIGURES = {
    "read": "reading and posing",
    "search": "the search",
    "busy": "its processor time",
    "peak": "memory",
}
HEAD = (
    "blocks", "sites", "pairs", "read and pose [s]", "search [s]", "of it by the processor [s]",
    "peak [MB]", "gap", "gap by arithmetic", "ended",
)  # fmt: skip


def one(folder: Path) -> dict[str, Any]:
    """Answer one size in this process."""
    changes = {
        "objective": {PRINCIPLE: {}},
        "judge_by": "cells",
        "solver.gap": GAP,
        "solver.time_limit_seconds": LIMIT,
    }
    begun = time.monotonic()
    asked = ask(folder / "scenarios" / "new_york_blocks.yaml", overrides=changes, ear=Ear())
    read, busy, problem = time.monotonic() - begun, time.process_time(), asked.problem
    status = decide(problem, asked.scenario, asked.residents).status
    return {
        "blocks": len(problem.places),
        "sites": len(problem.sites),
        "pairs": len(problem.pairs),
        "read": read,
        "search": status.seconds,
        "busy": time.process_time() - busy,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "gap": status.gap,
        "priced": status.priced_gap,
        "ended": status.ending,
        "load": os.getloadavg()[0],
    }


def row(of: dict[str, Any]) -> tuple[str, ...]:
    """One row of the table."""
    sizes = (f"{of[name]:,}" for name in ("blocks", "sites", "pairs"))
    times = (f"{of[name]:.1f}" for name in ("read", "search", "busy"))
    gaps = ("–" if of[name] is None else f"{of[name]:.2%}" for name in ("gap", "priced"))
    return (*sizes, *times, f"{of['peak']:,.0f}", *gaps, str(of["ended"]))


def exponent(found: list[dict[str, Any]], name: str) -> float:
    """Slope of the logarithm of a figure over that of the blocks."""
    blocks = np.log([of["blocks"] for of in found])
    return float(np.polyfit(blocks, np.log([of[name] for of in found]), 1)[0])


def page(found: list[dict[str, Any]]) -> str:
    """The table, the exponents, and under which load they were taken."""
    parts = ["# How it grows: New York by block", machine()]
    parts.append(
        f"`{PRINCIPLE}`, judged by block, to a gap of {GAP:.0%} or for {LIMIT:.0f} s. `python "
        "tests/benchmarks/growth.py councilcount-0.11.4-py3-none-any.whl FOLDER` repeats it."
    )
    parts.append(table(HEAD, [row(of) for of in found]))
    if len(found) > 1:
        figures = (
            ("read", "reading"),
            ("search", "the search"),
            ("busy", "its processor time"),
            ("peak", "memory"),
        )
        told = ", ".join(f"{words} {exponent(found, name):.2f}" for name, words in figures)
        parts.append(f"Exponents over the number of blocks (1 is in proportion): {told}.")
    loads = [of["load"] for of in found]
    parts.append(
        f"The load of the machine was {min(loads):.0f} to {max(loads):.0f} (processes that want a core): "
        "where that is more than its cores other work ran beside it, and the processor's time says more."
    )
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write each size as a project, answer it, and write the table anew."""
    wheel, folder = sys.argv[1], Path(sys.argv[2])
    found = []
    for size in [int(word) for word in sys.argv[3:]] or SIZES:
        project = folder / str(size)
        few = [] if size == max(SIZES) else ["--blocks", str(size)]
        for script, given in (
            ("new_york_blocks.py", [wheel, str(project), *few]),
            ("growth.py", ["--one", str(project)]),
        ):
            command = [sys.executable, str(HERE / script), *given]
            said = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
        found.append(json.loads(said.splitlines()[-1]))
        RESULTS.write_text(page(found), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))  # noqa: T201 - the table is what the command is for


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        print(json.dumps(one(Path(sys.argv[2]))))  # noqa: T201
    else:
        main()
