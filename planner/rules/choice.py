"""Rule: at most one size of a service at one site, unless its sizes may be mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows
from planner.problem.choice import choice, chosen_terms
from planner.problem.standing import built
from planner.problem.years import lasting

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem


def _rivals(problem: Problem) -> pd.DataFrame:
    """Candidates that share service and site with another option, with the number of their row."""
    mixed = problem.providers["service"].map(problem.services["mix_sizes"]).to_numpy(bool)
    providers: pd.DataFrame = problem.providers[built(problem) & ~mixed & lasting(problem)]
    at = providers.groupby(["service", "place"], sort=True)
    rivals = providers.assign(row=at.ngroup())[at["option"].transform("size") > 1]
    return rivals.assign(row=rivals["row"].rank(method="dense").astype("int64") - 1)


@constraint(unit="options", always=True)
def formulate(problem: Problem) -> Block:
    r"""At most one size of a service at one site, unless the service says `mix_sizes`.

    .. math:: \sum_{j \in (s, site)} chosen_j \le 1
    """
    rivals = _rivals(problem)
    if not len(rivals):
        return Block(())
    first = rivals.drop_duplicates("row")
    variables, links = choice(problem)
    one = Rows(
        rule="one option",
        terms=chosen_terms(problem, rivals["row"].to_numpy(), rivals.index.to_numpy()),
        sense="<=",
        bound=np.ones(len(first)),
        labels=[f"one option {s} at {p}" for s, p in zip(first["service"], first["place"], strict=True)],
    )
    return Block((one, *links), variables)


def evaluate(outcome: Outcome) -> NDArray[np.float64]:
    """Options beyond one of each service and site."""
    rivals = _rivals(outcome.problem)
    chosen = (outcome.modules[rivals.index] > 0).astype(float)
    return np.maximum(np.bincount(rivals["row"], chosen) - 1.0, 0.0)
