"""A city of four cells with two services, a plan for it, and the tables that go with them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point, box

from planner.city.city import City
from planner.frames import ASSIGNMENT, FACILITIES, NEED_POINTS, UNMET
from planner.plan import Plan, Status
from planner.scenario.schema import Scenario

CELLS = pd.DataFrame(
    {
        "neighbourhood": ["n1", "n1", "n2", "n3"],
        "population": [100.0, 300.0, 200.0, 0.0],
        "poor": [80.0, 30.0, 0.0, 0.0],
    },
    index=pd.Index(["a", "b", "c", "d"], name="cell"),
)
NEEDS = {"clinic": {"a": 10.0, "b": 60.0, "c": 20.0}, "tap": {"a": 100.0, "b": 300.0}}
AFTER = [
    ("a", "clinic", "clinic/old/existing", 4.0, 10.0, 0.5), ("a", "clinic", "clinic/s1/big", 6.0, 5.0, 1.0),
    ("b", "clinic", "clinic/s1/big", 30.0, 20.0, 0.8), ("a", "tap", "tap/s1/one", 50.0, 300.0, 1.0),
]  # fmt: skip
BEFORE = [("a", "clinic", "clinic/old/existing", 5.0, 10.0, 0.5)]
PAIRS = pd.DataFrame(
    [
        ("clinic", "a", "clinic/old/existing", 10.0), ("clinic", "a", "clinic/s1/big", 5.0),
        ("clinic", "b", "clinic/s1/big", 20.0), ("clinic", "b", "clinic/s2/big", 1.0),
        ("tap", "a", "tap/s1/one", 300.0),
    ],
    columns=["service", "cell", "provider", "travel"],
)  # fmt: skip


def small_scenario(**changes: object) -> Scenario:
    """Return the scenario of the small city."""
    service = {
        "need": {"meaning": "demand", "count": "n"},
        "travel": {"standard_minutes": 15.0, "limit_minutes": 30.0},
    }
    layer = {"file": "x.geojson", "id": "id"}
    asked: dict[str, object] = {
        "name": "small", "travel": {"walk": {"method": "straight_line"}},
        "city": {"neighbourhoods": layer, "groups": {"poor": {"count": "poor"}}},
        "services": {
            "clinic": service,
            "tap": {**service, "unit": "m³/day", "need": {"meaning": "deficit", "count": "n"},
                    "travel": {"standard_metres": 400.0, "limit_metres": 1000.0}},
        },
    }  # fmt: skip
    return Scenario.model_validate(asked | changes)


def small_services() -> pd.DataFrame:
    """Return what the views need to know of the services."""
    rows = {
        "clinic": ["person", "demand", 0.75, 0.2, 15.0, 30.0, "min"],
        "tap": ["m³/day", "deficit", 0.25, 1.0, 400.0, 1000.0, "m"],
    }
    names = ["unit", "meaning", "weight", "scale", "standard", "limit", "travel_unit"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("service")


def small_city() -> City:
    """Return the city."""
    points = [Point(x, 0) for x in (0, 500, 1500, 2500)]
    cells = gpd.GeoDataFrame(CELLS.copy(), geometry=points, crs="EPSG:32618")
    sums = CELLS.groupby("neighbourhood")[["population", "poor"]].sum()
    shapes = [box(x, 0, x + 1000, 1000) for x in (0, 1000, 2000)]
    areas = gpd.GeoDataFrame(sums.assign(label=sums.index), geometry=shapes, crs="EPSG:32618")
    empty = gpd.GeoDataFrame(geometry=[], crs="EPSG:32618")
    need = pd.DataFrame(
        [
            (cell, service, "everyone", 1, "expected", n)
            for service, by in NEEDS.items()
            for cell, n in by.items()
        ],
        columns=["cell", "service", "group", "period", "future", "need"],
    )
    return City("EPSG:32618", areas, cells, need, empty, pd.DataFrame(columns=["service", "site"]), empty)


def small_plan() -> Plan:
    """Return the plan: a new clinic and a tap beside the old clinic."""
    assignment, before = _assignment(AFTER), _assignment(BEFORE)
    points = _points(assignment)
    facilities = pd.DataFrame(
        [
            (1, f"{s}/{place}/{option}", s, place, place, option, option == "existing", 1, q, 0.0, *[1.0] * 5)
            for s, place, option, q in (
                ("clinic", "old", "existing", 5.0), ("clinic", "s1", "big", 40.0), ("tap", "s1", "one", 50.0)
            )
        ],
        columns=FACILITIES.names[:15],
    )  # fmt: skip
    state = facilities["existing"].map({True: "stands", False: "built"})
    facilities = facilities.assign(state=state, facility="", run_by="", owner="", acquisition_cost=0.0)
    status = Status("given", 0.0, None, None, None, None, None, None, 0.0)
    unmet = UNMET.tidy(points[points["unmet"] > 0].assign(reason="no capacity left"))
    return Plan(FACILITIES.tidy(facilities), assignment, points, unmet, before, status)


def _assignment(rows: list[tuple[str, str, str, float, float, float]]) -> pd.DataFrame:
    return ASSIGNMENT.tidy(
        pd.DataFrame(
            [(1, *row) for row in rows], columns=[c.name for c in ASSIGNMENT.columns if c.absent is None]
        )
    )


def _points(assignment: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for service, by in NEEDS.items():
        for cell, need in by.items():
            mine = assignment[(assignment["service"] == service) & (assignment["cell"] == cell)]
            reached = mine["served"].sum()
            good = (mine["served"] * mine["quality"]).sum()
            home = CELLS.loc[cell]
            rows.append(
                (
                    1,
                    cell,
                    home["neighbourhood"],
                    service,
                    home["population"],
                    need,
                    reached,
                    good,
                    need - reached,
                )
            )
    return NEED_POINTS.tidy(pd.DataFrame(rows, columns=NEED_POINTS.names))
