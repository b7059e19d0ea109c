"""Whether a provider is chosen at all, when it may have several modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.problem.blocks import Rows, Terms, Variables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.problem import Problem

CHOSEN = "chosen"


def single(problem: Problem) -> NDArray[np.bool_]:
    """Which providers have at most one module, so that `open` itself says whether they are chosen."""
    return (problem.providers["most"] <= 1).to_numpy()


def chosen_terms(problem: Problem, row: NDArray[np.int64], provider: NDArray[np.int64]) -> tuple[Terms, ...]:
    """Terms that count a chosen provider as 1 in its row, shape of `row` and `provider` (n,)."""
    own = single(problem)[provider]
    ones = np.ones(len(provider))
    families = (("open", own), (CHOSEN, ~own))
    return tuple(Terms(f, row[of], provider[of], ones[of]) for f, of in families if of.any())


def chosen_by(problem: Problem, modules: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of `chosen` that go with these modules, shape (providers,)."""
    return np.where(single(problem), 0.0, np.minimum(modules, 1.0))


def choice(problem: Problem) -> tuple[tuple[Variables, ...], tuple[Rows, ...]]:
    """Variables and rows that make `chosen` true where a module is in use, and only there."""
    several = np.flatnonzero(~single(problem))
    if not len(several):
        return (), ()
    most = problem.providers["most"].to_numpy(float)
    upper = np.where(single(problem), 0.0, 1.0)
    index = np.arange(len(several))
    names = problem.names[several]
    links = tuple(
        Rows(
            rule=word,
            terms=(
                Terms("open", index, several, np.ones(len(several))),
                Terms(CHOSEN, index, several, -modules),
            ),
            sense=sense,  # type: ignore[arg-type]
            bound=np.zeros(len(several)),
            labels=[f"{word} {name}" for name in names],
        )
        for word, sense, modules in (("chosen", "<=", most[several]), ("built", ">=", np.ones(len(several))))
    )
    return (Variables(CHOSEN, np.zeros(len(upper)), upper, integer=True),), links
