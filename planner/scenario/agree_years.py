"""What must agree about the years of a scenario: weights, columns, growth, and when things open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.scenario.agree import fault
from planner.scenario.told import did_you_mean, listed, printable, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planner.errors import Fault
    from planner.scenario.marks import Node, Plain, Trail

COLUMNS = (("population",), ("count", "of"), ("count", "rate"), ("factor",))
"""Keys that name columns which may be others in a period."""


def disagreements_over_time(root: Node) -> Iterator[Fault]:
    """Every key about years that does not fit the others."""
    periods = _mapping(root, "periods")
    if not periods and _mapping(root, "over_time"):
        hint = "name the `periods` of the plan, each with its own budget"
        yield fault(root, ("over_time",), "says what holds for all periods, and there are none", hint)
    yield from _weights(root, periods)
    yield from _columns(root, periods)
    yield from _opening(root, len(periods) or 1)
    growth = _plain(root, ("over_time", "growth"))
    for row, own in enumerate(growth if isinstance(growth, list) else []):
        yield from _growth(root, ("over_time", "growth", str(row)), own)


def _plain(root: Node, trail: Trail) -> Plain:
    node = root.at(trail)
    return None if node is None else node.plain()


def _mapping(root: Node, *trail: str) -> dict[str, Plain]:
    value = _plain(root, trail)
    return value if isinstance(value, dict) else {}


def _weights(root: Node, periods: dict[str, Plain]) -> Iterator[Fault]:
    weighed = [name for name, own in periods.items() if isinstance(own, dict) and own.get("weight")]
    rest = [name for name in periods if name not in weighed]
    if weighed and rest:
        message = f"{listed(weighed, 'and')} has a weight, and {listed(rest, 'and')} has none"
        yield fault(root, ("periods", rest[0]), message, "give every period a `weight`, or none")
    if weighed and _plain(root, ("over_time", "discount_rate")) is not None:
        message = "says how years weigh, and so do the weights of the periods"
        yield fault(root, ("over_time", "discount_rate"), message, "give one of the two")


def _columns(root: Node, periods: dict[str, Plain]) -> Iterator[Fault]:
    known = sorted(set(_named(root)))
    for name, own in periods.items():
        columns = own.get("columns") if isinstance(own, dict) else None
        for column in columns if isinstance(columns, dict) else {}:
            if column not in known:
                message = f"no count of people or needs is in a column {short(column)}"
                hint = f"named elsewhere in the scenario: {', '.join(map(printable, known))}"
                yield fault(
                    root, ("periods", name, "columns", column), message + did_you_mean(column, known), hint
                )


def _named(root: Node) -> Iterator[str]:
    """Columns that people, groups, needs and corrections are counted in."""
    specs: list[tuple[Plain, tuple[str, ...]]] = [
        (_plain(root, ("city", layer)), COLUMNS[0]) for layer in ("neighbourhoods", "cells")
    ]
    specs += [(own, COLUMNS[1]) for own in _mapping(root, "city", "groups").values()]
    specs += [(_plain(root, ("services", name, "need")), COLUMNS[2]) for name in _mapping(root, "services")]
    specs += [(own, COLUMNS[3]) for own in _mapping(root, "city", "undercount").values()]
    for spec, keys in specs:
        values = [spec.get(key) for key in keys] if isinstance(spec, dict) else []
        yield from (value for value in values if isinstance(value, str))


def _opening(root: Node, periods: int) -> Iterator[Fault]:
    """Whatever is built has to open within the plan."""
    for service in _mapping(root, "services"):
        for kind in ("options", "programmes"):
            for name, own in _mapping(root, "services", service, kind).items():
                wait = own.get("opens_after") if isinstance(own, dict) else None
                if isinstance(wait, int) and not isinstance(wait, bool) and wait >= periods:
                    trail = ("services", service, kind, name, "opens_after")
                    many = "one period" if periods == 1 else f"{periods} periods"
                    message = f"is {wait}, so that it never opens: the plan has {many}"
                    yield fault(root, trail, message, f"at most {periods - 1}, or name more `periods`")


def _growth(root: Node, trail: Trail, own: Plain) -> Iterator[Fault]:
    if not isinstance(own, dict):
        return
    services, groups = _mapping(root, "services"), _mapping(root, "city", "groups")
    named = own.get("services")
    for position, service in enumerate(named if isinstance(named, list) else []):
        yield from _unknown(root, (*trail, "services", str(position)), "service", service, services)
    if own.get("group") is not None:
        yield from _unknown(root, (*trail, "group"), "group", own["group"], groups)


def _unknown(root: Node, trail: Trail, what: str, name: Plain, known: Iterable[str]) -> Iterator[Fault]:
    known = list(known)
    if isinstance(name, str) and name not in known:
        message = f"unknown {what} {short(name)}{did_you_mean(name, known)}"
        hint = f"known: {', '.join(map(printable, known))}" if known else f"the scenario names no {what}"
        yield fault(root, trail, message, hint)
