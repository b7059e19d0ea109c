"""From blocks to one scaled model: arrays, and the same model written in PuLP."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pulp
from scipy import sparse

from planner.errors import Fault, InputFault
from planner.problem.blocks import Variables, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from planner.problem.blocks import Block, Goal, Rows
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

LARGEST_SPREAD = 1e8
"""Ratio within a row of whole variables from which HiGHS has called feasible models infeasible: refused."""


@dataclass(frozen=True)
class Formulation:
    """One model in scaled units: minimise cost · x, row_lower ≤ matrix · x ≤ row_upper, lower ≤ x ≤ upper.

    The natural value of a variable is its scaled value × `unit` of its family; the natural value of the
    objective is (scaled value) × `cost_unit` + `constant`.
    """

    variables: tuple[Variables, ...]
    rows: tuple[Rows, ...]
    unit: Mapping[str, float]
    cost: Floats
    cost_unit: float
    constant: float
    matrix: sparse.csr_array
    row_lower: Floats
    row_upper: Floats

    @cached_property
    def columns(self) -> dict[str, slice]:
        """Where the columns of each family stand."""
        edges = np.cumsum([0, *(len(v) for v in self.variables)])
        return {v.family: slice(a, b) for v, a, b in zip(self.variables, edges, edges[1:], strict=False)}

    def _bounds(self, side: str) -> Floats:
        return np.concatenate([getattr(v, side) / self.unit[v.family] for v in self.variables])

    @cached_property
    def lower(self) -> Floats:
        """Scaled lower bounds."""
        return self._bounds("lower")

    @cached_property
    def upper(self) -> Floats:
        """Scaled upper bounds."""
        return self._bounds("upper")

    @cached_property
    def integer(self) -> NDArray[np.bool_]:
        """Which columns are whole."""
        return np.concatenate([np.full(len(v), v.integer) for v in self.variables])

    @cached_property
    def least(self) -> float:
        """A bound of the natural objective from the variables' own bounds alone; weak, but always there."""
        best = np.where(self.cost > 0, self.lower, self.upper)
        return float(self.cost @ np.where(self.cost == 0, 0.0, best)) * self.cost_unit + self.constant

    def natural(self, solution: Floats) -> dict[str, Floats]:
        """Values of each family in natural units."""
        return {family: solution[where] * self.unit[family] for family, where in self.columns.items()}

    def scaled(self, values: Mapping[str, Floats]) -> Floats:
        """Scaled vector of some families' natural values; others at their lower bound."""
        solution = self.lower.copy()
        for family, value in values.items():
            if family in self.columns:
                solution[self.columns[family]] = value / self.unit[family]
        return solution


def base_variables(problem: Problem) -> tuple[Variables, Variables]:
    """`open` modules of each provider (whole) and need to `serve` on each pair."""
    providers = problem.providers
    capacity = (providers["capacity"] * providers["most"]).to_numpy(float)
    most = np.minimum(problem.amount[problem.need_point], capacity[problem.provider])
    opened = Variables(
        "open", providers["least"].to_numpy(float), providers["most"].to_numpy(float), integer=True
    )
    return opened, Variables("serve", np.zeros(len(most)), most)


def formulate(problem: Problem, blocks: Iterable[Block], goal: Goal, *, scale: bool = True) -> Formulation:
    """Put variables, rows and goal together; `scale` off keeps natural units, for reading.

    Raises
    ------
    InputFault
        When the numbers of a row differ too much in size for a solver to be trusted with.
    ValueError
        When a coefficient is not finite.
    """
    families = {v.family: v for v in base_variables(problem)}
    rows: dict[tuple[object, ...], Rows] = {}
    parts: tuple[Block | Goal, ...] = (*blocks, goal)
    for part in parts:
        families |= {v.family: v for v in part.variables}
        rows |= {said(r): r for r in part.rows}
    unit = _units(problem, families.values()) if scale else dict.fromkeys(families, 1.0)
    return assemble(tuple(families.values()), tuple(rows.values()), goal, unit, scale=scale)


def assemble(
    variables: tuple[Variables, ...],
    rows: tuple[Rows, ...],
    goal: Goal,
    unit: Mapping[str, float],
    *,
    scale: bool,
) -> Formulation:
    """Arrays of these variables, rows and goal, each row and the cost scaled to coefficients near 1."""
    edges = np.cumsum([0, *(len(v) for v in variables)])
    start = {v.family: int(a) for v, a in zip(variables, edges, strict=False)}
    size = int(edges[-1])
    cost = np.zeros(size)
    for family, coefficient in goal.cost.items():
        cost[start[family] : start[family] + len(coefficient)] += coefficient * unit[family]
    _finite(cost)
    cost_unit = _power(np.abs(cost).max(initial=0.0)) if scale else 1.0
    matrix, lower, upper = stack(rows, start, unit, size, scale=scale)
    model = Formulation(
        variables, rows, dict(unit), cost / cost_unit, cost_unit, goal.constant, matrix, lower, upper
    )
    _refuse_wild(model)
    return model


def stack(
    rows: Sequence[Rows],
    start: Mapping[str, int],
    unit: Mapping[str, float],
    size: int,
    *,
    scale: bool = True,
) -> tuple[sparse.csr_array, Floats, Floats]:
    """Sparse matrix of these rows and their lower and upper bounds, scaled."""
    offset, at, column, coefficient = 0, [], [], []
    for r in rows:
        for t in r.terms:
            at.append(t.row + offset)
            column.append(t.column + start[t.family])
            coefficient.append(t.coefficient * unit[t.family])
        offset += len(r)
    if not at:
        return sparse.csr_array((offset, size)), np.zeros(offset), np.zeros(offset)
    triple = (_finite(np.concatenate(coefficient)), (np.concatenate(at), np.concatenate(column)))
    matrix = sparse.csr_array(sparse.coo_array(triple, shape=(offset, size)))
    matrix.eliminate_zeros()
    bound = _finite(np.concatenate([r.bound for r in rows]))
    factor = _row_factor(matrix) if scale else np.ones(offset)
    matrix = sparse.csr_array(sparse.diags_array(factor) @ matrix)
    sense = np.repeat([r.sense for r in rows], [len(r) for r in rows])
    lower = np.where(sense == "<=", -np.inf, bound * factor)
    upper = np.where(sense == ">=", np.inf, bound * factor)
    return matrix, lower, upper


def natural_prices(model: Formulation, scaled: Floats) -> Floats:
    """What one natural unit more of each row's bound brings, from prices in scaled units, shape (rows,)."""
    start = {family: where.start for family, where in model.columns.items()}
    plain, _, _ = stack(model.rows, start, model.unit, len(model.cost), scale=False)
    return scaled * model.cost_unit * _row_factor(plain)


def _finite(numbers: Floats) -> Floats:
    """The numbers, which HiGHS would take as they are.

    Raises
    ------
    ValueError
        When one is not finite.
    """
    if not np.isfinite(numbers).all():
        raise ValueError("a number of the model is not finite")
    return numbers


def _row_factor(matrix: sparse.csr_array) -> Floats:
    largest = abs(matrix).max(axis=1).toarray().ravel()
    return 1.0 / 10.0 ** np.round(np.log10(np.where(largest > 0, largest, 1.0)))


def _power(largest: float) -> float:
    return float(10.0 ** np.round(np.log10(largest))) if largest > 0 else 1.0


def _units(problem: Problem, families: Iterable[Variables]) -> dict[str, float]:
    """Whole variables as they are; amounts in tens, hundreds or thousands, by the usual capacity."""
    usual = float(np.median(problem.useful_capacity))
    amount = 10.0 ** np.floor(np.log10(usual)) if usual > 0 else 1.0
    return {v.family: 1.0 if v.integer else amount for v in families}


def _refuse_wild(model: Formulation) -> None:
    size = abs(model.matrix)
    row = np.repeat(np.arange(size.shape[0]), np.diff(size.indptr))
    some = size.data > 0
    least, most = np.full(size.shape[0], np.inf), np.zeros(size.shape[0])
    np.minimum.at(least, row[some], size.data[some])
    np.maximum.at(most, row, size.data)
    whole = size @ model.integer.astype(float) > 0
    wild = np.flatnonzero(whole & (most > LARGEST_SPREAD * least))
    if len(wild):
        labels = [label for r in model.rows for label in r.labels]
        hint = "check the units of costs, capacities and land: no solver is to be trusted with such a sum"
        message = "numbers in one rule differ by more than a hundred million times"
        raise InputFault(Fault(message, labels[k], hint) for k in wild[:10])


def to_pulp(model: Formulation, names: Mapping[str, Sequence[str]] | None = None) -> pulp.LpProblem:
    """The model written in PuLP; `names` of the variables by family make it readable, else numbers do."""
    lp = pulp.LpProblem("plan", pulp.LpMinimize)
    columns = []
    for v in model.variables:
        where = model.columns[v.family]
        kind: Literal["Integer", "Continuous"] = "Integer" if v.integer else "Continuous"
        own = names[v.family] if names else [f"{v.family}_{k}" for k in range(len(v))]
        columns += [
            lp.add_variable(name, low, None if np.isinf(high) else high, kind)
            for name, low, high in zip(
                own, model.lower[where].tolist(), model.upper[where].tolist(), strict=True
            )
        ]
    used = np.flatnonzero(model.cost)
    lp.setObjective(pulp.lpSum_vars_coefs([(columns[k], float(model.cost[k])) for k in used]))
    _pulp_rows(lp, model, columns, readable=names is not None)
    return lp


def _pulp_rows(
    lp: pulp.LpProblem, model: Formulation, columns: list[pulp.LpVariable], *, readable: bool
) -> None:
    labels = [label for r in model.rows for label in r.labels] if readable else []
    starts, indices, data = model.matrix.indptr, model.matrix.indices.tolist(), model.matrix.data.tolist()
    for k, (low, high) in enumerate(zip(model.row_lower.tolist(), model.row_upper.tolist(), strict=True)):
        span = range(starts[k], starts[k + 1])
        row = pulp.lpSum_vars_coefs([(columns[indices[m]], data[m]) for m in span])
        name = readable_name(labels[k]) if readable else f"row_{k}"
        if low == high:
            lp += (row == high, name)
        elif np.isinf(low):
            lp += (row <= high, name)
        else:
            lp += (row >= low, name)


def readable_name(label: str) -> str:
    """A label as a name that LP files allow."""
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in label)
