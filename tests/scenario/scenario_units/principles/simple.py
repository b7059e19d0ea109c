"""A principle without parameters."""

from planner.catalogue import objective


@objective(unit="person", reference="for tests")
def formulate() -> None:
    """As many people as possible."""
