"""Outcome: what a plan gives to whom, from served amounts alone; the `evaluate` halves read it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]


def per_head(amount: Floats, people: Floats) -> Floats:
    """Amount by person; 0 where nobody is judged."""
    shared: Floats = np.divide(amount, people, out=np.zeros(len(people)), where=people > 0)
    return shared


@dataclass(frozen=True)
class Outcome:
    """A plan as two vectors over the problem's rows.

    Attributes
    ----------
    problem
        The question.
    modules
        Modules in use of each provider, shape (providers,).
    served
        Need served on each pair [unit of the service], shape (pairs,).
    """

    problem: Problem
    modules: Floats
    served: Floats

    @cached_property
    def reached(self) -> Floats:
        """Need served at each need point, at any quality [unit of the service]."""
        return np.bincount(self.problem.need_point, self.served, len(self.problem.need))

    @cached_property
    def quality_weighted(self) -> Floats:
        """Need served at each need point, times quality [unit of the service]."""
        weighted = self.served * self.problem.quality
        return np.bincount(self.problem.need_point, weighted, len(self.problem.need))

    @cached_property
    def used(self) -> Floats:
        """Need served by each provider [unit of the service]."""
        return np.bincount(self.problem.provider, self.served, len(self.problem.providers))

    @cached_property
    def wellbeing(self) -> Floats:
        """W_a of each place: 1 − Σ_s ω_s (need not met, quality-weighted) / (k_s residents).

        Where people are judged by the coverage of a service, the share of its need that is met, by quality;
        1 in a place where nobody needs it.
        """
        problem = self.problem
        lost = problem.worth * (problem.amount - self.quality_weighted)
        return 1.0 - per_head(np.bincount(problem.place, lost, len(problem.places)), problem.population)

    @classmethod
    def nothing(cls, problem: Problem) -> Outcome:
        """Nobody is served by the providers of this model: with deficits, the need itself."""
        return cls(problem, np.zeros(len(problem.providers)), np.zeros(len(problem.pairs)))
