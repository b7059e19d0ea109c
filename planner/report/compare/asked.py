"""What was asked differently: keys of the scenarios, and inputs by their hash."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from planner.report.numbers import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.report.compare.runs import Beside

LONGEST = 120


def asked_apart(beside: Beside) -> list[tuple[str, ...]]:
    """Every key of the scenarios that is not the same in all runs, with what each says."""
    flat = [dict(_flat(run.scenario.model_dump(mode="json", exclude_none=True))) for run in beside.runs]
    keys = sorted(set().union(*flat))
    rows = [(key, *(_short(one.get(key)) for one in flat)) for key in keys]
    return [row for row, key in zip(rows, keys, strict=True) if len({one.get(key) for one in flat}) > 1]


def inputs_apart(beside: Beside) -> tuple[list[tuple[str, ...]], int]:
    """Files that are not the same in all runs, each hash begun; and how many are."""
    read = [dict(run.manifest["inputs"]) for run in beside.runs]
    files = sorted(set().union(*read))
    apart = [name for name in files if len({one.get(name) for one in read}) > 1]
    rows = [(name, *(one.get(name, NOTHING)[:12] for one in read)) for name in apart]
    return rows, len(files) - len(apart)


def _flat(value: Any, trail: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a tree of JSON
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _flat(item, (*trail, str(key)))
    else:
        yield ".".join(trail), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _short(text: str | None) -> str:
    if text is None:
        return NOTHING
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
