"""Everything found while reading: faults gathered before they are raised, notes gathered for the reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ROWS = 50
"""Rows that are listed for one kind of fault; the others are counted."""
MOST_NAMES = 10
"""Names that are listed in one sentence; the others are counted."""


@dataclass
class Findings:
    """Faults and notes so far."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, message: str, where: str = "", hint: str = "") -> None:
        """Note one fault."""
        fault = Fault(message, where, hint)
        if fault not in self.faults:
            self.faults.append(fault)

    def rows(self, found: Sequence[tuple[str, str]], name: str, hint: str = "") -> None:
        """Note one kind of fault in many rows: (place, message) each; the hint stands once, at the end."""
        listed = found[:MOST_ROWS]
        for number, (place, message) in enumerate(listed):
            last = number == len(listed) - 1 and len(found) <= MOST_ROWS
            self.add(message, place, hint if last else "")
        if len(found) > MOST_ROWS:
            self.add(f"and {len(found) - MOST_ROWS} more like these", name, hint)

    def tell(self, note: str) -> None:
        """Note what the reader should be told."""
        if note not in self.notes:
            self.notes.append(note)

    def stop(self) -> None:
        """Raise what was found so far.

        Raises
        ------
        InputFault
            All faults at once.
        """
        if self.faults:
            raise InputFault(self.faults)


def listed(names: Sequence[str]) -> str:
    """Name the first ten, count the rest: `a, b and 3 more`."""
    first = ", ".join(names[:MOST_NAMES])
    return f"{first} and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else first
