"""A city of two neighbourhoods and a park, with a plan whose figures are known by hand."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import MultiPolygon, Point, Polygon, box

from planner import frames
from planner.city.city import City
from planner.plan import Ending, Instead, Plan, Status
from planner.report.rivals import ELSEWHERE, IN_USE, INSTEAD, NEAREST, ONLY, Rivals
from planner.scenario.schema import Scenario

CRS = "EPSG:32633"
EAST, NORTH = 500_000.0, 5_200_000.0
HOSTILE = (
    "</script><script>document.title='x'</script>",
    '=HYPERLINK("http://evil.invalid","go")',
    "\"'><img src=x onerror=alert(1)>",
    "\u202eداخل\u202c & Co",
)
SERVED = {
    ("a1", "health"): 60.0,
    ("b1", "health"): 20.0,
    ("a1", "education"): 50.0,
    ("b1", "education"): 30.0,
}
BEFORE = {("a1", "education"): 40.0}
NEED = {("a1", "health"): 100.0, ("b1", "health"): 40.0, ("a1", "education"): 50.0, ("b1", "education"): 30.0}


def scenario(name: str = "Tiny – two services", **changes: object) -> Scenario:
    """Return the question: 12 of at most 20 million for a clinic and a school place."""
    given = {
        "name": name,
        "city": {
            "neighbourhoods": {"file": "n.geojson", "id": "id"},
            "groups": {"poor": {"count": "poor", "label": "people below the poverty line"}},
        },
        "services": {
            "health": _service("person", "deficit", capital_cost=6.0, capacity=40.0),
            "education": _service("pupil", "demand", capital_cost=2.0),
        },
        "travel": {"walk": {"method": "straight_line"}},
        "budget": {"capital": 20.0, "operating": 9.0, "currency": "EUR million"},
        "objective": "utilitarian",
    }
    return Scenario.model_validate(given | changes)


def _service(unit: str, meaning: str, **option: float) -> dict[str, object]:
    return {
        "unit": unit,
        "need": {"meaning": meaning, "count": "need"},
        "travel": {"standard_minutes": 10.0, "limit_minutes": 30.0},
        "sites": {"file": "sites.geojson", "id": "id"},
        "options": {"small": {"operating_cost": 1.5, "land_m2": 300.0, "max_per_site": 3} | option},
    }


def city(labels: tuple[str, ...] = ("Alder", "Birch", "Park")) -> City:
    """Return 1,000 people in Alder, 500 in Birch, none in the park; Alder has a hole and an island."""
    alder = Polygon(box(0, 0, 1000, 1000).exterior, [box(400, 400, 600, 600).exterior])
    shapes = [
        MultiPolygon([alder, box(1100, 1200, 1200, 1300)]),
        box(1000, 0, 2000, 1000),
        box(0, 1000, 1000, 2000),
    ]
    neighbourhoods = gpd.GeoDataFrame(
        {"label": list(labels), "population": [1000.0, 500.0, 0.0], "poor": [500.0, 50.0, 0.0]},
        geometry=gpd.GeoSeries(shapes).translate(EAST, NORTH).to_numpy(),
        index=pd.Index(["a", "b", "p"], name="neighbourhood"),
        crs=CRS,
    )
    cells = gpd.GeoDataFrame(
        {"neighbourhood": ["a", "a", "b"], "population": [600.0, 400.0, 500.0], "poor": [500.0, 0.0, 50.0]},
        geometry=[Point(EAST + x, NORTH + 300) for x in (200, 800, 1500)],
        index=pd.Index(["a1", "a2", "b1"], name="cell"),
        crs=CRS,
    )
    nothing = pd.DataFrame()
    inputs = {"data/n.geojson": "ab" * 32}
    notes = ("One neighbourhood has no residents.",)
    return City(CRS, neighbourhoods, cells, nothing, nothing, nothing, nothing, inputs=inputs, notes=notes)


def plan(label: str = "Mill Lane", status: Status | None = None) -> Plan:
    """Return a plan that builds two modules of a clinic and one school beside the school that stands."""
    facilities = pd.DataFrame(
        [
            (
                1,
                "health/s1/small",
                "health",
                "s1",
                label,
                "small",
                False,
                2,
                80.0,
                80.0,
                12.0,
                3.0,
                600.0,
                900,
                300,
            ),
            (
                1,
                "education/s1/small",
                "education",
                "s1",
                label,
                "small",
                False,
                1,
                float("inf"),
                40.0,
                2.0,
                1.5,
                300.0,
                900,
                300,
            ),
            (
                1,
                "education/old",
                "education",
                "old",
                "Old School",
                "existing",
                True,
                1,
                40.0,
                40.0,
                0.0,
                0.0,
                0.0,
                300,
                300,
            ),
        ],
        columns=frames.FACILITIES.names[:15],
    )
    state = facilities["existing"].map({True: "stands", False: "built"})
    facilities = facilities.assign(state=state, facility="", run_by="", owner="", acquisition_cost=0.0)
    facilities["x"] += EAST
    facilities["y"] += NORTH
    need = pd.DataFrame([_need(*key) for key in NEED], columns=frames.NEED_POINTS.names)
    left = need[need["unmet"] > 0].assign(reason="no capacity left")
    return Plan(
        facilities=frames.FACILITIES.tidy(facilities),
        assignment=_assignment([(*key, served) for key, served in SERVED.items()], "s1/small"),
        need_points=frames.NEED_POINTS.tidy(need),
        unmet=frames.UNMET.tidy(left),
        before=_assignment([(*key, served) for key, served in BEFORE.items()], "old"),
        status=status or ended("within_gap"),
    )


def _need(cell: str, service: str) -> tuple[object, ...]:
    need, served = NEED[cell, service], SERVED[cell, service]
    residents = 600.0 if cell == "a1" else 500.0
    return (1, cell, cell[0], service, residents, need, served, served / 2, need - served)


def _assignment(rows: list[tuple[str, str, float]], provider: str) -> pd.DataFrame:
    table = [(1, cell, service, f"{service}/{provider}", served, 12.0, 0.5) for cell, service, served in rows]
    return frames.ASSIGNMENT.tidy(
        pd.DataFrame(table, columns=[c.name for c in frames.ASSIGNMENT.columns if c.absent is None])
    )


def ended(ending: Ending, *, gap: float | None = 0.0084, before: float | None = 400.0) -> Status:
    """Return a status with that ending."""
    bound = None if ending == "given" else 299.0
    return Status(ending, 300.0, bound, before, 0.8, 0.805, 0.7, gap, 12.5)


def services() -> pd.DataFrame:
    """Return the services as the problem knows them: equal weights, k of 1/5 and 1/10."""
    columns = {"unit": ["person", "pupil"], "meaning": ["deficit", "demand"], "weight": [0.5, 0.5]}
    columns |= {"scale": [0.2, 0.1], "need": [140.0, 80.0], "standard": [10.0] * 2, "limit": [30.0] * 2}
    columns |= {"travel_unit": ["min", "min"]}
    return pd.DataFrame(columns, index=pd.Index(["health", "education"], name="service"))


def indicators() -> pd.DataFrame:
    """Return an indicator table of four figures before and after."""
    rows = [
        (
            "tiny",
            when,
            1,
            "all",
            group,
            "wellbeing",
            summary,
            "1" if summary != "below_floor" else "person",
            value,
        )
        for when, shift in (("before", 0.0), ("after", 0.1))
        for group in ("everyone", "poor")
        for summary, value in (
            ("mean", 0.6 + shift),
            ("gini", 0.2 - shift),
            ("below_floor", 1200 - 2000 * shift),
        )
    ]
    rows.append(("tiny", "after", 1, "health", "everyone", "travel", "mean", "min", float("nan")))
    return frames.INDICATORS.tidy(pd.DataFrame(rows, columns=frames.INDICATORS.names))


def audit(asked: Scenario, place: City, made: Plan) -> dict[str, pd.DataFrame]:
    """Return the equity audit of the plan, beside itself under the names of the other ways."""
    from planner.indicators.equity import equity  # noqa: PLC0415 - also run as a script

    return equity(asked, place, made, services(), others(made))


def others(made: Plan) -> dict[str, Instead]:
    """Return the plan itself under the names of the other ways."""
    same = Instead(made.facilities, made.assignment, made.need_points)
    return {"nearest": same, "even": same}


def rivals(name: str = "") -> Rivals:
    """Tell that the clinic shares Birch's people, could stand elsewhere, and is the nearest to Alder."""
    clinic, school = "health/s1/small", "education/s1/small"
    rows = [
        (school, IN_USE, "education/old", "Old School", "", 30.0),
        (clinic, ONLY, clinic, "Mill Lane", "", 55.0),
        (clinic, INSTEAD, "health/s2/small", name or "Corn Yard", "b", 20.0),
        (clinic, ELSEWHERE, "health/s3/small", name or "Far Field", "a", 40.0),
    ]
    columns = ["provider", "kind", "other", "label", "neighbourhood", "amount"]
    near = pd.DataFrame([("b", "health", clinic, 12.0, 40.0)], columns=NEAREST)
    return Rivals(pd.DataFrame(rows, columns=columns), near)


def write(folder: Path, *, hostile: bool = False) -> Path:
    """Write tables, maps and page of the invented plan; with hostile names everywhere if asked."""
    from planner.report.page import write_report  # noqa: PLC0415 - also run as a script
    from planner.report.tables import write_tables  # noqa: PLC0415 - also run as a script

    script, formula, attribute, backwards = HOSTILE
    asked = scenario(attribute + script, description=script) if hostile else scenario()
    place = city((script, formula, backwards)) if hostile else city()
    made = plan(formula if hostile else "Mill Lane")
    told = audit(asked, place, made)
    write_tables(folder, made, indicators(), told)
    (page,) = write_report(
        folder, asked, place, made, indicators(), services(),
        verdict=script if hostile else "every rule is kept",
        notes=[attribute] if hostile else ["Straight lines."],
        versions={"planner": "0.1.0"}, equity=told, rivals=rivals(formula if hostile else ""),
    )  # fmt: skip
    return page


if __name__ == "__main__":
    import sys

    write(Path(sys.argv[1]))
