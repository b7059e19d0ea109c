"""What must agree about years and futures: weights, probabilities, columns, growth, and when things open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.scenario.agree import fault
from planner.scenario.futures import NEEDS
from planner.scenario.told import did_you_mean, listed, printable, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planner.errors import Fault
    from planner.scenario.marks import Node, Plain, Trail

ROUNDING = 1e-6
"""By how much probabilities may miss 1."""


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
        yield from _whose(root, ("over_time", "growth", str(row)), own)
    yield from _futures(root, _mapping(root, "futures"))


def _futures(root: Node, futures: dict[str, Plain]) -> Iterator[Fault]:
    """Several futures whose probabilities sum to 1, and a way to judge that means something."""
    if not futures and _plain(root, ("uncertainty",)) is not None:
        hint = "name the `futures`, each with its probability"
        yield fault(
            root, ("uncertainty",), "says how plans are judged over futures, and there are none", hint
        )
    if len(futures) == 1:
        hint = "name another, or put its columns in the place of those that are there"
        yield fault(root, ("futures", next(iter(futures))), "is the only future, so that it is certain", hint)
    chances = [own.get("probability") if isinstance(own, dict) else None for own in futures.values()]
    known = [chance for chance in chances if isinstance(chance, int | float) and not isinstance(chance, bool)]
    if len(futures) > 1 and len(known) == len(futures) and abs(sum(known) - 1.0) > ROUNDING:
        message = f"the probabilities sum to {sum(known):g}, and should to 1"
        yield fault(root, ("futures",), message, f"they are {', '.join(f'{chance:g}' for chance in known)}")
    for service in _mapping(root, "services") if futures else ():
        trail = ("services", service, "moves_people")
        if _plain(root, trail) is not None:
            hint = "leave out the `futures`, or let homes move nobody"
            yield fault(root, trail, "homes cannot move people where needs are not certain", hint)
    needs = set(_columns_of(root, "services"))
    for period in _mapping(root, "periods"):
        columns = _mapping(root, "periods", period, "columns")
        needs |= {str(column) for name, column in columns.items() if name in needs}
    for name, own in futures.items():
        yield from _unnamed(root, ("futures", name, "columns"), sorted(needs), "needs are")
        factors = own.get("needs") if isinstance(own, dict) else None
        for row, factor in enumerate(factors if isinstance(factors, list) else []):
            yield from _whose(root, ("futures", name, "needs", str(row)), factor)


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
    known = sorted({*_columns_of(root, "city"), *_columns_of(root, "services")})
    for name in periods:
        yield from _unnamed(root, ("periods", name, "columns"), known, "people or needs are")


def _unnamed(root: Node, trail: Trail, known: list[str], counted: str) -> Iterator[Fault]:
    """Columns for which others stand, though the scenario names none of that name."""
    for column in _mapping(root, *trail):
        if column not in known:
            message = f"no {counted} counted in a column {short(column)}{did_you_mean(column, known)}"
            hint = f"named elsewhere in the scenario: {', '.join(map(printable, known))}"
            yield fault(root, (*trail, column), message, hint if known else "")


def _columns_of(root: Node, part: str) -> Iterator[str]:
    """Columns that people, groups and corrections (`city`), or needs (`services`), are counted in."""
    specs: list[tuple[Plain, tuple[str, ...]]]
    if part == "services":
        specs = [(_plain(root, ("services", name, "need")), NEEDS) for name in _mapping(root, "services")]
    else:
        specs = [(_plain(root, ("city", layer)), ("population",)) for layer in ("neighbourhoods", "cells")]
        specs += [(own, ("count", "of")) for own in _mapping(root, "city", "groups").values()]
        specs += [(own, ("factor",)) for own in _mapping(root, "city", "undercount").values()]
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


def _whose(root: Node, trail: Trail, own: Plain) -> Iterator[Fault]:
    """Services and groups whose people or needs are larger, which the scenario has to have."""
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
