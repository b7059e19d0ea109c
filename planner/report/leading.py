"""Which group clearly gains most: a rank that chance could turn round is not printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from planner.city.city import City

DRAWS = 400
LEVEL = 0.95
ROUNDING = 1e-9


def leading_group(city: City, cells: pd.DataFrame, groups: pd.DataFrame) -> str | None:
    """Return the group whose mean gain is the largest in nearly every other draw of the city's cells.

    The cells are drawn with replacement (Poisson bootstrap, seeded); the group leads when it gains more
    than each other group in at least 95 % of the draws, all others together. With one group none leads.

    Parameters
    ----------
    city, cells
        The people of each group [person], and wellbeing `before` and `after` of each cell.
    groups
        Index `group`, first `everyone`; column `change`.
    """
    names = [str(name) for name in groups.index[1:] if np.isfinite(float(groups.loc[name, "change"]))]
    if len(names) < 2:  # noqa: PLR2004 - a rank needs two
        return None
    change = (cells["after"] - cells["before"]).to_numpy(np.float64)
    lived = np.isfinite(change)
    people = city.cells.loc[cells.index, names].to_numpy(np.float64)[lived]
    times = np.random.default_rng(0).poisson(1.0, (DRAWS, len(people)))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (times @ (people * change[lived, None])) / (times @ people)
    top = int(np.argmax(groups.loc[names, "change"].to_numpy(np.float64)))
    rivals = np.delete(means, top, axis=1).max(axis=1)
    return names[top] if float(np.mean(means[:, top] > rivals + ROUNDING)) >= LEVEL else None
