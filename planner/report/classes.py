"""Colour classes with stated breaks."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from planner.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CLASSES = 5


def breaks(values: Sequence[float], classes: int = CLASSES) -> list[float]:
    """Return class breaks (lowest, …, highest): quantiles, or the values themselves where they are few."""
    finite = np.sort(np.array([value for value in values if math.isfinite(value)]))
    distinct = np.unique(finite.round(3))
    if len(distinct) == 0:
        return []
    if len(distinct) <= classes:
        return [float(distinct[0]), *map(float, distinct)]
    bins = np.quantile(finite, np.arange(1, classes + 1) / classes).round(3)  # ties leave fewer classes
    return [float(distinct[0]), *map(float, np.unique(bins))]


def rounded_breaks(values: Sequence[float], classes: int = CLASSES) -> list[float]:
    """Return class breaks from 0 in equal round steps up to the highest value."""
    finite = [value for value in values if math.isfinite(value)]
    highest = max(finite, default=0.0)
    if highest <= 0:
        return [0.0, 0.0]
    import mapclassify  # noqa: PLC0415 - slow to import

    steps = mapclassify.PrettyBreaks(np.array([0.0, *finite]), classes).bins
    return [0.0, *(float(step) for step in np.unique(np.round(steps, 6)) if step > 0)]


def class_of(value: float, edges: Sequence[float]) -> int:
    """Return the class of a value: the first whose upper break is not below it."""
    upper = edges[1:]
    return min(int(np.searchsorted(upper, value - 1e-9 * max(1.0, abs(value)), side="left")), len(upper) - 1)


def ramp(index: int, count: int) -> str:
    """Return the colour class of a step, spread over the whole ramp when there are few steps."""
    return (
        f"c{round(index * (CLASSES - 1) / (count - 1))}"
        if 1 < count <= CLASSES
        else f"c{min(index, CLASSES - 1)}"
    )


def legend_of(edges: Sequence[float], write: Callable[[float], str]) -> list[tuple[str, str]]:
    """Return (colour class, text) of every class."""
    count = len(edges) - 1
    texts = [write(low) if low == high else f"{write(low)} – {write(high)}" for low, high in pairwise(edges)]
    return [(ramp(index, count), text) for index, text in enumerate(texts)]


def decimals_of(edges: Sequence[float]) -> int:
    """Return the decimals that tell the breaks apart: two, or three where two are too few."""
    texts = {number(edge, 2) for edge in edges}
    return 2 if len(texts) == len(set(edges)) else 3
