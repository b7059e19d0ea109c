"""What is told while a run works: a live line on a terminal, one line per phase elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from rich.console import Console

from planner.flow import Ear

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.status import Status

PHASES = {
    "read": "Reading the city",
    "travel": "Measuring travel",
    "pose": "Posing the problem",
    "search": "Looking for the plan",
    "assess": "Assessing who gets what",
    "write": "Writing",
    "verify": "Checking the plan from its tables",
    "audit": "Asking how sure the figures are",
    "report": "Drawing maps and the report",
}
STEPS = {
    "relaxation": "bounding what is possible",
    "sites": "choosing sites",
    "polish": "assigning people",
}


class Progress(Ear):
    """Tells each phase with its seconds on standard error, and the search's proven gap as it shrinks."""

    def __init__(self) -> None:
        """Begin the clock."""
        self.console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self.live = self.console.is_terminal
        self.begun = time.monotonic()
        self.status: Status | None = None
        self.before: float | None = None
        self.first: tuple[float, int] | None = None

    def __enter__(self) -> Self:
        """Begin to tell."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the live line away."""
        if self.status is not None:
            self.status.stop()

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Tell a phase as it begins (on a terminal), and with its seconds when it has ended."""
        words, begun = PHASES.get(name, name), time.monotonic()
        if self.live:
            self.status = self.console.status(words)
            self.status.start()
        try:
            yield
        finally:
            if self.status is not None:
                self.status.stop()
                self.status = None
        self.console.print(
            f"{time.monotonic() - self.begun:6.1f} s  {words} ({time.monotonic() - begun:.1f} s)"
        )

    def again(self, done: int, of: int) -> None:
        """Tell how often the question has been solved again."""
        words = f"{time.monotonic() - self.begun:6.1f} s  Solved again {done} of {of} times"
        if self.status is None:
            self.console.print(words)
        else:
            self.status.update(words.strip())

    def ended(self, done: int, of: int, words: str) -> None:
        """Tell that one of many scenarios has ended, and when the others may have."""
        now = time.monotonic()
        first, had = self.first = self.first or (now, done)
        left = f" · about {(now - first) / (done - had) * (of - done):.0f} s left" if had < done < of else ""
        self.console.print(f"{now - self.begun:6.1f} s  {done} of {of}: {words}{left}")

    def search(self, phase: str, value: float | None = None, bound: float | None = None) -> None:
        """Tell what the search has in hand, on a terminal."""
        if self.status is None:
            return
        seconds = time.monotonic() - self.begun
        known = f" · best {value:,.6g}" if value is not None and value < float("inf") else ""
        limit = f" · bound {bound:,.6g}" if bound is not None and bound > -float("inf") else ""
        self.status.update(f"{seconds:.0f} s  {PHASES['search']}: {STEPS.get(phase, phase)}{known}{limit}")
