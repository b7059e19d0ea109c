from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tiny_city import Tiny

NEED = {"001": 2.5, "002": 7.5, "003": 20.0, "004": 5.0}


def needs(tiny: Tiny, service: str) -> dict[str, float]:
    """Return the need of a service by cell."""
    need = tiny.read().need
    mine = need[need["service"] == service]
    return dict(zip(mine["cell"], mine["need"], strict=True))


def test_all_residents_are_missed_alike(tiny: Tiny) -> None:
    """A tenth more residents are a tenth more of every group and every need."""
    before = tiny.read()
    tiny.scenario["city"]["undercount"] = {"all": {"factor": 1.1}}
    after = tiny.read()
    for layer in ("cells", "neighbourhoods"):
        for column in ("population", "poor"):
            was, now = (getattr(city, layer)[column] for city in (before, after))
            assert now.tolist() == pytest.approx((was * 1.1).tolist()), (layer, column)
    assert after.need["need"].tolist() == pytest.approx((before.need["need"] * 1.1).tolist())


def test_a_group_is_missed(tiny: Tiny) -> None:
    """Twice the poor: in Altstadt 120 more people among 400, all poor, and need grows by 30 %."""
    tiny.scenario["city"]["undercount"] = {"hidden": {"factor": 2, "group": "poor"}}
    city = tiny.read()
    assert city.neighbourhoods.loc["A", ["population", "poor"]].tolist() == pytest.approx([520, 240])
    assert city.neighbourhoods.loc["C", ["population", "poor"]].tolist() == pytest.approx([50, 0])
    assert needs(tiny, "health") == pytest.approx(
        {"001": 2.5 * 1.3, "002": 7.5 * 1.3, "003": 20 * 1.05, "004": 5}
    )
    assert any("Undercount hidden: 130 people of the group poor" in note for note in city.notes)
    assert any("no source is given" in note for note in city.notes)


def test_a_column_of_factors_and_chosen_services(tiny: Tiny) -> None:
    """Factors may stand in a column, and the added may need some services only."""
    for part, factor in zip(tiny.files["areas.geojson"]["features"], (1.5, 1, 1, 1), strict=True):
        part["properties"]["shadow"] = factor
    tiny.scenario["city"]["undercount"] = {
        "settlement": {"factor": "shadow", "services": ["health"], "source": "survey of 2024"}
    }
    city = tiny.read()
    assert city.neighbourhoods["population"].tolist() == pytest.approx([600, 200, 50, 0])
    assert needs(tiny, "health") == pytest.approx(NEED | {"001": 3.75, "002": 11.25})
    assert needs(tiny, "school") == {"001": 10, "003": 20, "004": 5}
    assert any("(survey of 2024)" in note for note in city.notes)


def test_corrections_add_up(tiny: Tiny) -> None:
    """Two corrections are both reckoned from what was counted."""
    tiny.scenario["city"]["undercount"] = {"one": {"factor": 1.1}, "two": {"factor": 1.2}}
    assert tiny.read().cells["population"].tolist() == pytest.approx([130, 390, 260, 65])


@pytest.mark.parametrize(
    ("correction", "message"),
    [
        ({"factor": 1.1, "group": "pooor"}, "unknown group `pooor`; did you mean `poor`?"),
        ({"factor": 1.1, "services": ["helth"]}, "unknown service `helth`; did you mean `health`?"),
        ({"factor": "sick", "layer": "neighbourhoods"}, "is below 1 (0)"),
        ({"factor": "nothing"}, "has no column `nothing`"),
    ],
)
def test_wrong_corrections_are_refused(tiny: Tiny, correction: dict[str, object], message: str) -> None:
    """Unknown groups, services and columns, and factors below 1, are told."""
    tiny.scenario["city"]["undercount"] = {"wrong": correction}
    assert message in tiny.told()
