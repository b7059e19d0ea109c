"""Robust: which sites stay in the plan when needs and costs turn out otherwise."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import Infeasible, NoPlan
from planner.indicators.draws import drawn, grown
from planner.model.decide import decide
from planner.problem.pose import pose

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from planner.city.city import City
    from planner.plan import Plan
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario
    from planner.travel.matrix import TravelMatrix

    Hear = Callable[[int, int], None]

COSTS = 0.2
"""Costs are drawn evenly from 20 % below to 20 % above what is assumed."""
GAP = 0.05
"""Share of the possible gain that a plan on a draw may miss, at least."""
COLUMNS = ["service", "place", "label", "option", "provider", "modules", "draws_in", "share", "mean_modules"]


@dataclass(frozen=True)
class Survival:
    """Which sites survive.

    Attributes
    ----------
    table
        One row for each provider that could be built and is in the plan or in that of some draw: columns
        of `COLUMNS`; `modules` in the plan, `draws_in` draws with it, `share` of the draws that have a
        plan, `mean_modules` over these.
    solved, failed
        Draws with a plan, and without one (no plan keeps the rules, or none was found in time).
    """

    table: pd.DataFrame
    solved: int
    failed: int


def hear_nothing(done: int, of: int) -> None:
    """Hear nothing."""
    del done, of


def survival(
    scenario: Scenario,
    city: City,
    travel: TravelMatrix,
    plan: Plan,
    *,
    draws: int,
    seed: int = 0,
    seconds: float = 60.0,
    hear: Hear = hear_nothing,
) -> Survival:
    """Solve the question again on drawn needs and costs, and count in how many plans each site is.

    Needs are drawn from the margins of error (they stay as they are where none are given); the costs of
    each option of each service, at all sites alike, from 20 % below to 20 % above. Each draw is solved to
    a gap of 5 % of the possible gain (or the scenario's, if that is larger) or for `seconds`, whichever
    is first: two plans as good as each other may name different sites, so a low share says that a site
    can be exchanged, not that it is bad.

    Parameters
    ----------
    scenario, city, travel
        The question.
    plan
        The plan whose sites are looked at.
    draws
        How often it is solved again.
    seed
        The same seed gives the same needs and costs.
    seconds
        Longest search of each draw [s].
    hear
        Told after each draw how many of how many are done.
    """
    growth = drawn(scenario, city, draws=draws, seed=seed).growth
    easier = _eased(scenario, seconds)
    problem = pose(easier, city, travel)
    found: list[pd.DataFrame] = []
    for draw in range(draws):
        own = {name: each[min(draw, len(each) - 1)] for name, each in growth.items()}
        question = pose(easier, grown(city, own), travel)
        question = _recosted(question, np.random.default_rng([seed, draw]))
        with suppress(Infeasible, NoPlan):
            found.append(decide(question, easier, city.cells["population"]).facilities)
        hear(draw + 1, draws)
    return Survival(_counted(problem, plan, found), len(found), draws - len(found))


def _eased(scenario: Scenario, seconds: float) -> Scenario:
    gap = max(GAP, scenario.solver.gap)
    solver = scenario.solver.model_copy(update={"gap": gap, "time_limit_seconds": seconds})
    return scenario.model_copy(update={"solver": solver})


def _recosted(problem: Problem, stream: np.random.Generator) -> Problem:
    """Draw the costs of each option of each service, at all of its sites alike."""
    providers = problem.providers
    kinds = (providers["service"] + "/" + providers["option"]).to_numpy(object)
    names, kind = np.unique(kinds.astype(str), return_inverse=True)
    factors = stream.uniform(1 - COSTS, 1 + COSTS, (2, len(names)))
    costs = {
        column: providers[column] * factor[kind]
        for column, factor in zip(("capital_cost", "operating_cost"), factors, strict=True)
    }
    return replace(problem, providers=providers.assign(**costs))


def _counted(problem: Problem, plan: Plan, found: list[pd.DataFrame]) -> pd.DataFrame:
    providers = problem.providers[~problem.providers["existing"].to_numpy(bool)].set_index("provider")
    built = plan.facilities.groupby("provider")["modules"].max()
    modules = [own.groupby("provider")["modules"].max().reindex(providers.index).fillna(0) for own in found]
    counts = np.array(modules, np.float64).reshape(len(found), len(providers))
    table = providers[["service", "place", "label", "option"]].assign(
        modules=built.reindex(providers.index).fillna(0).astype("int64"),
        draws_in=(counts > 0).sum(axis=0),
        share=(counts > 0).mean(axis=0) if len(found) else np.nan,
        mean_modules=counts.mean(axis=0) if len(found) else np.nan,
    )
    some = table[(table["modules"] > 0) | (table["draws_in"] > 0)].reset_index()[COLUMNS]
    return some.sort_values(
        ["service", "share", "provider"], ascending=[True, False, True], ignore_index=True
    )
