"""What stands today, as providers: kept as it is, or in one of the states into which it can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.scenario.places import AS_IT_IS, Close, Expand, Repurpose, Upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from planner.city.city import City
    from planner.problem.problem import Problem
    from planner.scenario.places import Changed
    from planner.scenario.schema import Scenario

    Flags = NDArray[np.bool_]

STANDS, BUILT, CLOSED, REPURPOSED = "stands", "built", "closed", "repurposed"
PROGRAMME = "programme"
STATES = {Expand: "expanded", Upgrade: "upgraded", Repurpose: REPURPOSED, Close: CLOSED}
"""How a facility is told after each kind of change."""


def standing(scenario: Scenario, city: City, service: str) -> Iterator[dict[str, Any]]:
    """Facilities of a service as providers, one row each; of those that can be changed one for each state."""
    changed = _changes(city, service)
    spec = scenario.services[service].existing
    for row in city.facilities[city.facilities["service"] == service].to_dict("records"):
        own = changed.get(row["facility"], [])
        kept = _kept(service, row, changeable=bool(own))
        yield kept
        for name, to in own:
            assert spec is not None  # noqa: S101 a facility stands in a layer
            change = spec.changes[name]
            yield (
                kept
                | _after(row, change)
                | {
                    "provider": f"{service}/{row['facility']}/{name}",
                    "service": to or service,
                    "option": name,
                    "state": STATES[type(change)],
                    "existing": False,
                    "capital_cost": change.capital_cost,
                    "least": 0,
                }
            )


def _changes(city: City, service: str) -> dict[str, list[tuple[str, str]]]:
    """Changes of each facility of a service: name, and the service that it serves then."""
    found: dict[str, list[tuple[str, str]]] = {}
    if city.changes is not None:
        mine = city.changes[city.changes["service"] == service]
        for facility, change, to in zip(mine["facility"], mine["change"], mine["to"], strict=True):
            found.setdefault(facility, []).append((change, to))
    return found


def _kept(service: str, row: dict[str, Any], *, changeable: bool) -> dict[str, Any]:
    name = f"{service}/{row['facility']}"
    return {
        "provider": name, "service": service, "place": row["facility"], "label": row["label"],
        "option": AS_IT_IS, "existing": True, "capacity": row["capacity"], "capital_cost": 0.0,
        "operating_cost": 0.0, "land_m2": 0.0, "least": 0 if changeable else 1, "most": 1,
        "quality": row["quality"], "x": row["geometry"].x, "y": row["geometry"].y, "state": STANDS,
        "facility": name if changeable else "", "beside": (), "run_by": row["run_by"],
        "opens_after": 0,
    }  # fmt: skip


def _after(row: dict[str, Any], change: Changed) -> dict[str, float]:
    """Capacity, quality and yearly money after a change."""
    capacity, quality, running = row["capacity"], row["quality"], change.operating_cost
    if isinstance(change, Expand):
        capacity += change.added_capacity
    elif isinstance(change, Upgrade):
        quality = change.quality
    elif isinstance(change, Repurpose):
        capacity, quality = change.capacity, change.quality or quality
    else:
        capacity, running = 0.0, running - row["operating_cost"]
    return {"capacity": capacity, "quality": quality, "operating_cost": running}


def built(problem: Problem) -> Flags:
    """Which providers would be built at a site, shape (providers,)."""
    return _in(problem, BUILT)


def new_place(problem: Problem) -> Flags:
    """Which providers would serve at a place that does not serve their service today, shape (providers,)."""
    return _in(problem, BUILT, REPURPOSED)


def serves(problem: Problem) -> Flags:
    """Which providers serve somebody when they are chosen: all but what is closed, shape (providers,)."""
    return ~_in(problem, CLOSED)


def programme(problem: Problem) -> Flags:
    """Which providers serve the whole city without a place, shape (providers,)."""
    return _in(problem, PROGRAMME)


def changeable(problem: Problem) -> Flags:
    """Which providers are states of a facility that can be changed, shape (providers,)."""
    return (problem.providers["facility"] != "").to_numpy(bool)


def _in(problem: Problem, *states: str) -> Flags:
    return problem.providers["state"].isin(states).to_numpy(bool)
