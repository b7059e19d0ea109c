"""Adding a unit touches one file: here one of each is added, used from end to end, and taken away again."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from strategies import Case, asked_of, city_of, service_of, travel_of

from planner import catalogue
from planner.errors import InputFault
from planner.model.decide import decide
from planner.model.formulation import formulate
from planner.problem.blocks import Goal
from planner.problem.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OBJECTIVE = '''
"""Principle: as few people as possible are served (for a test)."""

from planner.catalogue import objective
from planner.problem.blocks import Goal


@objective(unit="person", reference="nobody")
def formulate(problem, *, at_rate: float = 1.0) -> Goal:
    r"""The least service: a principle that nobody holds."""
    return Goal({"serve": 0 * problem.quality + at_rate})


def evaluate(outcome, *, at_rate: float = 1.0) -> float:
    """All that is served."""
    return float(at_rate * outcome.served.sum())
'''
CONSTRAINT = '''
"""Rule: a site gets at least some service (for a test)."""

import numpy as np

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms


@constraint(unit="person")
def formulate(problem, *, at_least: float) -> Block:
    """All places together serve at least so many."""
    pair = np.arange(len(problem.pairs))
    terms = Terms("serve", np.zeros(len(pair), int), pair, np.ones(len(pair)))
    give = "ask for {needed} instead of {now} served"
    return Block((Rows("served", (terms,), ">=", np.array([at_least]), ["served"], give, at_least),))


def evaluate(outcome, *, at_least: float):
    """How many are missing."""
    return np.maximum(np.array([at_least - outcome.served.sum()]), 0.0)
'''
INDICATOR = '''
"""Summaries for a test."""

from planner.catalogue import summary


@summary(unit="same", axioms=("scale", "anonymity"))
def second_best(values, weights) -> float:
    """The best but one."""
    return float(sorted(values)[-2])
'''
ADDED = {
    ("objective", "least_service"): OBJECTIVE,
    ("constraint", "some_service"): CONSTRAINT,
    ("summary", "added_summaries"): INDICATOR,
}


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One file of each kind beside those of its room; gone afterwards."""
    known = dict(catalogue._UNITS)
    modules = set(sys.modules)
    for (kind, name), text in ADDED.items():
        room = importlib.import_module(catalogue.ROOMS[kind])
        folder = tmp_path / kind
        folder.mkdir()
        (folder / f"{name}.py").write_text(text)
        monkeypatch.setattr(room, "__path__", [*room.__path__, str(folder)])
    yield
    for kind in ("objective", "constraint", "summary"):
        room = importlib.import_module(catalogue.ROOMS[kind])
        for name in ("least_service", "some_service", "added_summaries"):
            if hasattr(room, name):
                delattr(room, name)
    for module in set(sys.modules) - modules:
        if module.rpartition(".")[2] in {"least_service", "some_service", "added_summaries"}:
            del sys.modules[module]
    for key in set(catalogue._UNITS) - set(known):
        if key[1] in {"least_service", "some_service", "second_best"}:
            del catalogue._UNITS[key]


def _case(**changes: object) -> Case:
    return Case(
        asked_of({"health": service_of()}, **changes),
        city_of({"a": ("n", 100)}, {"health": {"a": 60}}, {"s": np.inf}, [("health", "s")]),
        travel_of({"health": {("a", "s"): 5}}),
    )


@pytest.mark.usefixtures("added")
def test_an_objective_and_a_constraint_are_one_file_each() -> None:
    """Found by name, bound to parameters, formulated, solved and evaluated, with nothing else touched."""
    case = _case(
        objective={"least_service": {"at_rate": 2.0}}, constraints=[{"some_service": {"at_least": 12.5}}]
    )
    plan = decide(case.problem, case.scenario, case.residents)
    assert plan.status.value == pytest.approx(25.0)
    assert plan.status.ending == "optimal"
    assert plan.status.level is None
    evaluate = catalogue.find("constraint", "some_service").half("evaluate")
    assert evaluate is not None
    assert evaluate(Outcome.nothing(case.problem), at_least=12.5).tolist() == [12.5]
    with pytest.raises(InputFault, match="did you mean `at_least`"):
        catalogue.find("constraint", "some_service").bind({"at_most": 3, "at_leest": 12.5})


@pytest.mark.usefixtures("added")
def test_an_indicator_is_one_function() -> None:
    """Listed with its title and facts, and called with clean arrays."""
    unit = catalogue.find("summary", "second_best")
    assert unit.title == "The best but one."
    assert unit.facts["axioms"] == ("scale", "anonymity")
    assert unit.function(np.array([1.0, 5.0, 3.0]), np.ones(3)) == 3.0


@pytest.mark.parametrize(("kind", "name"), [("objective", "least_service"), ("constraint", "some_service")])
def test_what_was_added_is_gone(kind: str, name: str) -> None:
    """The tests above leave nothing behind."""
    assert name not in catalogue.units(kind)
    with pytest.raises(InputFault, match=f"unknown {kind} `{name}`"):
        catalogue.find(kind, name)


def test_every_objective_and_constraint_declares_itself() -> None:
    """Each has a title, a unit, and both halves; each objective has a source and a formula."""
    for kind in ("objective", "constraint"):
        for name, unit in catalogue.units(kind).items():
            assert unit.title.endswith("."), name
            assert unit.facts["unit"], name
            assert callable(unit.half("evaluate")), name
            assert ".. math::" in (unit.function.__doc__ or ""), name
            assert kind == "constraint" or unit.facts["reference"], name
    problem = _case().problem
    for name, unit in catalogue.units("constraint").items():
        if unit.facts["always"]:
            assert formulate(problem, [unit.function(problem)], Goal({})), name
