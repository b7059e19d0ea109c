"""What each facility competes with, what it would bring elsewhere, and which is nearest to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from planner.report.rivals import ELSEWHERE, IN_USE, INSTEAD, NEAREST, ONLY, Rivals
from planner.verify.ledger import outcome_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.plan import Plan
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

NAMED = 3
"""Rivals in use that are named of each facility; nearest facilities of each service."""
LEAST = 0.5
"""Amount below which nothing is said [unit of the service]."""


def rivals(problem: Problem, plan: Plan, future: str = "") -> Rivals:
    """Tell of each facility in use, in the last period, what else could serve whom it serves.

    Parameters
    ----------
    problem, plan
        The question and its answer.
    future
        The future of which is told; empty where all is certain.

    Notes
    -----
    Counted are people within the limit of travel, from where they live; whether a rival has room for them is
    not asked. What a facility would bring elsewhere is the need that the plan leaves unmet within the limit
    of the site where that is most, at most its own capacity.
    """
    which = 0 if problem.futures is None else problem.futures.names.index(future)
    at = _Moment(problem, outcome_of(problem, plan.facilities, plan.assignment), which)
    return Rivals(at.others(), at.nearest())


class _Moment:
    """The last period of one future: who is within reach of what, and whom each serves."""

    def __init__(self, problem: Problem, outcome: Outcome, which: int) -> None:
        moment = problem.periods - 1 + problem.periods * which
        self.table = problem.providers
        self.need = problem.need
        here = problem.moment == moment
        self.useful = here & (self.table["state"] != "closed").to_numpy()
        self.in_use = self.useful & (outcome.modules > 0)
        near = np.flatnonzero(problem.at_home & here[problem.provider])
        shape = (len(problem.need), len(self.table))
        point, provider = problem.need_point[near], problem.provider[near]
        self.reach = sparse.csc_array((np.ones(len(near)), (point, provider)), shape)
        self.travel = problem.pairs["travel"].to_numpy(float)[near]
        self.point, self.provider = point, provider
        served = sparse.coo_array((outcome.served, (problem.need_point, problem.provider)), shape).tocsc()
        self.rows = np.flatnonzero(self.in_use & (outcome.used > 0))
        self.served = served[:, self.rows]
        self.left = np.maximum(problem.amount - outcome.reached, 0.0)
        self.room = self.table["capacity"].to_numpy(float) * np.maximum(outcome.modules, 1.0)
        self.place = self.table[["service", "place"]].astype(object).apply(tuple, axis=1).factorize()[0]
        sites = problem.sites.drop_duplicates("site").set_index("site")["neighbourhood"]
        self.where = self.table["place"].map(sites).fillna("").to_numpy(object)
        taken = np.isin(self.place, self.place[self.in_use])
        self.free = (self.table["state"] == "built").to_numpy() & here & ~taken

    def others(self) -> pd.DataFrame:
        """What else could serve whom each serves; columns as in `Rivals`."""
        shared = (self.served.T.tocsr() @ self.reach).tocsr()
        most = self.reach.T @ self.left
        alone = self.served.T @ (self.reach @ self.in_use.astype(float) <= 1.0)
        found = []
        for n, row in enumerate(self.rows):
            part = slice(shared.indptr[n], shared.indptr[n + 1])
            other, amount = shared.indices[part].astype(np.int64), shared.data[part]
            found += self._in_use(int(row), other, amount)
            found += self._instead(int(row), other, amount)
        found += [
            (int(row), ONLY, int(row), float(amount)) for row, amount in zip(self.rows, alone, strict=True)
        ]
        found += self._elsewhere(most)
        table = pd.DataFrame(found, columns=["row", "kind", "other", "amount"])
        table = table[(table["amount"] >= LEAST)].reset_index(drop=True)
        name = self.table["label"].where(self.table["label"] != "", self.table["place"]).to_numpy(object)
        return pd.DataFrame(
            {
                "provider": self.table["provider"].to_numpy(object)[table["row"]],
                "kind": table["kind"],
                "other": self.table["provider"].to_numpy(object)[table["other"]],
                "label": name[table["other"]],
                "neighbourhood": self.where[table["other"]],
                "amount": table["amount"].astype(float),
            }
        )

    def _in_use(self, row: int, other: Whole, amount: Floats) -> list[tuple[int, str, int, float]]:
        mine = np.flatnonzero(self.in_use[other] & (other != row))
        first = mine[np.lexsort((other[mine], -amount[mine]))][:NAMED]
        return [(row, IN_USE, int(other[k]), float(amount[k])) for k in first]

    def _instead(self, row: int, other: Whole, amount: Floats) -> list[tuple[int, str, int, float]]:
        """The site that is not in use from which most of the same people could be served."""
        mine = np.flatnonzero(self.free[other])
        if not len(mine):
            return []
        best = mine[np.lexsort((other[mine], -amount[mine]))][0]
        return [(row, INSTEAD, int(other[best]), float(amount[best]))]

    def _elsewhere(self, most: Floats) -> list[tuple[int, str, int, float]]:
        """Of each, the free site at which one like it would reach most need that the plan leaves unmet."""
        kinds = pd.MultiIndex.from_frame(self.table[["service", "option"]].astype(object))
        found = []
        for kind in dict.fromkeys(kinds[self.rows]):
            same = kinds == kind
            sites = np.flatnonzero(self.free & same)
            if not len(sites):
                continue
            best = int(sites[np.argmax(most[sites])])
            found += [
                (int(row), ELSEWHERE, best, float(min(most[best], self.room[row])))
                for row in self.rows[same[self.rows]]
            ]
        return found

    def nearest(self) -> pd.DataFrame:
        """The facilities in use that are nearest to most of a neighbourhood's need, of each service."""
        table = pd.DataFrame({"point": self.point, "provider": self.provider, "travel": self.travel})
        table = table[self.in_use[self.provider]].sort_values(["point", "travel", "provider"], kind="stable")
        first = table.drop_duplicates("point")
        keys = self.need[["neighbourhood", "service", "need"]].iloc[first["point"]].reset_index(drop=True)
        keys["provider"] = self.table["provider"].to_numpy(object)[first["provider"]]
        keys["way"] = keys["need"] * first["travel"].to_numpy()
        sums = keys.groupby(["neighbourhood", "service", "provider"], sort=True)[["need", "way"]].sum()
        sums["travel"] = sums.pop("way") / sums["need"]
        told = sums.reset_index().sort_values(
            ["neighbourhood", "service", "need"], ascending=[True, True, False]
        )
        first_of: pd.DataFrame = told.groupby(["neighbourhood", "service"]).head(1)
        return first_of[NEAREST].reset_index(drop=True)
