"""Random small questions and valid plans for them, made by plain arithmetic without any solver."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.catalogue import find
from planner.frames import ASSIGNMENT, FACILITIES, INDICATORS, NEED_POINTS, UNMET
from planner.plan import Plan, Status
from planner.problem.outcome import Outcome
from planner.problem.problem import Problem
from planner.scenario.schema import Scenario
from planner.verify.check import check

if TYPE_CHECKING:
    from planner.verify.verdict import Verdict

SERVICES = ("health", "water")
OBJECTIVES: tuple[Any, ...] = (
    "utilitarian",
    {"priority": {"aversion": 1.0}},
    {"sufficiency": {"floor": 0.8}},
    {"p_median": {"service": "health"}},
    {"mclp": {"service": "health"}},
)


@dataclass(frozen=True)
class Case:
    """A question and a valid plan for it, with its indicators."""

    problem: Problem
    scenario: Scenario
    plan: Plan
    indicators: pd.DataFrame


def scenario_of(objective: object, constraints: list[Any]) -> Scenario:
    """Return a scenario with the two services; its layers are never read here."""
    service = {
        "need": {"meaning": "demand", "layer": "cells", "count": "n"},
        "travel": {"limit_minutes": 30.0, "standard_minutes": 10.0},
        "sites": {"file": "s.csv", "id": "site"},
        "options": {"small": {"capacity": 40.0}, "large": {"capacity": 90.0}},
    }
    layer = {"file": "n.gpkg", "id": "n", "population": "p"}
    return Scenario.model_validate(
        {
            "name": "made up",
            "city": {"neighbourhoods": layer},
            "services": dict.fromkeys(SERVICES, service),
            "travel": {"walk": {"method": "straight_line"}},
            "objective": objective,
            "constraints": constraints,
            "solver": {"gap": 1.0},
        }
    )


def problem_of(rng: np.random.Generator) -> Problem:
    """Return a random question: 4 to 9 cells, two services, existing facilities, sites in two sizes."""
    cells = [f"c{k:02d}" for k in range(rng.integers(4, 10))]
    homes = [f"n{k % 3}" for k in range(len(cells))]
    people = rng.integers(50, 200, len(cells)).astype(float)
    places = pd.DataFrame({"place": cells, "neighbourhood": homes, "population": people})
    need = pd.DataFrame(
        [
            {
                "cell": cell, "neighbourhood": homes[k], "service": service, "group": "everyone", "period": 1,
                "future": "expected", "need": float(rng.integers(5, 50)), "place": k,
            }
            for service in SERVICES
            for k, cell in enumerate(cells)
        ]
    )  # fmt: skip
    sites = pd.DataFrame(
        {
            "site": ["s0", "s1", "s2"],
            "neighbourhood": ["n0", "n1", "n2"],
            "land_m2": [900.0, 1500.0, np.inf],
            "owner": "",
            "acquisition_cost": 0.0,
        }
    )
    providers = _providers(rng, sites)
    pairs = _pairs(rng, need, providers)
    services = pd.DataFrame(
        {
            "unit": "person", "meaning": "demand", "weight": 0.5, "scale": 1.0,
            "need": need.groupby("service")["need"].sum(), "standard": 10.0, "limit": 30.0,
            "travel_unit": "min", "mix_sizes": False,
        }
    ).rename_axis("service")  # fmt: skip
    reach = np.bincount(pairs["provider"], need["need"].to_numpy()[pairs["need_point"]], len(providers))
    providers["capacity"] = np.where(providers["unlimited"], reach, providers["capacity"])
    return Problem(services, need, providers, pairs, places, sites, 100.0, 30.0, "USD million")


def _providers(rng: np.random.Generator, sites: pd.DataFrame) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for service in SERVICES:
        rows += [_provider(rng, service, f"f{k}", "existing", 1) for k in range(2)]
        rows += [_provider(rng, service, s, o, 2) for s in sites["site"] for o in ("large", "small")]
    return pd.DataFrame(rows)


def _provider(rng: np.random.Generator, service: str, place: str, option: str, most: int) -> dict[str, Any]:
    stands = option == "existing"
    return {
        "provider": f"{service}/{place}" + ("" if stands else f"/{option}"),
        "service": service, "place": place, "label": f"At {place}", "option": option, "existing": stands,
        "capacity": float(rng.integers(20, 60)),
        "capital_cost": 0.0 if stands else float(rng.integers(5, 20)),
        "operating_cost": 0.0 if stands else float(rng.integers(1, 5)),
        "land_m2": 0.0 if stands else float(rng.integers(200, 500)), "least": int(stands), "most": most,
        "quality": 1.0, "x": 500000.0 + rng.uniform(0, 9000), "y": 4500000.0 + rng.uniform(0, 9000),
        "unlimited": bool(rng.random() < 0.15), "state": "stands" if stands else "built", "facility": "",
        "run_by": "", "beside": (),
    }  # fmt: skip


def _pairs(rng: np.random.Generator, need: pd.DataFrame, providers: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (i, j, travel, min(1.0, (30.0 - travel) / 20.0))
        for j, provider in enumerate(providers["service"])
        for i, service in enumerate(need["service"])
        if service == provider and (travel := float(rng.uniform(0, 60))) < 29
    ]
    return pd.DataFrame(rows, columns=["need_point", "provider", "travel", "quality"])


@cache
def case_of(seed: int) -> Case:
    """Return a random question with a valid plan and status, told by the tables alone."""
    rng = np.random.default_rng(seed)
    problem = problem_of(rng)
    constraints: list[Any] = [{"count": {"at_most": 20}}]
    scenario = scenario_of(OBJECTIVES[seed % len(OBJECTIVES)], constraints)
    modules = _modules(rng, problem)
    today = problem.providers["existing"].to_numpy(float)
    after, before = (Outcome(problem, m, _served(rng, problem, m)) for m in (modules, today))
    plan = Plan(
        facilities=facilities_of(after),
        assignment=assignment_of(after),
        need_points=need_points_of(after),
        unmet=unmet_of(after),
        before=assignment_of(before),
        status=status_of(rng, scenario, after, before),
    )
    return Case(problem, scenario, plan, indicators_of(after))


def _modules(rng: np.random.Generator, problem: Problem) -> np.ndarray:
    """Modules chosen at random, one size for a service and site, within money and land."""
    providers = problem.providers
    modules = providers["existing"].to_numpy(float)
    land = dict(zip(problem.sites["site"], problem.sites["land_m2"], strict=True))
    capital, operating, taken = problem.capital, problem.operating, set[tuple[str, str]]()
    for j in rng.permutation(len(providers)):
        row, count = providers.iloc[j], int(rng.integers(0, 3))
        key = (row["service"], row["place"])
        left = (capital, operating, land.get(row["place"], 0.0))
        cost = [count * row[c] for c in ("capital_cost", "operating_cost", "land_m2")]
        if (
            row["existing"]
            or not count
            or key in taken
            or any(c > b for c, b in zip(cost, left, strict=True))
        ):
            continue
        capital, operating, land[row["place"]] = (b - c for b, c in zip(left, cost, strict=True))
        taken.add(key)
        modules[j] = count
    return modules


def _served(rng: np.random.Generator, problem: Problem, modules: np.ndarray) -> np.ndarray:
    """Serve people at random pairs until need or capacity is used up."""
    room = modules * problem.providers["capacity"].to_numpy()
    left, served = problem.amount.copy(), np.zeros(len(problem.pairs))
    for k in rng.permutation(len(served)):
        i, j = problem.need_point[k], problem.provider[k]
        served[k] = min(left[i], room[j]) * (1.0 if rng.random() < 0.7 else rng.random())
        left[i] -= served[k]
        room[j] -= served[k]
    return served


def facilities_of(outcome: Outcome) -> pd.DataFrame:
    """Return the table of facilities in use."""
    table = outcome.problem.providers.assign(period=1, modules=outcome.modules, served=outcome.used)
    table = table.assign(owner="", acquisition_cost=0.0)
    table["capacity"] = np.where(table["unlimited"], np.inf, table["modules"] * table["capacity"])
    for column in ("capital_cost", "operating_cost", "land_m2"):
        table[column] *= table["modules"]
    return FACILITIES.tidy(table[table["modules"] > 0])


def assignment_of(outcome: Outcome) -> pd.DataFrame:
    """Return the table of who is served where."""
    problem = outcome.problem
    need = problem.need.iloc[problem.need_point].reset_index(drop=True)[["period", "cell", "service"]]
    provider = problem.providers["provider"].to_numpy()[problem.provider]
    table = problem.pairs.assign(**need, provider=provider, served=outcome.served)
    return ASSIGNMENT.tidy(table[table["served"] > 0])


def need_points_of(outcome: Outcome) -> pd.DataFrame:
    """Return the table of what each cell needs and gets."""
    unmet = np.maximum(outcome.problem.amount - outcome.reached, 0.0)
    got = {"reached": outcome.reached, "quality_weighted": outcome.quality_weighted, "unmet": unmet}
    people = outcome.problem.population[outcome.problem.place]
    need = outcome.problem.need.drop(columns="future")
    return NEED_POINTS.tidy(need.assign(residents=people, **got))


def unmet_of(outcome: Outcome) -> pd.DataFrame:
    """Return the table of need left, each with its reason found by going through the pairs."""
    problem = outcome.problem
    unmet = np.maximum(problem.amount - outcome.reached, 0.0)
    reasons = []
    for i in range(len(problem.need)):
        near = problem.provider[problem.need_point == i]
        standing = [j for j in near if outcome.modules[j] > 0]
        reasons.append("no capacity left" if standing else "nothing open within the limit")
        if not len(near):
            reasons[-1] = "no place within the limit"
    need = problem.need.drop(columns="future")
    return UNMET.tidy(need.assign(unmet=unmet, reason=reasons)[unmet > 0])


def status_of(rng: np.random.Generator, scenario: Scenario, after: Outcome, before: Outcome) -> Status:
    """Return a status with a bound below the value, as a search within the gap would tell it."""
    unit = find("objective", scenario.objective_name)
    given = unit.bind(scenario.objective_parameters)
    evaluate, level = unit.half("evaluate"), unit.half("level")
    assert evaluate is not None
    value, start = (float(evaluate(outcome, **given)) for outcome in (after, before))
    bound = min(value, start) - 0.001 * abs(value) * rng.random() - 0.01
    if level is None:
        return Status("within_gap", value, bound, None, None, None, None, (value - bound) / value, 1.5)
    here, best, was = (level(v, after.problem, **given) for v in (value, bound, start))
    gap = (best - here) / max(best - was, 0.001)
    return Status("time_limit", value, bound, start, here, best, was, gap, 1.5)


def indicators_of(outcome: Outcome) -> pd.DataFrame:
    """Return a small indicator table computed from an outcome: the share reached of each service."""
    problem = outcome.problem
    rows = [
        {
            "scenario": "made up", "when": "after", "period": 1, "service": service, "group": "everyone",
            "measure": "reached", "summary": summary, "unit": "1", "value": value,
        }
        for service in SERVICES
        if (mine := problem.of_service(service)).any()
        for summary, value in (
            ("mean", outcome.reached[mine].sum() / problem.amount[mine].sum()),
            ("gini", float("nan")),
        )
    ]  # fmt: skip
    return INDICATORS.tidy(pd.DataFrame(rows))


def judged(case: Case, anew: pd.DataFrame | None = None) -> Verdict:
    """Return the verdict on a case, the indicators computed anew being those given."""
    right = case.indicators if anew is None else anew
    return check(case.problem, case.scenario, case.plan, case.indicators, lambda: right)
