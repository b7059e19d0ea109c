"""The question ready to be looked up by id, and a plan's tables as an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.problem.outcome import Outcome
from planner.problem.tables import residents_of
from planner.verify.verdict import TYPICAL

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

POINT = ["service", "cell"]


@dataclass(frozen=True)
class Ledger:
    """Positions in a problem, found by id.

    Attributes
    ----------
    problem
        The question, posed anew.
    given
        Residents of each cell [person], index cell, where they are known.
    """

    problem: Problem
    given: pd.Series | None = None

    @cached_property
    def points(self) -> pd.MultiIndex:
        """Need points by moment (period and future), service and cell."""
        return self._points(self.problem.need)

    @cached_property
    def providers(self) -> pd.MultiIndex:
        """Providers by moment (period and future) and id."""
        return _whose(self.problem.moment, self.problem.providers["provider"])

    @property
    def when(self) -> Whole:
        """Period of each provider, from 1."""
        return self.problem.when

    @cached_property
    def periods_before(self) -> pd.MultiIndex:
        """Each provider in the period before, as `providers`."""
        before = np.where(self.when > 1, self.problem.moment - 1, -1)
        return _whose(before, self.problem.providers["provider"])

    def moment(self, table: pd.DataFrame) -> Whole:
        """Number of the period and future of each row of a plan's table, negative where there is none."""
        period = table["period"].to_numpy(np.int64)
        if not len(table):
            return period
        there = (period >= 1) & (period <= self.problem.periods)
        if self.problem.futures is not None and "future" not in table.columns:
            there = np.zeros(len(table), bool)
            table = table.assign(future="")
        return np.where(there, self.problem.moment_of(table), -1)

    def _points(self, table: pd.DataFrame) -> pd.MultiIndex:
        named = [table[column].astype(object) for column in POINT]
        return pd.MultiIndex.from_arrays([self.moment(table), *named])

    @cached_property
    def existing(self) -> NDArray[np.bool_]:
        """Which providers stand today, shape (providers,)."""
        return self.problem.providers["existing"].to_numpy(bool)

    @cached_property
    def today(self) -> Floats:
        """Modules in use with nothing built, shape (providers,)."""
        return np.where(self.existing, self.problem.providers["most"].to_numpy(float), 0.0)

    @cached_property
    def residents(self) -> Floats:
        """Residents of the cell of each need point [person]; NaN where the question does not tell them."""
        need = self.problem.need
        if self.given is not None:
            return residents_of(need, self.given)
        places = self.problem.places.iloc[self.problem.place]
        same = places["place"].to_numpy(object) == need["cell"].to_numpy(object)
        return np.where(same, places["population"].to_numpy(float), np.nan)

    @cached_property
    def slack(self) -> pd.Series:
        """Absolute tolerance of amounts by service: a share of its largest need [unit of the service]."""
        return TYPICAL * self.problem.need.groupby("service")["need"].max()

    def slacks(self, services: pd.Series) -> Floats:
        """Absolute tolerance of amounts for each row; 0 for a service that nobody needs."""
        return self.slack.reindex(services).fillna(0.0).to_numpy(float)

    def point(self, table: pd.DataFrame) -> Whole:
        """Position of the need point of each row, −1 where there is none."""
        return _found(self.points, self._points(table))

    def who(self, table: pd.DataFrame) -> Whole:
        """Position of the provider of each row, −1 where there is none."""
        return _found(self.providers, _whose(self.moment(table), table["provider"]))

    def pair(self, table: pd.DataFrame) -> Whole:
        """Position of the pair of each row of an assignment, −1 where there is none."""
        point, provider, home = self.point(table), self.who(table), self._home(table)
        keys = np.where((point < 0) | (provider < 0) | (home < 0), -1, self._key(point, provider, home))
        return _found(self._pairs, pd.Index(keys))

    def modules(self, facilities: pd.DataFrame) -> Floats:
        """Modules in use of each provider, shape (providers,); unknown rows are left out."""
        return _sums(self.who(facilities), facilities["modules"], len(self.problem.providers))

    def served(self, assignment: pd.DataFrame) -> Floats:
        """Need served on each pair, shape (pairs,); unknown rows are left out."""
        return _sums(self.pair(assignment), assignment["served"], len(self.problem.pairs))

    @cached_property
    def _pairs(self) -> pd.Index:
        problem = self.problem
        home = np.zeros(len(problem.pairs), np.int64)
        if problem.moving is not None:
            home = problem.pairs["home"].to_numpy(np.int64) + 1
        return pd.Index(self._key(problem.need_point, problem.provider, home))

    @cached_property
    def _homes(self) -> pd.Index:
        """Where people live: in their cell (empty), or in one of the places into which they may move."""
        homes = [] if self.problem.moving is None else self.problem.moving.homes.tolist()
        return pd.Index(["", *homes], dtype=object)

    def _home(self, table: pd.DataFrame) -> Whole:
        return _found(self._homes, pd.Index(table["home"].astype(object)))

    def _key(self, point: Whole, provider: Whole, home: Whole) -> Whole:
        return (point * len(self.problem.providers) + provider) * len(self._homes) + home


def outcome_of(problem: Problem, facilities: pd.DataFrame, assignment: pd.DataFrame) -> Outcome:
    """Tell what the written tables give to whom, joined by id; unknown rows are left out.

    Parameters
    ----------
    problem
        The question.
    facilities, assignment
        Tables as in `frames`.
    """
    ledger = Ledger(problem)
    return Outcome(problem, ledger.modules(facilities), ledger.served(assignment))


def _whose(period: ArrayLike, provider: pd.Series) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([np.asarray(period, np.int64), provider.astype(object)])


def _found(index: pd.Index, wanted: pd.Index) -> Whole:
    if len(index) == 0 or len(wanted) == 0:
        return np.full(len(wanted), -1, dtype=np.int64)
    return np.asarray(index.get_indexer(wanted), dtype=np.int64)


def _sums(at: Whole, amounts: pd.Series, length: int) -> Floats:
    known = at >= 0
    return np.bincount(at[known], amounts.to_numpy(float)[known], length).astype(float)
