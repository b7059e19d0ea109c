"""The bound, recomputed from the saved prices by arithmetic alone: whoever found them, they prove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.plan import who_vouches
from planner.problem.proof import Unpriced, at_prices, prices_of, proven
from planner.verify.claims import gap_of
from planner.verify.rules import blocks
from planner.verify.verdict import RELATIVE, SHOWN, number

if TYPE_CHECKING:
    import pandas as pd

    from planner.plan import Status
    from planner.scenario.schema import Scenario
    from planner.verify.claims import Yardstick
    from planner.verify.verdict import Tally


def check_bound(
    tally: Tally,
    scenario: Scenario,
    yardstick: Yardstick,
    status: Status,
    *,
    value: float,
    prices: pd.DataFrame | None,
) -> None:
    """Check what the status says that the prices prove, against what they do prove.

    Any prices give a true bound: wrong ones can only prove less than is claimed, never too much.

    Parameters
    ----------
    tally
        Where faults are noted.
    scenario, yardstick
        What was asked; its principle, with the question.
    status, value
        What is claimed; the plan's value, recomputed.
    prices
        Table as in `frames.PRICES`; None where none is saved.

    Raises
    ------
    InputFault
        When the scenario names no known rule, or parameters that it does not take.
    """
    if prices is None and status.priced_bound is not None:
        tally.fault("prices: the table that is to prove the bound is missing")
        return
    found = None if prices is None else _proven(tally, scenario, yardstick, prices)
    if found is not None and found > value + yardstick.slack + RELATIVE * abs(value):
        tally.fault(f"the prices prove that no plan is below {found:.10g}, and this one is {value:.10g}")
    expected = None if found is None else min(found, value)
    tally.figure("bound by prices", status.priced_bound, expected, yardstick.slack)
    tally.figure("level of the bound by prices", status.priced_level, yardstick.level(number(expected)))
    told = number(status.priced_bound)
    gap = gap_of(status, told, status.priced_level, gains=yardstick.gains)
    tally.figure("gap by prices", status.priced_gap, gap, RELATIVE)
    bound = number(status.bound)
    if told is not None and bound is not None and told > bound + yardstick.slack + RELATIVE * abs(bound):
        tally.fault(
            f"the bound by prices {told:.10g} is above the bound {bound:.10g}, which is the better one"
        )
    vouches = who_vouches(number(status.gap), number(status.priced_gap))
    tally.same("who vouches for the bound", ["status"], [status.proof], [vouches])


def _proven(tally: Tally, scenario: Scenario, yardstick: Yardstick, table: pd.DataFrame) -> float | None:
    """What the prices prove; None, and a fault, where that is nothing."""
    problem = yardstick.problem
    try:
        local = at_prices(problem, blocks(problem, scenario), yardstick.unit, yardstick.given)
    except Unpriced as reason:
        tally.fault(f"prices: of this question they prove nothing, since {reason}")
        return None
    prices, lost = prices_of(local, table)
    tally.checked += len(table)
    for name in lost[:SHOWN]:
        tally.fault(f"prices: `{name}` is no row or place of this question")
    bound = proven(local, prices)
    if not np.isfinite(bound):
        tally.fault("prices: they prove no bound")
        return None
    return bound
