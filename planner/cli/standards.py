"""The standards that others have set, listed with their sources."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from planner.scenario.standards.read import Answer, Standard, answers, standards

if TYPE_CHECKING:
    from collections.abc import Iterator

MEASURED = {
    "walk": "on foot, one way",
    "drive": "by car, one way",
    "any": "one way",
    "round_trip": "there and back",
    "queue": "waiting",
    "none": "",
}


def standard_lines() -> list[str]:
    """Lines that list every standard by service, and which indicators of the UN and ISO are answered to."""
    return [*_standards(), "", *_answers()]


def _standards() -> Iterator[str]:
    yield "Standards; a service names one that is a way, one way, under `travel.standard`:"
    ordered = sorted(standards().values(), key=lambda one: one.service)
    for service, group in groupby(ordered, key=lambda one: one.service):
        yield f"{service}"
        for one in group:
            yield from _standard(one)


def _standard(one: Standard) -> Iterator[str]:
    told = ", ".join(filter(None, (f"{one.value:,.10g} {one.unit}", MEASURED[one.measure])))
    yield f"  {one.name}: {told}"
    yield f"      {one.applies_to}" + (f" – {one.note}" if one.note else "")
    when = f", {one.year}" if one.year else ""
    state = "read again" if one.checked else "NOT read again: check it before you rely on it"
    yield f"      (source: {one.source}{when} · {one.url or 'no address'} · {state})"


def _answers() -> Iterator[str]:
    yield "Indicators of the United Nations and ISO, and the measure here that answers to each:"
    for one in answers():
        yield from _answer(one)


def _answer(one: Answer) -> Iterator[str]:
    yield f"  {one.name} – {one.title}"
    yield f"      measure {one.measure}: {one.how_far}"
    yield f"      ({one.url})"
