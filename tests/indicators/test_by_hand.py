"""The same indices a second time: plain loops over people with fractions, no arrays."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.indicators.averages import mean, median, worst_off
from planner.indicators.concentration import concentration
from planner.indicators.entropy import generalised_entropy, theil_l, theil_t
from planner.indicators.inequality import gini, hoover, palma_share, ratio_20_20
from planner.indicators.kolm_pollak import kolm_pollak_ede
from planner.indicators.sufficiency import fgt1, fgt2, sen_welfare

Town = list[tuple[Fraction, int]]
TOWNS = st.lists(
    st.tuples(st.fractions(0, 50, max_denominator=40), st.integers(1, 400)), min_size=1, max_size=9
)


def columns(town: Town) -> tuple[list[float], list[int]]:
    """Return values and people as the planner takes them."""
    return [float(value) for value, _people in town], [people for _value, people in town]


def average(town: Town) -> Fraction:
    """Mean over people."""
    return sum((value * people for value, people in town), Fraction(0)) / sum(
        people for _value, people in town
    )


def pairs(town: Town) -> Fraction:
    """Mean absolute difference of two people met by chance."""
    total = sum(people for _value, people in town)
    return sum((abs(x - y) * n * m for x, n in town for y, m in town), Fraction(0)) / total**2


def tail(town: Town, share: Fraction, *, top: bool) -> Fraction:
    """Sum held by the share of people who have least, or most, person by person."""
    left = share * sum(people for _value, people in town)
    held = Fraction(0)
    for value, people in sorted(town, reverse=top):
        taken = min(left, Fraction(people))
        held += taken * value
        left -= taken
    return held


@given(TOWNS)
def test_gini_hoover_and_sen(town: Town) -> None:
    """Gini is half the mean difference over the mean, to 1e-9, for every town."""
    mu = average(town)
    unequal = pairs(town) / (2 * mu) if mu else Fraction(0)
    assert gini(*columns(town)) == pytest.approx(float(unequal), abs=1e-9)
    assert sen_welfare(*columns(town)) == pytest.approx(float(mu * (1 - unequal)), abs=1e-9)
    total = sum(people for _value, people in town)
    moved = sum((abs(value - mu) * people for value, people in town), Fraction(0)) / total
    assert hoover(*columns(town)) == pytest.approx(float(moved / (2 * mu)) if mu else 0, abs=1e-9)


@given(TOWNS, st.fractions(Fraction(1, 50), 1, max_denominator=50))
def test_worst_off_and_tails(town: Town, share: Fraction) -> None:
    """The mean of the worst-off share counts the last place in part."""
    total = sum(people for _value, people in town)
    for better in ("more", "less"):
        right = tail(town, share, top=better == "less") / (share * total)
        ours = worst_off(*columns(town), share=float(share), better=better)
        assert ours == pytest.approx(float(right), rel=1e-9, abs=1e-9)
    low, high = tail(town, Fraction(2, 5), top=False), tail(town, Fraction(1, 10), top=True)
    assert palma_share(*columns(town)) == pytest.approx(
        float(high / low) if low else math.nan, rel=1e-9, nan_ok=True
    )
    low, high = tail(town, Fraction(1, 5), top=False), tail(town, Fraction(1, 5), top=True)
    assert ratio_20_20(*columns(town)) == pytest.approx(
        float(high / low) if low else math.nan, rel=1e-9, nan_ok=True
    )


@given(TOWNS)
def test_entropies(town: Town) -> None:
    """Theil T, Theil L and the entropy of order 2, each as its sum over people."""
    mu, total = average(town), sum(people for _value, people in town)
    ratios = [(value / mu if mu else Fraction(1), people) for value, people in town]
    top = sum(people * float(r) * math.log(r) for r, people in ratios if r) / total
    assert theil_t(*columns(town)) == pytest.approx(top, abs=1e-9)
    empty = any(r == 0 for r, _people in ratios)
    low = math.inf if empty else -sum(people * math.log(r) for r, people in ratios) / total
    assert theil_l(*columns(town)) == pytest.approx(low, abs=1e-9)
    square = sum((people * r * r for r, people in ratios), Fraction(0)) / total
    assert generalised_entropy(*columns(town), order=2.0) == pytest.approx(float((square - 1) / 2), abs=1e-9)


@given(TOWNS, st.sampled_from([0.1, 0.5, 1.0, 3.0]), st.sampled_from(["more", "less"]))
def test_kolm_pollak(town: Town, aversion: float, better: str) -> None:
    """The equal outcome by its definition, with exact sums in the exponent."""
    total = sum(people for _value, people in town)
    square = sum((value * value * people for value, people in town), Fraction(0))
    alpha = average(town) * total / square if square else Fraction(0)
    kappa = float(alpha) * (aversion if better == "more" else -aversion)
    terms = math.fsum(people * math.exp(-kappa * float(value)) for value, people in town) / total
    right = -math.log(terms) / kappa if kappa else float(average(town))
    ours = kolm_pollak_ede(*columns(town), aversion=aversion, better=better)
    assert ours == pytest.approx(right, rel=1e-7, abs=1e-9)


@given(TOWNS)
def test_median_and_gaps(town: Town) -> None:
    """The median is that of the list of all people; the gaps are sums over people."""
    everybody = [float(value) for value, people in town for _person in range(people)]
    assert median(*columns(town)) == pytest.approx(float(np.median(everybody)), abs=1e-12)
    assert mean(*columns(town)) == pytest.approx(math.fsum(everybody) / len(everybody), abs=1e-9)
    gaps = [max(20 - value, 0) / 20 for value in everybody]
    assert fgt1(*columns(town), floor=20.0) == pytest.approx(math.fsum(gaps) / len(gaps), abs=1e-9)
    assert fgt2(*columns(town), floor=20.0) == pytest.approx(
        math.fsum(g * g for g in gaps) / len(gaps), abs=1e-9
    )


@given(TOWNS, st.data())
def test_concentration_with_ties(town: Town, data: st.DataObject) -> None:
    """Concentration compares every two people by who is ranked higher; ties count for nothing."""
    ranks = data.draw(st.lists(st.integers(0, 3), min_size=len(town), max_size=len(town)))
    total, mu = sum(people for _value, people in town), average(town)
    rows = list(zip(town, ranks, strict=True))
    won = sum(((x - y) * n * m for (x, n), a in rows for (y, m), b in rows if a > b), Fraction(0))
    right = won / (total**2 * mu) if mu else Fraction(0)
    assert concentration(*columns(town), ranks) == pytest.approx(float(right), abs=1e-9)
