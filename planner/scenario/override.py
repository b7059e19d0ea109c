"""Values put over a scenario from outside the file, each under its dotted key such as `budget.capital`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.errors import Fault, InputFault
from planner.scenario.extends import lay_over
from planner.scenario.marks import Node, Plain, Trail
from planner.scenario.told import dotted, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK = "override"


def override(root: Node, overrides: Mapping[str, Any]) -> Node:
    """Return the scenario with the values put over it.

    Parameters
    ----------
    root
        What the file says.
    overrides
        Value by dotted key; list items by their position (`constraints.0.floor.reached`); a mapping is
        laid over key by key, None removes the key.

    Raises
    ------
    InputFault
        A key that cannot stand in a scenario, or a value that YAML cannot hold.
    """
    for key, value in overrides.items():
        trail = tuple(key.split("."))
        if not all(trail) or trail[0] == "extends":
            where = f"{MARK} {printable(key)}"
            raise InputFault(
                Fault("this is not a key of a scenario", where, "write it like `budget.capital`")
            )
        root = _put(root, trail, _node(value, trail), ())
    return root


def _put(root: Node, trail: Trail, node: Node, above: Trail) -> Node:
    if isinstance(root.value, list):
        return _put_in_list(root, trail, node, above)
    name, rest, here = trail[0], trail[1:], (*above, trail[0])
    keys = dict(root.value) if isinstance(root.value, dict) else {}
    if above == ("objective",) and name not in keys:
        keys = {}
    below = keys.get(name)
    if rest:
        node = _put(below or Node({}, MARK, MARK), rest, node, here)
    elif below is not None:
        node = lay_over(below, node, here)
    keys[name] = node
    if node.value is None:
        del keys[name]
    return replace(root, value=keys)


def _put_in_list(root: Node, trail: Trail, node: Node, above: Trail) -> Node:
    name, rest, here = trail[0], trail[1:], (*above, trail[0])
    below = root.child(name)
    items = root.children()
    if below is None:
        message = f"the list has {len(items)} items, counted from 0; `{printable(name)}` is none of them"
        raise InputFault(Fault(message, f"{MARK} {dotted(here)}"))
    new = _put(below, rest, node, here) if rest else lay_over(below, node, here)
    return replace(root, value=[new if key == str(int(name)) else item for key, item in items])


def _node(value: Plain, trail: Trail) -> Node:
    if isinstance(value, dict):
        return Node({str(k): _node(v, (*trail, str(k))) for k, v in value.items()}, MARK, MARK)
    if isinstance(value, list | tuple):
        return Node([_node(v, (*trail, str(i))) for i, v in enumerate(value)], MARK, MARK)
    if value is None or isinstance(value, str | int | float | bool):
        return Node(value, MARK, MARK)
    message = f"must be text, a number, a list or a mapping (got {printable(type(value).__name__)})"
    raise InputFault(Fault(message, f"{MARK} {dotted(trail)}"))
