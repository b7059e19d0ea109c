"""Faults that solvers have shown, tried for real: whether the solver on this machine has them."""

from __future__ import annotations

from typing import NamedTuple

import highspy
import numpy as np

from planner.model.solve import Quiet

LARGE = 9e8
"""A stand-in for “unlimited” at which HiGHS has called feasible models infeasible."""
PEOPLE = 900.0
TOLERANCE = 1e-6


class Tried(NamedTuple):
    """One small model: what it tries, what came out, and whether that is right."""

    what: str
    said: str
    right: bool


def try_known_faults() -> list[Tried]:
    """Solve the models that are known to have gone wrong, and judge each by its known answer."""
    return [_three_variables(), _tight(), _loose()]


def _three_variables() -> Tried:
    """PuLP's model of three variables: highspy 1.14.0 calls 76 optimal; 64 is."""
    h = _quiet()
    x, y = h.addVariable(lb=0, ub=4), h.addVariable(lb=-1, ub=1)
    z = h.addIntegral(lb=0)
    h.addConstr(x + y <= 5)  # noqa: PLR2004 - the model as it was told
    h.addConstr(x + z >= 10)  # noqa: PLR2004
    h.addConstr(z - y == 7.5)  # noqa: PLR2004
    h.minimize(x + 4 * y + 9 * z)
    value = h.getInfo().objective_function_value
    right = _optimal(h) and abs(value - 64) < TOLERANCE
    return Tried("the model that highspy 1.14 gets wrong (best value 64)", f"found {value:g}", right)


def _tight() -> Tried:
    """Two clinics, of which one has to open, with the capacity that people can fill."""
    h, opened = _clinics(PEOPLE)
    right = _optimal(h) and bool(np.allclose(opened, [1, 0], atol=TOLERANCE))
    said = "one clinic opens" if right else f"{_status(h)}, opened {opened}"
    return Tried("clinics with capacities as the planner writes them", said, right)


def _loose() -> Tried:
    """Tell whether this HiGHS fails where a capacity stands for “unlimited”; the planner never writes one."""
    h, opened = _clinics(LARGE)
    fails = not (_optimal(h) and max(opened) > 1 - TOLERANCE)
    said = (
        f"this HiGHS fails there ({_status(h)}); the planner keeps away from it by tight capacities"
        if fails
        else "solved rightly"
    )
    return Tried(f"clinics with a capacity of {LARGE:g} for “unlimited”", said, right=True)


def _clinics(most: float) -> tuple[highspy.Highs, list[float]]:
    """Serve 900 people at two clinics that cost 1 and 2 to open and hold `most` each."""
    h = _quiet()
    served = [h.addVariable(lb=0) for _ in range(2)]
    opened = [h.addBinary() for _ in range(2)]
    for one, other in zip(served, opened, strict=True):
        h.addConstr(one - most * other <= 0)
    h.addConstr(served[0] + served[1] == PEOPLE)
    h.minimize(opened[0] + 2 * opened[1])
    found = h.getSolution().col_value
    return h, [float(v) for v in found[2:4]] if len(found) else [0.0, 0.0]


def _quiet() -> highspy.Highs:
    h = Quiet()  # type: ignore[no-untyped-call]
    h.silent()
    return h


def _optimal(h: highspy.Highs) -> bool:
    return bool(h.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def _status(h: highspy.Highs) -> str:
    return str(h.modelStatusToString(h.getModelStatus()))
