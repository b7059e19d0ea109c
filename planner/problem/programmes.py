"""Programmes as providers: without a place, and within everybody's reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.errors import Fault, InputFault
from planner.problem.standing import PROGRAMME

if TYPE_CHECKING:
    import pandas as pd

    from planner.city.city import City
    from planner.scenario.schema import Scenario


def programmes(scenario: Scenario, city: City, service: str) -> list[dict[str, Any]]:
    """Programmes of a service as providers, one row each; their place is their name, and on no map.

    Raises
    ------
    InputFault
        When a programme has the name of a site or facility of the service.
    """
    given = scenario.services[service].programmes
    sites = city.candidates.loc[city.candidates["service"] == service, "site"]
    taken = {*sites, *city.served_from([service])["place"]} & set(given)
    if taken:
        message, hint = "a site or facility of the service has the same id", "give the programme another name"
        where = (scenario.where("services", service, "programmes", name) for name in sorted(taken))
        raise InputFault(Fault(message, place, hint) for place in where)
    return [
        {
            "provider": f"{service}/{name}/{PROGRAMME}", "service": service, "place": name,
            "label": name.replace("_", " "), "option": PROGRAMME, "existing": False,
            "capacity": np.inf if own.capacity is None else own.capacity,
            "capital_cost": own.capital_cost, "operating_cost": own.operating_cost, "land_m2": 0.0,
            "least": 0, "most": own.max_modules, "quality": own.quality, "x": np.nan, "y": np.nan,
            "state": PROGRAMME, "facility": "", "beside": (), "run_by": own.run_by or "",
            "opens_after": own.opens_after,
        }
        for name, own in given.items()
    ]  # fmt: skip


def everywhere(points: pd.DataFrame, providers: pd.DataFrame) -> pd.DataFrame:
    """Pairs of every need point with every programme: no travel, its own quality.

    Parameters
    ----------
    points
        Need points of one service: columns `need_point`, `period`, `future`.
    providers
        Providers of the service: columns `provider_row`, `state`, `own` (quality), `period`, `future`.
    """
    mine = providers[providers["state"] == PROGRAMME]
    pairs = points[["need_point", "period", "future"]].merge(mine, on=["period", "future"])
    return pairs.assign(travel=0.0, quality=pairs["own"])
