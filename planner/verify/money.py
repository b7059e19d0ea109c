"""Money of a plan, added up again from what opens when: in all, and period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.verify.acquired import acquired
from planner.verify.verdict import EXACT, RELATIVE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.years import Years
    from planner.verify.ledger import Ledger
    from planner.verify.verdict import Tally

    Floats = NDArray[np.float64]


def check_money(tally: Tally, ledger: Ledger, outcome: Outcome) -> None:
    """Check that building and running keep to every budget.

    Parameters
    ----------
    tally, ledger
        Where faults are noted; the question.
    outcome
        The plan over the question's rows.
    """
    problem = ledger.problem
    spent, yearly = _spent(ledger, outcome), _yearly(ledger, outcome)
    limits = [("capital", "", float(spent.sum()), problem.capital)]
    if problem.years is None:
        limits.append(("operating", "", float(yearly.sum()), problem.operating))
    else:
        limits += _of_periods(problem.years, {"capital": spent, "operating": yearly})
    for kind, when, cost, budget in limits:
        over = np.array([cost > budget * (1 + RELATIVE) + EXACT])
        what = f"the {kind} cost {cost:.10g}{when} is above the budget {budget:.10g} {problem.currency}"
        tally.holds(over, ["money"], what)


def _of_periods(years: Years, money: dict[str, Floats]) -> Iterator[tuple[str, str, float, float]]:
    """Kind, period in words, money spent, and the limit; with what earlier periods left, where they may."""
    for kind, spent in money.items():
        given = years.capital if kind == "capital" else years.operating
        carried = kind in years.carried
        length = years.length if carried and kind == "operating" else np.ones(len(years))
        for k, name in enumerate(years.names):
            first = 0 if carried else k
            part = slice(first, k + 1)
            when = f" up to {name}" if carried else f" in {name}"
            yield kind, when, float((length * spent)[part].sum()), float((length * given)[part].sum())


def _spent(ledger: Ledger, outcome: Outcome) -> Floats:
    """Money to acquire, build and change that is paid in each period [currency]."""
    providers = ledger.problem.providers
    modules = pd.Series(_new(ledger, outcome), index=ledger.providers)
    new = modules - modules.reindex(ledger.periods_before).fillna(0.0).to_numpy(float)
    paid_in = ledger.when - (providers["opens_after"].to_numpy(int) if ledger.problem.years else 0)
    spent = np.bincount(paid_in - 1, new * providers["capital_cost"].to_numpy(float), ledger.problem.periods)
    used = (modules > 0).to_numpy() & (providers["state"] == "built").to_numpy(bool)
    first = pd.Series(paid_in[used], index=providers.loc[used, "place"]).groupby(level=0).min()
    cost = acquired(ledger, first.index.to_series())
    at = first.reindex(cost.index).to_numpy().astype(np.int64) - 1
    return spent + np.bincount(at, cost.to_numpy(float), ledger.problem.periods)


def _yearly(ledger: Ledger, outcome: Outcome) -> Floats:
    """Money to run a year of each period [currency/year]."""
    run = _new(ledger, outcome) * ledger.problem.providers["operating_cost"].to_numpy(float)
    return np.bincount(ledger.when - 1, run, ledger.problem.periods)


def _new(ledger: Ledger, outcome: Outcome) -> Floats:
    """Modules that the plan adds, told of the first future: they are the same in all, shape (providers,)."""
    first = ledger.problem.moment < ledger.problem.periods
    return np.where(ledger.existing | ~first, 0.0, outcome.modules)
