"""Draw the invented city that `planner init` writes; the drawn files are shipped, nobody needs to run this.

`python -m planner.cli.starter.draw` draws them anew: plain arithmetic and a seeded generator, so that the
same bytes come out on every machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from planner.cli.starter.written import degrees, shapes, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.cli.starter.written import Feature, Point

FILES = Path(__file__).parent / "files" / "data"
SEED = 1
SIDE = 1000.0
"""Side of a neighbourhood [m]."""
COLUMNS, ROWS, RIVER = 4, 3, 2
BLOCK = 250.0
"""Distance of parallel streets [m]."""
WIDTH, BRIDGE, BEYOND = 40.0, (1440.0, 1560.0), 600.0
"""Half the width of the river, where the bridge is, and how far the river goes on beyond the city [m]."""


class Quarter(NamedTuple):
    """One neighbourhood; the shares are of its residents."""

    name: str
    residents: int
    poor: float
    informal: float
    old: float
    crowded: float
    care: float
    children: float


QUARTERS = (
    Quarter("Mill End", 2600, 0.21, 0.00, 0.15, 0.030, 0.30, 0.15),
    Quarter("Old Town", 4200, 0.18, 0.00, 0.24, 0.025, 0.36, 0.11),
    Quarter("Ferry Side", 3100, 0.34, 0.10, 0.11, 0.060, 0.38, 0.19),
    Quarter("Brickfields", 3900, 0.47, 0.32, 0.07, 0.095, 0.44, 0.24),
    Quarter("Orchard", 2300, 0.09, 0.00, 0.19, 0.012, 0.28, 0.14),
    Quarter("Market", 4600, 0.16, 0.00, 0.17, 0.028, 0.31, 0.12),
    Quarter("East Bank", 3700, 0.38, 0.14, 0.10, 0.070, 0.40, 0.21),
    Quarter("Reed Flats", 4100, 0.58, 0.71, 0.05, 0.130, 0.49, 0.27),
    Quarter("Hillside", 1900, 0.06, 0.00, 0.21, 0.008, 0.26, 0.13),
    Quarter("Station", 3600, 0.23, 0.00, 0.13, 0.035, 0.32, 0.16),
    Quarter("River Park", 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    Quarter("Kiln Edge", 2800, 0.44, 0.25, 0.09, 0.085, 0.42, 0.23),
)
SPOTS = ((0.25, 0.26), (0.74, 0.24), (0.5, 0.52), (0.26, 0.76), (0.75, 0.73), (0.48, 0.2))
"""Where cells lie in a neighbourhood, as shares of its sides; the last one only in large ones."""
LARGE = 3500


@dataclass(frozen=True)
class Drawn:
    """The corners of the grid of neighbourhoods, and the points between two corners [m]."""

    corner: dict[tuple[int, int], Point]
    between: dict[tuple[tuple[int, int], tuple[int, int]], Point]

    def ring(self, column: int, row: int) -> list[Point]:
        """Outline of a neighbourhood, counter-clockwise, closed; neighbours share every vertex."""
        at = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
        ring = []
        for one, other in zip(at, [*at[1:], at[0]], strict=True):
            ring += [self.corner[one], self.between[min(one, other), max(one, other)]]
        return [*ring, ring[0]]

    def inside(self, column: int, row: int, right: float, up: float) -> Point:
        """Point at these shares of the sides of a neighbourhood."""
        a, b, c, d = (self.corner[column + i, row + j] for i, j in ((0, 0), (1, 0), (0, 1), (1, 1)))
        low = _between(a, b, right)
        return _between(low, _between(c, d, right), up)

    def river(self) -> list[Point]:
        """Middle of the river, from south to north, beyond the city at both ends."""
        line = [self.corner[RIVER, 0]]
        for row in range(ROWS):
            line += [self.between[(RIVER, row), (RIVER, row + 1)], self.corner[RIVER, row + 1]]
        (first, low), (last, high) = line[0], line[-1]
        return [(first, low - BEYOND), *line, (last, high + BEYOND)]


CLINICS = (
    ("clinic-1", "Old Town clinic", 1900, 1.0, (1, 0)),
    ("clinic-2", "Station surgery", 1100, 0.85, (1, 2)),
    ("clinic-3", "Reed Flats dispensary", 500, 0.6, (3, 1)),
)
SCHOOLS = (
    ("school-1", "Market School", 1300, (1, 1)),
    ("school-2", "Orchard School", 700, (0, 1)),
    ("school-3", "Ferry School", 900, (2, 0)),
)
PIPES = ((0, 0), (1, 1), (2, 1), (3, 0))
TWO_SITES = ((0, 0), (3, 0), (3, 1), (3, 2))


def draw(folder: Path = FILES) -> None:
    """Write every data file of the invented city into a folder."""
    random = Random(SEED)  # noqa: S311 - an invented city needs no secrets
    grid = _grid(random)
    cells = _cells(grid, random)
    sites = _sites(grid, random)
    at = {name: grid.inside(*quarter, 0.42, 0.61) for name, *_, quarter in (*CLINICS, *SCHOOLS)}
    schools = [({"school": i, "name": name, "pupils": n}, "Point", at[i]) for i, name, n, _ in SCHOOLS]
    clinics = [(i, name, patients, quality, *degrees(at[i])) for i, name, patients, quality, _ in CLINICS]
    pipes = [(f"pipe-{n}", *degrees(grid.inside(*quarter, 0.6, 0.4))) for n, quarter in enumerate(PIPES, 1)]
    ends = {site["site"]: point for site, _, point in sites} | {i: at[i] for i, *_ in CLINICS}
    shapes(folder / "neighbourhoods.geojson", _neighbourhoods(grid))
    shapes(folder / "sites.geojson", sites)
    shapes(folder / "schools.geojson", schools)
    shapes(folder / "river.geojson", _river(grid))
    shapes(folder / "streets.geojson", _streets(random))
    rows = [(*cell[:2], *degrees(cell[2]), *cell[3:]) for cell in cells]
    table(folder / "cells.csv", "cell,quarter,lon,lat,residents,informal,children", rows)
    table(folder / "clinics.csv", "clinic,name,patients,quality,lon,lat", clinics)
    table(folder / "standpipes.csv", "pipe,lon,lat", pipes)
    table(folder / "water_sites.csv", "site,lon,lat", _water_sites(grid))
    table(folder / "bus_times.csv", "from_id,to_id,minutes", _bus({c[0]: c[2] for c in cells}, ends))


def _grid(random: Random) -> Drawn:
    """Lay a grid whose corners and sides are moved a little; the river runs along one of its lines."""
    at = [(column, row) for column in range(COLUMNS + 1) for row in range(ROWS + 1)]
    corner = {c: (_moved(c[0] * SIDE, random, c[0] == RIVER), _moved(c[1] * SIDE, random)) for c in at}
    between = {}
    for column, row in at:
        for other in ((column + 1, row), (column, row + 1)):
            if other in corner:
                x, y = _between(corner[column, row], corner[other], 0.5)
                between[(column, row), other] = (_moved(x, random, column == RIVER), _moved(y, random))
    return Drawn(corner, between)


def _moved(x: float, random: Random, narrow: bool = False) -> float:
    most = 30.0 if narrow else 70.0
    return round(x + (2 * random.random() - 1) * most, 1)


def _between(a: Point, b: Point, share: float) -> Point:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def _quarters() -> list[tuple[str, Quarter, tuple[int, int]]]:
    """Id, description and place in the grid of every neighbourhood."""
    return [(f"Q{n + 1:02}", quarter, (n % COLUMNS, n // COLUMNS)) for n, quarter in enumerate(QUARTERS)]


def _neighbourhoods(grid: Drawn) -> list[Feature]:
    return [
        (
            {
                "quarter": name,
                "name": q.name,
                "asked": round(q.residents * 0.96),
                "poor": round(q.residents * 0.96 * q.poor),
                "over_65": round(q.residents * q.old),
                "crowded": round(q.residents * q.crowded),
                "care_rate": q.care,
            },
            "Polygon",
            [grid.ring(*at)],
        )
        for name, q, at in _quarters()
    ]


def _cells(grid: Drawn, random: Random) -> list[tuple[str, str, Point, int, int, int]]:
    """Cells with residents, those in informal settlements, and children; they sum to the quarter's."""
    cells = []
    for name, q, at in _quarters():
        spots = SPOTS if q.residents >= LARGE else SPOTS[:5]
        weight = [0.7 + 0.6 * random.random() for _ in spots]
        left = q.residents
        for n, (right, up) in enumerate(spots if q.residents else ()):
            people = round(q.residents * weight[n] / sum(weight)) if n + 1 < len(spots) else left
            left -= people
            informal = min(people, round(people * min(1.0, q.informal * (0.4 + 1.2 * random.random()))))
            where = grid.inside(*at, right + 0.06 * random.random(), up + 0.06 * random.random())
            cells.append((f"{name}-{n + 1}", name, where, people, informal, round(people * q.children)))
    return cells


def _sites(grid: Drawn, random: Random) -> list[Feature]:
    """One or two sites in each neighbourhood where people live."""
    places = [(f"{q.name} plot 1", at, (0.55, 0.35)) for _, q, at in _quarters() if q.residents]
    places += [(f"{q.name} plot 2", at, (0.3, 0.6)) for _, q, at in _quarters() if at in TWO_SITES]
    return [
        (
            {
                "site": f"site-{n:02}",
                "name": name,
                "land": land,
            },
            "Point",
            grid.inside(*at, *spot),
        )
        for n, (name, at, spot) in enumerate(places, 1)
        for land in [500 * round(6 + 24 * random.random())]
    ]


def _water_sites(grid: Drawn) -> list[tuple[str, float, float]]:
    spots = [(at, spot) for _, q, at in _quarters() if q.residents for spot in ((0.5, 0.5),)]
    return [(f"tap-{n:02}", *degrees(grid.inside(*at, *spot))) for n, (at, spot) in enumerate(spots, 1)]


def _river(grid: Drawn) -> list[Feature]:
    """Two stretches of water with the bridge between them."""
    line = grid.river()
    low, high = BRIDGE
    south = [p for p in line if p[1] < low] + [_on(line, low)]
    north = [_on(line, high)] + [p for p in line if p[1] > high]
    return [({"name": name}, "Polygon", [_band(part)]) for name, part in (("south", south), ("north", north))]


def _on(line: list[Point], y: float) -> Point:
    """Point of the line at that northing."""
    for a, b in pairwise(line):
        if a[1] <= y <= b[1]:
            return _between(a, b, (y - a[1]) / (b[1] - a[1]))
    return line[-1]


def _band(line: list[Point]) -> list[Point]:
    east = [(x + WIDTH, y) for x, y in line]
    west = [(x - WIDTH, y) for x, y in reversed(line)]
    return [*east, *west, east[0]]


def _streets(random: Random) -> list[Feature]:
    """Streets both ways every block; those from west to east cross the river on the bridge only."""
    across, up = round(COLUMNS * SIDE / BLOCK), round(ROWS * SIDE / BLOCK)
    node = {
        (i, j): (BLOCK * (i + 0.5) + 30 * random.random() - 15, BLOCK * j + 30 * random.random() - 15)
        for i in range(across)
        for j in range(up + 1)
    }
    bank = round(RIVER * SIDE / BLOCK)
    lines = [[node[i, j] for j in range(up + 1)] for i in range(across)]
    for j in range(up + 1):
        street = [node[i, j] for i in range(across)]
        lines += [street] if BRIDGE[0] < BLOCK * j < BRIDGE[1] else [street[:bank], street[bank:]]
    return [({"street": n}, "LineString", line) for n, line in enumerate(lines, 1)]


def _bus(cells: dict[str, Point], ends: dict[str, Point]) -> Iterable[tuple[str, str, float]]:
    """Minutes by bus: to the stop, the wait, the ride; whoever crosses the river rides over the bridge."""
    bridge = (RIVER * SIDE, sum(BRIDGE) / 2)
    for cell, home in cells.items():
        for end, place in ends.items():
            same_bank = (home[0] < bridge[0]) == (place[0] < bridge[0])
            way = math.dist(home, place) if same_bank else math.dist(home, bridge) + math.dist(bridge, place)
            minutes = round(7 + way * 1.25 / 300, 1)
            if minutes <= 20:  # noqa: PLR2004 - no longer ways are told, as a routing engine would do
                yield cell, end, minutes


if __name__ == "__main__":
    draw()
