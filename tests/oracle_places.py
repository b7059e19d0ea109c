"""The right choices of modules where facilities change, sites are bought and services share a place.

Written from the definitions and from what the scenario asks, not from how the planner writes it: whose
state a provider is, what an option shares and what a site costs is read from the scenario and the city.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

from oracle import HAIR, Best, _Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from strategies import Case

    Built = list[tuple[dict[str, Any], int]]


def best(case: Case) -> Best:
    """Try every choice of modules that keeps every rule."""
    found, task = Best(math.inf), _Task(case.problem, case.scenario)
    for modules in kept(case):
        value = money(case, modules) if task.name == "least_cost" else task.least(modules, found.value)
        if task.name == "least_cost" and not _feasible(task, modules):
            continue
        if value < found.value:
            found = Best(value, modules)
    return found


def kept(case: Case) -> Iterator[tuple[int, ...]]:
    """Every choice of modules that keeps every rule on modules."""
    rows = [dict(row) for row in case.problem.providers.to_dict("records")]
    ranges = [range(_least(case, row), row["most"] + 1) for row in rows]
    for modules in itertools.product(*ranges):
        if keeps(case, [(row, m) for row, m in zip(rows, modules, strict=True) if m]):
            yield modules


def _least(case: Case, row: dict[str, Any]) -> int:
    """Nothing has to be in use, but what stands and cannot be changed."""
    stands = row["provider"].count("/") == 1
    return int(stands and not _changes(case, row["provider"]))


def _changes(case: Case, facility: str) -> set[str]:
    """Providers that are changes of a facility, from the city's list."""
    table = case.city.changes
    if table is None:
        return set()
    return {
        f"{facility}/{row['change']}"
        for row in table.to_dict("records")
        if f"{row['service']}/{row['facility']}" == facility
    }


def keeps(case: Case, chosen: Built) -> bool:
    """Say whether what is chosen keeps every rule."""
    return (
        _one_state(case, chosen)
        and _affordable(case, chosen)
        and _fits(case, chosen)
        and _sizes(case, chosen)
        and _shared(case, chosen)
        and all(_agrees(case, chosen, rule) for rule in case.asked.get("constraints", []))
    )


def _one_state(case: Case, chosen: Built) -> bool:
    names = {row["provider"] for row, _ in chosen}
    standing = case.city.facilities
    for service, facility in zip(standing["service"], standing["facility"], strict=True):
        name = f"{service}/{facility}"
        known = {*case.problem.providers["provider"]}
        if case.asked["services"][service]["need"]["meaning"] == "deficit" or name not in known:
            continue
        if len(names & {name, *_changes(case, name)}) != 1:
            return False
    return True


def at_sites(case: Case, chosen: Built) -> Built:
    """What is built at a site: not what stands, is changed, or has no place."""
    return [(row, m) for row, m in chosen if row["option"] in _options(case, row) and _sited(case, row)]


def _options(case: Case, row: Mapping[str, Any]) -> Mapping[str, Any]:
    return case.asked["services"][row["service"]].get("options", {})


def _sited(case: Case, row: Mapping[str, Any]) -> bool:
    table = case.city.candidates
    return (row["service"], row["place"]) in set(zip(table["service"], table["site"], strict=True))


def bought(case: Case, chosen: Built) -> float:
    """What the sites cost on which anything is built, each once."""
    cost = case.city.sites["acquisition_cost"]
    return sum(float(cost[site]) for site in {row["place"] for row, _ in at_sites(case, chosen)})


def money(case: Case, modules: tuple[int, ...]) -> float:
    """Money to buy, to build and for one year."""
    rows = case.problem.providers.to_dict("records")
    chosen = [(row, m) for row, m in zip(rows, modules, strict=True) if m]
    return bought(case, chosen) + sum(m * (row["capital_cost"] + row["operating_cost"]) for row, m in chosen)


def _affordable(case: Case, chosen: Built) -> bool:
    budget = case.scenario.budget
    capital = sum(m * row["capital_cost"] for row, m in chosen) + bought(case, chosen)
    operating = sum(m * row["operating_cost"] for row, m in chosen)
    return (budget.capital is None or capital <= budget.capital + HAIR) and (
        budget.operating is None or operating <= budget.operating + HAIR
    )


def _fits(case: Case, chosen: Built) -> bool:
    new = at_sites(case, chosen)
    return all(
        sum(m * row["land_m2"] for row, m in new if row["place"] == site) <= has + HAIR
        for site, has in case.city.sites["land_m2"].items()
    )


def _sizes(case: Case, chosen: Built) -> bool:
    at = [
        (row["service"], row["place"])
        for row, _ in at_sites(case, chosen)
        if not case.asked["services"][row["service"]].get("mix_sizes")
    ]
    return len(at) == len(set(at))


def _closed(case: Case, row: Mapping[str, Any]) -> bool:
    own = row["provider"].split("/")
    existing = case.asked["services"][own[0]].get("existing") or {}
    return len(own) == 3 and existing.get("changes", {}).get(own[2], {}).get("kind") == "close"


def _shared(case: Case, chosen: Built) -> bool:
    """An option beside others stands where each of them does: at the same place, or the same point."""
    for row, _ in at_sites(case, chosen):
        for service in _options(case, row)[row["option"]].get("beside", []):
            there = [
                other
                for other, _ in chosen
                if other["service"] == service
                and not _closed(case, other)
                and (other["place"] == row["place"] or math.dist(_point(other), _point(row)) <= 1.0)
            ]
            if not there:
                return False
    return True


def _point(row: Mapping[str, Any]) -> tuple[float, float]:
    return float(row["x"]), float(row["y"])


def _agrees(case: Case, chosen: Built, rule: Mapping[str, Any]) -> bool:
    [(name, given)] = rule.items()
    new = at_sites(case, chosen)
    if name == "count":
        number = sum(1 for row, _ in new if given.get("service") in {None, row["service"]})
        return bool(given.get("at_least", 0) <= number <= given.get("at_most", math.inf))
    if name == "public_first":
        return _public_first(case, new, given["owners"])
    return bool(name == "floor")


def _public_first(case: Case, new: Built, owners: list[str]) -> bool:
    sites, could = case.city.sites, case.problem.providers
    used = {row["place"] for row, _ in new}
    for row, _ in new:
        home = sites["neighbourhood"][row["place"]]
        if sites["owner"][row["place"]] in owners or not home:
            continue
        for site in sites.index[(sites["neighbourhood"] == home) & sites["owner"].isin(owners)]:
            here = could[(could["place"] == site) & (could["service"] == row["service"])]
            if any(_sited(case, other) for other in here.to_dict("records")) and site not in used:
                return False
    return True


def _feasible(task: _Task, modules: tuple[int, ...]) -> bool:
    """Whether the floors can be kept: nobody's value is asked."""
    task_name, task.name = task.name, "utilitarian"
    value = task.least(modules, math.inf)
    task.name = task_name
    return math.isfinite(value)
