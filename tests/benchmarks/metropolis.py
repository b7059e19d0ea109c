"""New York by block, principle by principle: seconds, memory, value, bound and gap as tables.

    pip download --no-deps councilcount==0.11.4
    python tests/benchmarks/new_york_blocks.py councilcount-0.11.4-py3-none-any.whl FOLDER
    python tests/benchmarks/metropolis.py FOLDER [--only ROW …] [--append] [--no-whole]

A row is a principle and who is judged, as `worst_off/neighbourhoods`. Every row runs the whole command, from
reading to the report, in a process of its own, and then, in another, the same model given whole to HiGHS
with the same limits (`--no-whole` leaves that out). The tables go to `results/new_york_blocks.md`, their
figures to `results/new_york_blocks.json`; `--append` keeps the rows of earlier runs.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmark_phases import _forget_peak, _peak
from benchmark_table import machine, table

from planner import flow
from planner.model.decide import blocks_of, nothing_built, yardstick_of
from planner.model.formulation import formulate
from planner.model.solve import Solver
from planner.problem.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = Path(__file__).parent / "results" / "new_york_blocks.json"
JUSTICE: dict[str, tuple[dict[str, Any], float, float]] = {
    "utilitarian": ({"utilitarian": {}}, 0.01, 300.0),
    "priority": ({"priority": {}}, 0.01, 300.0),
    "sufficiency": ({"sufficiency": {"floor": 0.5}}, 0.01, 300.0),
    "worst_off": ({"worst_off": {"share": 0.2}}, 0.03, 600.0),
    "equal_shares": ({"equal_shares": {}}, 0.03, 600.0),
    "maximin": ({"maximin": {}}, 0.03, 600.0),
}
"""Objective, gap asked for, time limit of the search [s]."""
ROWS = (
    *(f"{name}/cells" for name in ("utilitarian", "priority", "sufficiency")),
    *(f"{name}/{judged}" for judged in ("neighbourhoods", "cells") for name in list(JUSTICE)[3:]),
)
PATIENCE = 1.5
"""Times the time limit after which a whole model that does not stop by itself is ended."""
PHASES = ("read", "travel", "pose", "search", "assess", "write", "verify", "report")


@dataclass
class Clock(flow.Ear):
    """Hears of phases: seconds on the wall and of the processors, and the most memory meanwhile [MB]."""

    phases: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure one phase."""
        _forget_peak()
        begun, worked = time.perf_counter(), _processor()
        yield
        self.phases[name] = (time.perf_counter() - begun, _processor() - worked, _peak())


def _processor() -> float:
    """Seconds that the processors worked for this process and those it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def _changes(row: str) -> dict[str, Any]:
    name, judged = row.split("/")
    objective, gap, limit = JUSTICE[name]
    solver = {"solver.gap": gap, "solver.time_limit_seconds": limit}
    return {"objective": objective, "judge_by": judged, **solver}


def planned(folder: Path, row: str) -> dict[str, Any]:
    """Run the whole command in this process."""
    clock, file = Clock(), folder / "scenarios" / "new_york_blocks.yaml"
    run = flow.run(file, force=True, overrides=_changes(row), ear=clock)
    status, size = run.plan.status, (run.folder / "report.html").stat().st_size / 1e6
    return {
        "ending": status.ending,
        "value": status.value,
        "level": status.level,
        "level_bound": status.level_bound,
        "level_before": status.level_before,
        "bound": status.bound,
        "gap": status.gap,
        "search": status.seconds,
        "phases": clock.phases,
        "report_mb": size,
        "plan_mb": sum(f.stat().st_size for f in run.folder.rglob("*") if f.is_file()) / 1e6,
    }


def given_whole(folder: Path, row: str, bound: float) -> dict[str, Any]:
    """Give the same model whole to HiGHS; the gap asked for as an absolute one, from a known bound."""
    file = folder / "scenarios" / "new_york_blocks.yaml"
    asked = flow.ask(file, overrides=_changes(row), ear=flow.Ear())
    problem, settings = asked.problem, asked.scenario.solver
    yardstick = yardstick_of(problem, asked.scenario)
    before = yardstick.value(nothing_built(yardstick, settings))
    begun, worked = time.perf_counter(), _processor()
    model = formulate(problem, blocks_of(problem, asked.scenario), yardstick.goal)
    solver = Solver(model, settings.threads)
    allowed = yardstick.allowance(bound, before, settings.gap)
    answer = solver.run(seconds=settings.time_limit_seconds, gap=allowed, constant=yardstick.goal.constant)
    found = {
        "ending": answer.ending,
        "seconds": time.perf_counter() - begun,
        "cpu": _processor() - worked,
        "peak": _peak(),
        "level_bound": None if answer.bound is None else yardstick.level(answer.bound),
        "size": [len(model.cost), int(model.integer.sum()), len(model.row_lower), int(model.matrix.nnz)],
        "city": [len(problem.places), len(problem.sites), len(problem.pairs), len(problem.providers)],
    }
    if answer.solution is not None:
        own = model.natural(answer.solution)
        value = yardstick.value(Outcome(problem, np.round(own["open"]), own["serve"]))
        found |= {"value": value, "level": yardstick.level(value)}
        if answer.bound is not None:
            found["gap"] = yardstick.gap(value, answer.bound, before)
    return found


def told(rows: dict[str, Any]) -> str:
    """Tell the tables."""
    parts = ["# New York by block", machine()]
    sizes = [row["whole"]["city"] for row in rows.values() if "city" in row.get("whole", {})]
    if sizes:
        words = ("places", "sites", "pairs", "providers")
        parts.append(", ".join(f"{n:,} {word}" for n, word in zip(sizes[0], words, strict=True)) + ".")
    head = ("principle / judged by", "gap asked", "ended", "level", "bound", "gap", "search [s]", "load")
    parts.append(table(head, [_planned_row(name, row) for name, row in rows.items()]))
    parts.append(
        "Level: the equal outcome that is worth as much (before: with nothing built). Load: runnable"
    )
    parts[-1] += " processes of the machine, on average over the minute before the row began."
    parts.append("## Seconds by phase, on the wall (and of the processors)")
    head = ("principle / judged by", *PHASES, "in all", "peak [MB]", "report [MB]")
    parts.append(table(head, [_phases_row(name, row) for name, row in rows.items()]))
    parts.append("## The same model given whole to HiGHS, with the same limits")
    head = ("principle / judged by", "ended", "level", "bound", "gap", "seconds", "(processors)", "peak [MB]")
    whole = [_whole_row(name, row["whole"]) for name, row in rows.items() if "whole" in row]
    parts.append(table(head, whole) if whole else "Not run.")
    return "\n\n".join(parts) + "\n"


def _planned_row(name: str, row: dict[str, Any]) -> tuple[str, ...]:
    asked, load = f"{JUSTICE[name.split('/', maxsplit=1)[0]][1]:.0%}", f"{row['load']:.1f}"
    of = row["planned"]
    if "ending" not in of:
        return name, asked, of["failed"], "–", "–", "–", "–", load
    level, bound = _figure(of["level"], ".5f"), _figure(of["level_bound"], ".5f")
    ended = of["ending"].replace("_", " ")
    return name, asked, ended, level, bound, _figure(of["gap"], ".2%"), f"{of['search']:.0f}", load


def _phases_row(name: str, row: dict[str, Any]) -> tuple[str, ...]:
    of = row["planned"]
    if "phases" not in of:
        return (name, *["–"] * (len(PHASES) + 3))
    each = [of["phases"].get(phase, (0.0, 0.0, 0.0)) for phase in PHASES]
    spans = [f"{wall:.0f} ({cpu:.0f})" for wall, cpu, _ in each]
    total = f"{sum(e[0] for e in each):.0f} ({sum(e[1] for e in each):.0f})"
    return name, *spans, total, f"{max(e[2] for e in each):,.0f}", f"{of['report_mb']:.1f}"


def _whole_row(name: str, of: dict[str, Any]) -> tuple[str, ...]:
    if "ending" not in of:
        return (name, of["failed"], *["–"] * 6)
    figures = [_figure(of.get(key), form) for key, form in (("level", ".5f"), ("level_bound", ".5f"))]
    ended = "within gap" if of["ending"] == "optimal" else of["ending"].replace("_", " ")
    spent = f"{of['seconds']:.0f}", f"{of['cpu']:.0f}", f"{of['peak']:,.0f}"
    return name, ended, *figures, _figure(of.get("gap"), ".2%"), *spent


def _figure(value: float | None, form: str) -> str:
    return "–" if value is None else f"{value:{form}}"


def _asked(task: str, folder: Path, row: str, *more: str) -> dict[str, Any]:
    """Do one task in a process of its own; what it says last, or why it ended without a word."""
    patience = JUSTICE[row.split("/", maxsplit=1)[0]][2] * PATIENCE + 120
    command = [sys.executable, __file__, str(folder), "--task", task, row, *more]
    try:
        done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", timeout=patience)
    except subprocess.TimeoutExpired:
        return {"failed": f"did not stop within {patience:.0f} s"}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        return {"failed": f"ended with {done.returncode}: {last[:80]}"}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Run the rows that are named (all, by default), and write the tables after each."""
    parser = argparse.ArgumentParser(description="New York by block, principle by principle.")
    parser.add_argument("folder", type=Path, help="project written by new_york_blocks.py")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS), metavar="ROW")
    parser.add_argument("--append", action="store_true", help="keep the rows of earlier runs")
    parser.add_argument("--no-whole", action="store_true", help="do not give the models whole to HiGHS again")
    parser.add_argument("--task", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        task, row, *more = given.task
        found = planned(given.folder, row) if task == "plan" else given_whole(given.folder, row, float(*more))
        print(json.dumps(found))  # noqa: T201 - read by the process that asked
        return
    rows = json.loads(RESULTS.read_text(encoding="utf-8")) if given.append and RESULTS.exists() else {}
    for row in given.only:
        before = {key: of for key, of in rows.get(row, {}).items() if key == "whole" and given.no_whole}
        rows[row] = {"load": os.getloadavg()[0], "planned": _asked("plan", given.folder, row), **before}
        if not given.no_whole and rows[row]["planned"].get("bound") is not None:
            bound = str(rows[row]["planned"]["bound"])
            rows[row]["whole"] = _asked("whole", given.folder, row, bound)
        RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        ordered = {name: rows[name] for name in ROWS if name in rows}
        RESULTS.with_suffix(".md").write_text(told(ordered), encoding="utf-8")
        print(RESULTS.with_suffix(".md").read_text(encoding="utf-8"))  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
