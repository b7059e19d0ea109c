"""What the plan is set beside: people going to the nearest, and the same money spread evenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.plan import Instead
from planner.problem import tables
from planner.problem.even import even
from planner.problem.nearest import nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

NEAREST = "nearest"
EVEN = "even"


def instead(problem: Problem, facilities: pd.DataFrame, residents: pd.Series) -> dict[str, Instead]:
    """Tell who would be served otherwise, to set beside a plan.

    Parameters
    ----------
    problem
        The question.
    facilities
        The plan's facilities, as `frames.FACILITIES`.
    residents
        Residents of each cell [person], index cell.

    Returns
    -------
    dict
        `nearest` – the plan's facilities, people going to the nearest (`problem.nearest`); `even` – the
        same money spread evenly (`problem.even`), people again going to the nearest, so that these two
        are fairly set side by side; only where there is one period and one future.
    """
    modules = modules_of(problem, facilities)
    ways = {NEAREST: modules}
    if problem.years is None and problem.futures is None:
        ways[EVEN] = even(problem, modules)
    return {name: _told(nearest(problem, taken), residents) for name, taken in ways.items()}


def modules_of(problem: Problem, facilities: pd.DataFrame) -> Floats:
    """Modules of each provider in a table of facilities, shape (providers,)."""
    moment = problem.moment_of(facilities)
    known = facilities["modules"].groupby([moment, facilities["provider"]]).sum()
    rows = pd.MultiIndex.from_arrays([problem.moment, problem.providers["provider"]])
    modules: Floats = known.reindex(rows).fillna(0.0).to_numpy(np.float64)
    return modules


def _told(outcome: Outcome, residents: pd.Series) -> Instead:
    return Instead(
        tables.facilities(outcome), tables.assignment(outcome), tables.need_points(outcome, residents)
    )
