"""What must agree within one scenario: modes, layers, groups and weights that its keys name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.errors import Fault
from planner.scenario.marks import Node, Plain, Trail, nearest
from planner.scenario.told import did_you_mean, dotted, listed, printable, short

if TYPE_CHECKING:
    from collections.abc import Iterator


def disagreements(root: Node) -> Iterator[Fault]:
    """Every key that names something which the scenario does not have."""
    for name, service in _under(root, "services"):
        yield from _mode(root, name, service)
        yield from _need_layer(root, ("services", name, "need", "layer"))
    for name, _ in _under(root, "city", "groups"):
        yield from _need_layer(root, ("city", "groups", name, "layer"))
    yield from _groups(root)
    yield from _weights(root)
    for name, _ in _under(root, "services"):
        yield from _changes(root, name)
        yield from _beside(root, name)
        yield from _moves(root, name)
    yield from _judged(root)


def _under(root: Node, *trail: str) -> list[tuple[str, Node]]:
    node = root.at(trail)
    return node.children() if node is not None and isinstance(node.value, dict) else []


def _scalar(root: Node, trail: Trail) -> Plain:
    node = root.at(trail)
    return None if node is None or isinstance(node.value, dict | list) else node.value


def fault(root: Node, trail: Trail, message: str, hint: str = "") -> Fault:
    """Fault at a key of the scenario."""
    return Fault(message, f"{nearest(root, trail)} {dotted(trail)}", hint)


def _mode(root: Node, name: str, service: Node) -> Iterator[Fault]:
    trail = ("services", name, "travel", "mode")
    modes = dict(_under(root, "travel"))
    written = _scalar(root, trail)
    mode = "walk" if written is None else written
    if not modes or not isinstance(mode, str) or service.child("travel") is None:
        return
    if mode in modes:
        yield from _unit(root, name, mode)
    else:
        what = "unknown mode" if written else "no mode is named, and there is no"
        message = f"{what} {short(mode)}{did_you_mean(mode, modes)}"
        yield fault(root, trail, message, f"known under `travel`: {', '.join(map(printable, modes))}")


def _unit(root: Node, name: str, mode: str) -> Iterator[Fault]:
    if _scalar(root, ("travel", mode, "method")) != "table":
        return
    for unit, other in (("minutes", "metres"), ("metres", "minutes")):
        trail = ("services", name, "travel", f"limit_{unit}")
        column, has_other = (_scalar(root, ("travel", mode, u)) for u in (unit, other))
        if _scalar(root, trail) is not None and column is None and has_other is not None:
            message = f"is in {unit}, but the table of `{printable(mode)}` has no column of {unit}"
            yield fault(
                root,
                trail,
                message,
                f"name the column under `travel.{printable(mode)}.{unit}`, or give `limit_{other}`",
            )


def _changes(root: Node, name: str) -> Iterator[Fault]:
    """Changes need facilities that serve today, and a service of the scenario that they serve then."""
    trail = ("services", name, "existing", "changes")
    changes = _under(root, *trail)
    if changes and _scalar(root, ("services", name, "need", "meaning")) == "deficit":
        message = (
            "facilities cannot be changed where the need is a `deficit`: it says nothing of whom they serve"
        )
        yield fault(root, trail, message, "write `need.meaning: demand`, with all who need the service")
    for change, _ in changes:
        if _scalar(root, (*trail, change, "kind")) == "repurpose":
            yield from _other_service(root, name, (*trail, change, "to"))


def _moves(root: Node, name: str) -> Iterator[Fault]:
    """Only those move who have no home yet."""
    trail = ("services", name, "moves_people")
    moves, meaning = root.at(trail), _scalar(root, ("services", name, "need", "meaning"))
    if moves is not None and isinstance(moves.value, dict) and meaning == "demand":
        message = "people move into homes that are missing, but the need is a `demand`, with homes that stand"
        yield fault(root, trail, message, "write `need.meaning: deficit`, with the homes that are missing")


def _beside(root: Node, name: str) -> Iterator[Fault]:
    """Options are meant beside other services of the scenario."""
    for option, _ in _under(root, "services", name, "options"):
        trail = ("services", name, "options", option, "beside")
        named = root.at(trail)
        if named is not None and isinstance(named.value, list):
            for position, _node in named.children():
                yield from _other_service(root, name, (*trail, position))


def _other_service(root: Node, name: str, trail: Trail) -> Iterator[Fault]:
    """A service that is named beside another: one of the scenario, and not that other itself."""
    services, other = dict(_under(root, "services")), _scalar(root, trail)
    if not isinstance(other, str):
        return
    if other not in services:
        message = f"unknown service {short(other)}{did_you_mean(other, services)}"
        yield fault(root, trail, message, f"known under `services`: {', '.join(map(printable, services))}")
    elif other == name:
        yield fault(root, trail, f"is `{printable(name)}` itself", "name another service")


def _need_layer(root: Node, trail: Trail) -> Iterator[Fault]:
    if _scalar(root, trail) == "cells" and root.at(("city",)) and root.at(("city", "cells")) is None:
        yield fault(
            root,
            trail,
            "is `cells`, but the city has none",
            "add `city.cells`, or write `layer: neighbourhoods`",
        )


def _groups(root: Node) -> Iterator[Fault]:
    known = [name for name, _ in _under(root, "city", "groups")]
    named = root.at(("indicators", "groups"))
    for position, node in named.children() if named is not None and isinstance(named.value, list) else []:
        if isinstance(node.value, str) and node.value not in known:
            message = f"unknown group {short(node.value)}{did_you_mean(node.value, known)}"
            hint = (
                f"known under `city.groups`: {listed(known, 'and')}"
                if known
                else "add it under `city.groups`"
            )
            yield fault(root, ("indicators", "groups", position), message, hint)


def _judged(root: Node) -> Iterator[Fault]:
    trail = ("judge", "coverage")
    service, known = _scalar(root, trail), [name for name, _ in _under(root, "services")]
    if isinstance(service, str) and known and service not in known:
        message = f"unknown service {short(service)}{did_you_mean(service, known)}"
        yield fault(root, trail, message, f"known under `services`: {listed(known, 'and')}")


def _weights(root: Node) -> Iterator[Fault]:
    services = _under(root, "services")
    weights = [_scalar(root, ("services", name, "weight")) for name, _ in services]
    if services and all(weight in (0, 0.0) and weight is not False for weight in weights):
        trail = ("services", services[0][0], "weight")
        yield fault(
            root,
            trail,
            "all services have weight 0, so none of them counts",
            "give one of them a weight above 0",
        )
