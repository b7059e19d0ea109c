"""Concessions: what each part of the city gets in good plans, and what the others give up for its best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.frames import Column, Frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.explore.alternatives import Alternatives
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

CONCESSIONS = Frame(
    "concessions",
    "What each district (neighbourhood, where no districts are named) gets in the good plans that were seen, "
    "and what the others give up where it gets most.",
    (
        Column("part", "text", "–", "district, or id of the neighbourhood"),
        Column("people", "number", "person", "residents"),
        Column("plan", "number", "1", "mean wellbeing in the plan in hand"),
        Column("least", "number", "1", "the least that it has in a good plan that was seen"),
        Column("most", "number", "1", "the most that it has in a good plan that was seen"),
        Column(
            "others",
            "number",
            "1",
            "change of the mean wellbeing of all others in the plan that gives it most",
        ),
        Column("gives", "text", "–", "part that loses most in that plan; empty where none does"),
        Column("given", "number", "1", "change of the mean wellbeing of that part"),
        Column("money", "number", "currency", "money to build in the plan in hand"),
        Column("money_least", "number", "currency", "the least in a good plan that was seen"),
        Column("money_most", "number", "currency", "the most in a good plan that was seen"),
    ),
    ("part",),
)
FELT = 5e-5
"""Wellbeing lost below this is not told."""


@dataclass(frozen=True)
class Parts:
    """The parts of the city that negotiate.

    Attributes
    ----------
    names
        Districts, or neighbourhoods where no districts are named.
    people
        Residents of each [person].
    of_place
        Part of each place in which people are judged, position in `names`.
    of_provider
        Part of each provider; −1 where it has none.
    """

    names: tuple[str, ...]
    people: Floats
    of_place: NDArray[np.int64]
    of_provider: NDArray[np.int64]

    @classmethod
    def of(cls, problem: Problem) -> Parts:
        """Parts of a question: districts where they are named, else neighbourhoods."""
        column = "district" if "district" in problem.places else "neighbourhood"
        told = problem.places[column].fillna("").astype(str)
        names = sorted(set(told) - {""})
        index = pd.Index(names)
        sites = problem.sites.set_index("site")[column].astype(str)
        of_provider = index.get_indexer(pd.Index(sites.reindex(problem.providers["place"]).fillna("")))
        of_place = index.get_indexer(pd.Index(told))
        known = of_place >= 0
        people = np.bincount(of_place[known], problem.population[known], len(names))
        return cls(tuple(names), people, of_place, of_provider)

    def wellbeing(self, outcome: Outcome) -> Floats:
        """Mean wellbeing of each part, shape (parts,)."""
        known, people = self.of_place >= 0, outcome.problem.population
        held = np.bincount(self.of_place[known], (outcome.wellbeing * people)[known], len(self.names))
        found: Floats = np.divide(held, self.people, out=np.full(len(held), np.nan), where=self.people > 0)
        return found

    def money(self, outcome: Outcome) -> Floats:
        """Money that is built with in each part [currency], shape (parts,)."""
        table = outcome.problem.providers
        spent = outcome.modules * table["capital_cost"].to_numpy(float) * ~table["existing"].to_numpy(bool)
        known = self.of_provider >= 0
        return np.bincount(self.of_provider[known], spent[known], len(self.names))


def concessions(problem: Problem, found: Alternatives) -> pd.DataFrame:
    """Tell what each part gets in the plans that were seen; columns of `CONCESSIONS`."""
    parts = Parts.of(problem)
    worth = np.array([parts.wellbeing(outcome) for outcome in found.seen])
    money = np.array([parts.money(outcome) for outcome in found.seen])
    rows = [_row(parts, worth, money, nth) for nth in range(len(parts.names)) if parts.people[nth] > 0]
    return CONCESSIONS.tidy(pd.DataFrame(rows, columns=CONCESSIONS.names))


def _row(parts: Parts, worth: Floats, money: Floats, nth: int) -> dict[str, object]:
    best = int(worth[:, nth].argmax())
    change = np.nan_to_num(worth[best] - worth[0])
    others = np.arange(len(parts.names)) != nth
    people = parts.people * others
    loser = int(np.where(people > 0, change, np.inf).argmin())
    loses = bool(people[loser] > 0 and change[loser] < -FELT)
    return {
        "part": parts.names[nth],
        "people": parts.people[nth],
        "plan": worth[0, nth],
        "least": worth[:, nth].min(),
        "most": worth[:, nth].max(),
        "others": float(change @ people / people.sum()) if people.sum() > 0 else 0.0,
        "gives": parts.names[loser] if loses else "",
        "given": change[loser] if loses else 0.0,
        "money": money[0, nth],
        "money_least": money[:, nth].min(),
        "money_most": money[:, nth].max(),
    }


def spread_of(problem: Problem, plans: Sequence[Outcome]) -> pd.DataFrame:
    """Least and most wellbeing over plans: index `neighbourhood`, columns least and most."""
    of, people = problem.places["neighbourhood"].astype(str), problem.population
    sums = pd.Series(people).groupby(of.to_numpy()).sum()
    each = [pd.Series(one.wellbeing * people).groupby(of.to_numpy()).sum() / sums for one in plans]
    table = pd.concat(each, axis=1)
    return pd.DataFrame({"least": table.min(axis=1), "most": table.max(axis=1)}).rename_axis("neighbourhood")
