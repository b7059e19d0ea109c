"""Ley lines: which places are in every good plan, which in none, and which are open."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from numpy.typing import NDArray

    from planner.model.band import Band
    from planner.model.forced import Priced
    from planner.problem.problem import Problem

    Whole = NDArray[np.int64]
    Verdict = Literal["ley line", "never", "open", "undecided"]

LEAST = 0.5
"""Shortest time that is given to one question [s]."""
HALF, WHOLE = 0.5, 1e-4
"""What a bound on whole numbers may miss for rounding."""


@dataclass(frozen=True)
class Line:
    """One place for one service, over the band; or all places of a neighbourhood.

    Attributes
    ----------
    place
        Id of the site or facility, name of the programme; or id of the neighbourhood.
    rows
        Its providers, positions.
    inside
        Whether the plan in hand has it.
    plans
        In how many of the plans that were seen it is.
    verdict
        `ley line`: in every plan of the band, proven; `never`: in none, proven; `open`: in some that were
        seen and not in others; `undecided`: neither is proven, and no plan shows the other.
    """

    service: str
    place: str
    rows: Whole
    inside: bool
    plans: int
    verdict: Verdict


def could_be(problem: Problem) -> NDArray[np.bool_]:
    """Whether each provider could be built, changed or run, shape (providers,)."""
    return ~problem.providers["existing"].to_numpy(bool)


def where(problem: Problem, column: str) -> NDArray[np.object_]:
    """Neighbourhood or district of each provider at a site; empty elsewhere, and where none is named."""
    if column not in problem.sites:
        return np.full(len(problem.providers), "", object)
    of = problem.sites.set_index("site")[column]
    return of.reindex(problem.providers["place"]).fillna("").to_numpy(object)


def ley_lines(
    band: Band,
    priced: Priced | None,
    deadline: float,
    hear: Callable[[int, int], None],
    *,
    by: Literal["place", "neighbourhood"] = "place",
) -> list[Line]:
    """Judge every place for every service: by one relaxation, by the plans that were seen, then by asking.

    Parameters
    ----------
    by
        Single places; or all that could be built in a neighbourhood together.
    priced
        Bounds with and without each provider; None where there are none.
    deadline
        On the monotonic clock [s]; what is not settled then stays undecided.
    """
    rows = _groups(band.problem, by)
    found = {key: _at_first(band, priced, key, own) for key, own in rows.items()}
    left = [key for key, line in found.items() if line.verdict == "undecided"]
    left.sort(key=lambda key: -found[key].plans)
    for done, key in enumerate(left):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            break
        if _at_first(band, priced, key, rows[key]).verdict == "undecided":
            found[key] = _asked(band, key, rows[key], max(remaining / (len(left) - done), LEAST))
        hear(done + 1, len(left))
    return [shown(band, line) for line in found.values()]


def _groups(problem: Problem, by: str) -> dict[tuple[str, str], Whole]:
    """What could be built, positions of providers, by service and place."""
    table, could = problem.providers, could_be(problem)
    if by != "place":
        table = table.assign(place=where(problem, by))
        could &= (table["place"] != "").to_numpy(bool)
    groups: Any = table[could].groupby(["service", "place"], sort=False).indices
    return {(str(s), str(p)): np.flatnonzero(could)[at] for (s, p), at in groups.items()}


def _at_first(band: Band, priced: Priced | None, key: tuple[str, str], rows: Whole) -> Line:
    """What the bound of one relaxation and the plans that were seen say."""
    inside = bool(band.best.modules[rows].sum())
    line = Line(*key, rows, inside, 0, "undecided")
    if priced is not None:
        hair = HALF * WHOLE * (1.0 + abs(band.most))
        if inside and priced.without(rows) > band.most + hair:
            return Line(*key, rows, inside, len(band.seen), "ley line")
        if not inside and min(priced.with_one(int(row)) for row in rows) > band.most + hair:
            return Line(*key, rows, inside, 0, "never")
    return shown(band, line)


def shown(band: Band, line: Line) -> Line:
    """Return the line with the plans that were seen by now; what one of them shows is open."""
    plans = sum(bool(outcome.modules[line.rows].sum()) for outcome in band.seen)
    verdict = line.verdict
    if verdict == "undecided" and 0 < plans < len(band.seen):
        verdict = "open"
    return Line(line.service, line.place, line.rows, line.inside, plans, verdict)


def _asked(band: Band, key: tuple[str, str], rows: Whole, seconds: float) -> Line:
    """Ask the band itself for a plan without the place, or with it."""
    inside = bool(band.best.modules[rows].sum())
    weight = np.zeros(len(band.problem.providers))
    weight[rows] = 1.0 if inside else -1.0
    bound = band.least(weight, seconds)
    verdict: Verdict = "undecided"
    if inside and bound > WHOLE:
        verdict = "ley line"
    elif not inside and bound > WHOLE - 1.0:
        verdict = "never"
    return shown(band, Line(*key, rows, inside, 0, verdict))
