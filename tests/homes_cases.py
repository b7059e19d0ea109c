"""Tiny cities whose homes move people: cases of `strategies` with ways from the homes."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from strategies import MOST_CHOICES, Case, choices, random_case

from planner.errors import InputFault

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_moves(
    case: Case, people: Mapping[str, float], ways: Mapping[str, Mapping[tuple[str, str], float]]
) -> Case:
    """Return the case, in which services move people; ways by service, from (home, place)."""
    services = copy.deepcopy(dict(case.asked["services"]))
    for service, each in people.items():
        services[service]["moves_people"] = {"people_per_unit": each}
    tables = {
        service: pd.DataFrame(
            [(h, p, float(t)) for (h, p), t in by.items()], columns=["home", "place", "travel"]
        ).astype({"home": "str", "place": "str", "travel": "float64"})
        for service, by in ways.items()
    }
    return replace(case.asking(services=services), travel=replace(case.travel, from_homes=tables))


def random_homes(seed: int, objective: str = "utilitarian", *, ruled: bool = True) -> Case:
    """Draw a tiny city with one service of homes (now and then two) among two or three services."""
    rng = np.random.default_rng([seed, 7])
    while True:
        drawn = random_case(
            int(rng.integers(1 << 30)), objective, ruled=ruled, capacities=bool(rng.random() < 0.7)
        )
        names = list(drawn.asked["services"])
        missing = [s for s in names if drawn.asked["services"][s]["need"]["meaning"] == "deficit"]
        if len(names) < 2 or not missing:
            continue
        homes = missing[: 2 if len(names) > 2 and len(missing) > 1 and rng.random() < 0.3 else 1]
        case = _moving(drawn, homes, rng)
        try:
            if not case.problem.at_home.all() and 2 <= choices(case) <= MOST_CHOICES:
                return case
        except InputFault:
            continue


def _moving(case: Case, homes: list[str], rng: np.random.Generator) -> Case:
    need, people = case.city.need, case.city.cells["population"]
    each = {}
    for service in homes:
        mine = need[need["service"] == service]
        most = float((people.loc[mine["cell"]].to_numpy() / mine["need"].to_numpy()).min())
        each[service] = float(np.floor(most * rng.uniform(0.3, 1.0) * 100) / 100) or most
    sites = sorted({*case.city.candidates.loc[case.city.candidates["service"].isin(homes), "site"]})
    ways: dict[str, dict[tuple[str, str], float]] = {}
    services: dict[str, Any] = copy.deepcopy(dict(case.asked["services"]))
    for service in set(services) - set(homes):
        if not case.scenario.constraints and rng.random() < 0.4:  # `oracle.kept` counts them as sites
            services[service]["programmes"] = {
                "credit": {"capacity": 30.0, "capital_cost": 1.0, "quality": 0.5}
            }
        limit = case.scenario.services[service].travel.limit
        places = case.city.candidates.loc[case.city.candidates["service"] == service, "site"].tolist()
        places += case.city.served_from([service])["place"].tolist()
        ways[service] = {
            (home, place): float(np.round(rng.uniform(0, limit), 3))
            for home in sites
            for place in places
            if rng.random() < 0.7
        }
    return with_moves(case.asking(services=services), each, ways)
