"""Lorenz, generalised Lorenz and Pen's parade, and who dominates whom."""

from __future__ import annotations

import numpy as np
import pytest
from declared_axioms import Town, towns
from hypothesis import given

from planner.errors import InputFault
from planner.indicators.concentration import concentration
from planner.indicators.curves import concentration_curve, dominates, lorenz, pens_parade
from planner.indicators.inequality import gini


@given(towns())
def test_area_under_the_curve_is_the_index(town: Town) -> None:
    """Gini and concentration are one less twice the area under their curves."""
    if town.values.sum() == 0:
        assert lorenz(town.values, town.people)["held"].isna().all()
        return
    curve = lorenz(town.values, town.people)
    area = np.trapezoid(curve["held"], curve["people"])
    assert gini(town.values, town.people) == pytest.approx(1 - 2 * area, abs=1e-9)
    ranked = concentration_curve(town.values, town.people, town.ranking)
    area = np.trapezoid(ranked["held"], ranked["people"])
    assert concentration(town.values, town.people, town.ranking) == pytest.approx(1 - 2 * area, abs=1e-9)


@given(towns())
def test_a_transfer_dominates(town: Town) -> None:
    """After giving from the top to the bottom the curve lies higher, before it never does."""
    mu = np.average(town.values, weights=town.people)
    after = (town.values + mu) / 2
    if np.ptp(town.values) > 0:
        curves = lorenz(after, town.people), lorenz(town.values, town.people)
        assert dominates(*curves)
        assert not dominates(*reversed(curves))
        assert dominates(lorenz(after + 1, town.people), curves[1], generalised=True)


def test_a_curve_does_not_dominate_itself() -> None:
    """The same distribution is neither better nor worse."""
    curve = lorenz([1, 2, 3], [1, 1, 1])
    assert not dominates(curve, curve)
    assert not dominates(curve, curve, generalised=True)


def test_pens_parade() -> None:
    """Everybody in a row, from the least to the most."""
    parade = pens_parade([3, 1, 9], [1, 2, 0])
    assert parade["value"].tolist() == [1, 3]
    assert parade["people"].tolist() == pytest.approx([2 / 3, 1])


def test_negative_values_have_no_lorenz_curve() -> None:
    """A curve of shares needs values that can be shared."""
    with pytest.raises(InputFault, match="1 negative among the values"):
        lorenz([1, -1], [1, 1])
