"""Every declared axiom of every declared summary, on random towns; a false one is caught."""

from __future__ import annotations

import inspect
from dataclasses import replace

import numpy as np
import pytest
from declared_axioms import AXIOMS, Town, tell, towns
from hypothesis import given, settings

from planner.catalogue import Unit, units
from planner.indicators.kolm_pollak import kolm_pollak_ede

SUMMARIES = units("summary")
DECLARED = [(name, axiom) for name, unit in SUMMARIES.items() for axiom in unit.facts["axioms"]]


@pytest.mark.parametrize(("name", "axiom"), DECLARED)
def test_declared_axiom_holds(name: str, axiom: str) -> None:
    """Whatever a summary declares of itself holds on random towns."""
    unit = SUMMARIES[name]

    @settings(max_examples=40, deadline=None)
    @given(towns())
    def holds(town: Town) -> None:
        AXIOMS[axiom](unit, town)

    holds()


@pytest.mark.parametrize("name", SUMMARIES)
def test_value_keeps_its_limits(name: str) -> None:
    """A summary's value lies between the limits that it declares."""
    unit = SUMMARIES[name]
    low, high = unit.facts["limits"]

    @settings(max_examples=40, deadline=None)
    @given(towns())
    def holds(town: Town) -> None:
        value = tell(unit, town, town.values)
        assert np.isnan(value) or low - 1e-9 <= value <= high + 1e-9

    holds()


@pytest.mark.parametrize("name", SUMMARIES)
def test_summary_says_what_it_is(name: str) -> None:
    """Each summary has a source, a formula or definition, an order-free socket and known axioms."""
    unit = SUMMARIES[name]
    assert unit.facts["reference"], f"`{name}` names no source"
    assert set(unit.facts["axioms"]) <= set(AXIOMS), f"`{name}` declares an unknown axiom"
    text = inspect.getdoc(unit.function) or ""
    assert ".. math::" in text or ":" in text, f"`{name}` gives no formula"
    if unit.facts["goods_only"]:
        assert unit.facts["instead"], f"`{name}` refuses bads and names nothing instead"


@pytest.mark.parametrize(
    ("name", "axiom"),
    [
        ("gini", "translation"), ("hoover", "decomposition"), ("median", "transfer"),
        ("p90", "zero_if_equal"), ("total", "replication"), ("fgt0", "scale"), ("maximum", "transfer"),
        ("palma_share", "zero_if_equal"), ("concentration", "translation"),
    ],
)  # fmt: skip
def test_false_declaration_is_caught(name: str, axiom: str) -> None:
    """An axiom that a summary does not keep is refuted by the same check."""
    known = SUMMARIES[name]
    lie = replace(known, facts={**known.facts, "axioms": (axiom,), "goods_only": True})

    @settings(max_examples=400, deadline=None, database=None)
    @given(towns())
    def holds(town: Town) -> None:
        AXIOMS[axiom](lie, town)

    with pytest.raises((AssertionError, KeyError)):
        holds()


@settings(max_examples=60, deadline=None)
@given(towns())
def test_kolm_pollak_with_fixed_kappa_is_absolute(town: Town) -> None:
    """With κ given, adding the same to everybody moves the equal outcome along, and transfers help."""
    fixed = Unit("summary", "fixed", _fixed, {**SUMMARIES["kolm_pollak_ede"].facts, "axioms": ()})
    AXIOMS["translation"](fixed, town)
    AXIOMS["transfer"](fixed, town)


def _fixed(values: np.ndarray, people: np.ndarray, *, better: str) -> float:
    return kolm_pollak_ede(values, people, kappa=0.7, better=better)
