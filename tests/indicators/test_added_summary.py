"""Adding an indicator is one function: a file laid into the room is found, told and held to its axioms."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from declared_axioms import AXIOMS, towns
from hypothesis import given, settings
from small_city import small_city, small_plan, small_scenario, small_services

import planner.indicators
from planner import catalogue
from planner.cli.listing import listing
from planner.indicators.assess import assess
from planner.report.figures import add_up
from planner.report.sheets import indicators

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = '''"""One summary and one measure."""

import numpy as np

from planner.catalogue import measure, summary


@summary(unit="same", axioms=("scale", "replication", "anonymity"), reference="Kahneman")
def geometric(values, weights, *, least: float = 0.125):
    """What people have on geometric average: exp(Σ p ln max(x, least))."""
    return np.exp(np.average(np.log(np.maximum(values, least)), weights=weights))


@measure(unit="1", better="more")
def half_reached(view):
    """Whether at least half of the need is served."""
    return np.where(view.need > 0, view.reached >= view.need / 2, np.nan)
'''


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lay one more file into the room, and take it away again."""
    (tmp_path / "brought_along.py").write_text(FILE, encoding="utf-8")
    monkeypatch.setattr(planner.indicators, "__path__", [*planner.indicators.__path__, str(tmp_path)])
    known = dict(catalogue._UNITS)
    yield
    catalogue._UNITS.clear()
    catalogue._UNITS.update(known)
    sys.modules.pop("planner.indicators.brought_along", None)


def test_found_and_told(added: None) -> None:
    """The new summary and measure stand in the list and in the table by themselves."""
    assert "geometric" in catalogue.units("summary")
    scenario = small_scenario(indicators={"summaries": ["geometric", "mean"]})
    table = assess(scenario, small_city(), small_plan(), small_services())
    told = table.set_index(["when", "service", "group", "measure", "summary"])["value"]
    geometric = told["after", "clinic", "everyone", "reached_share", "geometric"]
    assert geometric == pytest.approx(1 ** (10 / 90) * 0.5 ** (60 / 90) * 0.125 ** (20 / 90))
    assert told["after", "clinic", "everyone", "half_reached", "mean"] == pytest.approx(70 / 90)


def test_guarded_like_all(added: None) -> None:
    """It never sees missing values or empty places, though it says nothing of them."""
    unit = catalogue.find("summary", "geometric")
    assert unit.function([1, 4, float("nan")], [1, 1, 0]) == pytest.approx(2)
    with pytest.raises(catalogue.InputFault, match="1 missing among the values"):
        unit.function([1, float("nan")], [1, 1])


def test_false_axiom_of_a_new_one_is_caught(added: None) -> None:
    """Its floor of 1/8 breaks `scale`, and the axiom's check says so; the true ones hold."""
    unit = catalogue.find("summary", "geometric")

    @settings(max_examples=300, deadline=None, database=None)
    @given(towns())
    def scaled(town: object) -> None:
        AXIOMS["scale"](unit, town)

    @settings(max_examples=40, deadline=None)
    @given(towns())
    def kept(town: object) -> None:
        AXIOMS["replication"](unit, town)
        AXIOMS["anonymity"](unit, town)

    kept()
    with pytest.raises(AssertionError):
        scaled()


def test_listed_and_told_on_the_page(added: None) -> None:
    """`planner list indicators` and the page's tables show both by themselves, with their own words."""
    lines = "\n".join(listing("indicators"))
    assert "  geometric\n      What people have on geometric average" in lines
    assert "  half_reached\n      Whether at least half of the need is served." in lines
    scenario = small_scenario(indicators={"summaries": ["geometric"]})
    plan, services = small_plan(), small_services()
    table = assess(scenario, small_city(), plan, services)
    figures = add_up(scenario, small_city(), plan, services)
    told = {sheet.caption: sheet for sheet in indicators(table, figures)}["Clinic: half reached"]
    assert told.heads == ("Who", "geometric")
    assert told.words[0][1] == "Whether at least half of the need is served. More is better."
    assert told.words[1][1].startswith("What people have on geometric average")
