from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    import pandas as pd
    from tiny_city import Tiny

LEVEL_Z = 1.6448536269514722


def with_margins(tiny: Tiny, moe: dict[str, dict[str, object]]) -> pd.DataFrame:
    """Give the areas margins of error by id, and return the table of them by place."""
    for part in tiny.files["areas.geojson"]["features"]:
        part["properties"] |= {"poor_moe": None, "asked_moe": None, "sick_moe": None}
        part["properties"] |= moe.get(part["properties"]["id"], {})
    tiny.scenario["city"]["groups"]["poor"] |= {"count_margin": "poor_moe", "of_margin": "asked_moe"}
    tiny.scenario["services"]["health"]["need"]["margin"] = "sick_moe"
    table = tiny.read().margins
    assert table is not None
    return table.set_index(["kind", "name", "place"])


def test_no_margins_named(tiny: Tiny) -> None:
    """A scenario without margins has none."""
    assert tiny.read().margins is None


def test_error_of_a_need_and_of_a_share(tiny: Tiny) -> None:
    """Margins at 90 % become standard errors; a share's error follows the rule for proportions."""
    table = with_margins(tiny, {"A": {"poor_moe": 12, "asked_moe": 20, "sick_moe": 4}})
    assert table.loc[("need", "health", "A"), "error"] == pytest.approx(4 / LEVEL_Z)
    assert table.loc[("need", "health", "A"), "estimate"] == 10
    share = np.sqrt(12**2 - 0.3**2 * 20**2) / 100
    assert table.loc[("group", "poor", "A"), "error"] == pytest.approx(share / LEVEL_Z)
    assert table.loc[("group", "poor", "A"), "estimate"] == pytest.approx(0.3)
    assert len(table) == 2


def test_ratio_rule_where_the_proportion_rule_fails(tiny: Tiny) -> None:
    """Where the difference under the root is negative, the rule for ratios adds."""
    table = with_margins(tiny, {"A": {"poor_moe": 3, "asked_moe": 50}})
    expected = np.sqrt(3**2 + 0.3**2 * 50**2) / 100 / LEVEL_Z
    assert table.loc[("group", "poor", "A"), "error"] == pytest.approx(expected)


def test_the_level_is_stated(tiny: Tiny) -> None:
    """A margin at 95 % is worth a smaller standard error."""
    tiny.scenario["city"]["margin_level"] = 0.95
    table = with_margins(tiny, {"A": {"sick_moe": 4}})
    assert table.loc[("need", "health", "A"), "error"] == pytest.approx(4 / 1.959963984540054)


def test_a_missing_margin_is_no_margin_of_nought(tiny: Tiny) -> None:
    """Where the estimate is above 0 and no margin is given, it is taken as exact and told."""
    with_margins(tiny, {"A": {"sick_moe": 4, "poor_moe": 5}})
    notes = " ".join(tiny.read().notes)
    assert "2 places have no margin of error for the need of health; it is taken as exact there" in notes
    assert "1 places have no margin of error for the group poor" in notes


def test_codes_of_the_survey(tiny: Tiny) -> None:
    """-555555555 is a controlled estimate without error, -222222222 a margin that cannot be told."""
    table = with_margins(
        tiny, {"A": {"sick_moe": -555555555}, "B": {"sick_moe": -222222222}, "C": {"sick_moe": 3}}
    )
    assert table.loc["need"].index.get_level_values("place").tolist() == ["C"]


@pytest.mark.parametrize("wrong", [-3, "many"])
def test_wrong_margins_are_refused(tiny: Tiny, wrong: object) -> None:
    """A negative margin or a word is refused with its place."""
    for part in tiny.files["areas.geojson"]["features"]:
        part["properties"]["sick_moe"] = wrong if part["properties"]["id"] == "B" else 1
    tiny.scenario["services"]["health"]["need"]["margin"] = "sick_moe"
    told = tiny.told()
    assert "`sick_moe` is no margin of error" in told
    assert str(wrong) in told


def test_a_column_that_is_not_there(tiny: Tiny) -> None:
    """A margin's column must be in the layer."""
    tiny.scenario["services"]["health"]["need"]["margin"] = "sick_mo"
    assert "has no column `sick_mo`" in tiny.told()


def test_margin_of_a_number(tiny: Tiny) -> None:
    """A rate that is one number has no column of margins."""
    need = tiny.scenario["services"]["health"]["need"]
    del need["count"]
    need |= {"rate": 0.1, "margin": "sick"}
    assert "`margin` is that of a column" in tiny.told()


def test_margin_of_those_asked_alone(tiny: Tiny) -> None:
    """The margin of those asked is no use without that of the count."""
    tiny.scenario["city"]["groups"]["poor"]["of_margin"] = "asked"
    assert "`of_margin` is given without `count_margin`" in tiny.told()
