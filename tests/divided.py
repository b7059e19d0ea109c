"""Random tiny cities with groups of residents, districts, and sites that lie in them."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from strategies import random_case

if TYPE_CHECKING:
    from strategies import Case


def divided(seed: int, objective: str = "utilitarian", *, ruled: bool = False) -> Case:
    """Return a random city with the groups `poor` and `old` and two districts at most."""
    case = random_case(seed, objective, ruled=ruled)
    rng = np.random.default_rng(seed + 77)
    cells, areas, sites = case.city.cells, case.city.neighbourhoods, case.city.sites
    people = cells["population"]
    cells = cells.assign(
        poor=np.round(people * rng.uniform(0, 1, len(cells))),
        old=np.round(people * rng.uniform(0, 0.4, len(cells))),
    )
    homes = np.resize(rng.permutation(areas.index.to_numpy(object)), len(sites))
    districts = np.resize(["west", "east"], len(areas))
    city = replace(
        case.city,
        cells=cells,
        neighbourhoods=areas.assign(district=districts),
        sites=sites.assign(neighbourhood=homes),
    )
    asked = copy.deepcopy(dict(case.asked))
    asked["city"] = {**asked["city"], "groups": {"poor": {"count": "poor"}, "old": {"count": "old"}}}
    return replace(case, asked=asked, city=city)
