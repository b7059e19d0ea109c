"""From scenario, city and travel to a Problem: every table joined by id."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.errors import Fault, InputFault
from planner.problem.futures import CERTAIN, Futures
from planner.problem.groups import with_groups
from planner.problem.moving import Moving, pairs_from_homes
from planner.problem.problem import Problem, reach
from planner.problem.programmes import everywhere, programmes
from planner.problem.quality import decayed
from planner.problem.standing import BUILT, CLOSED, PROGRAMME, STANDS, standing
from planner.problem.tables import residents_of
from planner.problem.years import Years, through_time
from planner.scenario.judge import judged_service

if TYPE_CHECKING:
    from planner.city.city import City
    from planner.scenario.schema import Option, Scenario, Service
    from planner.travel.matrix import TravelMatrix

SMALLEST_QUALITY = 1e-6
"""A service of less quality than this is none: the pair is left out."""

PROVIDER_COLUMNS = [
    "provider", "service", "place", "label", "option", "existing", "capacity", "capital_cost",
    "operating_cost", "land_m2", "least", "most", "quality", "x", "y", "state", "facility",
    "beside", "run_by", "opens_after",
]  # fmt: skip
PAIR_COLUMNS = ["need_point", "provider_row", "travel", "quality", "home"]
SITE_COLUMNS = ["neighbourhood", "land_m2", "owner", "acquisition_cost"]


def pose(scenario: Scenario, city: City, travel: TravelMatrix) -> Problem:
    """Put the question into tables: one flat need table, providers, sparse pairs.

    Raises
    ------
    InputFault
        When need stands where nobody lives, or a service has neither providers nor sites.
    """
    places, need = _people(scenario, city)
    services = _services(scenario, need, places)
    providers = through_time(_providers(scenario, city), city.periods, list(scenario.futures) or [CERTAIN])
    pairs = _pairs(scenario, travel, need, providers)
    providers, pairs = _without_idle(providers, pairs)
    moving = Moving.of(scenario, need, providers, residents_of(need, city.residents()))
    budget = scenario.budget
    return Problem(
        services=services,
        need=need,
        providers=_finite(providers, pairs, need),
        pairs=_numbered(pairs, moving),
        places=_in_districts(city, places),
        sites=_in_districts(city, city.sites[SITE_COLUMNS].reset_index(names="site")),
        capital=np.inf if budget.capital is None else budget.capital,
        operating=np.inf if budget.operating is None else budget.operating,
        currency=budget.currency,
        judged=_judged(scenario, need),
        years=Years.of(scenario),
        moving=moving,
        futures=Futures.of(scenario),
    )


def _people(scenario: Scenario, city: City) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Places and need points of every period, with the groups of residents."""
    parts, count = [], 0
    for period, future in product(city.periods, list(scenario.futures) or [CERTAIN]):
        own = city.at(period, future)
        places, place_of = _places(scenario, own)
        places, need = with_groups(scenario, own, places, _need(own, place_of), place_of)
        parts.append((places.assign(period=period, future=future), need.assign(place=need["place"] + count)))
        count += len(places)
    places, need = (pd.concat([part[side] for part in parts], ignore_index=True) for side in (0, 1))
    return places, need


def _judged(scenario: Scenario, need: pd.DataFrame) -> str | None:
    """The service by whose coverage people are judged, which somebody has to need."""
    service = judged_service(scenario.judge)
    if service is not None and not (need["service"] == service).any():
        where = scenario.where("judge", "coverage")
        hint = "judge by another service, or by `wellbeing`"
        raise InputFault(Fault(f"nobody needs `{service}`, so that nobody can be judged by it", where, hint))
    return service


def _in_districts(city: City, table: pd.DataFrame) -> pd.DataFrame:
    """Add the district of each row's neighbourhood, where districts are named; empty outside all of them."""
    if "district" not in city.neighbourhoods:
        return table
    district = city.neighbourhoods["district"].reindex(table["neighbourhood"]).fillna("")
    return table.assign(district=district.to_numpy())


def _places(scenario: Scenario, city: City) -> tuple[pd.DataFrame, pd.Series]:
    """Places with residents, and the place of each cell (−1 where nobody lives)."""
    if scenario.judge_by == "cells":
        table = city.cells[["neighbourhood", "population"]].copy()
        home = pd.Series(city.cells.index, index=city.cells.index)
    else:
        people = city.cells.groupby("neighbourhood")["population"].sum()
        table = pd.DataFrame({"neighbourhood": people.index, "population": people}, index=people.index)
        home = city.cells["neighbourhood"]
    table = table[table["population"] > 0]
    places = table.reset_index(names="place")[["place", "neighbourhood", "population"]]
    return places, pd.Series(table.index.get_indexer(home), index=city.cells.index)


def _need(city: City, place_of: pd.Series) -> pd.DataFrame:
    need = city.need[city.need["need"] > 0].copy()
    need["neighbourhood"] = city.cells["neighbourhood"].reindex(need["cell"]).to_numpy()
    need["place"] = place_of.reindex(need["cell"]).to_numpy()
    empty = need[need["place"] < 0]
    if len(empty):
        first = ", ".join(
            f"{row.cell} ({row.need:g} of {row.service})" for row in empty.head(10).itertuples()
        )
        hint = "give these cells residents, or move the need to the cells where the people live"
        raise InputFault(
            Fault(f"need stands in {len(empty)} cells where nobody lives: {first}", "city.cells", hint)
        )
    return need.reset_index(drop=True)


def _services(scenario: Scenario, need: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    weights = sum(service.weight for service in scenario.services.values())
    population = places["population"].to_numpy()
    rows = {}
    for name, service in scenario.services.items():
        mine = need[need["service"] == name]
        per_place = np.bincount(mine["place"], mine["need"], len(places))
        rows[name] = {
            "unit": service.unit,
            "meaning": service.need.meaning,
            "weight": service.weight / weights,
            "scale": _scale(per_place, population, scenario.wellbeing.minimum_residents),
            "need": float(mine["need"].sum()),
            "standard": service.travel.near,
            "limit": service.travel.limit,
            "travel_unit": service.travel.unit,
            "mix_sizes": service.mix_sizes,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("service")


def _scale(need: np.ndarray, population: np.ndarray, minimum: float) -> float:
    """k: the highest need per resident among places of `minimum` residents or more (else the largest)."""
    large = population >= min(minimum, population.max())
    rate = float((need[large] / population[large]).max())
    return rate if rate > 0 else float((need / population).max())


def _providers(scenario: Scenario, city: City) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for name, service in scenario.services.items():
        if service.need.meaning == "demand":
            rows += standing(scenario, city, name)
        rows += _candidates(name, service, city)
        rows += programmes(scenario, city, name)
    if not rows:
        raise InputFault(
            Fault(
                "nothing stands and nothing can be built",
                "services",
                "give `existing`, `sites` and `options`, or `programmes`",
            )
        )
    return pd.DataFrame(rows, columns=PROVIDER_COLUMNS)


def _candidates(service: str, description: Service, city: City) -> list[dict[str, object]]:
    sites = city.sites.loc[city.candidates.loc[city.candidates["service"] == service, "site"]]
    return [
        {
            "provider": f"{service}/{site.Index}/{name}", "service": service, "place": site.Index,
            "label": site.label, "option": name, "existing": False,
            "capacity": np.inf if option.capacity is None else option.capacity,
            "capital_cost": option.capital_cost, "operating_cost": option.operating_cost,
            "land_m2": option.land_m2, "least": 0, "most": most, "quality": option.quality,
            "x": site.geometry.x, "y": site.geometry.y, "state": BUILT, "facility": "",
            "beside": tuple(option.beside), "run_by": option.run_by or "",
            "opens_after": option.opens_after,
        }
        for site in sites.itertuples()
        for name, option in description.options.items()
        if (most := _most(option, site.land_m2)) > 0
    ]  # fmt: skip


def _most(option: Option, land: float) -> int:
    """Modules that fit a site: `max_per_site`, or fewer when the land is too small."""
    if option.land_m2 <= 0 or np.isinf(land):
        return option.max_per_site
    return min(option.max_per_site, int(land / option.land_m2 + 1e-9))


def _pairs(
    scenario: Scenario, travel: TravelMatrix, need: pd.DataFrame, providers: pd.DataFrame
) -> pd.DataFrame:
    parts = []
    for name, service in scenario.services.items():
        points = need[need["service"] == name].reset_index(names="need_point")
        points = points[["need_point", "cell", "period", "future"]]
        mine = providers[(providers["service"] == name) & (providers["state"] != CLOSED)]
        mine = mine.reset_index(names="provider_row").rename(columns={"quality": "own"})
        mine = mine[["provider_row", "place", "own", "state", "period", "future"]]
        placed = mine[mine["state"] != PROGRAMME]
        both = travel.pairs[name].merge(points, on="cell").merge(placed, on=["place", "period", "future"])
        parts += [_valued(service, both), everywhere(points, mine).assign(home="")[PAIR_COLUMNS]]
    pairs = pd.concat(parts, ignore_index=True)
    moved = pairs_from_homes(scenario, travel, need, providers, pairs[pairs["quality"] >= SMALLEST_QUALITY])
    own = [_valued(scenario.services[str(service)], ways) for service, ways in moved.groupby("service")]
    pairs = pd.concat([pairs, *own], ignore_index=True)
    pairs = pairs[pairs["quality"] >= SMALLEST_QUALITY].rename(columns={"provider_row": "provider"})
    return pairs.sort_values(["provider", "need_point", "home"], ignore_index=True)


def _valued(service: Service, ways: pd.DataFrame) -> pd.DataFrame:
    """Ways of one service with the quality that those have who take them; `own` is the provider's."""
    reach = service.travel
    near = decayed(ways["travel"].to_numpy(np.float64), reach.near, reach.limit, reach.decay)
    quality = near * ways["own"].to_numpy(np.float64)
    return ways.assign(quality=quality, home=ways.get("home", ""))[PAIR_COLUMNS]


def _numbered(pairs: pd.DataFrame, moving: Moving | None) -> pd.DataFrame:
    """Tell by position into which home those of a pair have moved; no column where nobody moves."""
    if moving is None:
        return pairs.drop(columns="home")
    return pairs.assign(home=pd.Index(moving.homes).get_indexer(pd.Index(pairs["home"])))


def _without_idle(providers: pd.DataFrame, pairs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out candidates that nobody can reach, ever; what stands today stays, and may be closed."""
    within = pd.Series(np.bincount(pairs["provider"], minlength=len(providers)))
    reached = (within.groupby(providers["provider"]).transform("max") > 0).to_numpy(bool)
    keep = reached | providers["state"].isin([STANDS, CLOSED]).to_numpy()
    position = np.cumsum(keep) - 1
    pairs = pairs.assign(provider=position[pairs["provider"]])
    return providers[keep].reset_index(drop=True), pairs


def _finite(providers: pd.DataFrame, pairs: pd.DataFrame, need: pd.DataFrame) -> pd.DataFrame:
    """Cut unlimited capacities to the need within reach, so that no row needs a big number."""
    point, provider = pairs["need_point"].to_numpy(), pairs["provider"].to_numpy()
    point, provider = reach(point, provider, one_way=bool((pairs["home"] == "").all()))
    within = np.bincount(provider, need["need"].to_numpy()[point], len(providers))
    unlimited = np.isinf(providers["capacity"].to_numpy())
    capacity = np.where(unlimited, within, providers["capacity"].to_numpy())
    return providers.assign(capacity=capacity, unlimited=unlimited)
