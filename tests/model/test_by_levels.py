"""The search over levels gives what the whole model gives, and a true bound when it is stopped."""

from __future__ import annotations

import numpy as np
import pytest
from strategies import Case, asked_of, city_of, random_case, service_of, travel_of

from planner.errors import Infeasible
from planner.model.by_levels import greedy
from planner.model.decide import blocks_of, decide, rulebook, yardstick_of
from planner.model.formulation import formulate
from planner.model.narrow import Narrow, keep
from planner.model.solve import Solver

SEEDS = 30


def _asking(seed: int) -> Case:
    case = random_case(9000 + seed, ruled=bool(seed % 3), capacities=bool(seed % 2))
    service = str(case.problem.services.index[0])
    return case.asking(objective={"p_center": {"service": service}})


def test_levels_equal_the_whole_model() -> None:
    """With and without capacities and rules: the value of one whole model, or infeasible as it is."""
    met = 0
    for seed in range(SEEDS):
        case = _asking(seed)
        goal = yardstick_of(case.problem, case.scenario).goal
        model = formulate(case.problem, blocks_of(case.problem, case.scenario), goal)
        answer = Solver(model).run(seconds=30, constant=goal.constant)
        if answer.ending == "infeasible":
            with pytest.raises(Infeasible):
                decide(case.problem, case.scenario, case.residents)
            continue
        status = decide(case.problem, case.scenario, case.residents).status
        assert status.value == pytest.approx(answer.value, rel=1e-6, abs=1e-6), seed
        assert status.bound == status.value
        assert status.ending == "optimal"
        met += 1
    assert 10 <= met < SEEDS


def _grid(*rules: object, side: int = 16, **option: float) -> Case:
    """Wards on a grid, a site at each, everybody within reach."""
    at = {f"{x:02}{y:02}": (x, y) for x in range(side) for y in range(side)}
    cells = {f"c{k}": ("n", 100.0) for k in at}
    ways = {
        (f"c{a}", f"s{b}"): float(np.hypot(xa - xb, ya - yb) + 0.01 * xb)
        for a, (xa, ya) in at.items()
        for b, (xb, yb) in at.items()
    }
    return Case(
        asked_of(
            {
                "care": service_of(
                    options={"one": option}, travel={"standard_minutes": 10, "limit_minutes": 40}
                )
            },
            objective={"p_center": {}},
            constraints=list(rules),
            solver={"gap": 0, "time_limit_seconds": 1, "threads": 1},
        ),
        city_of(
            cells,
            {"care": dict.fromkeys(cells, 10.0)},
            {f"s{k}": np.inf for k in at},
            [("care", f"s{k}") for k in at],
        ),
        travel_of({"care": ways}),
    )


def test_stopped_by_the_clock_the_bound_is_true() -> None:
    """After a second the best plan is kept, and the bound lies at or below it and above nothing."""
    case = _grid({"count": {"at_most": 7}})
    status = decide(case.problem, case.scenario, case.residents).status
    assert status.bound is not None
    assert 0 < status.bound <= status.value < 16
    assert status.ending in {"time_limit", "optimal"}


def test_greedy_keeps_the_rules_or_gives_nothing() -> None:
    """At each level the greedy choice covers everybody and keeps the rules, or there is none."""
    case = _grid({"count": {"at_most": 7}}, {"forbidden": {"sites": ["s0000"]}}, side=8)
    yardstick, rules = yardstick_of(case.problem, case.scenario), rulebook(case.scenario)
    assert yardstick.levels is not None
    found = []
    for level in range(0, len(yardstick.levels.values) - 1, 5):
        narrow = Narrow.at(yardstick, rules, level)
        modules = greedy(narrow)
        found.append(modules is not None)
        if modules is None:
            continue
        alone = narrow.sites_alone(rules(narrow.problem))
        assert alone is not None
        assert keep(narrow.problem, (*alone, narrow.around()), modules)
        assert modules.sum() <= 7
        assert modules[case.problem.providers["place"] == "s0000"].sum() == 0
    assert any(found)
    assert not all(found)


def test_where_room_is_short_people_matter_too() -> None:
    """With a capacity that binds, or a floor, the choice of sites alone does not decide."""
    short = _grid({"count": {"at_most": 7}}, side=4, capacity=30.0)
    floor = _grid({"floor": {"service": "care", "reached": 0.5}}, side=4)
    for case in (short, floor):
        yardstick = yardstick_of(case.problem, case.scenario)
        assert yardstick.levels is not None
        narrow = Narrow.at(yardstick, rulebook(case.scenario), len(yardstick.levels.values) - 2)
        assert narrow.covered
        assert narrow.sites_alone(narrow.rules(narrow.problem)) is None
        assert greedy(narrow) is None
