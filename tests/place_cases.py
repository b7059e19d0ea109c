"""Tiny cities whose facilities can be changed: cases of `strategies` with more asked of them."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from strategies import LAYER, Case, random_case

from planner.errors import InputFault
from planner.travel.matrix import TravelMatrix

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd


def with_changes(case: Case, service: str, changes: Mapping[str, Mapping[str, Any]]) -> Case:
    """Return the case, in which every facility of a service can be changed in these ways."""
    services = copy.deepcopy(dict(case.asked["services"]))
    services[service]["existing"] = {**LAYER, "capacity": "n", "changes": dict(changes)}
    standing = case.city.facilities[case.city.facilities["service"] == service]
    rows = [
        (service, facility, name, {"close": "", "repurpose": change.get("to")}.get(change["kind"], service))
        for facility, quality in zip(standing["facility"], standing["quality"], strict=True)
        for name, change in changes.items()
        if change["kind"] != "upgrade" or change["quality"] > quality
    ]
    known = [] if case.city.changes is None else [case.city.changes]
    table = pd.DataFrame(rows, columns=["service", "facility", "change", "to"], dtype="str")
    joined = pd.concat([*known, table], ignore_index=True)
    return replace(case.asking(services=services), city=replace(case.city, changes=joined))


KINDS = ("changes", "bought", "beside", "programmes", "mixed", "public")
"""What a random case of places may have."""


def random_places(seed: int, objective: str = "utilitarian") -> tuple[Case, set[str]]:
    """Draw a tiny city whose facilities change, whose sites are bought, whose services share places.

    Returns
    -------
    tuple
        The case, and what it has of `KINDS`.
    """
    rng = np.random.default_rng([seed, 4])
    while True:
        by = "utilitarian" if objective == "least_cost" else objective
        drawn = random_case(int(rng.integers(1 << 30)), by, ruled=False, capacities=bool(rng.random() < 0.8))
        wanted = {kind for kind in KINDS if rng.random() < 0.6}
        case, has = _more(drawn, set(wanted), rng)
        if not has or (wanted - has and rng.random() < 0.8):
            continue
        if objective == "least_cost":
            case = _cheaply(case, rng)
        try:
            if _choices(case) <= MOST:
                return case, has
        except InputFault:
            continue


def _cheaply(case: Case, rng: np.random.Generator) -> Case:
    """Ask for the least money with which a share of a need is served."""
    service = str(rng.choice(list(case.asked["services"])))
    floor = {"floor": {"service": service, "reached": round(rng.uniform(0.1, 0.6), 2)}}
    rules = [*case.asked.get("constraints", []), floor]
    return case.asking(objective={"least_cost": {"years": 1.0}}, constraints=rules)


MOST = 500
"""Choices of modules that are tried for one case."""


def _choices(case: Case) -> int:
    table = case.problem.providers
    alone = (table["least"] == 0).to_numpy()
    return int(np.prod((table["most"] - table["least"] + 1).to_numpy(float)[alone]))


def _more(case: Case, has: set[str], rng: np.random.Generator) -> tuple[Case, set[str]]:
    services = copy.deepcopy(dict(case.asked["services"]))
    names = list(services)
    if "beside" in has and len(names) > 1:
        option = next(iter(services[names[0]]["options"].values()))
        inside = option | {"capital_cost": round(option["capital_cost"] / 3, 1), "quality": 1.0}
        services[names[0]]["options"] = {"plain": option, "inside": inside | {"beside": [names[1]]}}
    else:
        has.discard("beside")
    if "mixed" in has:
        services[names[-1]]["mix_sizes"] = True
    if "programmes" in has:
        services[names[-1]]["programmes"] = {"credit": _programme(case, names[-1], rng)}
    case = case.asking(services=services)
    if has & {"bought", "public"}:
        case = replace(case, city=replace(case.city, sites=_owned(case, rng)))
    if "public" in has:
        case = case.asking(constraints=[{"public_first": {"owners": ["city"]}}])
        has = has | {"bought"}
    standing = [name for name in names if (case.city.facilities["service"] == name).any()]
    if "changes" not in has or not standing:
        return case, has - {"changes"}
    return _changing(case, standing[0], rng), has


def _owned(case: Case, rng: np.random.Generator) -> gpd.GeoDataFrame:
    sites = case.city.sites
    return sites.assign(
        owner=["city", *rng.choice(["city", "church"], len(sites) - 1)],
        acquisition_cost=np.round(
            np.where(rng.random(len(sites)) < 0.7, rng.uniform(0, 8, len(sites)), 0.0), 1
        ),
        neighbourhood=rng.choice(["n1", "n1", "n2", ""], len(sites)),
    ).astype({"owner": "str", "neighbourhood": "str"})


def _programme(case: Case, service: str, rng: np.random.Generator) -> dict[str, Any]:
    need = case.city.need
    total = float(need.loc[need["service"] == service, "need"].sum())
    capacity = {"capacity": round(total * rng.uniform(0.1, 0.5), 1)} if rng.random() < 0.7 else {}
    costs = {"capital_cost": round(rng.uniform(0, 6), 1), "operating_cost": round(rng.uniform(0, 2), 1)}
    return (
        capacity | costs | {"quality": round(rng.uniform(0.3, 1), 2), "max_modules": int(rng.integers(1, 3))}
    )


def _changing(case: Case, service: str, rng: np.random.Generator) -> Case:
    """Facilities of a service can change in two or three ways; where there is another service, be its own."""
    facilities = case.city.facilities
    today = np.round(rng.uniform(0, 3, len(facilities)), 1)
    case = replace(case, city=replace(case.city, facilities=facilities.assign(operating_cost=today)))
    total = float(case.city.need.loc[case.city.need["service"] == service, "need"].sum())
    money = {"capital_cost": round(rng.uniform(0, 5), 1), "operating_cost": round(rng.uniform(-1, 2), 1)}
    changes: dict[str, dict[str, Any]] = {
        "more": {"kind": "expand", "added_capacity": round(total * rng.uniform(0.1, 0.5), 1), **money},
        "good": {"kind": "upgrade", "quality": 0.95, **money},
        "shut": {"kind": "close", "capital_cost": round(rng.uniform(0, 1), 1)},
    }
    others = [name for name in case.asked["services"] if name != service]
    if others:
        changes["other"] = {"kind": "repurpose", "to": others[0], "capacity": round(total / 3, 1), **money}
        case = _reaching(case, service, others[0])
    drop = rng.choice(list(changes), int(rng.integers(1, len(changes))), replace=False)
    return with_changes(case, service, {k: v for k, v in changes.items() if k not in drop})


def _reaching(case: Case, service: str, other: str) -> Case:
    """The ways to the facilities of a service, for another service too; the facilities get own ids."""
    reach = {name: case.scenario.services[name].travel for name in (service, other)}
    mine = case.city.facilities["service"] == service
    own = case.city.facilities.loc[mine, "facility"].tolist()
    renamed = {facility: f"{service}_{facility}" for facility in own}
    table = case.city.facilities
    table = table.assign(facility=table["facility"].where(~mine, service + "_" + table["facility"]))
    ways = dict(case.travel.pairs)
    ways[service] = ways[service].replace({"place": renamed})
    new = ways[service][ways[service]["place"].isin(renamed.values())]
    new = new.assign(travel=new["travel"] * reach[other].limit / reach[service].limit)
    ways[other] = pd.concat([ways[other], new], ignore_index=True)
    return replace(case, city=replace(case.city, facilities=table), travel=TravelMatrix(ways))
