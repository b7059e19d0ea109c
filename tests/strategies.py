"""Tiny cities at random, by seed: what is asked, the city, its travel, and the problem they pose."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.city.city import City
from planner.errors import InputFault
from planner.problem.outcome import Outcome
from planner.problem.pose import pose
from planner.scenario.schema import Scenario
from planner.travel.matrix import TravelMatrix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.problem.problem import Problem

CRS = "EPSG:32618"
LAYER = {"file": "x.geojson", "id": "id"}
LINEAR = ("utilitarian", "sufficiency", "p_median", "mclp")
FAIR = ("kolm_pollak", "atkinson")
OBJECTIVES = (*LINEAR, *FAIR)
MOST_CHOICES = 150
DECAYS = ("step", "linear", "logistic", "exponential")


@dataclass(frozen=True)
class Case:
    """One question in memory; `asked` is the scenario as a file would say it."""

    asked: Mapping[str, Any]
    city: City
    travel: TravelMatrix

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario, checked."""
        return Scenario.model_validate(self.asked)

    @cached_property
    def problem(self) -> Problem:
        """The question in tables."""
        return pose(self.scenario, self.city, self.travel)

    @property
    def residents(self) -> pd.Series:
        """Residents of each cell."""
        return self.city.cells["population"]

    def asking(self, **changes: object) -> Case:
        """Return the same city, asked something else."""
        return replace(self, asked={**copy.deepcopy(dict(self.asked)), **changes})


def points(table: pd.DataFrame, places: Sequence[tuple[float, float]]) -> gpd.GeoDataFrame:
    """Return the table with a point in each row."""
    xy = np.array(places, float).reshape(-1, 2)
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(xy[:, 0], xy[:, 1]), crs=CRS)


def city_of(
    cells: Mapping[str, tuple[str, float]],
    need: Mapping[str, Mapping[str, float]],
    sites: Mapping[str, float] | None = None,
    candidates: Sequence[tuple[str, str]] = (),
    facilities: Sequence[tuple[str, str, float, float]] = (),
) -> City:
    """Put a city together.

    `cells`: neighbourhood and residents by id; `need`: by service and cell; `sites`: land by id;
    `candidates`: (service, site); `facilities`: (service, id, capacity, quality).
    """
    table = pd.DataFrame.from_dict(dict(cells), orient="index", columns=["neighbourhood", "population"])
    table = table.rename_axis("cell").sort_index()
    flat = [
        (cell, service, "everyone", 1, "expected", float(n))
        for service, by in need.items()
        for cell, n in by.items()
        if n > 0
    ]
    names = ["cell", "service", "group", "period", "future", "need"]
    flat_need = pd.DataFrame(flat, columns=names).sort_values(["service", "cell"], ignore_index=True)
    sites = dict(sites or {})
    site = pd.DataFrame({"label": list(sites), "land_m2": list(sites.values()), "neighbourhood": ""})
    site = site.assign(owner="", acquisition_cost=0.0)
    site.index = pd.Index(list(sites), name="site", dtype="str")
    standing = pd.DataFrame(list(facilities), columns=["service", "facility", "capacity", "quality"])
    standing["label"] = standing["facility"]
    standing = standing.assign(operating_cost=0.0, run_by="")
    people = table.groupby("neighbourhood")["population"].sum().to_frame()
    return City(
        CRS,
        points(people.assign(label=people.index), [(k, 0) for k in range(len(people))]),
        points(table, [(k, 0) for k in range(len(table))]),
        flat_need,
        points(site.astype({"land_m2": float}), [(k, 1) for k in range(len(site))]).sort_index(),
        pd.DataFrame(sorted(candidates), columns=["service", "site"]),
        points(
            standing.sort_values(["service", "facility"], ignore_index=True),
            [(k, 2) for k in range(len(standing))],
        ),
    )


def travel_of(ways: Mapping[str, Mapping[tuple[str, str], float]]) -> TravelMatrix:
    """Put travel together: by service, travel by (cell, place)."""
    return TravelMatrix(
        {
            service: pd.DataFrame(
                [(c, p, float(t)) for (c, p), t in by.items()], columns=["cell", "place", "travel"]
            )
            .astype({"cell": "str", "place": "str", "travel": "float64"})
            .sort_values(["cell", "place"], ignore_index=True)
            for service, by in ways.items()
        }
    )


def service_of(**changes: object) -> dict[str, object]:
    """Return a plain service: everybody within 10 minutes, one size, a deficit."""
    return {
        "need": {"meaning": "deficit", "rate": 1},
        "travel": {"standard_minutes": 10, "limit_minutes": 20},
        "sites": LAYER,
        "options": {"one": {}},
        **changes,
    }


def asked_of(services: Mapping[str, object], **changes: object) -> dict[str, object]:
    """Return a scenario as a dictionary, with a search to the end."""
    return {
        "name": "tiny",
        "city": {"neighbourhoods": LAYER},
        "travel": {"walk": {"method": "straight_line"}},
        "services": dict(services),
        "solver": {"gap": 0, "time_limit_seconds": 60, "threads": 1},
        **changes,
    }


def random_case(
    seed: int, objective: str = "utilitarian", *, ruled: bool = True, capacities: bool = True
) -> Case:
    """Draw a tiny city and a question.

    `objective`: one of OBJECTIVES; `ruled`: with floors, counts, locks; `capacities`: limited for some.
    """
    rng = np.random.default_rng(seed)
    while True:
        case = _drawn(rng)
        if not capacities:
            case = unlimited(case)
        try:
            if 2 <= choices(case) <= MOST_CHOICES and _defined(case.problem):
                break
        except InputFault:  # no site has land for anything
            continue
    rules = _rules(rng, case.problem) if ruled else []
    return case.asking(objective=_objective(rng, objective, case.problem), constraints=rules)


def unlimited(case: Case) -> Case:
    """Return the case with every capacity that could be built unlimited."""
    services = copy.deepcopy(dict(case.asked["services"]))
    for service in services.values():
        for option in service["options"].values():
            option.pop("capacity", None)
    return case.asking(services=services)


def _defined(problem: Problem) -> bool:
    """True where every principle is: wellbeing before is positive on average, and nowhere far below 0."""
    before = Outcome.nothing(problem).wellbeing
    return bool(problem.population @ before > 0.1 * problem.population.sum() and before.min() > -3)


def choices(case: Case) -> int:
    """How many choices of whole modules there are, before any rule but one size at a site."""
    providers = case.problem.providers
    at = providers[~providers["existing"]].groupby(["service", "place"])["most"].sum()
    return int((at + 1).prod())


def _drawn(rng: np.random.Generator) -> Case:
    cells = {
        f"c{k}": (f"n{rng.integers(1, 4)}", float(rng.integers(60, 1000))) for k in range(rng.integers(2, 7))
    }
    sites = {
        f"s{k}": float(np.round(rng.uniform(0.5, 6), 2)) if rng.random() < 0.5 else np.inf
        for k in range(rng.integers(1, 5))
    }
    home = {name: rng.uniform(0, 10, 2) for name in (*cells, *sites)}
    services, need, candidates, facilities, ways = {}, {}, [], [], {}
    for s in ("health", "water", "school")[: rng.integers(1, 4)]:
        need[s] = {
            c: float(np.round(p * rng.uniform(0.02, 0.6), 1)) if rng.random() < 0.85 else 0.0
            for c, (_, p) in cells.items()
        }
        need[s][next(iter(cells))] += 5.0
        total = sum(need[s].values())
        demand = bool(rng.random() < 0.5)
        places = [site for site in sites if rng.random() < 0.7] or ["s0"]
        candidates += [(s, site) for site in places]
        standing = [f"old{k}" for k in range(rng.integers(0, 3))] if demand else []
        home |= {f"{s}/{f}": rng.uniform(0, 10, 2) for f in standing}
        facilities += [
            (s, f, float(np.round(total * rng.uniform(0, 0.4), 1)), float(np.round(rng.uniform(0.4, 1), 2)))
            for f in standing
        ]
        services[s] = _service(rng, demand=demand, total=total, sited=True)
        limit = 20.0 if "limit_minutes" in services[s]["travel"] else 1500.0
        ways[s] = {}
        for place in (*places, *standing):
            at = home.get(place, home.get(f"{s}/{place}"))
            for c in cells:
                t = float(np.round(np.linalg.norm(home[c] - at) * limit / 7, 3))
                if t <= limit:
                    ways[s][c, place] = t
    asked = asked_of(
        services,
        budget=_budget(rng, services),
        judge_by=str(rng.choice(["cells", "neighbourhoods"])),
    )
    return Case(asked, city_of(cells, need, sites, candidates, facilities), travel_of(ways))


def _service(rng: np.random.Generator, *, demand: bool, total: float, sited: bool) -> dict[str, Any]:
    limits = (("minutes", 20.0), ("metres", 1500.0))
    unit, limit = limits[int(rng.integers(2))]
    standard = (
        {f"standard_{unit}": float(np.round(limit * rng.uniform(0.1, 1.0), 1))} if rng.random() < 0.8 else {}
    )
    options = {
        name: {
            **({"capacity": float(np.round(total * rng.uniform(0.1, 0.8), 1))} if rng.random() < 0.7 else {}),
            "capital_cost": float(np.round(rng.uniform(0, 10), 1)),
            "operating_cost": float(np.round(rng.uniform(0, 2), 1)),
            "land_m2": float(np.round(rng.uniform(0, 3), 1)),
            "max_per_site": int(rng.integers(1, 4)),
            "quality": float(np.round(rng.uniform(0.5, 1), 2)),
        }
        for name in ("small", "big")[: rng.integers(1, 3)]
    }
    return {
        "need": {"meaning": "demand" if demand else "deficit", "count": "n"},
        "travel": {**standard, f"limit_{unit}": limit, "decay": str(rng.choice(DECAYS))},
        "weight": float(np.round(rng.uniform(0.2, 2), 2)),
        **({"sites": LAYER, "options": options} if sited else {}),
    }  # fmt: skip


def _budget(rng: np.random.Generator, services: Mapping[str, Any]) -> dict[str, float]:
    costs = {"capital": "capital_cost", "operating": "operating_cost"}
    dear = {
        kind: sum(o[c] * o["max_per_site"] for s in services.values() for o in s["options"].values())
        for kind, c in costs.items()
    }
    return {
        kind: float(np.round(dear[kind] * rng.uniform(0.1, 1.2), 1)) for kind in costs if rng.random() < 0.7
    }


def _objective(rng: np.random.Generator, name: str, problem: Problem) -> str | dict[str, dict[str, Any]]:
    service = str(rng.choice(problem.services.index.to_numpy()))
    if name == "sufficiency":
        return {name: {"floor": float(np.round(rng.uniform(0.3, 1.0), 2))}}
    if name in {"p_median", "mclp"}:
        return {name: {"service": service}}
    if name in FAIR:
        aversion = float(rng.choice([0.3, 1.0, 1.7, 4.0]))
        return {"priority": {"utility": name, "aversion": aversion, "offset": 10.0}}
    return name


def _rules(rng: np.random.Generator, problem: Problem) -> list[dict[str, dict[str, Any]]]:
    candidates = problem.providers[~problem.providers["existing"]]

    def floor() -> dict[str, Any]:
        kind = str(rng.choice(["reached", "quality_weighted"]))
        of = str(rng.choice(["city", "each_neighbourhood"]))
        service = str(rng.choice(problem.services.index.to_numpy()))
        return {"service": service, "of": of, kind: float(np.round(rng.uniform(0.05, 0.7), 2))}

    def count() -> dict[str, Any]:
        service = {"service": str(rng.choice(candidates["service"].to_numpy()))} if rng.random() < 0.5 else {}
        return {**service, str(rng.choice(["at_most", "at_least"])): int(rng.integers(0, 4))}

    def locked() -> dict[str, Any]:
        one = candidates.iloc[int(rng.integers(len(candidates)))]
        option = {"option": one["option"]} if rng.random() < 0.5 else {}
        return {"service": one["service"], "site": one["place"], **option, "modules": int(rng.integers(1, 3))}

    def forbidden() -> dict[str, Any]:
        one = candidates.iloc[int(rng.integers(len(candidates)))]
        service = {"service": one["service"]} if rng.random() < 0.5 else {}
        return {"sites": [one["place"]], **service}

    drawn = {
        "floor": (floor, 0.6),
        "count": (count, 0.5),
        "locked": (locked, 0.3),
        "forbidden": (forbidden, 0.3),
    }
    rules: list[dict[str, dict[str, Any]]] = []
    for name, (draw, chance) in drawn.items():
        for _ in range(2):
            if rng.random() < chance / 2 and (rule := {name: draw()}) not in rules:
                rules.append(rule)
    return rules
