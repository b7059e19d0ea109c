"""One scenario measured phase by phase in this process, told as JSON on standard output.

Run by `test_benchmarks.py` in a process of its own: `python benchmark_phases.py SCENARIO [--whole]`.
With `--whole` the same model is then given whole to HiGHS.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from planner import flow
from planner.model import decide
from planner.model.formulation import formulate
from planner.model.search import Search
from planner.model.solve import Solver, _by_arrays, _by_pulp
from planner.problem.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.model.formulation import Formulation
    from planner.plan import Plan

MEGA = 1e6
KIB = 1024


@dataclass
class Phase:
    """One phase: seconds, and the most memory that this process held meanwhile [MB]."""

    name: str
    seconds: float
    peak_mb: float


@dataclass
class Clock(flow.Ear):
    """Hears of phases and measures them."""

    phases: list[Phase] = field(default_factory=list)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure one phase."""
        _forget_peak()
        begun = time.perf_counter()
        yield
        self.phases.append(Phase(name, time.perf_counter() - begun, _peak()))


class Kept(Search):
    """The search that `decide` makes, kept so that its tangents can be given to the baseline too."""

    last: Kept

    def run(self) -> str:
        """Search as always."""
        Kept.last = self
        return super().run()


def _forget_peak() -> None:
    """Begin a new peak where the system can (Linux); elsewhere it is the peak of the process so far."""
    forget = Path("/proc/self/clear_refs")
    if forget.exists():
        forget.write_text("5", encoding="ascii")


def _peak() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) * KIB / MEGA
    unit = 1 if sys.platform == "darwin" else KIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEGA


def measured(path: Path, *, whole: bool) -> dict[str, Any]:
    """Measure every phase of one scenario, the size of its model, how it ended, and the baseline if asked."""
    clock = Clock()
    question = flow.ask(path, ear=clock)
    model = _built(question, clock)
    decide.Search = Kept
    with clock.phase("search"):
        plan = decide.decide(question.problem, question.scenario, question.residents)
    flow._keep(question, plan, f"{path.stem}-benchmark", clock)
    told: dict[str, Any] = {
        "phases": [asdict(phase) for phase in clock.phases],
        "model": _size(question, model),
        "search": _ending(plan, clock),
        "threads": question.scenario.solver.threads,
    }
    if whole:
        told["whole"] = _given_whole(question, plan, clock)
    return told


def _built(question: flow.Question, clock: Clock) -> Formulation:
    """Write the model as it is first written, and hand it over in both ways."""
    with clock.phase("formulate"):
        yardstick = decide.yardstick_of(question.problem, question.scenario)
        blocks = decide.blocks_of(question.problem, question.scenario)
        model = formulate(question.problem, blocks, yardstick.goal)
    for name, hand_over in (("hand-over by PuLP", _by_pulp), ("hand-over as arrays", _by_arrays)):
        with clock.phase(name):
            highs = hand_over(model)
        _same_size(model, highs)
    return model


def _same_size(model: Formulation, highs: Any) -> None:  # noqa: ANN401 - HiGHS ships no types
    handed = (highs.getNumCol(), highs.getNumRow(), highs.getNumNz())
    expected = (len(model.cost), len(model.row_lower), model.matrix.nnz)
    if handed != expected:
        raise AssertionError(f"handed over {handed} columns, rows, coefficients instead of {expected}")


def _size(question: flow.Question, model: Formulation) -> dict[str, int]:
    return {
        "cells": len(question.city.cells),
        "pairs": len(question.problem.pairs),
        "columns": len(model.cost),
        "whole columns": int(model.integer.sum()),
        "rows": len(model.row_lower),
        "coefficients": int(model.matrix.nnz),
    }


def _ending(plan: Plan, clock: Clock) -> dict[str, Any]:
    status = plan.status
    seconds = next(phase.seconds for phase in clock.phases if phase.name == "search")
    peak = next(phase.peak_mb for phase in clock.phases if phase.name == "search")
    return {
        "ending": status.ending,
        "value": status.value,
        "bound": status.bound,
        "gap": status.gap,
        "level": status.level,
        "seconds": seconds,
        "peak_mb": peak,
    }


def _given_whole(question: flow.Question, plan: Plan, clock: Clock) -> dict[str, Any]:
    """Give the same model whole to HiGHS: same rules, tangents, threads, time limit and gap."""
    kept, settings = Kept.last, question.scenario.solver
    yardstick = kept.yardstick
    heard: list[tuple[float, float]] = []

    def gap_of(value: float | None, bound: float | None) -> float:
        return 1.0 if value is None or bound is None else yardstick.gap(value, bound, kept.before)

    with clock.phase("given whole"):
        begun = time.perf_counter()
        blocks = decide.blocks_of(question.problem, question.scenario)
        solver = Solver(formulate(question.problem, blocks, kept.relaxation.goal), settings.threads)
        answer = solver.run(
            seconds=settings.time_limit_seconds,
            gap=yardstick.allowance(plan.status.bound, kept.before, settings.gap),
            constant=kept.relaxation.goal.constant,
            progress=lambda value, bound: heard.append((time.perf_counter() - begun, gap_of(value, bound))),
        )
    phase = clock.phases[-1]
    told = {
        "ending": "within_gap" if answer.ending == "optimal" else answer.ending,
        "bound": answer.bound,
        "seconds": phase.seconds,
        "peak_mb": phase.peak_mb,
    }
    value = None
    if answer.solution is not None:
        natural = solver.model.natural(answer.solution)
        outcome = Outcome(question.problem, np.round(natural["open"]), natural["serve"])
        value = yardstick.value(outcome)
        told["level"] = yardstick.level(value)
    of_search = next(phase.seconds for phase in clock.phases if phase.name == "search")
    before = [gap for at, gap in heard if at <= of_search]
    return told | {
        "value": value,
        "gap": gap_of(value, answer.bound),
        "gap_by_then": before[-1] if before else 1.0,
    }


if __name__ == "__main__":
    json.dump(measured(Path(sys.argv[1]), whole="--whole" in sys.argv), sys.stdout)
