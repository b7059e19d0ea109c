"""When a gap closes: whether those behind rose, or those ahead fell (no hidden levelling down)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.catalogue import find
from planner.frames.equity import GAPS
from planner.indicators.assess import group_shares
from planner.indicators.moments import AFTER, BEFORE, moments
from planner.indicators.view import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.city.city import City
    from planner.distribution import Floats
    from planner.indicators.view import View
    from planner.plan import Plan
    from planner.scenario.schema import Scenario

CLOSE = 1e-9


def closed_gaps(scenario: Scenario, city: City, plan: Plan, services: pd.DataFrame) -> pd.DataFrame:
    r"""Split the change of each gap between a group and all others into one's rise and the other's fall.

    With the means a of the group and b of all others (people living where …), where the group was behind,

    .. math:: (b_0 - a_0) - (b_1 - a_1) = (a_1 - a_0) + (b_0 - b_1)

    and the other way round where it was ahead. A gap that closes because those ahead fell is levelled down.

    Parameters
    ----------
    scenario, city, plan, services
        As for `assess`.

    Returns
    -------
    Table as in `frames.equity.GAPS`, of wellbeing and of the share served by each service.
    """
    views = {(when, period): view for when, period, view in moments(scenario, city, plan, services, None)}
    shares = group_shares(scenario, city)
    everyone = next(iter(shares))
    rows = [
        {"period": period, "group": group, **head, **_gap(before, after, people, share)}
        for (when, period), view in views.items()
        if when == AFTER
        for head, before, after, people in _pairs(views[BEFORE, period], view)
        for group, share in shares.items()
        if group != everyone
    ]
    return GAPS.tidy(pd.DataFrame(rows, columns=GAPS.names))


def _pairs(before: View, after: View) -> Iterator[tuple[dict[str, str], Floats, Floats, Floats]]:
    """Values of each place before and after, and those concerned."""
    for name in ("wellbeing", "reached_share"):
        measured = find("measure", name)
        whole = measured.facts["scope"] == ALL
        for service in [ALL] if whole else after.services.index:
            first, then = before.of(str(service)), after.of(str(service))
            head = {"service": str(service), "measure": name}
            unit = "person" if whole else str(after.services["unit"][service])
            people = then.concerned(measured.facts["weight"])
            yield head | {"unit": unit}, measured.function(first), measured.function(then), people


def _gap(before: Floats, after: Floats, people: Floats, share: Floats) -> dict[str, object]:
    own, rest = people * share, people * (1 - share)
    a0, a1, b0, b1 = (_mean(v, w) for w in (own, rest) for v in (before, after))
    behind = a0 <= b0
    low, high = ((a0, a1), (b0, b1)) if behind else ((b0, b1), (a0, a1))
    rise, fall = low[1] - low[0], high[0] - high[1]
    fell = np.where(after < before - CLOSE, people, 0.0)
    closed = rise + fall
    return {
        "group_before": a0, "group_after": a1, "others_before": b0, "others_after": b1,
        "closed": closed, "by_rise": rise, "by_fall": fall,
        "losers": float((fell * np.where(behind, 1 - share, share)).sum()),
        "levelled_down": bool(closed > CLOSE and fall > CLOSE),
    }  # fmt: skip


def _mean(values: Floats, weights: Floats) -> float:
    there = ~np.isnan(values) & (weights > 0)
    return float(np.average(values[there], weights=weights[there])) if there.any() else float("nan")
