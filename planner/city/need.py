"""Need: people × rates, or counts, as one flat table of need points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from planner.city.findings import Findings
    from planner.city.people import Layered
    from planner.scenario.schema import Scenario, Service

COLUMNS = ["cell", "service", "group", "period", "future", "need"]


def need_table(
    scenario: Scenario, layers: dict[str, Layered], home: gpd.GeoDataFrame, findings: Findings
) -> pd.DataFrame:
    """Tell the need of each cell for each service, as in `City.need`.

    A count by neighbourhood is spread over its cells by population; a rate is multiplied with the
    residents of the cell. Cells without need are left out.

    Parameters
    ----------
    scenario
        What is needed, and how it is counted.
    layers
        Figures by layer: `neighbourhoods`, and `cells` where given.
    home
        Cells with `neighbourhood` and `population` [person], sorted by id.
    findings
        Takes need that has nowhere to go, and services that nobody needs.
    """
    parts = []
    for name, service in sorted(scenario.services.items()):
        amount = _need(name, service, layers, home)
        if not findings.faults and not amount.sum() > 0:
            hint = "check the column, or leave the service out"
            findings.add(
                f"nobody needs `{name}`: its need is 0 everywhere",
                scenario.where("services", name, "need"),
                hint,
            )
        some = amount > 0
        rows = {
            "cell": home.index[some],
            "service": name,
            "group": "everyone",
            "period": 1,
            "future": "expected",
        }
        parts.append(pd.DataFrame(rows | {"need": amount[some]}))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _need(
    name: str, service: Service, layers: dict[str, Layered], home: gpd.GeoDataFrame
) -> NDArray[np.float64]:
    need = service.need
    population = _floats(home["population"])
    if need.count is not None:
        layer = layers[need.layer]
        count = layer.figures[need.count]
        return _floats(count) if need.layer == "cells" else _spread(name, count, layer, home)
    if isinstance(need.rate, str):
        rate = layers[need.layer].figures[need.rate]
        rate = rate if need.layer == "cells" else rate.reindex(home["neighbourhood"])
        return _floats(rate) * population
    return float(need.rate or 0.0) * population


def _spread(
    name: str, count: pd.Series[float], layer: Layered, home: gpd.GeoDataFrame
) -> NDArray[np.float64]:
    """Spread counts of neighbourhoods over their cells by population."""
    people = home.groupby("neighbourhood")["population"].sum().reindex(count.index, fill_value=0.0)
    nowhere = list(count.index[(count > 0) & (people == 0)])
    told = [f"{count[i]:g} need `{name}`, but nobody lives here" for i in nowhere]
    layer.note(nowhere, told, "set the need to 0, or give the neighbourhood (its cells) residents")
    rate = (count / people.where(people > 0)).fillna(0.0)
    return _floats(rate.reindex(home["neighbourhood"])) * _floats(home["population"])


def _floats(column: pd.Series[float]) -> NDArray[np.float64]:
    return np.asarray(column, np.float64)
