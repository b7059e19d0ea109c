"""What a scenario holds, told before anything is solved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner import catalogue
from planner.cli.sizes import layer_lines, size_lines
from planner.model.decide import blocks_of, yardstick_of
from planner.problem.years import lasting

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from planner.flow import Question
    from planner.problem.problem import Problem
    from planner.scenario.schema import Budget

MEANINGS = {"demand": "all who need it", "deficit": "what is missing today"}


def preview(question: Question) -> list[str]:
    """Lines that tell the people, the money, the rules, and of each service need, capacity and reach.

    Raises
    ------
    InputFault
        When the principle or a rule names what the city does not have.
    """
    scenario, problem = question.scenario, question.problem
    rows = sum(len(rule) for block in blocks_of(problem, scenario) for rule in block.rows)
    yardstick_of(problem, scenario)
    lines = [scenario.name, "", *_city(question), f"Money: {_money(scenario.budget)}"]
    principle = catalogue.find("objective", scenario.objective_name)
    lines.append(f"Principle: {principle.name}. {principle.title}")
    rules = [name for rule in scenario.constraints for name in rule]
    lines.append(f"Rules: {', '.join(rules) or 'none but money, land and capacity'}")
    lines += ["", *layer_lines(question.city)]
    for service in problem.services.index:
        lines += ["", *_service(question, str(service))]
    lines += ["", *size_lines(problem, scenario, rows)]
    return lines + [f"Note: {note}" for note in (*question.city.notes, *question.notes)]


def _city(question: Question) -> Iterator[str]:
    city, groups = question.city, question.scenario.city.groups
    people = float(city.cells["population"].sum())
    layers = (("neighbourhoods", city.neighbourhoods), ("cells", city.cells), ("sites", city.sites))
    counts = ", ".join(f"{len(layer):,} {name}" for name, layer in layers)
    yield f"City: {people:,.0f} residents, {counts}, measured in {city.crs}"
    for name, group in groups.items():
        members = float(city.cells[name].sum())
        yield f"    {group.label or name}: {members:,.0f} ({100 * members / people:.0f} %)"


def _money(budget: Budget) -> str:
    limits = ((budget.capital, "to build"), (budget.operating, "a year to run"))
    told = [f"{limit:,g} {budget.currency} {what}" for limit, what in limits if limit is not None]
    return ", ".join(told) or "unlimited"


def _service(question: Question, service: str) -> Iterator[str]:
    problem = question.problem
    facts = problem.services.loc[service]
    mine = problem.providers[(problem.providers["service"] == service) & lasting(problem)]
    stands, could = mine[mine["existing"]], mine[mine["state"] == "built"]
    programmes = mine[mine["state"] == "programme"]
    changes = mine[mine["facility"].ne("") & ~mine["existing"]]
    label = question.scenario.services[service].label
    yield f"{label} ({service}), in {facts['unit']}" if label else f"{service}, in {facts['unit']}"
    need = float(problem.amount[problem.of_service(service) & _in_the_end(problem)].sum())
    yield f"    need: {need:,.0f} ({MEANINGS[str(facts['meaning'])]})"
    if facts["meaning"] == "demand":
        yield f"    stands today: {_places(stands, 'places')}"
    yield f"    could be built: {_places(could, 'sites')}"
    for (state, option), own in changes.groupby(["state", "option"], sort=True):
        count = "1 facility" if len(own) == 1 else f"{len(own):,} facilities"
        yield f"    could be {state} ({option}): {count}"
    if len(programmes):
        yield f"    could be run for the whole city: {_places(programmes, 'programmes')}"
    limit = f"{facts['limit']:,g} {facts['travel_unit']}"
    yield f"    farther than {limit} from every place: {_out(question, service):,.0f}"
    yield from _short_of(need, stands if facts["meaning"] == "demand" else stands[:0], could, programmes)


def _places(providers: pd.DataFrame, what: str) -> str:
    """Capacity of places; of a site, that of the option which serves most."""
    if not len(providers):
        return "nothing"
    most = (providers["capacity"] * providers["most"]).groupby(providers["place"]).max()
    limited = "unlimited" if providers["unlimited"].any() else f"{most.sum():,.0f}"
    count = f"1 {what[:-1]}" if len(most) == 1 else f"{len(most):,} {what}"
    options = (
        ""
        if not (providers["state"] == "built").any()
        else f" ({', '.join(dict.fromkeys(providers['option']))})"
    )
    return f"room for {limited} at {count}{options}"


def _short_of(need: float, *parts: pd.DataFrame) -> Iterator[str]:
    """Tell a need that is larger than all room together, whatever the money."""
    if any(part["unlimited"].any() for part in parts):
        return
    most = sum(
        float((part["capacity"] * part["most"]).groupby(part["place"]).max().sum())
        for part in parts
        if len(part)
    )
    if need > most:
        yield f"    room is short: all places together, built or not yet, leave {need - most:,.0f} without"


def _out(question: Question, service: str) -> float:
    """Need that no place is within reach of."""
    problem = question.problem
    within = np.bincount(problem.need_point, minlength=len(problem.need)) > 0
    mine = problem.of_service(service) & _in_the_end(problem)
    return float(problem.amount[mine & ~within].sum())


def _in_the_end(problem: Problem) -> NDArray[np.bool_]:
    """Need points of the last period, in the first future: of it a preview tells."""
    last: NDArray[np.bool_] = problem.moment_of(problem.need) == problem.periods - 1
    return last
