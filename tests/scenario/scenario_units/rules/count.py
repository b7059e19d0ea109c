"""A rule with a whole number."""

from planner.catalogue import constraint


@constraint(unit="facility")
def formulate(*, service: str, most: int, sites: list[str] | None = None) -> None:
    """Build at most so many facilities."""
