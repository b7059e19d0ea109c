from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from planner import flow, store
from planner.explore import robust
from planner.explore.robust import survival
from planner.indicators.draws import grown
from planner.plan import Plan
from planner.problem.pose import pose
from planner.report.tables import read_tables

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def asked(made: Path) -> tuple[flow.Question, Plan]:
    """Give the question of the run and its plan."""
    question = flow.ask(made.parents[1] / "utilitarian.yaml", overrides={"solver.gap": 0.05}, ear=flow.Ear())
    return question, Plan(**read_tables(made), status=store.status_of(store.read_manifest(made)))


def survived(question: flow.Question, plan: Plan, **given: object) -> robust.Survival:
    """Solve the question again."""
    return survival(question.scenario, question.city, question.travel, plan, **given)


def test_shares_are_counts_of_draws(asked: tuple[flow.Question, Plan]) -> None:
    """Every site of the plan is told, with the share of the draws that it is in; each draw is heard of."""
    question, plan = asked
    heard: list[tuple[int, int]] = []
    told = survived(question, plan, draws=2, seed=1, seconds=20, hear=lambda *a: heard.append(a))
    assert heard == [(1, 2), (2, 2)]
    assert told.solved + told.failed == 2
    built = plan.facilities[~plan.facilities["existing"]]
    assert set(built["provider"]) == set(told.table.loc[told.table["modules"] > 0, "provider"])
    np.testing.assert_allclose(told.table["share"], told.table["draws_in"] / told.solved)
    assert ((told.table["draws_in"] > 0) == (told.table["mean_modules"] > 0)).all()
    assert ((told.table["modules"] > 0) | (told.table["draws_in"] > 0)).all()


def test_costs_are_drawn_alike_at_all_sites(asked: tuple[flow.Question, Plan]) -> None:
    """A draw moves the costs of an option by at most a fifth, at all sites alike, and by its seed."""
    problem = asked[0].problem
    drawn = robust._recosted(problem, np.random.default_rng([0, 0])).providers
    again = robust._recosted(problem, np.random.default_rng([0, 0])).providers
    pd.testing.assert_frame_equal(drawn, again)
    new = ~problem.providers["existing"] & (problem.providers["capital_cost"] > 0)
    ratio = (drawn["capital_cost"] / problem.providers["capital_cost"])[new]
    kinds = ratio.groupby([problem.providers["service"][new], problem.providers["option"][new]])
    assert (kinds.max() - kinds.min()).max() < 1e-12
    assert kinds.mean().between(0.8, 1.2).all()
    assert np.ptp(kinds.mean()) > 0


def test_need_is_drawn_from_its_margins(asked: tuple[flow.Question, Plan]) -> None:
    """Need that is drawn away leaves the question, other need is what the draw says."""
    question = asked[0]
    service = question.problem.services.index[0]
    growth = {str(s): np.ones(len(question.city.cells)) for s in question.problem.services.index}
    growth[service] = growth[service] * 2
    growth[service][0] = 0
    other = pose(question.scenario, grown(question.city, growth), question.travel)
    first = question.city.cells.index[0]
    was, now = (
        p.need[p.need["service"] == service].set_index("cell")["need"] for p in (question.problem, other)
    )
    assert first not in now.index
    pd.testing.assert_series_equal(now, was.drop(first, errors="ignore") * 2)


def test_a_draw_without_a_plan_is_counted(
    asked: tuple[flow.Question, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draw in which no plan keeps the rules is counted as failed, and nothing is shared among none."""

    def never(*_: object) -> Plan:
        raise robust.Infeasible("no plan")

    monkeypatch.setattr(robust, "decide", never)
    told = survived(*asked, draws=2)
    assert (told.solved, told.failed) == (0, 2)
    assert told.table["share"].isna().all()


def test_without_margins_the_needs_stay(asked: tuple[flow.Question, Plan]) -> None:
    """Where no margins are given only costs are drawn."""
    question, _ = asked
    city = replace(question.city, margins=None)
    growth = robust.drawn(question.scenario, city, draws=3, seed=0).growth
    assert all((grown == 1).all() for grown in growth.values())
