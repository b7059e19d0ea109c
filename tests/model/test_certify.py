"""Certificates: no prices whatever prove more than the best of all plans; those saved prove nearly all."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import oracle
import oracle_justice
import oracle_places
import oracle_years
import pytest
from divided import divided
from place_cases import random_places
from strategies import random_case
from year_cases import year_case

from planner.errors import Infeasible, InputFault
from planner.model.decide import better_of, blocks_of, decide, yardstick_of
from planner.problem.blocks import Block, Rows, Terms, Variables
from planner.problem.outcome import Outcome
from planner.problem.prices import Prices
from planner.problem.proof import Unpriced, at_prices, prices_of, proven, rounding, table_of
from planner.verify.check import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from strategies import Case

    from planner.problem.local import Local
    from planner.problem.problem import Problem

PLAIN = ("utilitarian", "sufficiency", "kolm_pollak", "atkinson", "p_median", "mclp")
JUST = ("worst_off", "maximin", "equal_shares", "ways", "lscp", "least_cost")
JUDGED = ("covered_sufficiency", "covered_priority", "covered_worst_off", "covered_equal_shares")
RULED = ("places", "gap", "money", "single")
YEARS = ("years", "years_worst_off", "years_equal_shares")
KINDS = (*PLAIN, *JUST, *JUDGED, *RULED, *YEARS)
FEW, MANY, TRIED = 3, 30, 12
CLOSE = 1e-7


def asking(kind: str, seed: int) -> Case:
    """Return a random city that asks for a principle, judges by coverage, or keeps a rule."""
    if kind in PLAIN:
        return random_case(seed, kind)
    if kind in YEARS:
        case = year_case(seed, PLAIN[seed % 4], ruled=bool(seed % 2))
        by: dict[str, Any] = {"years_worst_off": {"share": 0.4}}
        just = {kind.removeprefix("years_"): by.get(kind, {})}
        return case if kind == "years" else case.asking(objective=just)
    if kind == "places":
        return random_places(seed, ("utilitarian", "sufficiency", "least_cost")[seed % 3])[0]
    if kind in RULED:
        case = divided(seed, ruled=bool(seed % 2))
        service = str(case.problem.services.index[0])
        rule: dict[str, Any] = {
            "gap": {"group_gap": {"group": "poor", "at_most": 0.2}},
            "money": {"district_money": {"least": 0.3}},
            "single": {"single_source": {"service": service}},
        }[kind]
        by = {"worst_off": {"share": 0.5}} if kind in {"gap", "money"} else "utilitarian"
        return case.asking(constraints=[rule, *case.asked["constraints"]], objective=by)
    case = random_case(seed, capacities=bool(seed % 2))
    service = str(case.problem.services.index[seed % len(case.problem.services)])
    limit = float(case.problem.services.loc[service, "limit"])
    own: dict[str, Any] = {
        "worst_off": {"worst_off": {"share": (0.05, 0.3, 1.0)[seed % 3]}},
        "ways": {"kolm_pollak": {"service": service, "aversion": 0.5, "unserved_travel": limit}},
        "lscp": {"lscp": {"service": service}},
        "least_cost": {"least_cost": {"years": 1.0}},
        "covered_sufficiency": {"sufficiency": {"floor": 0.7}},
        "covered_priority": {"priority": {"utility": "kolm_pollak", "aversion": 1.0, "offset": 1.0}},
        "covered_worst_off": {"worst_off": {"share": 0.3}},
    }
    judge = {"judge": {"coverage": service}} if kind in JUDGED else {}
    return case.asking(objective=own.get(kind, kind.removeprefix("covered_")), **judge)


def best(kind: str, case: Case) -> float:
    """The best value of all plans, by trying every choice of modules."""
    if kind in YEARS:
        return oracle_years.best(case).value
    if kind == "places":
        return oracle_places.best(case).value
    if kind in PLAIN or kind in {"covered_sufficiency", "covered_priority"}:
        return oracle.best(case.problem, case.scenario).value
    return oracle_justice.best(case.problem, case.scenario).value


def local_of(case: Case) -> Local:
    """The question at prices."""
    yardstick = yardstick_of(case.problem, case.scenario)
    blocks = blocks_of(case.problem, case.scenario)
    return at_prices(case.problem, blocks, yardstick.unit, yardstick.parameters)


def _any_prices(local: Local, rng: np.random.Generator) -> Prices:
    """Prices of no sense, of any size and sign, of some rows and places."""
    rows, places = len(local.right), len(local.problem.places)
    size = 10.0 ** rng.uniform(-4, 3)
    row = rng.normal(0, size, rows) * (rng.random(rows) < rng.random())
    if local.least is None:
        return Prices(np.zeros(0), row)
    weight = rng.normal(0.5, 1.0, places) * 10.0 ** rng.uniform(-2, 2)
    if rng.random() < 0.7:
        weight = np.abs(weight)
    return Prices(weight / np.abs(weight).sum() if rng.random() < 0.5 else weight, row)


def _any_outcome(problem: Problem, rng: np.random.Generator) -> Outcome:
    """Need served anywhere within reach, never more than there is."""
    amount = problem.amount[problem.need_point] * rng.choice([0.0, 0.3, 1.0], len(problem.pairs))
    sums = np.bincount(problem.need_point, amount, len(problem.need))[problem.need_point]
    served = amount * np.minimum(problem.amount[problem.need_point] / np.maximum(sums, 1e-12), 1.0)
    return Outcome(problem, problem.providers["most"].to_numpy(float), served)


def _compare(kind: str, seed: int) -> bool:
    """No prices prove more than the best of all plans; the plan's own are checked; whether there is one."""
    case = asking(kind, seed)
    rng = np.random.default_rng(seed)
    try:
        plan = decide(case.problem, case.scenario, case.city.residents())
    except (Infeasible, InputFault):
        return False
    right = best(kind, case) if kind not in RULED[1:] else plan.status.value
    near = CLOSE * max(abs(right), 1.0)
    local = local_of(case)
    for _ in range(TRIED):
        assert proven(local, _any_prices(local, rng)) <= right + near, (kind, seed)
    status = plan.status
    assert status.priced_bound is not None, (kind, seed)
    assert status.priced_bound <= right + near, (kind, seed)
    assert status.bound is not None
    assert status.priced_bound <= status.bound + near
    verdict = check(case.problem, case.scenario, plan, residents=case.city.residents())
    assert [fault for fault in verdict.faults if "indicators" not in fault] == []
    assert plan.prices is not None
    again, lost = prices_of(local, plan.prices)
    assert not lost
    assert proven(local, again) == pytest.approx(status.priced_bound, rel=1e-9, abs=1e-9)
    return math.isfinite(right)


@pytest.mark.parametrize("kind", KINDS)
def test_no_prices_prove_more_than_the_best_plan(kind: str) -> None:
    """Random prices and those that are saved bound the best of all plans; the checker agrees."""
    assert sum(_compare(kind, seed) for seed in range(FEW)) > 0


@pytest.mark.sweep
@pytest.mark.parametrize("kind", KINDS)
def test_no_prices_prove_more_than_the_best_plan_in_many_cities(kind: str) -> None:
    """The same in thirty cities for each principle and rule."""
    assert sum(_compare(kind, 3000 + seed) for seed in range(MANY)) > MANY / 4


@pytest.mark.parametrize(
    "name", ["utilitarian", "sufficiency", "priority", "worst_off", "maximin", "equal_shares"]
)
def test_any_weights_bound_the_objective(name: str) -> None:
    """κ of any weights, negative and too large ones too, is never above objective plus weight × wellbeing."""
    rng = np.random.default_rng(3)
    for seed in range(6):
        given = {"worst_off": {"share": 0.3}, "sufficiency": {"floor": 0.6}}.get(name, {})
        case = random_case(seed, "kolm_pollak" if name == "priority" else "utilitarian", ruled=False)
        case = case if name == "priority" else case.asking(objective={name: given})
        yardstick = yardstick_of(case.problem, case.scenario)
        local = local_of(case)
        assert local.least is not None
        for _ in range(20):
            outcome = _any_outcome(case.problem, rng)
            weight = _any_prices(local, rng).weight
            right = yardstick.value(outcome) + float(weight @ outcome.wellbeing)
            assert local.least(weight) <= right + 1e-9 * (1 + abs(right)), (name, seed)


def test_what_the_relaxation_proves_is_proven_by_its_prices() -> None:
    """With one module a site and all tight rows in, prices prove what the relaxation does, to rounding."""
    case = random_case(4, ruled=False)
    services = {
        name: {**service, "options": {k: {**o, "max_per_site": 1} for k, o in service["options"].items()}}
        for name, service in case.asked["services"].items()
    }
    case = case.asking(services=services)
    plan = decide(case.problem, case.scenario, case.residents)
    local = local_of(case)
    assert plan.prices is not None
    prices, _ = prices_of(local, plan.prices)
    found, _ = local.answer(prices)
    assert 0 < rounding(local, prices) < 1e-6 * abs(found.bound)
    assert plan.status.priced_gap == pytest.approx(plan.status.gap, abs=0.05)


def test_the_best_of_the_pool_keeps_its_proof() -> None:
    """A plan taken from the pool is bounded by the prices of the plan whose place it takes."""
    case = random_case(0, ruled=False)
    loose = case.asking(solver={"gap": 0.9, "time_limit_seconds": 60, "threads": 1})
    plan = decide(loose.problem, loose.scenario, loose.residents)
    worse = replace(plan, status=replace(plan.status, value=plan.status.value * 1.5))
    right = oracle.best(case.problem, case.scenario)
    pool = [np.array(right.modules, float)]
    better = better_of(loose.problem, loose.scenario, loose.residents, worse, pool)
    assert better.prices is plan.prices
    assert better.status.priced_bound == plan.status.priced_bound
    verdict = check(loose.problem, loose.scenario, better, residents=loose.residents)
    assert [fault for fault in verdict.faults if "indicators" not in fault] == []


def _doubled(rows: Rows) -> Rows:
    return replace(rows, bound=rows.bound * 2)


def _another(rows: Rows) -> Rows:
    new = Terms("elsewhere", np.zeros(1, np.int64), np.zeros(1, np.int64), np.ones(1))
    return replace(rows, terms=(*rows.terms, new))


@pytest.mark.parametrize("change", [_doubled, _another])
@pytest.mark.parametrize("rule", ["counted", "capacity"])
def test_what_the_arithmetic_does_not_know_is_refused(rule: str, change: Callable[[Rows], Rows]) -> None:
    """Needs and capacities told in another way, as by years or moved homes, have no proof by prices."""
    case = random_case(4, ruled=False)
    yardstick = yardstick_of(case.problem, case.scenario)
    elsewhere = Variables("elsewhere", np.zeros(1), np.ones(1))
    blocks = [
        Block(tuple(change(r) if r.rule == rule else r for r in b.rows), (*b.variables, elsewhere))
        for b in blocks_of(case.problem, case.scenario)
    ]
    if rule == "capacity" and change is _doubled:
        blocks = [
            Block(tuple(replace(r, bound=r.bound + 1) if r.rule == rule else r for r in b.rows))
            for b in blocks
        ]
    with pytest.raises(Unpriced):
        at_prices(case.problem, blocks, yardstick.unit, yardstick.parameters)


def test_several_futures_are_refused() -> None:
    """Where needs differ by future, wellbeing is no longer that of the arithmetic."""
    case = random_case(4, ruled=False)
    yardstick = yardstick_of(case.problem, case.scenario)
    values = case.problem.need["future"].to_numpy(object).copy()
    values[0] = "other"
    problem = replace(case.problem, need=case.problem.need.assign(future=values))
    with pytest.raises(Unpriced, match="futures"):
        at_prices(problem, blocks_of(problem, case.scenario), yardstick.unit, yardstick.parameters)


def test_prices_are_read_back_by_name() -> None:
    """The order of a table of prices is of no account; names that are not known are told."""
    case = random_case(4)
    local = local_of(case)
    rng = np.random.default_rng(0)
    prices = Prices(rng.random(len(case.problem.places)), local.signed(rng.normal(size=len(local.right))))
    table = table_of(local, prices)
    shuffled = table.sample(frac=1.0, random_state=1)
    again, lost = prices_of(local, shuffled)
    assert not lost
    assert np.array_equal(again.row, prices.row)
    assert np.array_equal(again.weight, prices.weight)
    _, lost = prices_of(local, table.assign(name=table["name"] + "?"))
    assert len(lost) == len(table)


@pytest.mark.parametrize("objective", ["p_median", "mclp"])
def test_prices_of_need_points_are_kept(objective: str) -> None:
    """Where everybody goes to the nearest the prices of the need points prove nearly all of the bound."""
    for seed in range(4):
        case = random_case(seed, objective, ruled=False, capacities=False)
        case = case.asking(budget={"currency": "money"}, constraints=[{"count": {"at_most": 2}}])
        plan = decide(case.problem, case.scenario, case.residents)
        right = oracle.best(case.problem, case.scenario).value
        assert plan.status.priced_bound is not None
        assert plan.status.priced_gap is not None
        assert plan.status.priced_bound <= right + CLOSE * max(abs(right), 1.0)
        assert plan.status.priced_gap < 1e-3, seed
