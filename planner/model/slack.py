"""What the rows of a question leave while modules are taken and given up one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.problem.choice import CHOSEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.local import Local

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

ROUNDING = 1e-9


class Slack:
    """What is left of each row: rows of modules alone, and those that what is served moves too."""

    def __init__(self, local: Local, modules: Whole, served: Floats | None = None) -> None:
        """Begin with these modules and served amounts."""
        busy = sum(
            (np.diff(local.matrix(f).indptr) for f in ("serve", *local.others)), np.zeros(len(local.right))
        )
        self.alone = np.asarray(busy) == 0
        self.sense, self.columns = local.sense, {f: local.by_column(f) for f in ("open", CHOSEN)}
        self.left = local.right - local.matrix("open") @ modules - local.matrix(CHOSEN) @ (modules > 0)
        self.size = ROUNDING * (1.0 + np.abs(local.right))
        counted = local.counted
        self._serve = None
        if served is not None:
            self.left = self.left - local.matrix("serve") @ served
            rows = np.setdiff1d(
                np.flatnonzero(np.diff(local.matrix("serve").indptr)), np.arange(counted.start, counted.stop)
            )
            self._watched = rows
            self._serve = local.by_column("serve")[:, rows] if len(rows) else None

    def allows(self, j: int, modules: Whole) -> bool:
        """True where one more module of a provider keeps every row of modules alone."""
        for row, value in self._step(j, modules[j], 1).items():
            over = value > 0 and self.sense[row] != ">=" and self.left[row] - value < -self.size[row]
            under = value < 0 and self.sense[row] == ">=" and self.left[row] - value > self.size[row]
            if self.alone[row] and (over or under):
                return False
        return True

    def take(self, j: int, modules: Whole) -> bool:
        """Add a module of a provider where every row of modules alone allows it."""
        if not self.allows(j, modules):
            return False
        self.move(j, modules, 1)
        modules[j] += 1
        return True

    def move(self, j: int, modules: Whole, by: int) -> None:
        """Note that a provider gets (or loses) a module; `modules` as they were before."""
        for row, value in self._step(j, modules[j], by).items():
            self.left[row] -= value

    def serve(self, pair: Whole, amount: Floats) -> None:
        """Note that more (or less) is served on some pairs."""
        if self._serve is not None and len(pair):
            self.left[self._watched] -= self._serve[pair].T @ amount

    def kept(self) -> bool:
        """True where every row is kept."""
        under = (self.sense != ">=") & (self.left < -1e-6 * (1.0 + self.size / ROUNDING))
        over = (self.sense != "<=") & (self.left > 1e-6 * (1.0 + self.size / ROUNDING))
        counted = ~self.alone
        return not bool((under | over)[~counted].any() or (over & counted).any())

    def shares(self, j: int, k: int) -> bool:
        """True where giving up a module of `k` could help `j`: they stand in one row."""
        return not self._rows(j).isdisjoint(self._rows(k))

    def short(self, worth: Floats) -> list[int]:
        """Providers that would do most for rows that ask for more, one for each module that is missing."""
        wanted = np.flatnonzero(self.alone & (self.sense != "<=") & (self.left > self.size))
        found: list[int] = []
        for row in wanted:
            able = [j for j in range(len(worth)) if self._column("open", j).get(int(row), 0.0) > 0]
            able.sort(key=lambda j: -worth[j])
            found += able[: int(np.ceil(self.left[row]))]
        return found

    def _rows(self, j: int) -> set[int]:
        return set(self._column("open", j)) | set(self._column(CHOSEN, j))

    def _step(self, j: int, has: int, by: int) -> dict[int, float]:
        change = {row: by * value for row, value in self._column("open", j).items()}
        if (has == 0) != (has + by == 0):
            for row, value in self._column(CHOSEN, j).items():
                change[row] = change.get(row, 0.0) + by * value
        return change

    def _column(self, family: str, j: int) -> dict[int, float]:
        matrix = self.columns[family]
        span = slice(matrix.indptr[j], matrix.indptr[j + 1])
        return dict(zip(matrix.indices[span].tolist(), matrix.data[span].tolist(), strict=True))
