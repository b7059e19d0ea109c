"""What rules and principles refuse to be told, in words and with the nearest right name."""

from __future__ import annotations

from typing import Any

import pytest
from strategies import random_case

from planner.errors import InputFault
from planner.model.decide import blocks_of, yardstick_of

CASE = random_case(9, ruled=False)
SITE = CASE.problem.providers.query("~existing")["place"].iloc[0]
SERVICE = CASE.problem.providers.query("~existing")["service"].iloc[0]

REFUSED_RULES: list[tuple[str, dict[str, Any], str]] = [
    ("flor", {}, "unknown constraint `flor`; did you mean `floor`"),
    ("floor", {"service": SERVICE}, "either `reached` or `quality_weighted`"),
    ("floor", {"service": SERVICE, "reached": 0.5, "quality_weighted": 0.5}, "either `reached` or"),
    ("floor", {"service": SERVICE, "reached": 1.5}, "less than or equal to 1"),
    ("floor", {"service": SERVICE, "reached": 0}, "greater than 0"),
    ("floor", {"service": SERVICE, "reached": True}, "valid number"),
    ("floor", {"reached": 0.5}, "field required"),
    ("floor", {"service": "nothing", "reached": 0.5}, "unknown service `nothing`"),
    ("floor", {"service": SERVICE, "reached": 0.5, "of": "each_neighborhood"}, "'each_neighbourhood'"),
    ("floor", {"service": SERVICE, "reeched": 0.5}, "did you mean `reached`"),
    ("count", {}, "says `at_most` or `at_least`"),
    ("count", {"at_most": -1}, "greater than or equal to 0"),
    ("count", {"at_most": 1.5}, "valid integer"),
    ("locked", {"service": SERVICE, "site": "nowhere"}, "unknown site `nowhere`"),
    ("locked", {"service": SERVICE, "site": SITE, "option": "tiny"}, "unknown option `tiny`"),
    ("locked", {"service": SERVICE, "site": SITE, "modules": 0}, "greater than or equal to 1"),
    ("forbidden", {"sites": []}, "at least 1 item"),
    ("forbidden", {"sites": ["nowhere"]}, "unknown site `nowhere`"),
    ("budget", {"capital": 5}, "unknown parameter of constraint `budget` `capital`"),
]
REFUSED_PRINCIPLES: list[tuple[object, str]] = [
    ("utilitarien", "did you mean `utilitarian`"),
    ({"utilitarian": {"weight": 1}}, "unknown parameter of objective `utilitarian` `weight`"),
    ("sufficiency", "field required"),
    ({"sufficiency": {"floor": 0}}, "greater than 0"),
    ({"sufficiency": {"floor": 1.01}}, "less than or equal to 1"),
    ({"priority": {"aversion": 0}}, "greater than 0"),
    ({"priority": {"aversion": -1.0}}, "greater than 0"),
    ({"priority": {"aversion": 101}}, "less than or equal to 100"),
    ({"priority": {"utility": "rawls"}}, "'kolm_pollak' or 'atkinson'"),
    ({"priority": {"aversion": "much"}}, "valid number"),
    ({"p_median": {"service": "nothing"}}, "unknown service `nothing`"),
    ({"p_median": {"service": SERVICE, "unserved_travel": 0}}, "greater than 0"),
    ({"mclp": {"service": "nothing"}}, "unknown service `nothing`"),
]


@pytest.mark.parametrize(("rule", "given", "words"), REFUSED_RULES)
def test_a_rule_refuses_what_it_cannot_mean(rule: str, given: dict[str, Any], words: str) -> None:
    """The fault names what is wrong."""
    case = CASE.asking(constraints=[{rule: given}])
    with pytest.raises(InputFault) as caught:
        blocks_of(case.problem, case.scenario)
    assert words in str(caught.value)


@pytest.mark.parametrize(("objective", "words"), REFUSED_PRINCIPLES)
def test_a_principle_refuses_what_it_cannot_mean(objective: object, words: str) -> None:
    """The same for objectives."""
    case = CASE.asking(objective=objective)
    with pytest.raises(InputFault) as caught:
        yardstick_of(case.problem, case.scenario)
    assert words in str(caught.value)


def test_every_bad_rule_is_told_at_once() -> None:
    """Three faulty rules are three faults."""
    bad = [{"floor": {"service": SERVICE}}, {"count": {}}, {"flor": {}}]
    case = CASE.asking(constraints=bad)
    with pytest.raises(InputFault) as caught:
        blocks_of(case.problem, case.scenario)
    assert len(caught.value.faults) == 3
