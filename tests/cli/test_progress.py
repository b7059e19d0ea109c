"""What is told while a run works."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from planner.cli.progress import Progress
from planner.errors import InputFault


def heard(*, terminal: bool) -> tuple[Progress, io.StringIO]:
    """Give progress that writes into a text, as on a terminal or not."""
    text = io.StringIO()
    progress = Progress()
    progress.console = Console(file=text, highlight=False, soft_wrap=True, force_terminal=terminal, width=100)
    progress.live = terminal
    return progress, text


def test_each_phase_is_one_line() -> None:
    """Away from a terminal each phase is one line with its seconds, and the search says nothing between."""
    progress, text = heard(terminal=False)
    with progress:
        with progress.phase("search"):
            progress.search("sites", 12.0, 10.0)
        with progress.phase("verify"):
            pass
    lines = text.getvalue().splitlines()
    assert [re.sub(r"\d+\.\d", "0.0", line) for line in lines] == [
        "   0.0 s  Looking for the plan (0.0 s)",
        "   0.0 s  Checking the plan from its tables (0.0 s)",
    ]


def test_failed_phase_is_not_told_as_done() -> None:
    """A phase that ends in a fault leaves no line, on a terminal or not."""
    progress, text = heard(terminal=False)
    message = "to mend"
    with pytest.raises(InputFault), progress, progress.phase("read"):
        raise InputFault(message)
    assert text.getvalue() == ""


def test_terminal_shows_best_and_bound() -> None:
    """On a terminal the line tells the step, the best plan and the bound, and leaves infinities out."""
    progress, text = heard(terminal=True)
    with progress, progress.phase("search"):
        progress.search("relaxation", float("inf"), float("-inf"))
        assert progress.status is not None
        assert str(progress.status.status).endswith("bounding what is possible")
        progress.search("sites", 4618.5, 4592.6)
        assert str(progress.status.status).endswith("choosing sites · best 4,618.5 · bound 4,592.6")
    assert progress.status is None
    assert "Looking for the plan" in text.getvalue()
