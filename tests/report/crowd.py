"""A run in which all sixty hostile names stand at once, wherever a list of names can stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import invented_plan
import kept_run
import pandas as pd
from hostile import HOSTILE
from shapely import Point, box

from planner import frames
from planner.report.rivals import ELSEWHERE, IN_USE, INSTEAD, NEAREST, Rivals
from planner.scenario.schema import Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from planner.city.city import City
    from planner.plan import Plan
    from planner.report.kept import Kept

SIDE = 8
GROUPS, SERVICES = 12, 5
CELLS = [f"c{n}" for n in range(len(HOSTILE))]


def keep(folder: Path, **changes: object) -> Kept:
    """Write the run: a neighbourhood, a facility, a note and a source for each name; groups and services."""
    asked, place = _asked(**changes), _city()
    return kept_run.write(
        folder, asked, place, _plan(list(asked.services)), _services(asked), notes=list(HOSTILE),
        rivals=_rivals(list(asked.services)),
    )  # fmt: skip


def _asked(**changes: object) -> Scenario:
    tree = invented_plan.scenario(**changes).model_dump(exclude_none=True)
    first = tree["services"]["health"]
    tree["services"] = {f"s{n}": first | {"label": _short(n), "unit": _short(n + 5)} for n in range(SERVICES)}
    tree["city"]["groups"] = {f"g{n}": {"count": f"g{n}", "label": _short(n + 10)} for n in range(GROUPS)}
    return Scenario.model_validate(tree | {"name": _short(3), "description": _short(24)})


def _short(nth: int) -> str:
    return HOSTILE[nth % len(HOSTILE)][: kept_run.SHORT]


def _city() -> City:
    east, north = invented_plan.EAST, invented_plan.NORTH
    corner = [(east + 1000 * (n % SIDE), north + 1000 * (n // SIDE)) for n in range(len(HOSTILE))]
    people = {"population": 100.0} | {f"g{n}": 10.0 + n for n in range(GROUPS)}
    index = pd.Index([f"n{n}" for n in range(len(HOSTILE))], name="neighbourhood")
    areas = gpd.GeoDataFrame(
        {"label": HOSTILE} | people, geometry=[box(x, y, x + 1000, y + 1000) for x, y in corner],
        index=index, crs=invented_plan.CRS,
    )  # fmt: skip
    cells = gpd.GeoDataFrame(
        {"neighbourhood": index} | people, geometry=[Point(x + 500, y + 500) for x, y in corner],
        index=pd.Index(CELLS, name="cell"), crs=invented_plan.CRS,
    )  # fmt: skip
    inputs = {f"data/{n}-{_file(name)}": "ab" * 32 for n, name in enumerate(HOSTILE)}
    return replace(
        invented_plan.city(), neighbourhoods=areas, cells=cells, inputs=inputs, notes=tuple(HOSTILE)
    )


def _file(name: str) -> str:
    """A name that a file can have."""
    return "".join(letter for letter in name[: kept_run.SHORT] if letter not in "/\\").replace("..", "")


def _plan(services: list[str]) -> Plan:
    made = invented_plan.plan()
    one = made.facilities.iloc[[0]]
    spots = _city().cells.geometry
    rows = [
        one.assign(
            provider=f"{_of(services, n)}/p{n}", service=_of(services, n), place=f"p{n}", label=name,
            option=name, owner=name, run_by=name, served=5.0 + n, x=spots.iloc[n].x - 200, y=spots.iloc[n].y,
        )
        for n, name in enumerate(HOSTILE)
    ]  # fmt: skip
    served = [
        (1, cell, _of(services, n), f"{_of(services, n)}/p{n}", 5.0 + n, 12.0, 0.5)
        for n, cell in enumerate(CELLS)
    ]
    need = [
        (1, cell, f"n{n}", _of(services, n), 100.0, 80.0, 5.0 + n, 2.5 + n / 2, 75.0 - n)
        for n, cell in enumerate(CELLS)
    ]
    columns = [c.name for c in frames.ASSIGNMENT.columns if c.absent is None]
    points = pd.DataFrame(need, columns=frames.NEED_POINTS.names)
    return replace(
        made,
        facilities=frames.FACILITIES.tidy(pd.concat(rows, ignore_index=True)),
        assignment=frames.ASSIGNMENT.tidy(pd.DataFrame(served, columns=columns)),
        need_points=frames.NEED_POINTS.tidy(points),
        unmet=frames.UNMET.tidy(points.assign(reason="no capacity left")),
        before=frames.ASSIGNMENT.tidy(pd.DataFrame(columns=columns)),
    )


def _of(services: list[str], nth: int) -> str:
    return services[nth % len(services)]


def _services(asked: Scenario) -> pd.DataFrame:
    one = invented_plan.services().iloc[[0]]
    parts = [one.assign(unit=service.unit, weight=1 / SERVICES) for service in asked.services.values()]
    return pd.concat(parts).set_axis(pd.Index(asked.services, name="service"))


def _rivals(services: list[str]) -> Rivals:
    ids = [f"{_of(services, n)}/p{n}" for n in range(len(HOSTILE))]
    rows = [
        (ids[n], kind, ids[n - SERVICES], name, f"n{n}", 3.0)
        for n, name in enumerate(HOSTILE)
        for kind in (IN_USE, INSTEAD, ELSEWHERE)
    ]
    near = [(f"n{n}", _of(services, n), ids[n], 12.0, 5.0) for n in range(len(HOSTILE))]
    names = ["provider", "kind", "other", "label", "neighbourhood", "amount"]
    return Rivals(pd.DataFrame(rows, columns=names), pd.DataFrame(near, columns=NEAREST))
