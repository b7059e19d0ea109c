"""Questions of sites alone: swaps and prices agree with trying every choice, and the prices bound it."""

from __future__ import annotations

import copy
import itertools
import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import oracle
import oracle_justice
import pytest
from strategies import random_case, unlimited

from planner.errors import Infeasible
from planner.model.ascent import Ascent, bounded
from planner.model.by_nearest import NearestSearch, gains_of
from planner.model.decide import blocks_of, decide, yardstick_of
from planner.model.medians import Gains, greedy, swapped

if TYPE_CHECKING:
    from strategies import Case

FEW, MANY = 8, 240
CLOSE = 1e-6
PRINCIPLES = ("p_median", "mclp", "kolm_pollak")


def asking(seed: int, principle: str) -> Case:
    """Return a random city without capacities, one module at a site, that asks for a sum over ways."""
    case = unlimited(random_case(seed, ruled=bool(seed % 2)))
    rules = [rule for rule in case.asked["constraints"] if "floor" not in rule and "locked" not in rule]
    services = copy.deepcopy(dict(case.asked["services"]))
    for service in services.values():
        for option in service["options"].values():
            option["max_per_site"] = 1
    rng = np.random.default_rng(seed)
    service = str(rng.choice(case.problem.services.index.to_numpy()))
    given: dict[str, Any] = {"service": service}
    if principle == "kolm_pollak":
        given |= {"aversion": 1.0, "unserved_travel": float(case.problem.services.loc[service, "limit"])}
    return case.asking(services=services, constraints=rules, objective={principle: given})


def _compare(seed: int, principle: str) -> bool:
    """Compare with the oracle; returns whether the question is one of sites alone."""
    case = asking(seed, principle)
    room = oracle_justice if principle == "kolm_pollak" else oracle
    right = room.best(case.problem, case.scenario).value
    if math.isinf(right):
        with pytest.raises(Infeasible):
            decide(case.problem, case.scenario, case.residents)
        return False
    status = decide(case.problem, case.scenario, case.residents).status
    near = CLOSE * max(abs(right), 1.0)
    assert status.value == pytest.approx(right, abs=near), f"seed {seed}"
    assert status.bound == pytest.approx(right, abs=near), f"seed {seed}"
    assert status.ending == "optimal"
    yardstick = yardstick_of(case.problem, case.scenario)
    return gains_of(yardstick, blocks_of(case.problem, case.scenario)) is not None


@pytest.mark.parametrize("principle", PRINCIPLES)
def test_the_choice_is_the_best_of_all(principle: str) -> None:
    """Value and bound equal the oracle's, some by swaps and prices, some where what stands has no room."""
    by_prices = [_compare(seed, principle) for seed in range(FEW)]
    assert any(by_prices)
    assert not all(by_prices)


@pytest.mark.sweep
@pytest.mark.parametrize("block", range(MANY // 20))
@pytest.mark.parametrize("principle", PRINCIPLES)
def test_the_choice_is_the_best_of_all_in_many_cities(principle: str, block: int) -> None:
    """The same in 240 cities each."""
    for seed in range(9000 + 20 * block, 9020 + 20 * block):
        _compare(seed, principle)


def drawn(seed: int) -> Gains:
    """Return a random choice of sites: some pairs only, costs, what sites take, some open in any case."""
    rng = np.random.default_rng(seed)
    points, sites = int(rng.integers(3, 14)), int(rng.integers(2, 8))
    pairs = np.argwhere(rng.random((sites, points)) < rng.uniform(0.3, 1.0))
    whole = bool(seed % 2)
    gain = rng.integers(1, 30, len(pairs)) if whole else rng.uniform(0.1, 30, len(pairs))
    takes = np.ones(sites) if seed % 3 else rng.uniform(0.5, 3, sites)
    must = rng.random(sites) < 0.15
    return Gains(
        pair=np.arange(len(pairs)),
        point=pairs[:, 1],
        site=pairs[:, 0],
        gain=gain.astype(float),
        cost=rng.integers(0, 20, sites).astype(float),
        takes=np.where(must, 0.0, takes),
        right=float(rng.integers(1, sites + 1)),
        must=must,
        may=must | (rng.random(sites) < 0.9),
        points=points,
    )


def _choices(gains: Gains) -> list[tuple[float, np.ndarray[Any, np.dtype[np.bool_]]]]:
    """Every choice that the rule allows, with what it is worth by the definition."""
    found = []
    for bits in itertools.product((False, True), repeat=len(gains.cost)):
        sites = np.array(bits)
        if (gains.must & ~sites).any() or (sites & ~gains.may).any():
            continue
        if gains.takes[sites].sum() > gains.right + 1e-9:
            continue
        best = np.zeros(gains.points)
        for point, site, gain in zip(gains.point, gains.site, gains.gain, strict=True):
            best[point] = max(best[point], gain * sites[site])
        found.append((float(best.sum() - gains.cost[sites].sum()), sites))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_prices_bound_every_choice(seed: int) -> None:
    """At any prices the bound is at least what any choice is worth; settled sites are in every better one."""
    gains, rng = drawn(seed), np.random.default_rng(seed)
    choices = _choices(gains)
    right = max(worth for worth, _ in choices)
    first = min(choices, key=lambda one: abs(one[0] - 0.7 * right))[0]
    for _ in range(5):
        ascent = Ascent(gains, bounded(gains, rng.uniform(0, 30, gains.points)), first)
        assert ascent.now.total >= right - 1e-9
        ascent.run(time.monotonic() + 5, 0.0, 200)
        assert ascent.now.total >= min(right, first) - 1e-9
        ascent.settle()
        for worth, sites in choices:
            if worth > first + 1e-6:
                assert (sites | ~ascent.gains.must).all()
                assert (~sites | ascent.gains.may).all()
                assert ascent.now.total >= worth - 1e-6


@pytest.mark.parametrize("seed", range(40))
def test_swaps_leave_no_better_swap(seed: int) -> None:
    """The choice keeps the rule, is worth what the definition says, and no single swap betters it."""
    gains = drawn(seed)
    worths = {sites.tobytes(): worth for worth, sites in _choices(gains)}
    begun = greedy(gains, gains.summed(gains.gain))
    ended = swapped(gains, begun, time.monotonic() + 5)
    assert gains.worth(ended) == pytest.approx(worths[ended.tobytes()])
    assert worths[ended.tobytes()] >= worths[begun.tobytes()] - 1e-9
    for j, r in itertools.product(range(len(ended)), repeat=2):
        other = ended.copy()
        other[r] = False
        other[j] = True
        if other.tobytes() in worths:
            assert worths[other.tobytes()] <= worths[ended.tobytes()] + 1e-6


def test_whole_numbers_round_the_bound() -> None:
    """Where all that counts is whole, a bound less than one above the best choice proves it."""
    gains = drawn(3)
    assert gains.grain == 1.0
    assert drawn(2).grain == 0.0
    right = max(worth for worth, _ in _choices(gains))
    now = bounded(gains, np.zeros(gains.points))
    ascent = Ascent(gains, now, now.total - 0.9)
    assert ascent.settled
    assert not Ascent(gains, now, now.total - 1.1).settled
    assert now.total >= right


def test_a_stopped_search_keeps_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C within the search: the best choice so far is the plan, and is said to be interrupted."""
    case = asking(1, "p_median")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.model.by_nearest.Ascent.run", stop)
    status = decide(case.problem, case.scenario, case.residents).status
    assert status.ending == "interrupted"


@pytest.mark.parametrize("principle", [name for name in PRINCIPLES if name != "mclp"])
def test_what_is_not_settled_becomes_one_program(principle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no branches and hardly any moves of the prices an integer program finds and proves the best."""
    monkeypatch.setattr("planner.model.by_nearest.BRANCHES", 0)
    monkeypatch.setattr("planner.model.by_nearest.FIRST", 3)
    asked = []
    plain = NearestSearch._among_unsettled
    monkeypatch.setattr(
        NearestSearch, "_among_unsettled", lambda self, root: (asked.append(root), plain(self, root))
    )
    for seed in range(FEW):
        _compare(seed, principle)
    assert asked
