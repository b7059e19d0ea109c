"""What pictures of pages share: figures to places, places to a path, ticks to words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.charts import decimals_of
from planner.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def scale(ticks: Sequence[float], low: float, high: float) -> Callable[[float], float]:
    """Return where a figure lies in the picture when the first and the last tick lie at these ends."""
    span = (ticks[-1] - ticks[0]) or 1.0
    return lambda value: round(float(low + (value - ticks[0]) / span * (high - low)), 1)


def path(places: Sequence[tuple[float, float]]) -> str:
    """Return the line through these places, as SVG writes it."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places)


def ticked(ticks: Sequence[float], where: Callable[[float], float]) -> tuple[tuple[float, str], ...]:
    """Return where each tick lies, and how it is printed."""
    decimals = decimals_of(ticks)
    return tuple((where(tick), number(tick, decimals)) for tick in ticks)
