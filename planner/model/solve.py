"""HiGHS, reached through PuLP and owned by us: options checked one by one, progress, interrupt, bound."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import pulp

from planner.model.formulation import stack, to_pulp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from planner.model.formulation import Formulation
    from planner.problem.blocks import Rows

    Floats = NDArray[np.float64]

LARGEST_FOR_PULP = 50_000
"""Above so many coefficients the arrays go straight to HiGHS: forty times faster than term by term."""

S = highspy.HighsModelStatus
ASTRAY = 1e-6
"""Share by which the objective that HiGHS tells may differ from that of its own solution."""
EVERY = 0.5
"""Seconds between two reports of progress."""

Progress = Callable[[float | None, float | None], None]
"""Told the best value in hand and the bound, both natural, None while unknown."""


@dataclass(frozen=True)
class Answer:
    """What HiGHS says after a run: `ending`, a vector that its own check calls feasible, value and bound."""

    ending: str
    solution: Floats | None
    value: float | None
    bound: float | None


ENDINGS = {
    S.kOptimal: "optimal",
    S.kInfeasible: "infeasible",
    S.kUnbounded: "unbounded",
    S.kUnboundedOrInfeasible: "infeasible",
    S.kTimeLimit: "time_limit",
    S.kIterationLimit: "time_limit",
    S.kSolutionLimit: "time_limit",
    S.kInterrupt: "interrupted",
    S.kHighsInterrupt: "interrupted",  # type: ignore[attr-defined]
    S.kMemoryLimit: "memory",
    S.kObjectiveBound: "within_gap",
    S.kObjectiveTarget: "within_gap",
    S.kModelEmpty: "optimal",
}


class Solver:
    """One model in HiGHS, changed and solved as often as needed."""

    def __init__(self, model: Formulation, threads: int = 1) -> None:
        """Hand the model over, by PuLP or, when it is large, as arrays."""
        self.model = model
        self.highs = _by_arrays(model) if model.matrix.nnz > LARGEST_FOR_PULP else _by_pulp(model)
        self.set("output_flag", False)
        self.set("threads", threads)
        self.set("random_seed", 0)
        self.interrupted = False
        self.starved = False

    def set(self, option: str, value: float | str) -> None:
        """Set an option; one that HiGHS refuses is our bug.

        Raises
        ------
        ValueError
            When HiGHS refuses it.
        """
        if self.highs.setOptionValue(option, value) != highspy.HighsStatus.kOk:
            raise ValueError(f"HiGHS refuses the option {option} = {value}")

    def relax(self, *, relaxed: bool) -> None:
        """Drop (or restore) the demand that variables are whole."""
        whole = np.flatnonzero(self.model.integer).astype(np.int32)
        kind = highspy.HighsVarType.kContinuous if relaxed else highspy.HighsVarType.kInteger
        if len(whole):
            self.highs.changeColsIntegrality(len(whole), whole, np.full(len(whole), kind))

    def bound(self, family: str, lower: Floats, upper: Floats) -> None:
        """Change the bounds of a family (natural units)."""
        where, unit = self.model.columns[family], self.model.unit[family]
        index = np.arange(where.start, where.stop, dtype=np.int32)
        self.highs.changeColsBounds(len(index), index, lower / unit, upper / unit)

    def add(self, rows: Sequence[Rows]) -> None:
        """Add rows."""
        start = {family: where.start for family, where in self.model.columns.items()}
        matrix, lower, upper = stack(rows, start, self.model.unit, len(self.model.cost))
        matrix.sort_indices()
        self.highs.addRows(
            len(lower),
            lower,
            upper,
            matrix.nnz,
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data,
        )

    @property
    def prices(self) -> Floats:
        """Price of each row of the model after a run without whole variables (scaled), shape (rows,)."""
        return np.array(self.highs.getSolution().row_dual)[: len(self.model.row_lower)]

    def worth(self, family: str) -> Floats:
        """What a unit more of each variable of a family costs, after a run without whole ones (scaled)."""
        return np.array(self.highs.getSolution().col_dual)[self.model.columns[family]]

    def start(self, solution: Floats) -> None:
        """Give a solution to begin from."""
        start = highspy.HighsSolution()
        start.col_value = solution.tolist()
        self.highs.setSolution(start)

    def run(
        self,
        *,
        seconds: float,
        gap: float = 0.0,
        constant: float = 0.0,
        progress: Progress | None = None,
        until: float | None = None,
    ) -> Answer:
        """Solve for at most `seconds` [s], to an absolute `gap`, or `until` is settled (natural units).

        `until` is settled when a solution is at most that, or when the bound is above it.
        """
        ends = time.monotonic() + max(float(seconds), 0.01)
        self.set("mip_abs_gap", max(gap / self.model.cost_unit, 1e-9))
        self.set("mip_rel_gap", 0.0)
        listening = _listen(self, constant, progress, until) if progress or until is not None else None
        self.highs.HandleKeyboardInterrupt = True
        self._wait(ends)
        if self._astray():
            self.set("presolve", "off")
            self.highs.clearSolver()
            self._wait(ends)
            self.set("presolve", "choose")
        if listening:
            self.highs.cbMipInterrupt.clear()  # type: ignore[no-untyped-call]
        return self._answer(constant)

    @property
    def whole(self) -> bool:
        """Whether some variables must be whole now."""
        return any(kind != highspy.HighsVarType.kContinuous for kind in self.highs.getLp().integrality_)

    def _astray(self) -> bool:
        """Whether the solution is not worth what HiGHS says: 1.16 can lose it on the way out of presolve."""
        info, got = self.highs.getInfo(), self.highs.getSolution()
        if self.starved or self.interrupted or not got.value_valid or not self.whole:
            return False
        told = info.objective_function_value
        return bool(abs(told - self.model.cost @ np.array(got.col_value)) > ASTRAY * (1.0 + abs(told)))

    def _wait(self, ends: float) -> None:
        """Let HiGHS work in its thread, and pass Ctrl-C on to it: the best plan so far is kept."""
        before = 0.0 if self.whole else self.highs.getRunTime()  # which HiGHS counts for relaxations alone
        self.set("time_limit", max(ends - time.monotonic(), 0.01) + before)
        with _failures() as failed:
            thread = _in_a_thread(self.highs)
            done = False
            while not done:
                try:
                    done, _ = self.highs.wait(0.1)
                except KeyboardInterrupt:
                    self.interrupted = True
                    self.highs.cancelSolve()  # type: ignore[no-untyped-call]
            thread.join()
        self.starved = any(isinstance(error, MemoryError) for error in failed)
        if failed and not self.starved:
            raise failed[0]

    def _answer(self, constant: float) -> Answer:
        if self.starved:  # what HiGHS holds then is in no known state
            return Answer("memory", None, None, None)
        info = self.highs.getInfo()
        ending = ENDINGS.get(self.highs.getModelStatus(), "unknown")
        feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        got = self.highs.getSolution()
        solution = np.array(got.col_value) if feasible and got.value_valid else None
        value = (
            None if solution is None else float(self.model.cost @ solution) * self.model.cost_unit + constant
        )
        raw = (
            info.mip_dual_bound
            if self.whole
            else info.objective_function_value
            if ending == "optimal"
            else -np.inf
        )
        bound = float(raw) * self.model.cost_unit + constant if np.isfinite(raw) else None
        return Answer(ending, solution, value, bound)


def _in_a_thread(highs: highspy.Highs) -> threading.Thread:
    """Start HiGHS; a thread that finds no room for its stack is want of memory.

    Raises
    ------
    MemoryError
        When the thread cannot be started.
    """
    try:
        return highs.startSolve()
    except RuntimeError as error:
        raise MemoryError(str(error)) from None


@contextmanager
def _failures() -> Iterator[list[BaseException]]:
    """Gather what is raised in HiGHS's thread, which would be printed as a traceback and lost."""
    failed: list[BaseException] = []
    hook = threading.excepthook
    threading.excepthook = lambda told: failed.append(told.exc_value or RuntimeError("HiGHS failed"))
    try:
        yield failed
    finally:
        threading.excepthook = hook


def _listen(solver: Solver, constant: float, progress: Progress | None, until: float | None) -> bool:
    unit = solver.model.cost_unit
    last = 0.0

    def natural(value: float) -> float | None:
        return value * unit + constant if abs(value) < highspy.kHighsInf else None

    def hear(event: Any) -> None:  # noqa: ANN401 - HiGHS types no events
        nonlocal last
        if until is not None:
            value, bound = natural(event.data_out.mip_primal_bound), natural(event.data_out.mip_dual_bound)
            if (value is not None and value <= until) or (bound is not None and bound > until):
                event.interrupt()
        if progress is not None and time.monotonic() - last >= EVERY:
            last = time.monotonic()
            data = event.data_out
            progress(natural(data.mip_primal_bound), natural(data.mip_dual_bound))

    solver.highs.cbMipInterrupt += hear
    return True


class Quiet(highspy.Highs):
    """HiGHS that says nothing: from 1.16 on it prints its licence when callbacks are turned on."""

    def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS's own name
        """Turn the output off first."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _by_pulp(model: Formulation) -> highspy.Highs:
    """Let PuLP hand its model over; PuLP exports only columns in use, so give every column a place."""
    lp = to_pulp(model)
    highs = lp.solverModel = Quiet()  # type: ignore[no-untyped-call]
    pulp.HiGHS(msg=False).buildSolverModel(lp)
    return highs if highs.getNumCol() == len(model.cost) else _by_arrays(model)


def _by_arrays(model: Formulation) -> highspy.Highs:
    highs = Quiet()  # type: ignore[no-untyped-call]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), len(model.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.cost, model.lower, model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = model.matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = model.matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = model.matrix.data
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(whole)] for whole in model.integer]
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise ValueError("HiGHS refuses the model")
    return highs
