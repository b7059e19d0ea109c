"""What the rows of modules alone leave while modules are taken one by one."""

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
    """What is left of each row that speaks of modules alone."""

    def __init__(self, local: Local, modules: Whole) -> None:
        """Begin with these modules."""
        others = [np.diff(local.matrix(f).indptr) for f in ("serve", *local.others)]
        self.alone = np.sum(others, axis=0) == 0
        self.sense, self.columns = local.sense, {f: local.by_column(f) for f in ("open", CHOSEN)}
        self.left = local.right - local.matrix("open") @ modules - local.matrix(CHOSEN) @ (modules > 0)
        self.size = ROUNDING * (1.0 + np.abs(local.right))

    def allows(self, j: int, modules: Whole) -> bool:
        """True where one more module of a provider keeps every row of modules alone."""
        for row, value in self._step(j, modules[j]).items():
            over = value > 0 and self.sense[row] != ">=" and self.left[row] - value < -self.size[row]
            under = value < 0 and self.sense[row] == ">=" and self.left[row] - value > self.size[row]
            if self.alone[row] and (over or under):
                return False
        return True

    def take(self, j: int, modules: Whole) -> bool:
        """Add a module of a provider where every row of modules alone allows it."""
        if not self.allows(j, modules):
            return False
        for row, value in self._step(j, modules[j]).items():
            self.left[row] -= value
        modules[j] += 1
        return True

    def short(self, worth: Floats) -> list[int]:
        """Providers that would do most for rows that ask for more, one for each module that is missing."""
        wanted = np.flatnonzero(self.alone & (self.sense != "<=") & (self.left > self.size))
        found: list[int] = []
        for row in wanted:
            able = [j for j in range(len(worth)) if self._column("open", j).get(int(row), 0.0) > 0]
            able.sort(key=lambda j: -worth[j])
            found += able[: int(np.ceil(self.left[row]))]
        return found

    def _step(self, j: int, has: int) -> dict[int, float]:
        change = self._column("open", j)
        if has == 0:
            for row, value in self._column(CHOSEN, j).items():
                change[row] = change.get(row, 0.0) + value
        return change

    def _column(self, family: str, j: int) -> dict[int, float]:
        matrix = self.columns[family]
        span = slice(matrix.indptr[j], matrix.indptr[j + 1])
        return dict(zip(matrix.indices[span].tolist(), matrix.data[span].tolist(), strict=True))
