"""A level by another principle: the best plan that keeps it, beside all plans of tiny cities."""

from __future__ import annotations

import math
from typing import Any

import pytest
from strategies import Case, random_case

from planner.errors import Infeasible, InputFault
from planner.model.decide import decide
from planner.rules.at_least import evaluate
from planner.verify.ledger import outcome_of

HELD: dict[str, dict[str, Any]] = {
    "utilitarian": {},
    "sufficiency": {"floor": 0.6},
    "worst_off": {"share": 0.4},
    "maximin": {},
}
FEW, MANY = 8, 60


def level_of(case: Case, principle: str) -> float:
    """The best level of a principle in a city."""
    own = case.asking(objective={principle: HELD[principle]}, solver={"gap": 0})
    level = decide(own.problem, own.scenario, own.residents).status.level
    assert level is not None
    return level


def held(case: Case, principle: str, level: float, objective: object = "utilitarian") -> Case:
    """The city with a level held."""
    rule = {"at_least": {"principle": principle, "level": level, "parameters": HELD[principle]}}
    rules = [*case.asked.get("constraints", []), rule]
    return case.asking(objective=objective, constraints=rules, solver={"gap": 0})


def compared(seeds: range) -> set[str]:
    """Compare with a city in which the level is the best one, half way to it, and beyond it."""
    seen = set()
    for seed in seeds:
        case = random_case(seed)
        principle = list(HELD)[seed % len(HELD)]
        other = "utilitarian" if principle != "utilitarian" else {"worst_off": {"share": 0.4}}
        try:
            best = level_of(case, principle)
        except Infeasible:
            continue
        beyond = held(case, principle, min(best + 0.01, 1.0), other)
        if best + 0.01 < 1.0:
            with pytest.raises(Infeasible):
                decide(beyond.problem, beyond.scenario, beyond.residents)
            seen.add("beyond")
        tight = held(case, principle, best - 1e-7, other)
        plan = decide(tight.problem, tight.scenario, tight.residents)
        outcome = outcome_of(tight.problem, plan.facilities, plan.assignment)
        given = tight.scenario.constraints[-1]["at_least"]
        assert evaluate(outcome, **given).max() <= 1e-6, seed
        free = case.asking(objective=other, solver={"gap": 0})
        alone = decide(free.problem, free.scenario, free.residents).status.value
        assert plan.status.value >= alone - 1e-6 * max(abs(alone), 1.0), seed
        seen.add("costs" if plan.status.value > alone + 1e-6 * max(abs(alone), 1.0) else "free")
    return seen


def test_a_level_is_kept_and_one_beyond_the_best_is_refused() -> None:
    """The best level of a principle can be held, and no better one; holding it never helps another."""
    assert {"beyond", "costs", "free"} <= compared(range(FEW * 2))


@pytest.mark.slow
def test_levels_are_kept_in_many_cities() -> None:
    """The same in more cities."""
    assert {"beyond", "costs", "free"} <= compared(range(100, 100 + MANY))


def test_a_place_below_the_level_is_told() -> None:
    """Futures are refused; a principle that is not linear is none of those that can be held."""
    case = random_case(3)
    rule = {"at_least": {"principle": "priority", "level": 0.4}}
    asked = case.asking(constraints=[rule])
    with pytest.raises(
        InputFault, match=r"`at_least.principle`: input should be 'utilitarian', 'sufficiency'"
    ):
        decide(asked.problem, asked.scenario, asked.residents)


def test_one_principle_is_held_at_several_levels() -> None:
    """The worst-off tenth and the worst-off half, and a place's floor twice: each is kept."""
    case = random_case(5)
    best = level_of(case, "maximin")
    given = [
        {"principle": "worst_off", "level": best * 0.5, "parameters": {"share": 0.1}},
        {"principle": "worst_off", "level": best * 0.6, "parameters": {"share": 0.5}},
        {"principle": "maximin", "level": best * 0.7},
        {"principle": "maximin", "level": best * 0.9},
    ]
    asked = case.asking(objective="utilitarian", constraints=[{"at_least": one} for one in given])
    plan = decide(asked.problem, asked.scenario, asked.residents)
    outcome = outcome_of(asked.problem, plan.facilities, plan.assignment)
    assert all(evaluate(outcome, **one).max() <= 1e-6 for one in given)  # type: ignore[arg-type]


def test_advice_makes_it_possible() -> None:
    """No plan reaches the level: the advice names the highest that one does, and it can be followed."""
    case = random_case(5)
    best = level_of(case, "maximin")
    asked = held(case, "maximin", min(best + 0.2, 1.0))
    with pytest.raises(Infeasible) as told:
        decide(asked.problem, asked.scenario, asked.residents)
    assert "level of `maximin` from" in str(told.value)
    again = held(case, "maximin", math.floor(best * 1000) / 1000)
    assert decide(again.problem, again.scenario, again.residents).status.level is not None
