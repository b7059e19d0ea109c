"""Who moves where, recomputed: nobody is in two places, and what a cell loses a home gains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.frames import MOVES
from planner.verify.form import names, sound
from planner.verify.verdict import EXACT, RELATIVE, TYPICAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.verify.ledger import Ledger
    from planner.verify.verdict import Tally

    Floats = NDArray[np.float64]

KEY = list(MOVES.key)
WHERE = ["period", "cell", "service"]


def check_moves(tally: Tally, table: pd.DataFrame | None, outcome: Outcome) -> None:
    """Check that the table of moves tells exactly those whom the assignment gives a home."""
    truth = _moves(outcome)
    given = sound(tally, MOVES, table) if table is not None else MOVES.tidy(truth.iloc[:0])
    if given is None:
        return
    given, truth = (t.astype(dict.fromkeys([*KEY[1:], "neighbourhood"], object)) for t in (given, truth))
    both = given.merge(truth, "outer", KEY, suffixes=("", "_anew"), indicator="whose")
    say = names(both, MOVES.name, *KEY[1:])
    slack = TYPICAL * float(truth["people"].max() if len(truth) else 0.0) + EXACT
    untold = (both["whose"] == "right_only").to_numpy() & (both["people_anew"].fillna(0.0) > slack).to_numpy()
    tally.holds(untold, say, "people move and are not told")
    strange = (both["whose"] == "left_only").to_numpy() & (both["people"].fillna(0.0) > slack).to_numpy()
    tally.holds(strange, say, "is told to move, but gets no home there")
    both = both[both["whose"] == "both"]
    say = names(both, MOVES.name, *KEY[1:])
    tally.same("neighbourhood", say, both["neighbourhood"], both["neighbourhood_anew"])
    for column in ("homes", "people"):
        tally.equal(column, say, both[column], both[f"{column}_anew"], slack)


def _moves(outcome: Outcome) -> pd.DataFrame:
    """The moves that an assignment makes, as `frames.MOVES`: homes × people to a home, by cell and place."""
    problem, moving = outcome.problem, outcome.problem.moving
    each = np.zeros(len(problem.providers)) if moving is None else moving.people
    pair = np.flatnonzero((each[problem.provider] > 0) & (outcome.served > 0))
    rows = problem.need.iloc[problem.need_point[pair]]
    served = outcome.served[pair]
    table = rows[["period", "cell", "service", "neighbourhood"]].assign(
        place=problem.providers["place"].to_numpy(object)[problem.provider[pair]],
        homes=served,
        people=served * each[problem.provider[pair]],
    )
    return MOVES.tidy(
        table.groupby([*KEY, "neighbourhood"], as_index=False, observed=True)[["homes", "people"]].sum()
    )


def check_conserved(tally: Tally, ledger: Ledger, outcome: Outcome, called: str) -> None:
    """Check that nobody who moved is served in the cell, nor anybody at a home who did not move there.

    Summed up once more from the pairs alone: of each need, those who live in a place, in the share of the
    cell's residents that they are, are all who can be served from there.
    """
    problem, moving = outcome.problem, outcome.problem.moving
    if moving is None:
        return
    shares = _living(outcome)
    bound = ~moving.by_moving & (moving.residents > 0)
    state = problem.providers["state"].to_numpy(object)[problem.provider]
    pair = np.flatnonzero(bound[problem.need_point] & (state != "programme") & (outcome.served > 0))
    home = problem.pairs["home"].to_numpy(np.int64)[pair]
    point = problem.need_point[pair]
    table = pd.DataFrame({"point": point, "home": home, "served": outcome.served[pair]})
    sums = table.groupby(["point", "home"], as_index=False)["served"].sum()
    at = sums["point"].to_numpy()
    lives = shares.reindex(pd.MultiIndex.from_arrays([moving.cohort[at], sums["home"]])).to_numpy(float)
    gone = shares.groupby(level=0).sum().reindex(moving.cohort[at]).fillna(0.0).to_numpy(float)
    part = np.where(sums["home"] < 0, 1.0 - gone, np.nan_to_num(lives))
    need = problem.need.iloc[at]
    most = problem.amount[at] * part + ledger.slacks(need["service"]) + RELATIVE * problem.amount[at]
    where = need[["service", "cell"]].assign(home=np.append(moving.homes, "")[sums["home"]])
    say = names(where, called, "service", "cell", "home")
    tally.holds(sums["served"].to_numpy() > most, say, "more are served from there than live there")
    crowd = shares.groupby(level=0).sum()
    first = pd.Series(problem.need["cell"].to_numpy(object)).groupby(moving.cohort).first()
    leaving = pd.DataFrame({"cell": first.reindex(crowd.index).to_numpy(object)})
    over = crowd.to_numpy(float) > 1 + TYPICAL
    tally.holds(over, names(leaving, called, "cell"), "more people move away than live there")


def _living(outcome: Outcome) -> pd.Series:
    """Share of the residents of a cohort who have moved into each home; index cohort, home."""
    problem, moving = outcome.problem, outcome.problem.moving
    if moving is None:
        return pd.Series(dtype=float)
    each = moving.people[problem.provider]
    pair = np.flatnonzero(each > 0)
    point = problem.need_point[pair]
    table = pd.DataFrame(
        {
            "cohort": moving.cohort[point],
            "home": moving.home[problem.provider[pair]],
            "share": each[pair] * outcome.served[pair] / np.maximum(moving.residents[point], EXACT),
        }
    )
    return table.groupby(["cohort", "home"])["share"].sum()
