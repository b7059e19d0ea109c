"""Many draws of one measure: values sorted once, summed up for group after group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.indicators.assess import told as told_of
from planner.indicators.batch import Sorted, told_at_once

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.catalogue import Unit
    from planner.distribution import Floats


class Many:
    """Values and people concerned in each draw.

    Cells that have the same value in every draw, such as 0, are put together: what is told does not
    depend on it, and there are far fewer.

    Parameters
    ----------
    values
        Shape (draws, cells), or (1, cells) where every draw has the same; NaN where nothing is measured.
    weights
        People concerned, shape (draws, cells).
    """

    def __init__(self, values: Floats, weights: Floats) -> None:
        """Leave out the cells where there is never anything to measure, and sort each draw by value."""
        there = ~np.isnan(values)
        kept = np.flatnonzero(there.any(axis=0) & (weights > 0).any(axis=0))
        alike = _alike(values[:, kept])
        self.kept = kept[np.argsort(alike, kind="stable")]
        self.starts = np.flatnonzero(np.diff(np.sort(alike), prepend=-1))
        self.raw, there = values[:, self.kept], there[:, self.kept]
        self.weights = np.where(there, weights[:, self.kept], 0.0)
        joined = self.raw[:, self.starts]
        self.order = np.argsort(joined, axis=1, kind="stable")
        self.values = _filled(np.take_along_axis(joined, self.order, axis=1))

    def part(self, share: Floats) -> Part:
        """Return the same for a group that has this share of each cell, shape (draws or 1, cells)."""
        if not len(self.kept):
            return Part(Sorted(self.values, self.weights))
        joined = np.add.reduceat(self.weights * share[:, self.kept], self.starts, axis=1)
        if len(self.order) == 1:
            return Part(Sorted(self.values, joined[:, self.order[0]]))
        return Part(Sorted(self.values, np.take_along_axis(joined, self.order, axis=1)))

    def ranked(self, summed: Unit, given: dict[str, Any], share: Floats) -> Floats:
        """Sum up everybody, ranked from where the group's share is highest to where it is lowest."""
        ranking = np.broadcast_to(-share[:, self.kept], self.weights.shape)
        return Part(Sorted(_filled(self.raw), self.weights)).one_by_one(summed, given, ranking)


def _alike(values: Floats) -> NDArray[np.int64]:
    """Group of each column: columns that are the same throughout share one, shape (columns,)."""
    same = (values == values[0]).all(axis=0) if len(values) > 1 else np.ones(values.shape[1], bool)
    number = np.arange(values.shape[1], dtype=np.int64)
    first, group = np.unique(values[0, same], return_index=True, return_inverse=True)[1:]
    number[same] = number[same][first][group]
    return number


def _filled(values: Floats) -> Floats:
    """Values with a number where nothing is measured (and nobody counts), in order still."""
    missing = np.isnan(values)
    if not missing.any():
        return values
    top = np.fmax.reduce(values, axis=1, keepdims=True)
    return np.where(missing, np.where(np.isnan(top), 0.0, top), values)


class Part:
    """What one group has in each draw."""

    def __init__(self, draws: Sorted) -> None:
        """Take them as they are."""
        self.draws = draws

    def told(self, summed: Unit, given: dict[str, Any]) -> Floats:
        """Return the figure of each draw; NaN where it cannot be told."""
        if not self.draws.weights.shape[1]:
            return np.full(len(self.draws.weights), np.nan)
        kernel = told_at_once(summed.name, given)
        return (
            self.one_by_one(summed, given) if kernel is None else np.asarray(kernel(self.draws), np.float64)
        )

    def one_by_one(self, summed: Unit, given: dict[str, Any], *rankings: Floats) -> Floats:
        """Return the figure of each draw by the summary itself."""
        rows = np.broadcast_to(self.draws.values, self.draws.weights.shape)
        draws = zip(rows, self.draws.weights, *rankings, strict=True)
        return np.array([told_of(summed, list(columns), given) for columns in draws])
