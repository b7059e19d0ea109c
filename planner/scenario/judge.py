"""What people are judged by: their wellbeing and how it is scaled, or the coverage of one service."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Tag

from planner.scenario.places import Name, NotNegative, Strict
from planner.scenario.told import short

ALL, ONE = "wellbeing", "one service"


class Coverage(Strict):
    """One service alone."""

    coverage: Name
    """The service: those who need it are judged by the share of their need that is met, by quality."""


class Wellbeing(Strict):
    """How needs are put on one scale."""

    minimum_residents: NotNegative = 100.0
    """Smallest place [person] that may set the scale k of a service, its highest need per resident."""


def _either(given: Any) -> Any:  # noqa: ANN401 - whatever the file says
    """Refuse what is neither of the two in words that name both."""
    if given == ALL or isinstance(given, dict | Coverage):
        return given
    message = f"must be `{ALL}`, or a service as `{{coverage: health}}`"
    raise ValueError(f"{message} (got {short(given)})")


def _kind(given: Any) -> str:  # noqa: ANN401 - one of the two
    return ALL if isinstance(given, str) else ONE


Judge = Annotated[
    Annotated[Literal["wellbeing"], Tag(ALL)] | Annotated[Coverage, Tag(ONE)],
    Discriminator(_kind),
    BeforeValidator(_either),
]


def judged_service(judge: str | Coverage) -> str | None:
    """The service by whose coverage people are judged; None where that is wellbeing."""
    return judge.coverage if isinstance(judge, Coverage) else None
