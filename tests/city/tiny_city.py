"""A tiny city whose files a test can spoil one at a time."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from planner.city.read import read_city
from planner.errors import PlannerError
from planner.scenario.schema import Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from planner.city.city import City

WEST, SOUTH, STEP = 16.36, 48.20, 0.01


def square(column: int, row: int, size: float = STEP) -> dict[str, Any]:
    """Return a square polygon, `size` degrees wide."""
    x, y = WEST + column * STEP, SOUTH + row * STEP
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def point(column: float, row: float) -> dict[str, Any]:
    """Return a point, counted in squares."""
    return {"type": "Point", "coordinates": [round(WEST + column * STEP, 6), round(SOUTH + row * STEP, 6)]}


def feature(geometry: dict[str, Any] | None, **properties: object) -> dict[str, Any]:
    """Return a GeoJSON feature."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    """Return a GeoJSON feature collection."""
    return {"type": "FeatureCollection", "features": list(features)}


AREAS = collection(
    feature(square(0, 0), id="A", name="Altstadt", poor=30, asked=100, sick=10),
    feature(square(1, 0), id="B", name="Bach", poor=10, asked=200, sick=20),
    feature(square(0, 1), id="C", name="", poor=0, asked=50, sick=5),
    feature(square(1, 1), id="D", name="Dorf", poor=0, asked=0, sick=0),
)
CELLS = (
    "cell,area,lon,lat,people,pupils\n"
    "001,A,16.362,48.202,100,10\n"
    "002,A,16.367,48.207,300,0\n"
    "003,B,16.375,48.205,200,20\n"
    "004,C,16.365,48.215,50,5\n"
)
SITES = collection(
    feature(point(0.5, 0.5), site="S1", land=500.0, name="Markt"),
    feature(point(1.5, 1.5), site="S2", land=900, name="Feld"),
)
CLINICS = "id,lon,lat,beds,quality\nK1,16.365,48.205,40,0.5\nK2,16.375,48.215,60,1\n"
STREETS = collection(
    feature({"type": "LineString", "coordinates": [[16.36, 48.20], [16.37, 48.21], [16.38, 48.22]]}),
)
TIMES = "from,to,minutes\n001,S1,4\n003,S2,9\n"
SCENARIO: dict[str, Any] = {
    "name": "tiny",
    "city": {
        "crs": "EPSG:32633",
        "neighbourhoods": {"file": "areas.geojson", "id": "id", "label": "name"},
        "cells": {
            "file": "cells.csv",
            "id": "cell",
            "neighbourhood": "area",
            "x": "lon",
            "y": "lat",
            "population": "people",
        },
        "groups": {"poor": {"count": "poor", "of": "asked"}},
    },
    "services": {
        "health": {
            "need": {"meaning": "demand", "count": "sick"},
            "travel": {"limit_minutes": 30},
            "existing": {
                "file": "clinics.csv",
                "id": "id",
                "x": "lon",
                "y": "lat",
                "capacity": "beds",
                "quality": "quality",
            },
            "sites": {"file": "sites.geojson", "id": "site", "land_m2": "land", "label": "name"},
            "options": {"small": {"capacity": 10}},
        },
        "school": {
            "need": {"meaning": "deficit", "layer": "cells", "count": "pupils"},
            "travel": {"limit_metres": 2000},
            "sites": {"file": "sites.geojson", "id": "site", "land_m2": "land"},
            "options": {"small": {"capacity": 10}},
        },
    },
    "travel": {"walk": {"method": "straight_line"}},
}


@dataclass
class Tiny:
    """A tiny city on disk: change `files` or `scenario`, then read it."""

    folder: Path
    files: dict[str, Any] = field(
        default_factory=lambda: copy.deepcopy(
            {"areas.geojson": AREAS, "cells.csv": CELLS, "sites.geojson": SITES, "clinics.csv": CLINICS}
            | {"streets.geojson": STREETS, "times.csv": TIMES}
        )
    )
    scenario: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(SCENARIO))

    def posed(self) -> Scenario:
        """Write the files and return the scenario."""
        for name, content in self.files.items():
            path = self.folder / name
            if isinstance(content, bytes):
                path.write_bytes(content)
            elif content is not None:
                text = content if isinstance(content, str) else json.dumps(content)
                path.write_text(text, "utf-8", newline="\n")
        scenario = Scenario.model_validate(self.scenario)
        scenario._path, scenario._project = self.folder / "tiny.yaml", self.folder
        return scenario

    def read(self) -> City:
        """Read the city."""
        return read_city(self.posed())

    def told(self) -> str:
        """Return the message that the city is refused with."""
        with pytest.raises(PlannerError) as refused:
            self.read()
        return str(refused.value)

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace text in a file."""
        assert old in self.files[name]
        self.files[name] = self.files[name].replace(old, new)
