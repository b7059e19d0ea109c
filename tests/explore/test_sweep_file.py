"""Sweep files: the scenarios that they mean, and one message for each mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from planner.errors import InputFault
from planner.explore.sweep_file import MOST, read_sweep

if TYPE_CHECKING:
    from pathlib import Path


def scenarios(tmp_path: Path, text: str) -> list[dict[str, Any]]:
    """Scenarios that a sweep file means."""
    (tmp_path / "base.yaml").write_text("name: base\n", encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(f"scenario: base.yaml\n{text}", encoding="utf-8")
    return read_sweep(tmp_path / "sweep.yaml")[0].scenarios()


def test_a_grid_is_every_combination_in_order(tmp_path: Path) -> None:
    """Lists, ranges in steps and in ratios, whole numbers, seeds."""
    text = "vary: {a.b: [1, x], c: {from: 1, to: 100, steps: 3, log: true}, d: {seeds: 2}}\n"
    found = scenarios(tmp_path, text)
    assert len(found) == 2 * 3 * 2
    assert found[0] == {"a.b": 1, "c": 1.0, "d": 1}
    assert [row["c"] for row in found[:6:2]] == [1.0, 10.0, 100.0]
    assert found[-1] == {"a.b": "x", "c": 100.0, "d": 2}
    whole = scenarios(tmp_path, "vary: {c: {from: 0, to: 5, steps: 3, whole: true}}\n")
    assert [row["c"] for row in whole] == [0, 2, 5]


def test_together_takes_the_values_row_by_row(tmp_path: Path) -> None:
    """The first of each, then the second."""
    found = scenarios(tmp_path, "design: together\nvary: {a: [1, 2], b: {from: 5, to: 6, steps: 2}}\n")
    assert found == [{"a": 1, "b": 5.0}, {"a": 2, "b": 6.0}]


def test_a_latin_hypercube_covers_each_key_evenly(tmp_path: Path) -> None:
    """One draw in each twentieth of each key, the same ones for the same seed, others for another."""
    text = "design: latin_hypercube\ndraws: 20\nvary: {a: {from: 0, to: 20}, b: [x, y], c: {seeds: 20}}\n"
    found, again = scenarios(tmp_path, text), scenarios(tmp_path, text)
    assert found == again != scenarios(tmp_path, f"seed: 1\n{text}")
    assert sorted(int(row["a"]) for row in found) == list(range(20))
    assert sorted(row["c"] for row in found) == list(range(1, 21))
    assert [row["b"] for row in found].count("x") == 10
    values = np.array([[row["a"], row["c"]] for row in found])
    assert abs(np.corrcoef(values.T)[0, 1]) < 1


WRONG = {
    "vary: {}": "sweep.yaml:2:1 vary: must not be empty",
    "vary: {a: [1]}\nspeed: 3": "sweep.yaml:3:1 speed: unknown key `speed`; did you mean `seed`?\n"
    "    → known here: name, scenario, vary, design, draws, seed, set",
    "vary: {a: []}": "sweep.yaml:2:8 vary.a: must not be empty",
    "vary: {a: {from: 1, to: 2}}": "sweep.yaml:1:1 : `vary.a` needs `steps`: how many figures from one end",
    "vary: {a: {from: 2, to: 1, steps: 2}}": "`from` (2) has to be below `to` (1)",
    "vary: {a: {from: 0, to: 1, steps: 2, log: true}}": "`log` needs figures above 0",
    "vary: {a: [1]}\ndesign: latin_hypercube": "`draws` says how many scenarios: add it",
    "vary: {a: [1]}\ndraws: 5": "`draws` belongs to `design: latin_hypercube` scenarios: leave it out",
    "vary: {a: [1], b: [1, 2]}\ndesign: together": "takes as many values of each key (got a: 1, b: 2)",
    "vary: {a: [1]}\nset: {a: 2}": "`a` stands under `vary` and under `set`: leave it in one",
    "vary: {a: {seeds: 50}, b: {seeds: 50}}": f"these are 2,500 scenarios, and a sweep takes up to {MOST:,}",
    "vary: 5": "sweep.yaml:2:7 vary: must be a mapping (got 5)",
}


@pytest.mark.parametrize("text", WRONG)
def test_each_mistake_is_told(tmp_path: Path, text: str) -> None:
    """File, line and key, and what to do."""
    with pytest.raises(InputFault) as told:
        scenarios(tmp_path, text)
    assert WRONG[text] in str(told.value)


def test_a_scenario_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With the name that is near."""
    (tmp_path / "sweep.yaml").write_text("scenario: base.yml\nvary: {a: [1]}\n", encoding="utf-8")
    (tmp_path / "base.yaml").write_text("name: base\n", encoding="utf-8")
    with pytest.raises(InputFault) as told:
        read_sweep(tmp_path / "sweep.yaml")
    assert (
        str(told.value) == "sweep.yaml:1:11 scenario: there is no file `base.yml`; did you mean `base.yaml`?"
    )
