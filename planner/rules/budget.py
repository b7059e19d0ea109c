"""Rule: one budget for all services together, for building and for running."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.used import USED, acquisition, purchases, use
from planner.problem.years import added, begun, first_future, former

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

KINDS = (("capital", "capital_cost"), ("operating", "operating_cost"))


@dataclass(frozen=True)
class _Purse:
    """Money of one kind: of the whole plan (period 0), or of a period with what earlier ones left."""

    kind: str
    name: str
    period: int
    bound: float


def _purses(problem: Problem) -> list[_Purse]:
    """Every limit on money; one of each kind where there is one period."""
    years = problem.years
    if years is None:
        return [_Purse(kind, f"{kind} budget", 0, float(getattr(problem, kind))) for kind, _ in KINDS]
    purses = [_Purse("capital", "capital budget of all periods", 0, problem.capital)]
    for kind, length in (("capital", np.ones(len(years))), ("operating", years.length)):
        given = getattr(years, kind)
        bounds = np.cumsum(length * given) if kind in years.carried else given
        until = "up to" if kind in years.carried else "in"
        purses += [
            _Purse(kind, f"{kind} budget {until} {name}", k, float(bound))
            for k, (name, bound) in enumerate(zip(years.names, bounds, strict=True), start=1)
        ]
    return purses


@constraint(unit="currency", always=True)
def formulate(problem: Problem) -> Block:
    r"""One budget for all services, for building and for running.

    .. math:: \sum_j c_j \, open_j + \sum_p b_p \, used_p \le C \qquad \sum_j o_j \, open_j \le O

    The cost of acquiring a site is part of what building costs, once for each site on which anything is
    built. What a change or a closure of an existing facility saves a year can be spent elsewhere.

    Where there are several periods, so in each: what is added in a period is paid for once, so many periods
    before it opens as it takes to build, and run in every period in which it is open. Money that may be
    carried over adds up with that of later periods.
    """
    rows = []
    variables, links = use(problem)
    providers = problem.providers
    for purse in _purses(problem):
        cost = providers[f"{purse.kind}_cost"].to_numpy(float)
        taken, acquired = _taken(problem, purse, cost), _acquired(problem, purse)
        costly, bought = np.flatnonzero(taken), np.flatnonzero(acquired)
        most = float(np.maximum(taken, 0.0) @ providers["most"]) + float(acquired.sum())
        terms: tuple[Terms, ...] = (Terms("open", np.zeros(len(costly), int), costly, taken[costly]),)
        if len(bought):
            terms += (Terms(USED, np.zeros(len(bought), int), bought, acquired[bought]),)
        if np.isfinite(purse.bound) and most > 0:
            rows.append(
                Rows(
                    rule=purse.name,
                    terms=terms,
                    sense="<=",
                    bound=np.array([min(purse.bound, most)]),
                    labels=[purse.name],
                    give=f"raise the {purse.name} from {{now}} to {{needed}} {problem.currency}",
                    now=purse.bound,
                )
            )
    if not any(np.isfinite(purse.bound) for purse in _purses(problem) if purse.kind == "capital"):
        return Block(tuple(rows))
    return Block((*rows, *links), variables)


def _taken(problem: Problem, purse: _Purse, cost: Floats) -> Floats:
    """What a module in use of each provider takes of the money, shape (providers,).

    A module is paid for once: one that is there already takes back what it takes where it goes on.
    """
    years, counted = problem.years, _counted(problem, purse)
    if years is None:
        return np.where(counted, cost, 0.0)
    if purse.kind == "operating":
        length = years.length[problem.when - 1] if purse.kind in years.carried else 1.0
        running: Floats = np.where(counted, length * cost, 0.0)
        return running
    before = former(problem)
    taken: Floats = np.where(counted, cost, 0.0)
    again = np.flatnonzero(counted & (before >= 0))
    taken[before[again]] -= cost[again]
    return taken


def _counted(problem: Problem, purse: _Purse) -> NDArray[np.bool_]:
    """Which providers are paid for, or run, in the period of a purse or in those that leave it money."""
    when = problem.when if purse.kind == "operating" else begun(problem)
    return _within(problem, purse, when) & first_future(problem)


def _within(problem: Problem, purse: _Purse, when: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which periods are those of a purse, or leave it money."""
    if purse.period == 0:
        return np.ones(len(when), bool)
    carried = problem.years is not None and purse.kind in problem.years.carried
    within: NDArray[np.bool_] = when <= purse.period if carried else when == purse.period
    return within


def _acquired(problem: Problem, purse: _Purse) -> Floats:
    """What acquiring each site in each period takes of the money, as the variables `used` stand."""
    _, cost, period = purchases(problem)
    if purse.kind == "operating":
        return np.zeros(len(cost))
    taken: Floats = np.where(_within(problem, purse, period), cost, 0.0)
    return taken


def evaluate(outcome: Outcome) -> NDArray[np.float64]:
    """Money beyond each budget [currency]: capital, operating; of all periods and of each, where several."""
    problem = outcome.problem
    paid = added(problem, outcome.modules) * problem.providers["capital_cost"].to_numpy(float)
    paid = paid + acquisition(problem, outcome.modules)
    run = outcome.modules * problem.providers["operating_cost"].to_numpy(float)
    over = []
    for purse in _purses(problem):
        money = run if purse.kind == "operating" else paid
        if purse.kind == "operating" and problem.years is not None and purse.kind in problem.years.carried:
            money = money * problem.years.length[problem.when - 1]
        over.append(float(money[_counted(problem, purse)].sum()) - purse.bound)
    beyond: Floats = np.maximum(np.array(over), 0.0)
    return beyond
