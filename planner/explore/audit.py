"""The audit of a run: how sure each figure is, who truly differs, which sites survive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.city.read import read_city
from planner.errors import MachineFault
from planner.explore.robust import Survival, hear_nothing, survival
from planner.explore.telling import telling
from planner.indicators.certainty import Certainty, certainty
from planner.indicators.clustering import clustering
from planner.indicators.correction import with_and_without
from planner.indicators.ranking import group_standings, neighbourhood_standings

if TYPE_CHECKING:
    import pandas as pd

    from planner.city.city import City
    from planner.explore.robust import Hear
    from planner.plan import Plan
    from planner.scenario.schema import Scenario
    from planner.travel.matrix import TravelMatrix


@dataclass(frozen=True)
class Audit:
    """What an audit found; tables as in `explore.tables`.

    Attributes
    ----------
    certainty
        Intervals of every indicator.
    groups
        How the groups stand to each other, where that is certain.
    neighbourhoods
        The same of neighbourhoods; None where the city has no margins of error.
    clustering
        Moran's I; None where the extra `audit` is not installed.
    undercount
        Indicators with and without those added; None where nobody is.
    survival
        Which sites survive; None where the question was not solved again.
    words
        All of it in plain words, line by line.
    """

    certainty: Certainty
    groups: pd.DataFrame
    neighbourhoods: pd.DataFrame | None
    clustering: pd.DataFrame | None
    undercount: pd.DataFrame | None
    survival: Survival | None
    words: tuple[str, ...] = ()


def audit(
    scenario: Scenario,
    city: City,
    travel: TravelMatrix,
    plan: Plan,
    services: pd.DataFrame,
    *,
    pairs: pd.DataFrame,
    draws: int = 200,
    resolve: int = 0,
    seed: int = 0,
    hear: Hear = hear_nothing,
) -> Audit:
    """Tell how sure the figures of a plan are, and which of its sites survive other needs and costs.

    Parameters
    ----------
    scenario, city, travel
        The question.
    plan
        The answer that is audited.
    services, pairs
        As for `assess`.
    draws
        Draws of the counts and of the cells.
    resolve
        How often the question is solved again; 0 for not at all.
    seed
        The same seed gives the same audit.
    hear
        Told after each time it is solved.
    """
    sure = certainty(scenario, city, plan, services, pairs=pairs, draws=draws, seed=seed)
    missing: list[str] = []
    found = Audit(
        certainty=sure,
        groups=group_standings(sure),
        neighbourhoods=neighbourhood_standings(scenario, city, plan, draws=draws, seed=seed),
        clustering=_clustering(city, plan, seed, missing),
        undercount=_undercount(scenario, city, plan, services, pairs),
        survival=survival(scenario, city, travel, plan, draws=resolve, seed=seed, hear=hear)
        if resolve
        else None,
    )
    return replace(found, words=(*telling(scenario, city, found), *missing))


def _clustering(city: City, plan: Plan, seed: int, missing: list[str]) -> pd.DataFrame | None:
    try:
        return clustering(city, plan, seed=seed)
    except MachineFault as fault:
        missing.append(str(fault))
        return None


def _undercount(
    scenario: Scenario, city: City, plan: Plan, services: pd.DataFrame, pairs: pd.DataFrame
) -> pd.DataFrame | None:
    if not scenario.city.undercount:
        return None
    plain = scenario.model_copy(update={"city": scenario.city.model_copy(update={"undercount": {}})})
    return with_and_without(scenario, city, read_city(plain), plan, services, pairs=pairs)
