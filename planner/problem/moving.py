"""Homes that move people: who may move where, and the ways they have from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.errors import Fault, InputFault
from planner.problem.standing import programme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario
    from planner.travel.matrix import TravelMatrix

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

MANY = 20_000_000
"""Ways from homes beyond which a question is refused: it would not fit into memory."""
HAIR = 1e-9
THERE = ["home", "period"]
COHORT = ["cell", "period", "future"]
"""Those who live in a cell; at each time, and in each future, they may move anew."""


@dataclass(frozen=True)
class Moving:
    """Who may move where.

    Attributes
    ----------
    homes
        Ids of the places into which people may move, shape (homes,).
    home
        Position of the place into which a provider's people move, −1 for others, shape (providers,).
    people
        People who move with one unit that a provider serves, 0 for others, shape (providers,).
    cohort
        Number of the cohort of each need point, shape (need,).
    residents
        Residents of the cell of each need point [person], shape (need,).
    by_moving
        Which need points are served by moving, shape (need,).
    """

    homes: NDArray[np.object_]
    home: Whole
    people: Floats
    cohort: Whole
    residents: Floats
    by_moving: NDArray[np.bool_]

    @classmethod
    def of(
        cls, scenario: Scenario, need: pd.DataFrame, providers: pd.DataFrame, residents: Floats
    ) -> Moving | None:
        """Read who may move where; None where nobody does. `residents` of the cell of each need point."""
        people = _people(scenario)
        if not people:
            return None
        most = providers["service"].map(people).fillna(0.0).to_numpy(np.float64)
        each: Floats = np.where(_moving_in(providers), most, 0.0)
        homes: NDArray[np.object_] = np.unique(providers.loc[each > 0, "place"].to_numpy(str)).astype(object)
        at = pd.Index(homes).get_indexer(pd.Index(providers["place"].astype(object)))
        cohort = pd.factorize(pd.MultiIndex.from_frame(need[COHORT]))[0].astype(np.int64)
        by_moving = need["service"].isin(people).to_numpy(bool)
        home = np.where(each > 0, at, -1).astype(np.int64)
        return cls(homes, home, each, cohort, residents, by_moving)


def _people(scenario: Scenario) -> dict[str, float]:
    """People who move with one unit, by service."""
    return {
        name: service.moves_people.people_per_unit
        for name, service in scenario.services.items()
        if service.moves_people is not None
    }


def _moving_in(providers: pd.DataFrame) -> NDArray[np.bool_]:
    """Which providers stand at a place into which people can move: a programme does not."""
    return providers["state"].isin(["built", "repurposed"]).to_numpy(bool)


def refuse_crowds(scenario: Scenario, problem: Problem) -> None:
    """Refuse homes for more people than live in a cell.

    Raises
    ------
    InputFault
        When the homes that are missing in a cell are for more people than its residents.
    """
    faults: list[Fault] = []
    if problem.moving is None:
        return
    residents = problem.moving.residents
    for service, each in _people(scenario).items():
        crowd = problem.of_service(service) & (problem.amount * each > residents * (1 + HAIR))
        for k in np.flatnonzero(crowd)[:10]:
            message = (
                f"cell {problem.need['cell'].iloc[k]} needs {problem.amount[k]:g} of {service} for {each:g} "
                f"people each, and has only {residents[k]:g} residents"
            )
            where = scenario.where("services", service, "moves_people")
            faults.append(Fault(message, where, "lower `people_per_unit`, or mend the need or the residents"))
    if faults:
        raise InputFault(faults)


def pairs_from_homes(
    scenario: Scenario, travel: TravelMatrix, need: pd.DataFrame, providers: pd.DataFrame, pairs: pd.DataFrame
) -> pd.DataFrame:
    """Ways that people would have from the homes into which they may move: who, to which provider, how far.

    Parameters
    ----------
    pairs
        Ways from the cells: columns `need_point`, `provider_row`.

    Returns
    -------
    DataFrame
        Columns `need_point`, `provider_row`, `travel`, `home` (id), `own` (quality of the provider),
        `service`; empty where nobody moves.

    Raises
    ------
    InputFault
        When they are too many.
    """
    where = _into_homes(scenario, need, providers, pairs)
    parts, count = [], 0
    for service, ways in travel.from_homes.items():
        points = need[need["service"] == service].reset_index(names="need_point")
        mine = providers[(providers["service"] == service) & (providers["state"] != "closed")]
        mine = mine.reset_index(names="provider_row").rename(columns={"quality": "own"})
        reached = ways.merge(mine[["provider_row", "place", "own", "period"]], on="place")
        if not len(reached) or not len(where):
            continue
        who = where.merge(points[["need_point", "cell", "period"]], on=["cell", "period"])
        each = reached.groupby(THERE).size().reindex(pd.MultiIndex.from_frame(who[THERE]), fill_value=0)
        count += int(each.sum())
        if count > MANY:
            message = f"homes that move people would bring more than {MANY:,} ways, too many to look at"
            hint = "lower the limits of travel, or the number of sites for homes, or judge larger cells"
            raise InputFault(Fault(message, scenario.where("services"), hint))
        parts.append(who.merge(reached, on=THERE).assign(service=service))
    columns = ["need_point", "provider_row", "travel", "home", "own", "service"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _into_homes(
    scenario: Scenario, need: pd.DataFrame, providers: pd.DataFrame, pairs: pd.DataFrame
) -> pd.DataFrame:
    """From which cell people could move into which home, in which period: each once."""
    moving = providers["service"].isin(_people(scenario)).to_numpy() & _moving_in(providers)
    out = pairs[moving[pairs["provider_row"]]]
    row = out["provider_row"]
    cell, home = need["cell"].to_numpy()[out["need_point"]], providers["place"].to_numpy()[row]
    where = pd.DataFrame({"cell": cell, "home": home, "period": providers["period"].to_numpy()[row]})
    return where.drop_duplicates()


@dataclass(frozen=True)
class Moves:
    """Moves from a cohort to a home, as a problem's pairs have them, and what hangs on each.

    Attributes
    ----------
    cohort, home
        Of each move, positions, shape (moves,); sorted.
    residents
        Of each cohort [person], shape (cohorts,).
    of_point
        Cohort of each need point, shape (need,).
    pair, move, people
        Pairs along which people move, the move of each, and the people of one unit served there.
    away, away_move
        Pairs by which those who have moved are served, and the move of each.
    share
        Need of each need point per resident of its cell [unit of the service/person], shape (need,);
        0 for services that move people: those are served once, by moving.
    by_moving
        Which need points are served by moving, shape (need,).
    """

    cohort: Whole
    home: Whole
    residents: Floats
    of_point: Whole
    pair: Whole
    move: Whole
    people: Floats
    away: Whole
    away_move: Whole
    share: Floats
    by_moving: NDArray[np.bool_]

    @classmethod
    def of(cls, problem: Problem, moving: Moving) -> Moves:
        """Find the moves of a problem's pairs."""
        pair = np.flatnonzero(moving.people[problem.provider] > 0)
        away = np.flatnonzero(~problem.at_home)
        count = len(moving.homes)
        cohort = moving.cohort[problem.need_point]
        into = cohort[pair] * count + moving.home[problem.provider[pair]]
        lives = problem.pairs["home"].to_numpy(np.int64)[away]
        key = np.unique(np.concatenate([into, cohort[away] * count + lives]))
        residents = np.zeros(int(moving.cohort.max(initial=-1)) + 1)
        residents[moving.cohort] = moving.residents
        bound = ~moving.by_moving & (moving.residents > 0)
        share = np.divide(problem.amount, moving.residents, out=np.zeros(len(bound)), where=bound)
        return cls(
            cohort=key // max(count, 1),
            home=key % max(count, 1),
            residents=residents,
            of_point=moving.cohort,
            pair=pair,
            move=np.searchsorted(key, into),
            people=moving.people[problem.provider[pair]],
            away=away,
            away_move=np.searchsorted(key, cohort[away] * count + lives),
            share=share,
            by_moving=moving.by_moving,
        )

    def moved(self, served: Floats) -> Floats:
        """People of each move, from what is served along each pair [person], shape (moves,)."""
        return np.bincount(self.move, self.people * served[self.pair], len(self.home))

    def gone(self, served: Floats) -> Floats:
        """People who have moved away from each cohort [person], shape (cohorts,)."""
        return np.bincount(self.cohort, self.moved(served), len(self.residents))


def staying(problem: Problem, moves: Moves) -> Whole:
    """Pairs by which those are served who have not moved from where some do: from their cell, at a place."""
    ways = problem.at_home & ~programme(problem)[problem.provider]
    some = np.isin(moves.of_point, moves.cohort) & (moves.share > 0)
    return np.flatnonzero(ways & some[problem.need_point])
