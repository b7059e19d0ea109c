"""How tests over many cities are paced: a third of them with the slow tests, the others on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet


def blocks(count: int) -> list[ParameterSet]:
    """Numbers from 0: every third is marked `slow`, which .ci/run runs, the others `sweep`."""
    marks = (pytest.mark.slow, pytest.mark.sweep, pytest.mark.sweep)
    return [pytest.param(block, marks=marks[block % 3]) for block in range(count)]
