"""What drives who gets what: how much of the variation of each figure goes with each key of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from planner.frames import Column, Frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CLASSES, FEWEST = 8, 3
"""Most classes of a key's values, and fewest scenarios in a class on average."""
SHUFFLES = 999
CHANCE = 0.01
"""A share that so few shufflings reach is told as more than chance."""
SAME = 1e-12
DRIVERS = Frame(
    "drivers",
    "How much of the variation of each figure over the scenarios goes with each key that was varied.",
    (
        Column("outcome", "text", "–", "column of the results"),
        Column("key", "text", "–", "key of the scenario"),
        Column(
            "share",
            "number",
            "1",
            "share of the variance that goes with the key alone (ε², Kelley 1935); empty where too few "
            "scenarios tell",
        ),
        Column("by_chance", "number", "1", "share of shufflings of the key that reach as much"),
        Column("way", "text", "–", "`more` or `less` of the figure with more of the key; empty: neither"),
        Column("scenarios", "whole", "–", "scenarios that tell it"),
    ),
    ("outcome", "key"),
)


def drivers(
    results: pd.DataFrame, keys: Sequence[str], outcomes: Sequence[str], *, seed: int = 0
) -> pd.DataFrame:
    """Tell how much of each figure goes with each key, by itself, over all values of the others.

    The scenarios are put in classes by the value of the key (by eight quantiles where it has more values),
    and the variance between classes is told as a share of all, less what chance alone would give.

    Parameters
    ----------
    results
        One row a scenario; columns keys and outcomes. Rows without a figure are passed over.
    keys, outcomes
        Columns.
    seed
        The same seed shuffles alike.

    Returns
    -------
    Columns of `DRIVERS`.
    """
    rows = []
    for outcome in outcomes:
        known = results[results[outcome].notna()]
        rows += [{"outcome": outcome, "key": key, **_driven(known, key, outcome, seed)} for key in keys]
    return DRIVERS.tidy(pd.DataFrame(rows, columns=DRIVERS.names))


def _driven(table: pd.DataFrame, key: str, outcome: str, seed: int) -> dict[str, float | str | int]:
    values = table[outcome].to_numpy(np.float64)
    told: dict[str, float | str | int] = {
        "share": np.nan,
        "by_chance": np.nan,
        "way": "",
        "scenarios": len(values),
    }
    classes = classes_of(table[key])
    if classes is None:
        return told
    if values.max() - values.min() <= SAME * (1.0 + np.abs(values).max()):
        return told | {"share": 0.0, "by_chance": 1.0}
    share = float(_shares(values[None, :], classes)[0])
    stream = np.random.default_rng(seed)
    shuffled = _shares(stream.permuted(np.tile(values, (SHUFFLES, 1)), axis=1), classes)
    chance = float((1 + (shuffled >= share - SAME).sum()) / (1 + SHUFFLES))
    return told | {"share": max(share, 0.0), "by_chance": chance, "way": _way(table[key], values, chance)}


def classes_of(values: pd.Series) -> NDArray[np.int64] | None:
    """Class of each scenario by the value of a key, from 0; None where there is one class or too few rows."""
    codes, names = pd.factorize(values.astype(str) if values.dtype == object else values)
    most = len(values) // FEWEST
    if len(names) > min(CLASSES, most) and pd.api.types.is_numeric_dtype(values) and most > 1:
        ranks = values.rank(method="first").to_numpy(np.float64) - 1
        codes = (ranks * min(CLASSES, most) // len(values)).astype(np.int64)
    several = 1 < len(np.unique(codes)) <= most
    return np.asarray(codes, np.int64) if several else None


def _shares(values: Floats, classes: NDArray[np.int64]) -> Floats:
    """ε² of each row of values: (between − (k − 1) × within / (n − k)) / all."""
    member = np.eye(classes.max() + 1)[classes]
    sizes, n, k = member.sum(axis=0), values.shape[1], member.shape[1]
    centred = values - values.mean(axis=1, keepdims=True)
    total = (centred**2).sum(axis=1)
    between = ((centred @ member) ** 2 / sizes).sum(axis=1)
    within = np.maximum(total - between, 0.0)
    found: Floats = (between - (k - 1) * within / (n - k)) / total
    return found


def _way(key: pd.Series, values: Floats, chance: float) -> str:
    if chance > CHANCE or not pd.api.types.is_numeric_dtype(key) or pd.api.types.is_bool_dtype(key):
        return ""
    ranked = float(spearmanr(key.to_numpy(np.float64), values).statistic)
    return "more" if ranked > 0 else "less" if ranked < 0 else ""
