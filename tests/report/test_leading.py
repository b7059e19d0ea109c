"""Which group is told to gain most."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from planner.report.leading import leading_group

CELLS = 60


def told(first: np.ndarray, second: np.ndarray, change: np.ndarray) -> str | None:
    """The leading one of two groups, by their people and the change of wellbeing in each cell."""
    people = pd.DataFrame({"first": first, "second": second}, index=pd.RangeIndex(len(change)).astype(str))
    cells = pd.DataFrame({"before": 0.5, "after": 0.5 + change}, index=people.index)
    means = {name: float(np.average(change, weights=people[name])) for name in people}
    groups = pd.DataFrame({"change": {"everyone": float(change.mean()), **means}})
    city: Any = SimpleNamespace(cells=people)
    return leading_group(city, cells, groups)


def test_a_clear_lead_is_told() -> None:
    """A group that gains far more than the other in every draw leads."""
    change = np.repeat([0.2, 0.01], CELLS // 2)
    here = np.repeat([9.0, 1.0], CELLS // 2)
    assert told(here, here[::-1], change) == "first"


def test_a_lead_that_chance_could_turn_is_not_told() -> None:
    """Groups spread over the cells without a pattern have no leader, and equal groups have none."""
    rng = np.random.default_rng(3)
    change = rng.random(CELLS) / 10
    assert told(rng.random(CELLS) + 5, rng.random(CELLS) + 5, change) is None
    assert told(np.ones(CELLS), np.ones(CELLS), change) is None


def test_places_without_people_count_for_nothing() -> None:
    """Cells without wellbeing (nobody lives there) are left out."""
    change = np.append(np.repeat([0.2, 0.01], CELLS // 2), np.nan)
    here = np.append(np.repeat([9.0, 1.0], CELLS // 2), 0.0)
    people = pd.DataFrame({"first": here, "second": np.append(here[:-1][::-1], 0.0)})
    cells = pd.DataFrame({"before": 0.5, "after": 0.5 + change})
    groups = pd.DataFrame({"change": {"everyone": 0.1, "first": 0.181, "second": 0.029}})
    city: Any = SimpleNamespace(cells=people)
    assert leading_group(city, cells, groups) == "first"
