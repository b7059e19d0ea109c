"""The ways of one service: who travels how far, and what counts for those who are not served."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import Fault, InputFault
from planner.problem.naming import service_named

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

SERVED = 1e-6
"""Share of a need below which what is missing, or what is served somewhere, is rounding."""


@dataclass(frozen=True)
class Ways:
    """The pairs of one service, and the travel that counts for those who are not served."""

    problem: Problem
    service: str
    unserved: float

    @classmethod
    def of(cls, problem: Problem, service: str | None, unserved: float | None) -> Ways:
        """Find the ways of a service; who is not served counts as twice the limit unless stated.

        Raises
        ------
        InputFault
            When who is not served would count as nearer than somebody who is.
        """
        name = service_named(problem, service)
        limit = float(problem.services["limit"].loc[name])
        ways = cls(problem, name, 2.0 * limit if unserved is None else unserved)
        farthest = float(ways.all_travel.max(initial=0.0))
        if ways.unserved < farthest:
            message = f"`unserved_travel` {ways.unserved:g} is nearer than the longest way, {farthest:g}"
            raise InputFault(Fault(message, hint="or nobody would be served who has far to go"))
        return ways

    @cached_property
    def pair(self) -> Whole:
        """Positions of the service's pairs."""
        return _pairs(self.problem, self.service)

    @cached_property
    def travel(self) -> Floats:
        """Travel of the service's pairs [min | m]."""
        travel: Floats = self.problem.pairs["travel"].to_numpy(np.float64)[self.pair]
        return travel

    @cached_property
    def nearest(self) -> Floats:
        """Travel of each need point to the nearest provider or site of all, infinite where there is none.

        From where people live today, whoever may move.
        """
        whole, pair = self.problem.whole, _pairs(self.problem.whole, self.service)
        near = np.full(len(whole.need), np.inf)
        here = whole.at_home[pair]
        np.minimum.at(near, whole.need_point[pair[here]], self.all_travel[here])
        return near

    @cached_property
    def all_travel(self) -> Floats:
        """Travel of the service's pairs, whatever part of them is looked at [min | m]."""
        whole = self.problem.whole
        travel: Floats = whole.pairs["travel"].to_numpy(np.float64)[_pairs(whole, self.service)]
        return travel


def _pairs(problem: Problem, service: str) -> Whole:
    return np.flatnonzero(problem.of_service(service)[problem.need_point])
