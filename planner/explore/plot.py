"""What pictures of pages share: figures to places, and places to a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def scale(ticks: Sequence[float], low: float, high: float) -> Callable[[float], float]:
    """Return where a figure lies in the picture when the first and the last tick lie at these ends."""
    span = (ticks[-1] - ticks[0]) or 1.0
    return lambda value: round(float(low + (value - ticks[0]) / span * (high - low)), 1)


def path(places: Sequence[tuple[float, float]]) -> str:
    """Return the line through these places, as SVG writes it."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places)
