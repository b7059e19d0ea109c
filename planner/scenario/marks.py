"""Nodes: what a file says together with the line and column where it says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Trail = tuple[str, ...]
Plain = Any
"""What YAML can hold: text, numbers, true, false, nothing, lists and mappings of these."""
Value = str | int | float | bool | dict[str, "Node"] | list["Node"] | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place as `file:line:column`; `key` is the place of the key that leads to it."""

    value: Value
    mark: str
    key: str = ""
    written: str = ""

    def plain(self) -> Plain:
        """Return the value in plain dictionaries, lists and scalars."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def walk(self, trail: Trail = ()) -> list[tuple[Trail, Node]]:
        """Every node from here down with the keys that lead to it; list items by their position."""
        found: list[tuple[Trail, Node]] = [(trail, self)]
        for name, node in self.children():
            found += node.walk((*trail, name))
        return found

    def children(self) -> list[tuple[str, Node]]:
        """Nodes one step below."""
        if isinstance(self.value, dict):
            return list(self.value.items())
        if isinstance(self.value, list):
            return [(str(position), node) for position, node in enumerate(self.value)]
        return []

    def at(self, trail: Trail) -> Node | None:
        """Node that these keys lead to; None where it is not written."""
        node: Node | None = self
        for part in trail:
            node = node.child(part) if node is not None else None
        return node

    def child(self, name: str) -> Node | None:
        """Node under a key, or at a position of a list."""
        if isinstance(self.value, dict):
            return self.value.get(name)
        if isinstance(self.value, list) and name.isdecimal() and int(name) < len(self.value):
            return self.value[int(name)]
        return None

    @property
    def place(self) -> str:
        """Place to show: of a word or number itself, of anything else the key that leads to it."""
        return self.key if self.key and isinstance(self.value, dict | list | None) else self.mark


def nearest(root: Node, trail: Trail, *, key: bool = False) -> str:
    """Place of the value (or key) that a trail leads to, or of its nearest parent that is written."""
    while trail and root.at(trail) is None:
        trail = trail[:-1]
    node = root.at(trail) or root
    return (node.key or node.mark) if key else node.place
