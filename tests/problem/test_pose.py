"""From scenario, city and travel to tables: worked by hand for a small town."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from strategies import Case, asked_of, city_of, service_of, travel_of

from planner.errors import InputFault
from planner.problem import tables
from planner.problem.outcome import Outcome
from planner.problem.quality import decayed


def _town(**changes: object) -> Case:
    """Two cells in one ward and one in another; an old clinic, two sites, taps for everybody."""
    clinic = service_of(
        need={"meaning": "demand", "count": "n"}, weight=3,
        options={"small": {"capacity": 30, "land_m2": 100, "max_per_site": 4, "quality": 0.5},
                 "wide": {"land_m2": 900}},
    )  # fmt: skip
    return Case(
        asked_of({"health": clinic, "water": service_of(options={"tap": {}})}, **changes),
        city_of(
            {"a": ("n", 400), "b": ("n", 50), "c": ("m", 300)},
            {"health": {"a": 80, "b": 25, "c": 30}, "water": {"a": 200, "c": 300}},
            {"s": 350.0, "t": np.inf},
            [("health", "s"), ("water", "t")],
            [("health", "old", 20.0, 0.8)],
        ),
        travel_of({"health": {("a", "s"): 15, ("b", "s"): 20, ("c", "old"): 10}, "water": {("c", "t"): 5}}),
    )


def test_scales_and_weights() -> None:
    """K is the highest need per resident where 100 or more people live; weights sum to 1."""
    services = _town().problem.services
    assert services["scale"].to_dict() == {"health": 0.2, "water": 1.0}
    assert services["weight"].to_dict() == {"health": 0.75, "water": 0.25}
    assert services["need"].to_dict() == {"health": 135.0, "water": 500.0}


def test_wellbeing_before_anybody_is_served() -> None:
    """W = 1 − Σ ω need / (k residents): 1 − ¾ − ⅛ in a, below 0 where few have much need, 1 − ⅜ − ¼ in c."""
    outcome = Outcome.nothing(_town().problem)
    np.testing.assert_allclose(outcome.wellbeing, [0.125, 1 - 0.75 * 25 / (0.2 * 50), 0.375])


def test_judged_by_neighbourhood_needs_are_added_up() -> None:
    """Two cells of a ward are one place: 105 of 450 people need a clinic, which sets k."""
    problem = _town(judge_by="neighbourhoods").problem
    assert problem.places["place"].tolist() == ["m", "n"]
    assert problem.places["population"].tolist() == [300.0, 450.0]
    assert problem.services.loc["health", "scale"] == pytest.approx(105 / 450)
    expected = [1 - 0.75 * (30 / 300) / (105 / 450) - 0.25, 1 - 0.75 - 0.25 * 200 / 450]
    np.testing.assert_allclose(Outcome.nothing(problem).wellbeing, expected)


def test_what_does_not_fit_or_is_not_reached_is_no_candidate() -> None:
    """Of four modules of 100 m² three fit on 350 m²; the wide size fits nowhere."""
    providers = _town().problem.providers
    assert providers["provider"].tolist() == ["health/old", "health/s/small", "water/t/tap"]
    assert providers["most"].tolist() == [1, 3, 1]
    assert providers["least"].tolist() == [1, 0, 0]


def test_unlimited_capacity_is_the_need_within_reach() -> None:
    """The tap can serve the 300 within its reach, and is still told to be unlimited."""
    case = _town()
    tap = case.problem.providers.iloc[2]
    assert tap["capacity"] == 300.0
    assert tap["unlimited"]
    outcome = Outcome(case.problem, np.array([1.0, 0.0, 1.0]), np.zeros(len(case.problem.pairs)))
    told = tables.facilities(outcome).set_index("provider")["capacity"]
    assert told["water/t/tap"] == np.inf
    assert told["health/old"] == 20.0


def test_quality_is_of_the_way_and_of_the_place() -> None:
    """Half-way from standard to limit at a size of half quality is a quarter; at the limit nothing."""
    case = _town()
    pairs = case.problem.pairs.assign(
        cell=case.problem.need["cell"].to_numpy()[case.problem.pairs["need_point"]]
    )
    told = {(c, p): q for c, p, q in zip(pairs["cell"], pairs["provider"], pairs["quality"], strict=True)}
    assert told == {("c", 0): 0.8, ("a", 1): 0.25, ("c", 2): 1.0}


@pytest.mark.parametrize(
    ("decay", "middle", "end"),
    [
        ("linear", 0.5, 0.0),
        ("step", 0.5, 0.5),
        ("exponential", 0.05**0.5, 0.05),
        ("logistic", 0.5033690, 0.0067379),
    ],
)
def test_decay(decay: str, middle: float, end: float) -> None:
    """1 up to the standard, then the shape's own value half-way and at the limit; never more the farther."""
    quality = decayed(np.array([0.0, 10.0, 15.0, 20.0]), 10.0, 20.0, decay)
    np.testing.assert_allclose(quality, [1.0, 1.0, middle, end], atol=1e-6)
    assert (np.diff(decayed(np.linspace(0, 20, 200), 10.0, 20.0, decay)) <= 0).all()


def test_without_a_standard_every_way_up_to_the_limit_is_as_good() -> None:
    """Standard and limit are one: quality 1 up to it."""
    assert decayed(np.array([0.0, 19.9, 20.0]), 20.0, 20.0, "linear").tolist() == [1.0, 1.0, 1.0]


def test_need_where_nobody_lives_is_refused() -> None:
    """The cells are named."""
    case = _town()
    cells = case.city.cells.assign(population=[400.0, 0.0, 300.0])
    empty = Case(case.asked, type(case.city)(**{**vars(case.city), "cells": cells}), case.travel)
    with pytest.raises(InputFault, match=r"1 cells where nobody lives: b \(25 of health\)"):
        _ = empty.problem


def test_unmet_need_and_its_reason() -> None:
    """No place within the limit, nothing open within it, or no capacity left."""
    case = _town()
    served = np.array([16.0, 0.0, 250.0])
    unmet = tables.unmet(Outcome(case.problem, np.array([1.0, 0.0, 1.0]), served))
    told = {(row.service, row.cell): (row.unmet, row.reason) for row in unmet.itertuples()}
    assert told == {
        ("health", "a"): (80.0, tables.NOTHING_OPEN),
        ("health", "b"): (25.0, tables.NO_PLACE),
        ("health", "c"): (14.0, tables.NO_CAPACITY),
        ("water", "a"): (200.0, tables.NO_PLACE),
        ("water", "c"): (50.0, tables.NO_CAPACITY),
    }


def test_the_order_of_the_tables_does_not_matter() -> None:
    """Travel in any order gives the same pairs."""
    case = _town()
    shuffled = {s: t.sample(frac=1, random_state=1) for s, t in case.travel.pairs.items()}
    other = Case(case.asked, case.city, type(case.travel)(shuffled))
    pd.testing.assert_frame_equal(case.problem.pairs, other.problem.pairs)
