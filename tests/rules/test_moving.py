"""Homes that move people: rows and arithmetic agree, going to the nearest moves first, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from homes_cases import random_homes, with_moves
from strategies import Case, asked_of, city_of, service_of, travel_of

from planner.errors import InputFault
from planner.model.decide import adopt, blocks_of, decide
from planner.model.formulation import formulate
from planner.problem.blocks import Goal
from planner.problem.moving import refuse_crowds
from planner.problem.nearest import nearest
from planner.problem.outcome import Outcome
from planner.rules import moving
from planner.travel.measure import measure_travel
from planner.verify.check import check

DRAWN = 30


def town() -> Case:
    """Return a town where far has no clinic near, and homes could be built beside the clinic or in far.

    100 people live in far, who need 40 of health and 10 homes for 2; the clinic stands in near.
    """
    health = service_of(need={"meaning": "demand", "count": "n"})
    homes = service_of(options={"block": {"capacity": 10, "capital_cost": 1}})
    case = Case(
        asked_of({"health": health, "homes": homes}, budget={"capital": 1}),
        city_of(
            {"far": ("hill", 100), "near": ("port", 100)},
            {"health": {"far": 40, "near": 20}, "homes": {"far": 10}},
            {"beside": np.inf, "yonder": np.inf},
            [("homes", "beside"), ("homes", "yonder"), ("health", "yonder")],
            [("health", "clinic", 100.0, 1.0)],
        ),
        travel_of(
            {
                "health": {("near", "clinic"): 5},
                "homes": {("far", "beside"): 10, ("far", "yonder"): 1},
            }
        ),
    )
    return with_moves(case, {"homes": 2.0}, {"health": {("beside", "clinic"): 1}})


def test_those_who_move_take_their_needs_along() -> None:
    """The homes stand beside the clinic: 20 of 100 move, and 20 % of the 40 are served from there."""
    case = town()
    plan = decide(case.problem, case.scenario, case.residents)
    assert plan.moves is not None
    [move] = plan.moves.to_dict("records")
    assert (move["cell"], move["place"], move["homes"], move["people"]) == ("far", "beside", 10.0, 20.0)
    served = plan.assignment.set_index(["service", "cell", "home"])["served"].to_dict()
    assert served == pytest.approx(
        {("health", "far", "beside"): 8.0, ("health", "near", ""): 20.0, ("homes", "far", ""): 10.0}
    )
    need = plan.need_points.set_index(["service", "cell"])
    assert need.loc[("health", "far"), "reached"] == pytest.approx(8.0)
    assert need.loc[("health", "far"), "residents"] == 100.0
    assert check(case.problem, case.scenario, plan, residents=case.residents).faults == ()


def test_a_plan_by_hand_moves_people_too() -> None:
    """With the homes in far nobody gains health; the assignment for given modules knows who moves."""
    case = town()
    modules = case.problem.providers["existing"].to_numpy(float)
    modules[
        (case.problem.providers["place"] == "yonder") & (case.problem.providers["service"] == "homes")
    ] = 1
    plan = adopt(case.problem, case.scenario, case.residents, modules)
    assert plan.moves is not None
    assert plan.moves[["place", "people"]].to_numpy().tolist() == [["yonder", 20.0]]
    assert set(plan.assignment["home"]) == {""}


@pytest.mark.parametrize("seed", range(DRAWN))
def test_rows_are_broken_exactly_where_evaluate_says_so(seed: int) -> None:
    """With moves as they follow from the homes, the rows are broken by as much as `evaluate` tells."""
    problem = random_homes(seed, ruled=False).problem
    rng = np.random.default_rng(seed)
    most = problem.amount[problem.need_point] * rng.uniform(0, 0.8, len(problem.pairs))
    served = most * rng.choice([0.0, 0.02, 1.0], len(problem.pairs))
    outcome = Outcome(problem, problem.providers["most"].to_numpy(float), served)
    block = moving.formulate(problem)
    follows = block.values  # noqa: PD011 - of a block, no table
    assert follows is not None
    model = formulate(problem, [block], Goal({}), scale=False)
    met = model.matrix @ model.scaled({"serve": served, **follows(outcome)})
    over = np.maximum(np.maximum(model.row_lower - met, met - model.row_upper), 0.0)
    assert float(over.sum()) == pytest.approx(float(moving.evaluate(outcome).sum()), abs=1e-6)


def test_both_kinds_are_met() -> None:
    """Of the amounts above some break the rows; and a plan breaks none."""
    case = town()
    problem = case.problem
    everywhere = Outcome(problem, np.ones(len(problem.providers)), problem.amount[problem.need_point])
    assert moving.evaluate(everywhere).max() == pytest.approx(40.0 - 8.0)
    assert moving.evaluate(Outcome.nothing(problem)).max(initial=0.0) == 0.0


def test_going_to_the_nearest_begins_at_home() -> None:
    """With homes at both places all go to the nearer one, and 20 % of the need with them."""
    case = town().asking(budget={"capital": 2})
    problem = case.problem
    modules = np.ones(len(problem.providers))
    outcome = nearest(problem, modules)
    moves = problem.moves
    assert moves is not None
    gone = dict(zip(moves.home.tolist(), moves.moved(outcome.served).tolist(), strict=True))
    assert problem.moving is not None
    assert {problem.moving.homes[h]: n for h, n in gone.items()} == {"beside": 0.0, "yonder": 20.0}
    only = np.where((problem.providers["place"] == "beside") | problem.providers["existing"], 1.0, 0.0)
    served = nearest(problem, only)
    assert served.reached[(problem.need["service"] == "health") & (problem.need["cell"] == "far")] == [8.0]
    assert moving.evaluate(served).max() == pytest.approx(0.0)


@pytest.mark.parametrize("seed", range(20))
def test_going_to_the_nearest_keeps_everybody_in_one_place(seed: int) -> None:
    """In random cities, whatever is built, nobody is served twice or from where they do not live."""
    problem = random_homes(seed, ruled=False).problem
    rng = np.random.default_rng(seed)
    modules = np.where(rng.random(len(problem.providers)) < 0.7, problem.providers["most"], 0).astype(float)
    outcome = nearest(problem, np.maximum(modules, problem.providers["least"]))
    assert moving.evaluate(outcome).max(initial=0.0) <= 1e-7
    assert (outcome.reached - problem.amount).max() <= 1e-7
    assert (outcome.used - outcome.modules * problem.providers["capacity"]).max() <= 1e-7


def test_nobody_moves_unless_it_is_asked_for() -> None:
    """Without `moves_people` the question has no ways from homes, and no rule on them."""
    case = town()
    services = {name: dict(service) for name, service in case.asked["services"].items()}
    services["homes"].pop("moves_people")
    plain = replace(case, travel=replace(case.travel, from_homes={})).asking(services=services)
    assert plain.problem.moving is None
    assert plain.problem.at_home.all()
    assert "home" not in plain.problem.pairs
    assert not any(
        v.family == moving.MOVED for b in blocks_of(plain.problem, plain.scenario) for v in b.variables
    )
    plan = decide(plain.problem, plain.scenario, plain.residents)
    assert plan.moves is not None
    assert plan.moves.empty


def test_homes_for_more_people_than_there_are() -> None:
    """Where homes would take in more people than a cell has, the message names cell and numbers."""
    case = town()
    crowded = with_moves(case, {"homes": 10.5}, {})
    with pytest.raises(InputFault) as caught:
        refuse_crowds(crowded.scenario, crowded.problem)
    [fault] = caught.value.faults
    assert fault.message == "cell far needs 10 of homes for 10.5 people each, and has only 100 residents"
    assert fault.hint == "lower `people_per_unit`, or mend the need or the residents"


def test_one_place_for_all_and_moving_do_not_go_together() -> None:
    """Serving a cell at one place is refused for what those who move are served of, and told why."""
    case = town().asking(constraints=[{"single_source": {"service": "health"}}])
    with pytest.raises(
        InputFault, match="people who move cannot all be served of health where those are who stay"
    ):
        decide(case.problem, case.scenario, case.residents)
    of_homes = town().asking(constraints=[{"single_source": {"service": "homes"}}])
    assert decide(of_homes.problem, of_homes.scenario, of_homes.residents).status.ending == "optimal"


def test_ways_from_homes_are_measured() -> None:
    """Straight lines run from each site of homes to each place of the other services, within the limit."""
    case = town()
    travel = measure_travel(case.city, case.scenario)
    assert set(travel.from_homes) == {"health"}
    table = travel.from_homes["health"]
    assert set(table["home"]) == {"beside", "yonder"}
    assert set(table["place"]) == {"clinic", "yonder"}
    own = table[(table["home"] == "yonder") & (table["place"] == "yonder")]
    assert own["travel"].tolist() == [0.0]
    far = table.set_index(["home", "place"])["travel"]
    metres = case.city.sites.geometry["beside"].distance(case.city.facilities.geometry.iloc[0])
    mode = case.scenario.travel["walk"]
    assert far["beside", "clinic"] == pytest.approx(metres * mode.detour / (mode.speed_kmh * 1000 / 60))


def test_a_table_has_to_tell_ways_from_homes() -> None:
    """A table of travel that knows cells only is refused, with what to add; with rows of sites it is read."""
    case = town()
    rows = [("far", "beside", 10.0), ("far", "yonder", 1.0), ("near", "clinic", 5.0)]
    asked = {**case.asked, "travel": {"walk": {"method": "table", "file": "ways.csv", "minutes": "minutes"}}}
    case = replace(case, asked=asked)
    table = pd.DataFrame(rows, columns=["origin", "destination", "minutes"])
    with pytest.raises(InputFault) as caught:
        measure_travel(replace(case.city, tables={"walk": table}), case.scenario)
    [fault] = caught.value.faults
    assert (
        fault.message == "people may move, and the table tells no way from any of the places of their homes"
    )
    assert fault.hint == "add rows whose `from_id` is the id of a site, such as beside"
    table.loc[len(table)] = ("beside", "clinic", 3.0)
    travel = measure_travel(replace(case.city, tables={"walk": table}), case.scenario)
    assert travel.from_homes["health"].to_dict("records") == [
        {"home": "beside", "place": "clinic", "travel": 3.0}
    ]
    assert not any("origins that are no cell" in note for note in travel.notes)
