"""Two summaries."""

from planner.catalogue import summary


@summary(unit="same")
def mean() -> None:
    """Average."""


@summary(unit="1")
def spread() -> None:
    """How far people are apart."""
