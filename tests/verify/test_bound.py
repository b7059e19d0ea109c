"""The bound by prices: whatever is falsified proves less, and what is claimed beyond that is refused."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from strategies import random_case

from planner.errors import Infeasible
from planner.model.decide import decide
from planner.plan import BOTH, BY_PRICES, ON_ITS_WORD
from planner.verify.check import check

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from strategies import Case

    from planner.plan import Plan
    from planner.verify.verdict import Verdict

PRINCIPLES = ("utilitarian", "worst_off", "equal_shares", "p_median")


@cache
def solved(principle: str, least: float = 0.0) -> tuple[Case, Plan]:
    """A small city with a plan whose bound by prices is at least so far from the solver's."""
    for seed in range(100):
        case = random_case(seed, "p_median" if principle == "p_median" else "utilitarian")
        case = case if principle == "p_median" else case.asking(objective=principle)
        try:
            plan = decide(case.problem, case.scenario, case.residents)
        except Infeasible:
            continue
        if plan.prices is not None and len(plan.prices) > 2 and (plan.status.priced_gap or 0.0) >= least:
            return case, plan
    raise AssertionError(principle)


def judged(case: Case, plan: Plan) -> Verdict:
    """The verdict on a plan, without indicators."""
    return check(case.problem, case.scenario, plan, residents=case.residents)


@pytest.mark.parametrize("principle", PRINCIPLES)
def test_the_bound_is_recomputed(principle: str) -> None:
    """A plan as it was found passes, and the verdict says in a sentence what is proven."""
    verdict = judged(*solved(principle, 0.02))
    assert verdict.faults == ()
    assert verdict.bound.startswith("Recomputed by arithmetic alone, from prices saved with the run: no plan")
    assert verdict.bound.endswith("on the solver's word.")
    assert solved(principle, 0.02)[1].status.proof == BOTH


def test_where_prices_prove_all_the_solver_need_not_be_believed() -> None:
    """Where nothing is between the two bounds the sentence says nothing of the solver."""
    for seed in range(60):
        case = random_case(seed, ruled=False)
        plan = decide(case.problem, case.scenario, case.residents)
        if plan.status.proof == BY_PRICES:
            assert "solver" not in judged(case, plan).bound
            return
    raise AssertionError


@pytest.mark.parametrize("principle", PRINCIPLES)
def test_falsified_prices_prove_less_and_are_refused(principle: str) -> None:
    """Prices that somebody changed prove no more than before; what was claimed is then refused."""
    case, plan = solved(principle)
    assert plan.prices is not None
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(20):
        size = 10.0 ** rng.uniform(-2, 1)
        price = plan.prices["price"] * (1 + size * rng.normal(size=len(plan.prices)))
        spoilt = replace(plan, prices=plan.prices.assign(price=price))
        faults = judged(case, spoilt).faults
        assert all("below" not in fault for fault in faults), faults
        refused += any(fault.startswith("bound by prices is ") for fault in faults)
    assert refused >= 15


FIGURES: dict[str, Callable[[float], float]] = {
    "priced_bound": lambda v: v + 0.01 * abs(v) + 0.001,
    "priced_level": lambda v: v - 0.01,
    "priced_gap": lambda v: v * 0.5,
}


@pytest.mark.parametrize("principle", PRINCIPLES)
@pytest.mark.parametrize("field", FIGURES)
def test_falsified_claims_are_refused(principle: str, field: str) -> None:
    """A figure of the status that the prices do not prove is a fault, each by itself."""
    case, plan = solved(principle, 0.02)
    had = getattr(plan.status, field)
    if had is None:
        assert (principle, field) == ("p_median", "priced_level")
        return
    for value in (FIGURES[field](had), None, float("nan"), "x", float("inf"), True):
        verdict = judged(case, replace(plan, status=replace(plan.status, **{field: value})))
        assert not verdict.kept, (field, value)
        assert not verdict.bound


@pytest.mark.parametrize("proof", [BY_PRICES, ON_ITS_WORD, "bound certain"])
def test_who_vouches_is_checked(proof: str) -> None:
    """That arithmetic proves all, or nothing, is refused where it proves a part."""
    case, plan = solved("utilitarian", 0.02)
    faults = judged(case, replace(plan, status=replace(plan.status, proof=proof))).faults
    assert faults == (f"status: who vouches for the bound is `{proof}`, should be `{BOTH}`",)


def test_a_bound_that_all_say_proven_is_refused_when_it_is_not() -> None:
    """All figures of a better bound together, in agreement with one another, do not pass."""
    case, plan = solved("utilitarian", 0.02)
    status = plan.status
    claim = {"priced_bound": status.bound, "priced_level": status.level_bound, "priced_gap": status.gap}
    flattered = replace(status, proof=BY_PRICES, **claim)
    faults = judged(case, replace(plan, status=flattered)).faults
    assert faults[0].startswith("bound by prices is ")


def test_lost_prices_are_told() -> None:
    """A run whose prices were taken away no longer proves what it says."""
    case, plan = solved("utilitarian", 0.02)
    faults = judged(case, replace(plan, prices=None)).faults
    assert faults == ("prices: the table that is to prove the bound is missing",)


def test_a_run_without_prices_is_on_the_solvers_word() -> None:
    """A run from before prices were saved passes as it did, and says what its bound rests on."""
    case, plan = solved("utilitarian", 0.02)
    bare = {"priced_bound": None, "priced_level": None, "priced_gap": None, "proof": ON_ITS_WORD}
    verdict = judged(case, replace(plan, prices=None, status=replace(plan.status, **bare)))
    assert verdict.faults == ()
    assert verdict.bound.startswith("It is on the solver's word")


DAMAGE: dict[str, Callable[[pd.DataFrame], Any]] = {
    "no row or place": lambda t: t.assign(name=t["name"] + "?"),
    "should be a number": lambda t: t.assign(price=float("nan")),
    "should be a whole number": lambda t: t.assign(nth=t["nth"].astype(str)),
    "should have each of these columns once: price": lambda t: t.drop(columns="price"),
    "the table is missing": lambda _: "prices",
    "stands": lambda t: t.loc[[*t.index, t.index[0]]],
    "prove no bound": lambda t: t.assign(price=np.where(t["kind"] == "rule", -1e308, t["price"])),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damaged_prices_are_told(what: str) -> None:
    """A table of prices that is none gives words, never an exception."""
    case, plan = solved("utilitarian", 0.02)
    assert plan.prices is not None
    verdict = judged(case, replace(plan, prices=DAMAGE[what](plan.prices)))
    assert any(what in fault for fault in verdict.faults), verdict.faults
