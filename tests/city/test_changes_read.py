"""What can be changed about facilities, read and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tiny_city import Tiny

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """Return the tiny city on disk."""
    return Tiny(tmp_path)


def asking(tiny: Tiny, **changes: dict[str, Any]) -> dict[str, Any]:
    """Ask for changes of the clinics; return what is said of them."""
    existing: dict[str, Any] = tiny.scenario["services"]["health"]["existing"]
    existing["changes"] = changes
    return existing


def test_every_change_of_every_facility(tiny: Tiny) -> None:
    """An upgrade is offered only to what is worse, `only` narrows, and schools could stand at a clinic."""
    asking(
        tiny,
        better={"kind": "upgrade", "quality": 0.9},
        taught={"kind": "repurpose", "to": "school", "capacity": 9, "only": ["K2"]},
        shut={"kind": "close"},
    )
    city = tiny.read()
    assert city.changes is not None
    assert [tuple(row) for row in city.changes.to_numpy()] == [
        ("health", "K1", "better", "health"),
        ("health", "K1", "shut", ""),
        ("health", "K2", "shut", ""),
        ("health", "K2", "taught", "school"),
    ]
    assert city.served_from(["health"])["place"].tolist() == ["K1", "K2"]
    assert city.served_from(["school"])["place"].tolist() == ["K2"]
    assert city.served_from(["health", "school"])["service"].tolist() == ["health", "health", "school"]


def test_nothing_to_change_is_nothing(tiny: Tiny) -> None:
    """Without changes there are none, and yearly costs are 0 unless they are told."""
    city = tiny.read()
    assert city.changes is None
    assert city.facilities["operating_cost"].tolist() == [0.0, 0.0]


def test_an_upgrade_of_nothing_is_told(tiny: Tiny) -> None:
    """A note says that no facility would become better."""
    asking(tiny, better={"kind": "upgrade", "quality": 0.4})
    assert (
        "The change `better` of health would improve no facility: all are as good already."
        in tiny.read().notes
    )


def test_an_unknown_facility_is_refused(tiny: Tiny) -> None:
    """`only` names ids of the layer."""
    asking(tiny, shut={"kind": "close", "only": ["K11"]})
    assert "unknown facility `K11`; did you mean `K1`?" in tiny.told()


def test_a_broken_yearly_cost_is_refused(tiny: Tiny) -> None:
    """A column of yearly costs holds numbers from 0 up."""
    asking(tiny)["operating_cost"] = "cost"
    tiny.files["clinics.csv"] = (
        "id,lon,lat,beds,quality,cost\nK1,16.365,48.205,40,0.5,-3\nK2,16.375,48.215,60,1,\n"
    )
    told = tiny.told()
    assert "`cost` is negative (-3)" in told
    assert "`cost` is empty; a number was expected" in told


def test_a_missing_column_is_refused(tiny: Tiny) -> None:
    """A column of yearly costs has to be there."""
    asking(tiny)["operating_cost"] = "cost"
    assert "`clinics.csv` has no column `cost`" in tiny.told()


def test_two_places_of_one_service_have_two_ids(tiny: Tiny) -> None:
    """A clinic that could serve as a school is not named like a site for schools."""
    asking(tiny, taught={"kind": "repurpose", "to": "school", "capacity": 9})
    tiny.files["clinics.csv"] = "id,lon,lat,beds,quality\nK1,16.365,48.205,40,0.5\nS2,16.375,48.215,60,1\n"
    del tiny.scenario["services"]["health"]["sites"], tiny.scenario["services"]["health"]["options"]
    told = tiny.told()
    assert "a site or facility of `school` has the same id, and this one could serve it too" in told
    assert "give them different ids" in told
