"""Plans of a band by small steps: one place given up for another of its service, from plan to plan."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from planner.explore.ley_lines import could_be

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.model.band import Band

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

SEED = 0
LONGEST = 10.0
"""Time for one assignment [s]."""
BARELY = 1e-9
WITHOUT, WHOLLY = 0.15, 0.5
"""How often a module is given up and none taken instead; how often all modules of a place move at once."""
FARTHER = 1.3
"""How much longer steps become with each plan that is in the band, and shorter with each that is not."""
EVERY = 40
"""Sites, at most one module each, up to which every exchange of two is tried."""
TIRED = 40
"""Steps in a row that may lead nowhere new before the walk ends."""


def wander(band: Band, deadline: float) -> None:
    """Walk from plans of the band to others, until the time is over or nothing new is met any more.

    What all plans that were seen have in common is given up first, and what few have is taken: a plan that
    does without a place shows that it is no ley line. Steps become longer while they stay in the band, and
    shorter when they leave it. Every step is assigned and judged by the principle;
    what is in the band is noted. The walk is drawn from a fixed seed.

    Parameters
    ----------
    deadline
        On the monotonic clock [s].
    """
    rng, tired, reach = np.random.default_rng(SEED), 0, 1.0
    tried = {outcome.modules.tobytes() for outcome in band.seen}
    _swap_all(band, tried, deadline)
    steps = TIRED * max(int(could_be(band.problem).sum()) // 10, 1)
    while tired < steps and time.monotonic() < deadline:
        modules = _leap(band, rng, int(rng.integers(1, int(reach) + 1)))
        if modules is None or modules.tobytes() in tried:
            tired += 1
            continue
        tried.add(modules.tobytes())
        had = len(band.seen)
        band.take(modules, min(LONGEST, max(deadline - time.monotonic(), 1.0)))
        new = len(band.seen) > had
        tired, reach = (0, reach * FARTHER) if new else (tired + 1, max(reach / FARTHER, 1.0))


def _swap_all(band: Band, tried: set[bytes], deadline: float) -> None:
    """Where few sites are chosen or not, try every exchange of two in every plan that is met."""
    table, could = band.problem.providers, could_be(band.problem)
    if could.sum() > EVERY or (table["most"][could] > 1).any():
        return
    service, nth = table["service"].to_numpy(object), 0
    while nth < len(band.seen) and time.monotonic() < deadline:
        modules, nth = band.seen[nth].modules, nth + 1
        open_, closed = (np.flatnonzero(could & (modules > 0)), np.flatnonzero(could & (modules <= 0)))
        for out, into in ((o, i) for o in open_ for i in closed if service[o] == service[i]):
            other = modules.copy()
            other[out], other[into] = 0.0, 1.0
            if other.tobytes() not in tried and time.monotonic() < deadline:
                tried.add(other.tobytes())
                band.take(other, LONGEST)


def _leap(band: Band, rng: np.random.Generator, moves: int) -> Floats | None:
    """One plan that was seen, with so many moves made in it; None where it could not be paid for."""
    modules = band.seen[rng.integers(len(band.seen))].modules
    common = np.sum([outcome.modules > 0 for outcome in band.seen], axis=0) / len(band.seen)
    for _ in range(moves):
        moved = _step(band, rng, modules, common)
        if moved is None:
            return None
        modules = moved
    return modules


def _step(band: Band, rng: np.random.Generator, modules: Floats, common: Floats) -> Floats | None:
    """A plan with a module moved, or all of a place; None where it could not be paid for."""
    table, modules = band.problem.providers, modules.copy()
    free = could_be(band.problem)
    inside = np.flatnonzero(free & (modules > table["least"].to_numpy(float)))
    if not len(inside):
        return None
    out = _drawn(rng, inside, common[inside] ** 4)
    moved = modules[out] - float(table["least"].iloc[out]) if rng.random() < WHOLLY else 1.0
    modules[out] -= moved
    service = (table["service"] == table["service"].iloc[out]).to_numpy(bool)
    others = np.flatnonzero(free & service & (modules < table["most"].to_numpy(float)))
    others = others[others != out]
    if len(others) and rng.random() > WITHOUT:
        into = _drawn(rng, others, _near(band, out, others) / (0.1 + common[others]))
        modules[into] = min(modules[into] + moved, float(table["most"].iloc[into]))
    money = ((band.problem.capital, "capital_cost"), (band.problem.operating, "operating_cost"))
    paid = all(table[cost].to_numpy(float) @ modules <= most * (1 + BARELY) for most, cost in money)
    return modules if paid else None


def _near(band: Band, row: int, others: NDArray[np.int64]) -> Floats:
    """How near others are to a provider: 1 beside it, or where neither has a place; less with distance."""
    table = band.problem.providers
    x, y = table["x"].to_numpy(float), table["y"].to_numpy(float)
    away = np.nan_to_num(np.hypot(x[others] - x[row], y[others] - y[row]))
    usual = float(np.median(away)) or 1.0
    near: Floats = np.exp(-3.0 * away / usual) + 0.01
    return near


def _drawn(rng: np.random.Generator, rows: NDArray[np.int64], weight: Floats) -> int:
    weight = weight + BARELY
    return int(rng.choice(rows, p=weight / weight.sum()))
