"""Certainty: how far each indicator might be from its figure, by margins of error and by a bootstrap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.catalogue import units
from planner.frames import INTERVALS
from planner.indicators.assess import Told, group_shares, summaries_asked, tellings
from planner.indicators.draws import COLUMNS, drawn, resampled, rescored
from planner.indicators.many import Many
from planner.indicators.moments import moments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.catalogue import Unit
    from planner.city.city import City
    from planner.distribution import Floats
    from planner.indicators.draws import Draws
    from planner.indicators.view import View
    from planner.plan import Plan
    from planner.scenario.schema import Scenario

MARGINS, CELLS = "margins", "cells"
LEVEL = 0.9
"""Share of the draws that an interval holds, as the margins of the American Community Survey do."""
ENOUGH = 0.9
"""An interval is told where at least this share of the draws have a figure."""


@dataclass(frozen=True)
class Certainty:
    """Intervals, and the draws that they are from.

    Attributes
    ----------
    table
        Columns of `frames.INTERVALS`.
    draws
        By method: the figure of each row of the table of that method, in its order, in each draw;
        shape (rows, draws).
    """

    table: pd.DataFrame
    draws: dict[str, Floats]

    def of(self, method: str) -> tuple[pd.DataFrame, Floats]:
        """Rows of a method and their draws."""
        rows = self.table[self.table["method"] == method].reset_index(drop=True)
        return rows, self.draws.get(method, np.empty((0, 0)))


def certainty(
    scenario: Scenario,
    city: City,
    plan: Plan,
    services: pd.DataFrame,
    *,
    pairs: pd.DataFrame | None = None,
    draws: int = 200,
    seed: int = 0,
) -> Certainty:
    """Tell an interval for every figure of `assess`, by each method.

    `margins`: needs and shares of groups are drawn from the margins of error given with the data, and the
    plan is scored anew on each draw: who is served where is kept (see `draws.rescored`). Nothing is told
    where the city has no margins. `cells`: the cells are drawn with replacement, each with all that it
    has; this says how much a figure hangs on single places. An interval holds the middle 90 % of the
    draws. Neither method knows of errors in sites, costs, ways and assumptions.

    Since need that grows in a draw is not served, while need that shrinks frees places for nobody, the
    draws of `margins` lie a little on the bad side of the figure, which may even be outside its interval.

    Parameters
    ----------
    scenario, city, plan, services, pairs
        As for `assess`.
    draws
        Number of draws of each method.
    seed
        The same seed gives the same intervals.
    """
    chosen = summaries_asked(scenario)
    sampler = _Sampler(scenario, city, draws, seed)
    found: list[tuple[dict[str, object], Floats]] = []
    for when, period, view in moments(scenario, city, plan, services, pairs):
        head = {"scenario": scenario.name, "when": when, "period": period}
        found.extend((head | row, told) for row, told in sampler.figures(view, chosen))
    return _collected(found)


class _Sampler:
    """The draws of one city, and every figure on each of them."""

    def __init__(self, scenario: Scenario, city: City, draws: int, seed: int) -> None:
        self.floor, self.count = scenario.indicators.floor, draws
        self.summaries, self.shares = units("summary"), group_shares(scenario, city)
        self.fixed = {name: share[None, :] for name, share in self.shares.items()}
        self.margins: Draws | None = None
        if city.margins is not None:
            self.margins = drawn(scenario, city, draws=draws, seed=seed)
        self.again = resampled(len(city.cells), draws=draws, seed=seed)

    def figures(self, view: View, chosen: list[Unit]) -> Iterator[tuple[dict[str, object], Floats]]:
        """Every figure of one moment, by each method, with its draws."""
        views = [] if self.margins is None else _redrawn(view, self.margins, self.count)
        for told, valid in tellings(view, chosen, self.floor):
            rows = list(told.rows(valid, self.shares))
            yield from self._drawn(CELLS, told, rows, self._by_cells(told), self.fixed)
            if self.margins is not None:
                many = _by_margins(told, views, self.margins)
                yield from self._drawn(MARGINS, told, rows, many, self.margins.shares)

    def _drawn(
        self, method: str, told: Told, rows: list[dict[str, Any]], many: Many, shares: dict[str, Floats]
    ) -> Iterator[tuple[dict[str, object], Floats]]:
        parts = {group: many.part(shares[group]) for group in dict.fromkeys(row["group"] for row in rows)}
        for row in rows:
            summed, share = self.summaries[row["summary"]], shares[row["group"]]
            given = told.parameters(summed)
            ranked = summed.facts["ranked"]
            figures = many.ranked(summed, given, share) if ranked else parts[row["group"]].told(summed, given)
            yield row | {"method": method}, np.broadcast_to(figures, self.count)

    def _by_cells(self, told: Told) -> Many:
        weight = told.view.concerned(told.measured.facts["weight"])[None, :]
        return Many(told.values[None, :], self.again * weight)  # noqa: PD011 - no table


def _by_margins(told: Told, views: list[View], draws: Draws) -> Many:
    """Measure each draw by the measure itself; once, where the need is the same in all of them."""
    service = told.view.service
    same = len(draws.growth[service]) == 1 if service in draws.growth else False
    those = [view.of(service) for view in (views[:1] if same else views)]
    values = np.array([told.measured.function(view) for view in those], np.float64)
    concerned = [view.concerned(told.measured.facts["weight"]) for view in those]
    return Many(values, np.array(concerned, np.float64))


def _redrawn(view: View, draws: Draws, count: int) -> list[View]:
    """Views of the same moment on each draw."""
    within = None if view.pairs is None else {s: view.of(s).open_pairs for s in map(str, view.services.index)}
    after = rescored(_now(view), draws.growth, count)
    if view.earlier is None:
        return [replace(view, drawn=figures, within=within) for figures in after]
    earlier = _redrawn(view.earlier, draws, count)
    both = zip(after, earlier, strict=True)
    return [replace(view, drawn=figures, within=within, earlier=first) for figures, first in both]


def _now(view: View) -> dict[tuple[str, str], Floats]:
    return {
        (s, column): getattr(view.of(s), column) for s in map(str, view.services.index) for column in COLUMNS
    }


def _collected(found: list[tuple[dict[str, object], Floats]]) -> Certainty:
    figures = np.array([told for _, told in found])
    low, high = interval(figures)
    table = pd.DataFrame([row for row, _ in found]).assign(low=low, high=high, level=LEVEL)
    table = table.assign(draws=figures.shape[1], position=np.arange(len(table)))
    order = table.sort_values(list(INTERVALS.key), kind="stable")
    draws = {str(m): figures[rows["position"].to_numpy()] for m, rows in order.groupby("method", sort=True)}
    return Certainty(INTERVALS.tidy(order), draws)


def interval(figures: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Return the ends between which the middle `level` of the draws lie, by row of (figures, draws).

    Quantiles after Hyndman & Fan (1996), definition 7; NaN where fewer than nine draws in ten have a figure.
    """
    known = np.isfinite(figures)
    enough = known.mean(axis=1) >= ENOUGH
    ends = np.full((2, len(figures)), np.nan)
    tails = [(1 - level) / 2, (1 + level) / 2]
    whole = known.all(axis=1)
    if whole.any():
        ends[:, whole] = np.quantile(figures[whole], tails, axis=1)
    for row in np.flatnonzero(enough & ~whole):
        ends[:, row] = np.quantile(figures[row, known[row]], tails)
    return ends[0], ends[1]
