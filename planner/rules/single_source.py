"""Rule: all need of a cell is served at one place, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.errors import Fault, InputFault
from planner.problem.blocks import Block, Rows, Terms, Variables
from planner.problem.naming import service_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

ROUNDING = 1e-9
"""Share of its capacity by which a place may seem too small for a cell that it just holds."""


def _mine(problem: Problem, service: str) -> Whole:
    """Pairs of the service."""
    name = service_named(problem, service)
    pair = np.flatnonzero(problem.of_service(name)[problem.need_point])
    if not problem.at_home[pair].all():
        message = f"people who move cannot all be served of {name} where those are who stay"
        raise InputFault(Fault(message, hint="leave out `moves_people`, or this rule"))
    return pair


@constraint(
    unit="unit of the service", reference="Ross & Soland (1977); with p medians: Mulvey & Beck (1984)"
)
def formulate(problem: Problem, *, service: str) -> Block:
    r"""All need of a cell for a service is served at one place, or not at all.

    .. math:: serve_{ij} = n_i\, assigned_{ij}, \quad assigned_{ij} \in \{0, 1\}

    With it `p_median` and `kolm_pollak` are the models of their literature with capacities; it goes with
    every principle. A cell that needs more than any one place can serve is then served nowhere: use
    finer cells. It asks for a whole variable for each pair of the service, and takes its time.
    """
    pair = _mine(problem, service)
    amount = problem.amount[problem.need_point[pair]]
    providers = problem.providers.iloc[problem.provider[pair]]
    room = (providers["capacity"] * providers["most"]).to_numpy(np.float64)
    family, row = f"assigned_{service}", np.arange(len(pair))
    names = problem.names[problem.provider[pair]]
    cells = problem.cells[problem.need_point[pair]]
    rows = Rows(
        rule=f"{service} at one place",
        terms=(Terms("serve", row, pair, np.ones(len(pair))), Terms(family, row, row, -amount)),
        sense="==",
        bound=np.zeros(len(pair)),
        labels=[f"whole {cell} at {name}" for cell, name in zip(cells, names, strict=True)],
    )

    def values(outcome: Outcome) -> Mapping[str, Floats]:
        return {family: np.round(outcome.served[pair] / amount)}

    fits = (amount <= room * (1 + ROUNDING)).astype(np.float64)
    return Block((rows,), (Variables(family, np.zeros(len(pair)), fits, integer=True),), values)


def evaluate(outcome: Outcome, *, service: str) -> Floats:
    """Need of each cell that is neither served at its main place nor left [unit of the service]."""
    problem = outcome.problem
    pair = _mine(problem, service)
    served, point = outcome.served[pair], problem.need_point[pair]
    main = np.zeros(len(problem.need))
    np.maximum.at(main, point, served)
    split = outcome.reached - main
    part = np.minimum(main, problem.amount - main)
    broken: Floats = np.where(problem.of_service(service), np.maximum(split, np.maximum(part, 0.0)), 0.0)
    return broken
