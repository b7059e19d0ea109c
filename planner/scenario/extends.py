"""One scenario out of several: `extends` chains and overrides, laid over one another key by key."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import Fault, InputFault
from planner.scenario.paths import FILE_KEYS, Fence, fits, is_relative
from planner.scenario.source import read_source
from planner.scenario.told import short
from planner.scenario.yaml import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.scenario.marks import Node, Trail

DEEPEST = 10


@dataclass
class Chain:
    """The scenario file and those that it extends, laid over one another.

    Parameters
    ----------
    fence
        Folders that no path may leave.
    home
        Folder of the scenario file; layer paths are rewritten relative to it.
    """

    fence: Fence
    home: Path
    seen: list[Path] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def load(self, path: Path, shown: str) -> Node:
        """Return what the file says over what it extends; `extends` itself is gone."""
        self.seen.append(path.resolve())
        self.shown.append(shown)
        root = parse(read_source(path, shown), shown)
        keys = dict(root.value) if isinstance(root.value, dict) else {}
        base = keys.pop("extends", None)
        root = self._rehome(replace(root, value=keys), path.parent)
        return root if base is None else lay_over(self._base(base, path.parent, shown), root)

    def _base(self, node: Node, folder: Path, shown: str) -> Node:
        where = f"{node.mark} extends"
        if not isinstance(node.value, str):
            message = f"must be the path of one other scenario (got {short(node.plain())})"
            raise InputFault(Fault(message, where))
        found = self.fence.find(node.value, folder)
        if isinstance(found, str):
            raise InputFault(Fault(found, where))
        name = os.path.normpath(Path(shown).parent / node.value)
        if found.resolve() in self.seen:
            chain = " → ".join([*self.shown, name])
            raise InputFault(
                Fault(f"scenarios extend one another in a circle: {chain}", where, "cut one `extends`")
            )
        if len(self.seen) > DEEPEST:
            raise InputFault(Fault(f"scenarios extend one another more than {DEEPEST} deep", where))
        return self.load(found, name)

    def _rehome(self, root: Node, folder: Path) -> Node:
        """Write layer paths relative to the home folder, for what stands in another one."""
        if folder.resolve() == self.home.resolve():
            return root
        return _each_file(root, (), lambda node: _moved(node, folder, self.home))


def _moved(node: Node, folder: Path, home: Path) -> Node:
    if not isinstance(node.value, str) or not is_relative(node.value):
        return node
    path = os.path.relpath(folder.resolve() / node.value, home.resolve())
    return replace(node, value=Path(path).as_posix(), written=node.value)


def _each_file(node: Node, trail: Trail, change: Callable[[Node], Node]) -> Node:
    if any(fits(trail, key) for key in FILE_KEYS):
        return change(node)
    if isinstance(node.value, dict):
        return replace(node, value={k: _each_file(n, (*trail, k), change) for k, n in node.value.items()})
    return node


def lay_over(below: Node, above: Node, trail: Trail = ()) -> Node:
    """Return a node over another: mappings key by key, anything else replaces, nothing (`null`) removes.

    Another principle under `objective` and another `method` of a travel mode replace the whole mapping,
    because the keys of one mean nothing to the other.
    """
    if not _mixes(below, above, trail):
        return _without_nothing(above)
    keys = dict(below.value) if isinstance(below.value, dict) else {}
    for name, node in above.children():
        if node.value is None:
            keys.pop(name, None)
        elif name in keys:
            keys[name] = lay_over(keys[name], node, (*trail, name))
        else:
            keys[name] = _without_nothing(node)
    return replace(above, value=keys)


def _mixes(below: Node, above: Node, trail: Trail) -> bool:
    if not isinstance(below.value, dict) or not isinstance(above.value, dict):
        return False
    if trail == ("objective",):
        return bool(below.value.keys() & above.value.keys()) or not above.value
    if fits(trail, ("travel", "*")):
        method = above.child("method")
        return method is None or method.plain() == (below.child("method") or method).plain()
    return True


def _without_nothing(node: Node) -> Node:
    if not isinstance(node.value, dict):
        return node
    return replace(node, value={k: _without_nothing(n) for k, n in node.value.items() if n.value is not None})
