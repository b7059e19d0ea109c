"""The scenarios that ship."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.scenario.read import read_scenario
from planner.scenario.schema_json import json_schema

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = sorted(SCENARIOS.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_scenario_is_sound(file: Path) -> None:
    """A shipped scenario reads without a fault and begins with the line that gives editors completion."""
    assert read_scenario(file).services
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=scenario.schema.json"


def test_the_schema_beside_them_is_that_of_the_planner() -> None:
    """The schema file is what `planner schema` prints: `planner schema > scenarios/scenario.schema.json`."""
    written = json.loads((SCENARIOS / "scenario.schema.json").read_text(encoding="utf-8"))
    assert written == json_schema()
