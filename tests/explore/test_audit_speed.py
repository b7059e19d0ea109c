from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest

from planner import flow
from planner.indicators.certainty import certainty
from planner.model.decide import decide

NEW_YORK = Path(__file__).parents[2] / "scenarios" / "new_york.yaml"


@pytest.mark.benchmark
def test_new_york_audited_in_twenty_seconds() -> None:
    """Every figure of New York by all groups, before and after, has its intervals within 20 s."""
    easy = {"solver.gap": 0.3, "solver.time_limit_seconds": 120}
    question = flow.ask(NEW_YORK, overrides=easy, ear=flow.Ear())
    plan = decide(question.problem, question.scenario, question.residents)
    start = perf_counter()
    services, pairs = question.problem.services, question.pairs
    found = certainty(question.scenario, question.city, plan, services, pairs=pairs, draws=200)
    seconds = perf_counter() - start
    assert set(found.table["method"]) == {"margins", "cells"}
    assert set(found.table["group"]) == {"everyone", *question.scenario.city.groups}
    assert seconds <= 20, f"{seconds:.1f} s"
