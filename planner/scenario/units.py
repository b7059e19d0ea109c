"""Objective, constraints and summaries of a scenario against the catalogue of what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from planner import catalogue
from planner.scenario.agree import fault
from planner.scenario.faults import tell
from planner.scenario.told import did_you_mean, listed, short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.errors import Fault
    from planner.scenario.marks import Node, Trail


def unit_faults(root: Node) -> Iterator[Fault]:
    """Every objective, constraint and summary that the catalogue does not know, or with wrong parameters."""
    objective = root.at(("objective",))
    if objective is not None and isinstance(objective.value, str):
        yield from _named(root, "objective", objective.value, ("objective",))
    elif objective is not None:
        yield from _single(root, "objective", ("objective",))
    constraints = root.at(("constraints",))
    if constraints is not None and isinstance(constraints.value, list):
        for position, _ in constraints.children():
            yield from _single(root, "constraint", ("constraints", position))
    elif constraints is not None:
        message = f"must be a list, one `- name: {{…}}` for each rule (got {short(constraints.plain())})"
        yield fault(root, ("constraints",), message)
    yield from _summaries(root)


def _single(root: Node, kind: str, trail: Trail) -> Iterator[Fault]:
    """Check a mapping with one key, the name of the unit, over its parameters."""
    node = root.at(trail)
    names = list(node.value) if node is not None and isinstance(node.value, dict) else None
    if node is None or names is None:
        what = "a name or a mapping" if kind == "objective" else "a mapping"
        message = f"must be {what} such as `name: {{parameter: value}}` (got {short(node and node.plain())})"
        yield fault(root, trail, message)
    elif len(names) != 1:
        found = listed(names, "and") if names else "none"
        hint = "begin each constraint with its own `-`" if kind == "constraint" else "keep one of them"
        yield fault(root, trail, f"must name exactly one {kind} (got {found})", hint)
    else:
        yield from _with_parameters(root, kind, names[0], (*trail, names[0]))


def _with_parameters(root: Node, kind: str, name: str, trail: Trail) -> Iterator[Fault]:
    node = root.at(trail)
    if node is not None and not isinstance(node.value, dict):
        yield from _named(root, kind, name, trail, given=True)
        message = f"the parameters of `{name}` must be a mapping (got {short(node.plain())})"
        yield fault(root, trail, message, "write `{}` where it takes none")
    else:
        yield from _named(root, kind, name, trail)


def _named(root: Node, kind: str, name: str, trail: Trail, *, given: bool = False) -> Iterator[Fault]:
    known = catalogue.units(kind)
    if name not in known:
        message = f"unknown {kind} {short(name)}{did_you_mean(name, known)}"
        yield fault(root, trail, message, f"known: {', '.join(known)}")
        return
    node = root.at(trail)
    parameters = node.plain() if node is not None and isinstance(node.value, dict) else {}
    model = known[name].parameters
    try:
        if not given:
            model.model_validate(parameters)
    except ValidationError as error:
        above = trail if trail[-1] == name else (*trail, name)
        yield from tell(error, model, parameters, root, above)


def _summaries(root: Node) -> Iterator[Fault]:
    node = root.at(("indicators", "summaries"))
    if node is None or not isinstance(node.value, list):
        return
    known = catalogue.units("summary")
    for position, item in node.children():
        if isinstance(item.value, str) and item.value not in known:
            message = f"unknown summary {short(item.value)}{did_you_mean(item.value, known)}"
            yield fault(root, ("indicators", "summaries", position), message, f"known: {', '.join(known)}")
