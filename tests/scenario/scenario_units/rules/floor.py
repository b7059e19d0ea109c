"""A rule with parameters, one of them a kind of its own."""

from typing import Literal

from planner.catalogue import constraint


@constraint(unit="1")
def formulate(*, service: str, of: Literal["city", "each_neighbourhood"] = "city", reached: float) -> None:
    """Serve at least this share of need.

    Parameters
    ----------
    service, of
        Whom it concerns.
    reached
        Share of need served.
    """
