"""Sites that a plan uses: told with their owner, acquired once, and paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.verify.form import names

if TYPE_CHECKING:
    import pandas as pd

    from planner.verify.ledger import Ledger
    from planner.verify.verdict import Tally


def acquired(ledger: Ledger, used: pd.Series) -> pd.Series:
    """Cost of acquiring each site that is used, index site [currency]; `used` holds ids of sites."""
    cost = ledger.problem.sites.set_index("site")["acquisition_cost"].astype(float)
    paid: pd.Series = cost[cost.index.isin(used)]
    return paid


def check_acquired(tally: Tally, ledger: Ledger, rows: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Check owners, and that the cost of each site used is told once, at one of what is built there.

    Parameters
    ----------
    tally, ledger
        Where faults are noted; the question.
    rows, truth
        Facilities of the plan, and the providers of the question that they are, row by row.
    """
    new = (truth["state"] == "built").to_numpy(bool)
    owner = ledger.problem.sites.set_index("site")["owner"].reindex(truth["place"]).fillna("")
    say = names(rows, "facilities", "provider")
    tally.same("owner", say, rows["owner"], np.where(new, owner.to_numpy(object), ""))
    told = rows["acquisition_cost"].to_numpy(float)
    tally.holds(~new & (told != 0), say, "a site is acquired where nothing is built")
    which = ledger.moment(rows)[new] // ledger.problem.periods
    sums = rows[new].groupby([which, truth["place"].to_numpy(object)[new]])["acquisition_cost"].sum()
    sites = sums.index.get_level_values(1)
    cost = acquired(ledger, truth["place"][new]).reindex(sites)
    tally.equal("cost of acquiring it", [f"site {site}" for site in sites], sums, cost)
