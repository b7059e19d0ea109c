"""What a scenario may name, listed with what each unit says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from planner import catalogue
from planner.cli.standards import standard_lines
from planner.errors import InputFault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planner.catalogue import Unit
    from planner.scenario.schema import Option, Service

KINDS = {
    "objectives": ("objective",),
    "constraints": ("constraint",),
    "indicators": ("measure", "summary"),
}
HEADS = {
    "objective": "Principles of justice; a scenario names one under `objective`:",
    "constraint": "Rules that a plan keeps; a scenario lists them under `constraints`:",
    "measure": "Measures; all of them are told:",
    "summary": "Ways to sum up a measure; a scenario lists them under `indicators.summaries`:",
}
UNITS = {
    "1": "a plain number",
    "same": "that of the measure",
    "weights": "those who are counted, such as people",
    "service": "unit of the service",
    "service/person": "unit of the service for each person",
    "travel": "min or m",
}


def listing(what: str, scenario: Path | None = None) -> list[str]:
    """Lines that list objectives, constraints, indicators, standards, or the services of a scenario.

    Raises
    ------
    InputFault
        For anything else.
    """
    if what == "services":
        return _services(scenario)
    if what == "standards":
        return standard_lines()
    if what not in KINDS:
        raise InputFault(catalogue.unknown("list", what, [*KINDS, "services", "standards"]))
    return [line for kind in KINDS[what] for line in _units(kind)]


def _units(kind: str) -> Iterator[str]:
    yield HEADS[kind]
    for name, unit in catalogue.units(kind).items():
        if unit.facts.get("always"):
            continue
        yield f"  {name}"
        yield f"      {unit.title}"
        if kind in {"objective", "constraint"}:  # of a summary no scenario gives parameters
            yield from _parameters(unit)
        told = [f"unit: {UNITS.get(unit.facts['unit'], unit.facts['unit'])}"]
        told += [f"source: {unit.facts['reference']}"] if unit.facts["reference"] else []
        yield f"      ({' · '.join(told)})"


def _parameters(unit: Unit) -> Iterator[str]:
    fields = unit.parameters.model_fields
    wide = max(map(len, fields), default=0)
    for name, field in fields.items():
        choices = " or ".join(_choices(field.annotation))
        if field.is_required():
            left_out = "needed"
        elif field.default is None:
            left_out = "may be left out"
        else:
            left_out = f"{_shown(field.default)} when left out"
        yield f"      {name + ':':<{wide + 1}} {'; '.join(filter(None, (choices, left_out)))}"


def _choices(annotation: Any) -> list[str]:  # noqa: ANN401 - whatever a parameter is annotated with
    return [str(choice) for choice in get_args(annotation)] if get_origin(annotation) is Literal else []


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _services(scenario: Path | None) -> list[str]:
    if scenario is None:
        return [
            "Services are described in a scenario, under `services`: any name, with need, travel, existing",
            "facilities, sites and options. `planner list services --scenario FILE` lists those of one.",
        ]
    from planner.scenario.read import read_scenario  # noqa: PLC0415 - only where a scenario is read

    known = read_scenario(scenario)
    money = known.budget.currency
    return [line for name, service in known.services.items() for line in _service(name, service, money)]


def _service(name: str, service: Service, money: str) -> Iterator[str]:
    reach = service.travel
    yield f"  {name}" + (f" ({service.label})" if service.label else "")
    yield f"      {service.need.meaning}, counted in {service.unit}; weight {service.weight:g}"
    standard, limit = (f"{travel:g} {reach.unit}" for travel in (reach.near, reach.limit))
    yield f"      full quality within {standard}, none beyond {limit}"
    yield from (f"      {size}: {_option(option, money)}" for size, option in service.options.items())


def _option(option: Option, money: str) -> str:
    capacity = "unlimited capacity" if option.capacity is None else f"capacity {option.capacity:,g}"
    cost = f"{option.capital_cost:g} {money} to build, {option.operating_cost:g} a year to run"
    return f"{capacity}, {cost}" + (
        f", up to {option.max_per_site} at a site" if option.max_per_site > 1 else ""
    )
