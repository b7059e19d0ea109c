"""Tiny cities at random over two or three periods: money, people, needs and opening by period."""

from __future__ import annotations

import copy
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from strategies import random_case

if TYPE_CHECKING:
    from strategies import Case

    from planner.city.city import City

FEW_CHOICES = 120
"""Most timetables that an oracle tries, before any rule."""


def over_years(case: Case, rng: np.random.Generator) -> Case:
    """Return the case over two or three periods, with people and needs that change."""
    count = int(rng.integers(2, 4))
    names = ["now", "soon", "later"][:count]
    services = copy.deepcopy(dict(case.asked["services"]))
    for service in services.values():
        for option in service["options"].values():
            option["opens_after"] = int(rng.choice([0, 0, 1]))
    budget = case.asked.get("budget", {})
    asked = {
        **case.asked,
        "services": services,
        "periods": _periods(rng, names, budget),
        "over_time": {
            "carry_over": [kind for kind in ("capital", "operating") if rng.random() < 0.4],
        },
        "budget": {k: v for k, v in budget.items() if k == "operating" or rng.random() < 0.5},
    }
    if "weight" in asked["periods"]["now"]:
        return replace(case, asked=asked, city=_growing(case, rng, count))
    asked["over_time"]["discount_rate"] = float(rng.choice([0.0, 0.03, 0.2]))
    return replace(case, asked=asked, city=_growing(case, rng, count))


def _periods(rng: np.random.Generator, names: list[str], budget: dict[str, float]) -> dict[str, Any]:
    weighed = rng.random() < 0.4
    return {
        name: {
            "years": float(rng.choice([1.0, 2.5, 5.0])),
            "budget": {
                kind: float(np.round(money * rng.uniform(0.2, 1.0), 1))
                for kind, money in budget.items()
                if rng.random() < 0.8
            },
            **({"weight": float(np.round(rng.uniform(0.1, 3), 2))} if weighed else {}),
        }
        for name in names
    }


def _growing(case: Case, rng: np.random.Generator, count: int) -> City:
    city, parts, later = case.city, [], []
    for period in range(1, count + 1):
        rise = np.round(rng.uniform(0.6, 1.6, len(city.cells)), 2) if period > 1 else np.ones(len(city.cells))
        home = city.cells.assign(population=city.cells["population"] * rise)
        more = np.round(rng.uniform(0.5, 1.8, len(city.need)), 2) if period > 1 else np.ones(len(city.need))
        need = city.need.assign(period=period, need=city.need["need"] * more)
        parts.append(need[rng.random(len(need)) < 0.9] if period > 1 else need)
        sums = home.groupby("neighbourhood")["population"].sum().reindex(city.neighbourhoods.index)
        later.append((city.neighbourhoods.assign(population=sums.fillna(0.0)), home))
    return replace(city, need=pd.concat(parts, ignore_index=True), later=tuple(later[1:]))


def timetables(case: Case) -> int:
    """How many timetables there are, before any rule."""
    table = case.problem.providers
    new = table[~table["existing"]].groupby("provider").agg(most=("most", "max"), periods=("period", "size"))
    count = 1
    for most, periods in zip(new["most"], new["periods"], strict=True):
        count *= sum(1 for _ in itertools.combinations_with_replacement(range(most + 1), periods))
    return count


def year_case(seed: int, objective: str = "utilitarian", *, ruled: bool = True) -> Case:
    """Draw a tiny city over several periods."""
    for further in itertools.count():
        rng = np.random.default_rng([seed, further, 7])
        case = random_case(int(rng.integers(1 << 30)), objective, ruled=ruled, capacities=rng.random() < 0.6)
        case = over_years(case, rng)
        if rng.random() < 0.3:
            rule = {"no_setback": {"at_most": float(rng.choice([0.0, 0.1]))}}
            case = case.asking(constraints=[*case.asked["constraints"], rule])
        case = case.asking(
            constraints=[_timed(rule, rng, list(case.asked["periods"])) for rule in case.asked["constraints"]]
        )
        if 2 <= timetables(case) <= FEW_CHOICES:
            return case
    raise AssertionError


def _timed(rule: dict[str, Any], rng: np.random.Generator, names: list[str]) -> dict[str, Any]:
    [(name, given)] = rule.items()
    key = {"locked": "by", "forbidden": "before"}.get(name)
    return {name: {**given, key: names[-1]}} if key and rng.random() < 0.5 else rule
