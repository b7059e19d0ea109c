"""The tables of the equity audit, by hand on the small city and by plain loops."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_city import CELLS, PAIRS, small_city, small_plan, small_scenario, small_services

from planner.errors import InputFault
from planner.frames.equity import EQUITY_TABLES
from planner.indicators.assess import assess
from planner.indicators.below import still_below
from planner.indicators.beside import beside
from planner.indicators.closures import displaced
from planner.indicators.curve_tables import curve_tables
from planner.indicators.equity import equity
from planner.indicators.gaps import closed_gaps
from planner.indicators.price import price
from planner.indicators.users import dissimilarity, separation, users
from planner.plan import Instead, Plan

ASKED = small_scenario(), small_city()


def other_way(plan: Plan) -> dict[str, Instead]:
    """Return the plan's own tables as another way of serving the city."""
    return {"nearest": Instead(plan.facilities, plan.assignment, plan.need_points)}


def test_every_table_keeps_its_contract() -> None:
    """Each table has the columns, types, order and key that the data dictionary states."""
    tables = equity(*ASKED, small_plan(), small_services(), other_way(small_plan()))
    assert list(tables) == [frame.name for frame in EQUITY_TABLES]
    for frame in EQUITY_TABLES:
        pd.testing.assert_frame_equal(frame.tidy(tables[frame.name]), tables[frame.name])
        assert not tables[frame.name].duplicated(list(frame.key)).any(), frame.name


def test_another_way_is_measured_like_the_plan() -> None:
    """The plan's tables under another name get the plan's figures, under `when`."""
    plan = small_plan()
    table = assess(*ASKED, plan, small_services(), pairs=PAIRS, others=other_way(plan))
    key = ["service", "group", "measure", "summary"]
    after, other = (table[table["when"] == w].set_index(key)["value"] for w in ("after", "nearest"))
    pd.testing.assert_series_equal(after, other)


def test_within_standard_by_hand() -> None:
    """Cell a (100 of 600 residents) has a clinic within 15 minutes; b is 20 minutes away, c has none."""
    table = assess(*ASKED, small_plan(), small_services(), pairs=PAIRS)
    told = table.set_index(["when", "service", "group", "measure", "summary"])["value"]
    assert told["after", "clinic", "everyone", "within_standard", "mean"] == pytest.approx(100 / 600)
    assert told["after", "clinic", "poor", "within_standard", "mean"] == pytest.approx(80 / 110)
    assert told["after", "tap", "everyone", "within_standard", "mean"] == pytest.approx(100 / 400)


def test_below_adds_up_to_the_indicator() -> None:
    """By neighbourhood the counts sum to `below_floor` of everyone, of wellbeing and of every service."""
    plan = small_plan()
    table = still_below(*ASKED, plan, small_services())
    told = assess(*ASKED, plan, small_services()).set_index(
        ["when", "service", "group", "measure", "summary"]
    )["value"]
    for (when, service, measure), part in table.groupby(["when", "service", "measure"]):
        assert part["below"].sum() == pytest.approx(told[when, service, "everyone", measure, "below_floor"])
    assert set(table["neighbourhood"]) == {"n1", "n2"}


def test_beside_by_hand() -> None:
    """Clinics: 5 of 90 before, 40 of 90 after; c alone (20 of 90) is below half, and more than a fifth."""
    table = beside(*ASKED, small_plan(), small_services()).set_index(["when", "service"])
    clinic = table.loc[("after", "clinic")]
    assert (clinic["need"], clinic["reached"], clinic["below"]) == (90, 40, 20)
    assert clinic["mean"] == pytest.approx(40 / 90)
    assert clinic["worst_fifth"] == pytest.approx(0)
    assert table.loc[("before", "clinic"), "reached"] == 5
    assert table.loc[("after", "all"), "unit"] == "person"


def test_gap_closes_by_rise() -> None:
    """The parts add up to what the gap closed by, and nobody is called levelled down where all gain."""
    table = closed_gaps(*ASKED, small_plan(), small_services())
    np.testing.assert_allclose(table["closed"], table["by_rise"] + table["by_fall"])
    assert not table["levelled_down"].any()
    clinic = table[table["service"] == "clinic"].iloc[0]
    poor = {"a": 0.8, "b": 0.1, "c": 0.0}
    need, now = {"a": 10, "b": 60, "c": 20}, {"a": 1.0, "b": 0.5, "c": 0.0}
    mine = sum(need[c] * poor[c] * now[c] for c in need) / sum(need[c] * poor[c] for c in need)
    assert clinic["group_after"] == pytest.approx(mine)


def test_levelling_down_is_told() -> None:
    """Where b, with few poor people, loses its clinic and a stays, the gap closes by a fall."""
    plan = small_plan()
    before = plan.assignment[(plan.assignment["cell"] == "b") & (plan.assignment["service"] == "clinic")]
    after = plan.assignment[plan.assignment["service"] == "tap"]
    points = plan.need_points.copy()
    clinic = points["service"] == "clinic"
    points.loc[clinic, ["reached", "quality_weighted"]] = 0.0
    worse = replace(plan, before=before.assign(served=60.0), assignment=after, need_points=points)
    table = closed_gaps(*ASKED, worse, small_services())
    row = table[table["service"] == "clinic"].iloc[0]
    assert row["levelled_down"]
    assert row["by_fall"] > 0
    assert row["losers"] == pytest.approx(60 * 0.9)


def test_nobody_is_displaced_where_all_is_kept() -> None:
    """The old clinic stays: the table is empty, with its columns."""
    table = displaced(*ASKED, small_plan())
    assert table.empty
    assert "left_without" in table


def test_displaced_by_a_closure() -> None:
    """Close the old clinic: of 5 served there, a still gets 6 elsewhere, so that none is left without."""
    plan = small_plan()
    closed = replace(plan, facilities=plan.facilities[~plan.facilities["existing"]])
    table = displaced(*ASKED, closed).set_index(["service", "group"])
    assert table.loc[("clinic", "everyone"), "displaced"] == 5
    assert table.loc[("clinic", "everyone"), "left_without"] == 0
    assert table.loc[("clinic", "poor"), "displaced"] == pytest.approx(4)
    points = plan.need_points.assign(reached=0.0)
    lost = displaced(*ASKED, replace(closed, need_points=points)).set_index(["service", "group"])
    assert lost.loc[("clinic", "everyone"), "left_without"] == 5


def test_users_by_plain_loops() -> None:
    """Users of each facility by group, their share, and the shares beside it."""
    plan = small_plan()
    share = (CELLS["poor"] / CELLS["population"]).fillna(0.0)
    table = users(*ASKED, plan).set_index(["service", "provider"])
    for (service, provider), row in table.iterrows():
        mine = [r for r in plan.assignment.to_dict("records") if r["provider"] == provider]
        all_ = [r for r in plan.assignment.to_dict("records") if r["service"] == service]
        own = sum(r["served"] * share[r["cell"]] for r in mine)
        assert row["users"] == pytest.approx(own)
        assert row["share"] == pytest.approx(own / sum(r["served"] for r in mine))
        whole = sum(r["served"] * share[r["cell"]] for r in all_) / sum(r["served"] for r in all_)
        assert row["share_of_users"] == pytest.approx(whole)
    assert table["share_of_need"].loc["clinic"].iloc[0] == pytest.approx((10 * 0.8 + 60 * 0.1) / 90)


SHARES = st.lists(st.tuples(st.floats(0.1, 9), st.floats(0, 1), st.integers(0, 3)), min_size=1, max_size=12)


@settings(deadline=None, max_examples=150)
@given(SHARES)
def test_separation_by_plain_loops_and_laws(rows: list[tuple[float, float, int]]) -> None:
    """Duncan and Bell by loops over pairs; facilities never separate further than homes do."""
    cells = pd.DataFrame(
        {"neighbourhood": "n1", "population": 10.0, "poor": [10 * p for _, p, _ in rows]},
        index=pd.Index([f"c{k}" for k in range(len(rows))], name="cell"),
    )
    city = replace(small_city(), cells=cells)
    served = pd.DataFrame(
        {"period": 1, "service": "clinic", "cell": cells.index, "provider": [f"p{j}" for *_, j in rows],
         "served": [n for n, *_ in rows]}
    )  # fmt: skip
    row = separation(small_scenario(), city, {"after": served}).iloc[0]
    own, rest = [0.0] * 4, [0.0] * 4
    for n, p, j in rows:
        own[j] += n * p
        rest[j] += n * (1 - p)
    if sum(own) <= 0 or sum(rest) <= 0:
        assert math.isnan(row["dissimilarity"])
        return
    apart = sum(abs(a / sum(own) - b / sum(rest)) for a, b in zip(own, rest, strict=True)) / 2
    meets = sum(a / sum(own) * a / (a + b) for a, b in zip(own, rest, strict=True) if a + b > 0)
    assert row["dissimilarity"] == pytest.approx(apart, abs=1e-9)
    assert row["isolation"] == pytest.approx(meets, abs=1e-9)
    assert row["dissimilarity"] <= row["dissimilarity_of_homes"] + 1e-9
    assert row["isolation"] >= row["share_of_users"] - 1e-9


def test_dissimilarity_ends() -> None:
    """0 for equal mixes, 1 where nobody meets, not told of nobody."""
    assert dissimilarity(np.array([1.0, 3.0]), np.array([2.0, 6.0])) == pytest.approx(0)
    assert dissimilarity(np.array([1.0, 0.0]), np.array([0.0, 6.0])) == pytest.approx(1)
    assert math.isnan(dissimilarity(np.array([0.0]), np.array([1.0])))


def test_curves_and_dominance() -> None:
    """All gain: the plan's generalised curve dominates; curves begin at 0 and end at 1, parades rise."""
    curves, dominance = curve_tables(*ASKED, small_plan(), small_services())
    clinic = dominance[dominance["service"] == "clinic"].iloc[0]
    assert (clinic["first"], clinic["second"], clinic["better"]) == ("before", "after", "after")
    for (_, _, _, curve, _), part in curves.groupby(["when", "service", "measure", "curve", "group"]):
        values = part.sort_values("people")["value"].to_numpy()
        if np.isnan(values).any():  # of what nobody has there are no shares
            assert curve in {"lorenz", "concentration"}
            continue
        assert (np.diff(values) >= -1e-12).all()
        if curve == "lorenz":
            assert (values[0], values[-1]) == (0, pytest.approx(1))
    generalised = curves[(curves["curve"] == "generalised_lorenz") & (curves["people"] == 1)]
    means = generalised.set_index(["when", "service", "measure"])["value"]
    assert means["after", "clinic", "reached_share"] == pytest.approx(40 / 90)


def test_values_below_zero_have_a_parade_only() -> None:
    """Where a place is worse off than 0 there is no Lorenz curve, and dominance is left open."""
    services = small_services().assign(scale=0.05)
    curves, dominance = curve_tables(*ASKED, small_plan(), services)
    mine = curves[(curves["service"] == "all") & (curves["when"] == "before")]
    assert set(mine["curve"]) == {"parade"}
    assert set(dominance.loc[dominance["service"] == "all", "better"]) == {""}


def test_price_of_one_plan_against_another() -> None:
    """What the first leaves unmet that the second does not, and for whom each is better; and back again."""
    plan = small_plan()
    points = plan.need_points.copy()
    clinic = points["service"] == "clinic"
    points.loc[clinic, "reached"] = [10.0, 0.0, 20.0]
    points.loc[clinic, "quality_weighted"] = [8.0, 0.0, 20.0]
    points["unmet"] = points["need"] - points["reached"]
    second = replace(plan, need_points=points)
    row = price(*ASKED, plan, second, small_services()).set_index("service").loc["clinic"]
    assert (row["unmet_first"], row["unmet_second"], row["more_unmet"]) == (50, 60, -10)
    assert (row["better_first"], row["better_second"], row["same"]) == (60, 20, 10)
    back = price(*ASKED, second, plan, small_services()).set_index("service").loc["clinic"]
    assert (back["better_first"], back["more_unmet"]) == (20, 10)
    assert price(*ASKED, plan, plan, small_services())["same"].tolist() == [600.0, 90.0, 400.0]


def test_plans_for_other_needs_are_refused() -> None:
    """Two plans for different needs say nothing of each other."""
    plan = small_plan()
    more = replace(plan, need_points=plan.need_points.assign(need=plan.need_points["need"] * 2))
    with pytest.raises(InputFault, match="not for the same needs"):
        price(*ASKED, plan, more, small_services())
