"""A principle with parameters."""

from typing import Annotated, Literal

from pydantic import Field

from planner.catalogue import objective


@objective(unit="1", reference="for tests")
def formulate(
    *,
    utility: Literal["atkinson", "kolm_pollak"] = "kolm_pollak",
    aversion: Annotated[float, Field(gt=0, le=10)],
) -> None:
    """Those worst off gain most.

    Parameters
    ----------
    utility
        Shape of the utility.
    aversion : float
        Aversion to inequality; above 0,
        at most 10.

    Returns
    -------
    None
        Nothing.
    """
