"""Rule: who gets a home lives there from then on, and is counted once: where they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms, Variables
from planner.problem.moving import staying

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.problem.moving import Moves
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

MOVED = "moved"
"""Family of the people who move from a cohort to a home."""


@constraint(unit="unit of the service", always=True)
def formulate(problem: Problem) -> Block:
    r"""Where homes move people: they are served from there, pro rata of what residents of their cell need.

    .. math::
        moved_{ah} = m \sum_{j \in h} serve_{aj}, \qquad \sum_h moved_{ah} \le p_a

        \sum_j serve_{ihj} \le \frac{n_i}{p_a} moved_{ah}, \qquad
        \sum_j serve_{ij} \le n_i - \frac{n_i}{p_a} \sum_h moved_{ah}

    with m people to a home, :math:`serve_{ihj}` those of cell a who live at h now, :math:`serve_{ij}` those
    who have stayed. They count in the cell from which they come: its residents and needs are the scenario's.
    A programme for the whole city serves both. Services that move people are served by moving alone.
    """
    moves = problem.moves
    if moves is None or not len(moves.home):
        return Block(())
    names = _names(problem, moves)
    people = Variables(MOVED, np.zeros(len(names)), moves.residents[moves.cohort])

    def values(outcome: Outcome) -> Mapping[str, Floats]:
        return {MOVED: moves.moved(outcome.served)}

    rows = (_settled(moves, names), _leaving(problem, moves), _away(problem, moves, names))
    return Block((*rows, _staying(problem, moves)), (people,), values)


def _names(problem: Problem, moves: Moves) -> list[str]:
    homes: list[str] = [] if problem.moving is None else problem.moving.homes.tolist()
    cells = _cells(problem, moves)
    return [f"{cells[a]} to {homes[h]}" for a, h in zip(moves.cohort, moves.home, strict=True)]


def _cells(problem: Problem, moves: Moves) -> NDArray[np.object_]:
    """Name of each cohort: its cell."""
    names = np.empty(len(moves.residents), object)
    names[moves.of_point] = problem.cells
    return names


def _settled(moves: Moves, names: list[str]) -> Rows:
    """Who gets a home at a place has moved there: what the cell loses the place gains."""
    k = np.arange(len(names))
    terms = (Terms(MOVED, k, k, np.ones(len(k))), Terms("serve", moves.move, moves.pair, -moves.people))
    return Rows("moved", terms, "==", np.zeros(len(k)), [f"moved from {name}" for name in names])


def _leaving(problem: Problem, moves: Moves) -> Rows:
    """No more leave a cell than live there."""
    cells = _cells(problem, moves)
    leaving, row = np.unique(moves.cohort, return_inverse=True)
    terms = (Terms(MOVED, row, np.arange(len(row)), np.ones(len(row))),)
    labels = [f"leaving {cells[a]}" for a in leaving]
    return Rows("leaving", terms, "<=", moves.residents[leaving], labels)


def _from_home(problem: Problem, moves: Moves) -> tuple[Whole, Whole, Whole]:
    """Need points and moves that belong together, and the row of each pair from a home."""
    count = len(moves.home)
    key, row = np.unique(problem.need_point[moves.away] * count + moves.away_move, return_inverse=True)
    return key // count, key % count, row


def _away(problem: Problem, moves: Moves, names: list[str]) -> Rows:
    """From a home only those are served who moved there."""
    points, move, row = _from_home(problem, moves)
    served = Terms("serve", row, moves.away, np.ones(len(row)))
    there = Terms(MOVED, np.arange(len(points)), move, -moves.share[points])
    services = problem.need["service"].to_numpy(object)[points]
    labels = [f"{s} of moved from {names[m]}" for s, m in zip(services, move, strict=True)]
    return Rows("away", (served, there), "<=", np.zeros(len(points)), labels)


def _staying(problem: Problem, moves: Moves) -> Rows:
    """From a cell only those are served who have not moved away."""
    pair = staying(problem, moves)
    points, row = np.unique(problem.need_point[pair], return_inverse=True)
    leave, move = _each_move(moves.of_point[points], moves.cohort)
    here = Terms("serve", row, pair, np.ones(len(row)))
    gone = Terms(MOVED, leave, move, moves.share[points[leave]])
    services = problem.need["service"].to_numpy(object)[points]
    labels = [f"{s} staying in {c}" for s, c in zip(services, problem.cells[points], strict=True)]
    return Rows("staying", (here, gone), "<=", problem.amount[points], labels)


def _each_move(cohort: Whole, moved: Whole) -> tuple[Whole, Whole]:
    """Row and move of every move out of the cohort of each row; moves are sorted by cohort."""
    start, end = np.searchsorted(moved, cohort, "left"), np.searchsorted(moved, cohort, "right")
    size = end - start
    row = np.repeat(np.arange(len(cohort)), size)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size) + start[row]


def evaluate(outcome: Outcome) -> Floats:
    """Served from a home beyond those who moved there, or from a cell beyond those who stayed.

    In the unit of the service; and people who leave a cell beyond its residents.
    """
    problem, moves = outcome.problem, outcome.problem.moves
    if moves is None or not len(moves.home):
        return np.zeros(0)
    moved, gone = moves.moved(outcome.served), moves.gone(outcome.served)
    points, move, row = _from_home(problem, moves)
    away = np.bincount(row, outcome.served[moves.away], len(points))
    pair = staying(problem, moves)
    here = np.bincount(problem.need_point[pair], outcome.served[pair], len(problem.need))
    left = np.unique(problem.need_point[pair])
    stayed = problem.amount - moves.share * gone[moves.of_point]
    beyond = (away - moves.share[points] * moved[move], (here - stayed)[left], gone - moves.residents)
    return np.maximum(np.concatenate(beyond), 0.0)
