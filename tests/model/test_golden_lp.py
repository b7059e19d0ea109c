"""The model that each unit writes, as text to be read: `tests/golden/lp/<unit>.lp`.

`pytest tests/model/test_golden_lp.py --regenerate` writes the files anew; look at the difference.
"""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from homes_cases import with_moves
from place_cases import with_changes
from strategies import LAYER, Case, asked_of, city_of, service_of, travel_of

from planner import catalogue
from planner.model.formulation import formulate, readable_name, to_pulp
from planner.model.held import holding
from planner.model.yardstick import Yardstick
from planner.problem.blocks import Goal
from planner.problem.tables import homes_of
from planner.problem.uncertain import goal
from planner.travel.matrix import TravelMatrix

if TYPE_CHECKING:
    from planner.model.formulation import Formulation
    from planner.problem.problem import Problem

FOLDER = Path(__file__).parents[1] / "golden" / "lp"
OBJECTIVES: dict[str, tuple[str, dict[str, Any]]] = {
    "utilitarian": ("utilitarian", {}),
    "sufficiency": ("sufficiency", {"floor": 0.6}),
    "priority": ("priority", {"aversion": 2.0}),
    "priority_atkinson": ("priority", {"utility": "atkinson", "aversion": 0.5}),
    "p_median": ("p_median", {"service": "health"}),
    "mclp": ("mclp", {"service": "health"}),
    "worst_off": ("worst_off", {"share": 0.4}),
    "maximin": ("maximin", {}),
    "equal_shares": ("equal_shares", {}),
    "leximin": ("leximin", {"resolution": 0.5}),
    "p_center": ("p_center", {"service": "health"}),
    "lscp": ("lscp", {"service": "health"}),
    "kolm_pollak": ("kolm_pollak", {"service": "health"}),
    "least_cost": ("least_cost", {"years": 20.0}),
    "utilitarian_years": ("utilitarian", {}),
    "least_cost_years": ("least_cost", {"years": 20.0}),
    "maximin_expected": ("maximin", {}),
    "maximin_worst_case": ("maximin", {}),
    "p_median_regret": ("p_median", {"service": "health"}),
}
CONSTRAINTS: dict[str, tuple[str, dict[str, Any]]] = {
    "budget": ("budget", {}),
    "choice": ("choice", {}),
    "count": ("count", {"at_least": 1, "at_most": 2}),
    "floor": ("floor", {"service": "health", "of": "each_neighbourhood", "quality_weighted": 0.4}),
    "floor_reached": ("floor", {"service": "water", "reached": 0.5}),
    "forbidden": ("forbidden", {"sites": ["park"], "service": "health"}),
    "land": ("land", {}),
    "locked": ("locked", {"service": "health", "site": "quay"}),
    "provision": ("provision", {}),
    "requires": ("requires", {"service": "water", "needs": "health"}),
    "group_gap": ("group_gap", {"group": "poor", "of": "health", "at_most": 0.1}),
    "group_gap_wellbeing": ("group_gap", {"group": "poor", "at_most": 0.1}),
    "at_least": ("at_least", {"principle": "worst_off", "level": 0.4, "parameters": {"share": 0.4}}),
    "single_source": ("single_source", {"service": "health"}),
    "district_money": ("district_money", {"least": 0.5}),
    "excludes": ("excludes", {"service": "water", "other": "health"}),
    "states": ("states", {}),
    "beside": ("beside", {}),
    "public_first": ("public_first", {"owners": ["city"]}),
    "moving": ("moving", {}),
    "budget_acquired": ("budget", {}),
    "budget_years": ("budget", {}),
    "floor_years": ("floor", {"service": "health", "reached": 0.5}),
    "stays": ("stays", {}),
    "no_setback": ("no_setback", {"at_most": 0.1}),
    "same_sites": ("same_sites", {}),
    "budget_futures": ("budget", {}),
}


def small_town() -> Case:
    """Return three blocks in two wards, an old clinic, a park and a quay for clinics and taps."""
    sizes = {
        "small": {
            "capacity": 30,
            "capital_cost": 2,
            "operating_cost": 0.5,
            "land_m2": 100,
            "max_per_site": 2,
        },
        "large": {"capacity": 80, "capital_cost": 5, "operating_cost": 1, "land_m2": 300},
    }
    tap = {"taps": {"capital_cost": 1, "land_m2": 50}}
    clinic = service_of(need={"meaning": "demand", "count": "n"}, options=sizes, weight=3)
    case = Case(
        asked_of({"health": clinic, "water": service_of(options=tap)},
                 budget={"capital": 6, "operating": 1.5},
                 city={"neighbourhoods": LAYER, "groups": {"poor": {"count": "poor"}}}),
        city_of(
            {"east": ("hill", 400), "mid": ("hill", 200), "west": ("port", 300)},
            {"health": {"east": 80, "mid": 30, "west": 60}, "water": {"east": 400, "west": 300}},
            {"park": 300.0, "quay": 350.0},
            [("health", "park"), ("health", "quay"), ("water", "quay")],
            [("health", "old", 20.0, 0.8)],
        ),
        travel_of(
            {
                "health": {("east", "park"): 8, ("mid", "park"): 12, ("mid", "quay"): 15, ("west", "quay"): 5,
                           ("east", "old"): 10},
                "water": {("west", "quay"): 5, ("east", "quay"): 14},
            }
        ),
    )  # fmt: skip
    case.city.cells["poor"] = [100.0, 20.0, 150.0]
    case.city.neighbourhoods["district"] = ["upper", "lower"]
    case.city.sites["neighbourhood"] = ["hill", "port"]
    return case


def changeable_town() -> Case:
    """Return the small town, whose old clinic can become larger, or taps, or be closed."""
    town = small_town()
    changes = {
        "bigger": {"kind": "expand", "added_capacity": 30, "capital_cost": 1},
        "shut": {"kind": "close"},
        "taps": {"kind": "repurpose", "to": "water", "capacity": 90},
    }
    ways = town.travel.pairs | {
        "water": pd.concat(
            [town.travel.pairs["water"], pd.DataFrame({"cell": ["east"], "place": ["old"], "travel": [4.0]})]
        )
    }
    return with_changes(replace(town, travel=TravelMatrix(ways)), "health", changes)


def shared_town() -> Case:
    """Return the small town, where taps are cheaper in a clinic, and a small clinic better beside taps."""
    town = small_town()
    services = copy.deepcopy(dict(town.asked["services"]))
    services["water"]["options"]["taps_inside"] = {"capital_cost": 0.5, "beside": ["health"]}
    services["health"]["options"]["small"]["beside"] = ["water"]
    return town.asking(services=services)


def bought_town() -> Case:
    """Return the small town in one ward; the park is the city's, the quay has to be bought."""
    town = small_town()
    owners = {"park": "city", "quay": "port"}
    sites = town.city.sites.assign(neighbourhood="hill", acquisition_cost=[0.0, 2.5])
    sites["owner"] = [owners[site] for site in sites.index]
    return replace(town, city=replace(town.city, sites=sites))


def growing_town() -> Case:
    """Return the town with sites to buy over two periods; the port grows, a large clinic takes a period."""
    town = bought_town()
    services = copy.deepcopy(dict(town.asked["services"]))
    services["health"]["options"]["large"]["opens_after"] = 1
    periods = {
        "2026": {"years": 2, "budget": {"capital": 4, "operating": 1}},
        "2028": {"years": 3, "budget": {"capital": 3}},
    }
    over_time = {"carry_over": ["capital"], "discount_rate": 0.1}
    grown = town.city.cells.assign(population=[400.0, 200.0, 450.0], poor=[100.0, 20.0, 200.0])
    need = town.city.need.assign(period=2, need=town.city.need["need"] * [1, 1, 1.5, 1, 1.5])
    city = replace(
        town.city,
        later=((town.city.neighbourhoods, grown),),
        need=pd.concat([town.city.need, need], ignore_index=True),
    )
    return replace(town, city=city).asking(services=services, periods=periods, over_time=over_time)


def homes_town() -> Case:
    """Return the small town, where people of the hill may move to homes on the quay, beside a clinic."""
    town = small_town()
    services = copy.deepcopy(dict(town.asked["services"]))
    services["homes"] = services.pop("water") | {"options": {"row": {"capacity": 20, "capital_cost": 1}}}
    need = town.city.need.replace({"service": {"water": "homes"}})
    need.loc[need["service"] == "homes", "need"] = [30.0, 10.0]
    candidates = town.city.candidates.replace({"service": {"water": "homes"}})
    city = replace(town.city, need=need, candidates=candidates)
    ways = {"health": town.travel.pairs["health"], "homes": town.travel.pairs["water"]}
    moved = replace(town.asking(services=services), city=city, travel=TravelMatrix(ways))
    return with_moves(moved, {"homes": 2.0}, {"health": {("quay", "quay"): 0, ("quay", "old"): 18}})


def uncertain_town(how: str) -> Case:
    """Return the town with sites to buy, and half as much again who may need clinics."""
    town = bought_town()
    more = town.city.need.assign(future="many", need=town.city.need["need"] * [1.5, 1.5, 1.5, 1, 1])
    need = pd.concat([town.city.need.assign(future="few"), more], ignore_index=True)
    futures = {"few": {"probability": 0.75}, "many": {"probability": 0.25}}
    return replace(town, city=replace(town.city, need=need)).asking(futures=futures, uncertainty=how)


TOWNS = {
    "same_sites": lambda: uncertain_town("expected"),
    "budget_futures": lambda: uncertain_town("expected"),
    "maximin_expected": lambda: uncertain_town("expected"),
    "maximin_worst_case": lambda: uncertain_town("worst_case"),
    "p_median_regret": lambda: uncertain_town("least_regret"),
    "budget_years": growing_town,
    "floor_years": growing_town,
    "stays": growing_town,
    "no_setback": growing_town,
    "utilitarian_years": growing_town,
    "least_cost_years": growing_town,
    "moving": homes_town,
    "states": changeable_town,
    "beside": shared_town,
    "public_first": bought_town,
    "budget_acquired": bought_town,
}
"""Towns of units that say nothing of the small town."""


def _names(problem: Problem, model: Formulation) -> dict[str, list[str]]:
    """Names of the variables for readers."""
    providers = [readable_name(name) for name in problem.names]
    cells = [readable_name(cell) for cell in problem.cells[problem.need_point]]
    pairs = [f"serve_{cell}_at_{providers[j]}" for cell, j in zip(cells, problem.provider, strict=True)]
    homes = [f"_from_{home}" if home else "" for home in homes_of(problem)]
    pairs = [name + home for name, home in zip(pairs, homes, strict=True)]
    known = {
        "open": [f"open_{p}" for p in providers],
        "serve": pairs,
        "chosen": [f"chosen_{p}" for p in providers],
        "moved": [
            readable_name(label) for rows in model.rows if rows.rule == "moved" for label in rows.labels
        ],
    }
    services = problem.need["service"].to_numpy()[problem.need_point]
    for service in problem.services.index:
        mine = [name for name, of in zip(pairs, services, strict=True) if of == service]
        known[f"assigned_{service}"] = [name.replace("serve", "assigned", 1) for name in mine]
    places = [readable_name(place) for place in problem.homes]

    def numbered(family: str, count: int) -> list[str]:
        by_place = count % len(places) == 0
        return [
            f"{family}_{places[k % len(places)]}_{k // len(places)}" if by_place else f"{family}_{k}"
            for k in range(count)
        ]

    return {
        v.family: known.get(v.family) or [readable_name(name) for name in numbered(v.family, len(v))]
        for v in model.variables
    }


def _text(kind: str, key: str, file: Path) -> str:
    name, given = (OBJECTIVES if kind == "objective" else CONSTRAINTS)[key]
    problem = TOWNS.get(key, small_town)().problem
    unit = catalogue.find(kind, name)
    half = unit.function(problem, **unit.bind(given))
    if kind == "objective" and problem.futures is not None:
        known = replace(problem, futures=replace(problem.futures, best=(100.0, 300.0)))
        half = goal(known, lambda alone: unit.function(alone, **unit.bind(given)))
    if isinstance(half, tuple):
        yardstick = Yardstick(unit, unit.bind(given), problem)
        model = formulate(problem, holding(lambda _: (), yardstick, [40.0])(problem), half[1], scale=False)
    elif kind == "objective":
        model = formulate(problem, (), half, scale=False)
    else:
        model = formulate(problem, [half], Goal({"open": np.ones(len(problem.providers))}), scale=False)
    to_pulp(model, _names(problem, model)).writeLP(str(file))
    return file.read_text()


def _parted(text: str) -> tuple[list[str], list[float]]:
    """The words of a text, and its broken figures: of these processors reckon the last digits differently."""
    parts = re.split(r"(?<![\w.])(\d+\.\d+(?:e[+-]?\d+)?)", text)
    return parts[::2], [float(part) for part in parts[1::2]]


@pytest.mark.parametrize(
    ("kind", "file"), [*(("objective", k) for k in OBJECTIVES), *(("constraint", k) for k in CONSTRAINTS)]
)
def test_the_model_reads_as_it_did(
    kind: str, file: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Every variable, row and coefficient of the unit's model on a small town is as it was reviewed."""
    text = _text(kind, file, tmp_path / "model.lp")
    golden = FOLDER / f"{file}.lp"
    if request.config.getoption("--regenerate"):
        golden.write_text(text)
    (words, figures), (known, reckoned) = _parted(text), _parted(golden.read_text())
    assert words == known, f"{file}.lp has changed; see `--regenerate`"
    assert figures == pytest.approx(reckoned, rel=1e-9), f"{file}.lp has changed; see `--regenerate`"


def test_every_unit_has_its_text() -> None:
    """No objective and no constraint is without a golden file, and no file without a unit."""
    told = {("objective", name) for name, _ in OBJECTIVES.values()} | {
        ("constraint", n) for n, _ in CONSTRAINTS.values()
    }
    assert told == {(kind, name) for kind in ("objective", "constraint") for name in catalogue.units(kind)}
    assert {path.stem for path in FOLDER.iterdir()} == OBJECTIVES.keys() | CONSTRAINTS.keys()
