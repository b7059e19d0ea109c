"""Yardsticks that are traded for one another: money, and the levels of principles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planner import catalogue
from planner.catalogue import unknown
from planner.errors import Fault, InputFault
from planner.explore.principles import WORST_OFF
from planner.problem.used import acquisition
from planner.problem.years import lasting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.problem.outcome import Outcome
    from planner.scenario.schema import Scenario

COST = "cost"
SHORT = {"efficiency": "utilitarian", "equity": "worst_off", "floor": "sufficiency"}
"""Names that councils use, and the principle that each stands for."""
LABELS = {
    "utilitarian": "mean wellbeing",
    "worst_off": "mean wellbeing of those worst off",
    "sufficiency": "wellbeing counted up to the floor",
    "maximin": "wellbeing of the worst-off place",
    "priority": "wellbeing, that of the worse off counted more",
    "equal_shares": "mean wellbeing × (1 − Gini)",
}
HELD = ("utilitarian", "worst_off", "sufficiency", "maximin")
"""Principles that the rule `at_least` can hold at a level."""


@dataclass(frozen=True)
class Axis:
    """One yardstick: the money that is built with, or the level of a principle.

    Attributes
    ----------
    principle
        Empty for money.
    """

    name: str
    principle: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What it counts, in words."""
        return LABELS[self.principle] if self.principle else "money to build"

    def of(self, outcome: Outcome) -> float:
        """Figure of a plan: level of the principle, or money [currency]."""
        if not self.principle:
            return spent(outcome)
        unit = catalogue.find("objective", self.principle)
        value, tell, given = unit.half("evaluate"), unit.half("level"), unit.bind(self.parameters)
        assert value is not None  # noqa: S101 - all principles with levels have both
        assert tell is not None  # noqa: S101 - as above
        return float(tell(value(outcome, **given), outcome.problem, **given))


def trade_of(text: str, scenario: Scenario) -> tuple[Axis, Axis]:
    """Return which yardstick is held and which is raised, from `cost:floor` or `efficiency:equity`.

    Raises
    ------
    InputFault
        For what is no yardstick, twice the same, or two of which neither can be held.
    """
    names = [part.strip() for part in text.split(":")]
    where, hint = "--trade", "write two of them, such as `cost:floor` or `efficiency:equity`"
    if len(names) != 2 or not all(names):  # noqa: PLR2004 - a trade has two sides
        raise InputFault(Fault(f"`{text}` names no two yardsticks", where, hint))
    first, second = (_axis(name, scenario) for name in names)
    if (first.principle, first.parameters) == (second.principle, second.parameters):
        raise InputFault(Fault(f"`{text}` is the same yardstick twice", where, hint))
    if not first.principle:
        return first, second
    if not second.principle or second.principle in HELD:
        return second, first
    if first.principle in HELD:
        return first, second
    message = f"neither `{first.name}` nor `{second.name}` can be held at a level"
    raise InputFault(Fault(message, where, f"one of the two has to be: cost, {', '.join(HELD)}"))


def _axis(name: str, scenario: Scenario) -> Axis:
    if name == COST:
        return Axis(name)
    principle = SHORT.get(name, name)
    if principle not in LABELS:
        raise InputFault(unknown("yardstick", name, [COST, *SHORT, *LABELS], "--trade"))
    given: dict[str, Any] = {
        "sufficiency": {"floor": scenario.indicators.floor},
        "worst_off": {"share": WORST_OFF},
    }
    own = scenario.objective_parameters if scenario.objective_name == principle else given.get(principle, {})
    return Axis(name, principle, own)


def spent(outcome: Outcome) -> float:
    """Money that a plan builds with, sites included [currency]."""
    problem = outcome.problem
    new = outcome.modules * (~problem.providers["existing"].to_numpy(bool) & lasting(problem))
    return float(new @ problem.providers["capital_cost"]) + float(acquisition(problem, outcome.modules).sum())
