"""The resolved scenario as text: a file that can be read again, with every default written out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from planner.scenario.paths import FILE_KEYS, fits, relative_to
from planner.scenario.scalars import meaning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planner.scenario.marks import Plain, Trail
    from planner.scenario.schema import Scenario

PLAIN = re.compile(r"(?:[^\W\d_]|\.\.?/)(?:[\w./()+–-]|:(?=\w)| (?=[\w(–]))*")


def scenario_text(scenario: Scenario, folder: Path, *, schema: str | None = None) -> str:
    """Return the scenario as YAML for a file in another folder.

    Parameters
    ----------
    scenario
        A scenario that was read.
    folder
        Folder in which the text will stand; paths of layers are written relative to it.
    schema
        Path or address of the JSON Schema for editors, told in the first line.

    Returns
    -------
    str
        Keys in the order of the schema, named things in the order of the file; `extends` is gone.
    """
    tree = _moved(scenario.model_dump(exclude_none=True), (), scenario.path.parent, folder)
    head = [f"# yaml-language-server: $schema={schema}"] if schema else []
    return "\n".join([*head, mapping_text(tree)]) + "\n"


def mapping_text(tree: dict[str, Any]) -> str:
    """Return keys and values as YAML, without a line break at the end."""
    return "\n".join(_mapping(tree, 0))


def _moved(value: Plain, trail: Trail, home: Path, folder: Path) -> Plain:
    if isinstance(value, dict):
        return {key: _moved(v, (*trail, key), home, folder) for key, v in value.items()}
    if any(fits(trail, pattern) for pattern in FILE_KEYS):
        return relative_to((home / value).resolve(), folder)
    return value


def _mapping(tree: dict[str, Any], indent: int) -> Iterator[str]:
    for key, value in tree.items():
        head = " " * indent + f"{_scalar(key)}:"
        if isinstance(value, dict | list | tuple) and value:
            yield head
            yield from _mapping(value, indent + 2) if isinstance(value, dict) else _list(value, indent + 2)
        else:
            yield f"{head} {_scalar(value)}"


def _list(items: list[Any] | tuple[Any, ...], indent: int) -> Iterator[str]:
    for item in items:
        if isinstance(item, dict | list | tuple) and item:
            first, *rest = _mapping(item, indent + 2) if isinstance(item, dict) else _list(item, indent + 2)
            yield " " * indent + "- " + first[indent + 2 :]
            yield from rest
        else:
            yield " " * indent + f"- {_scalar(item)}"


def _scalar(value: Plain) -> str:
    if isinstance(value, dict | list | tuple):
        return "{}" if isinstance(value, dict) else "[]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str) -> str:
    if PLAIN.fullmatch(text) and meaning(text) == text:
        return text
    return '"' + "".join(_escaped(c) for c in text) + '"'


def _escaped(c: str) -> str:
    if c in '"\\':
        return "\\" + c
    return c if c.isprintable() else f"\\U{ord(c):08x}"
