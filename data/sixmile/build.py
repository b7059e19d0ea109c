"""Draws Sixmile, an invented town of six wards in a row, small enough to check every figure by hand."""

from __future__ import annotations

import csv
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
from shapely.geometry import box

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
WARDS = "abcdef"
MILE = 1600.0
MINUTES = 10
"""Walk from one ward to the next [min]."""

FIGURES = {
    "residents": (1000, 1000, 1000, 1000, 1000, 1000),
    "poor": (500, 400, 300, 200, 100, 0),
    "care": (300, 200, 100, 100, 200, 300),
    "children": (100, 100, 100, 100, 100, 100),
    "residents_2031": (1000, 1000, 1000, 1000, 1500, 2000),
    "care_2031": (300, 200, 100, 100, 300, 600),
    "care_low": (150, 100, 50, 50, 100, 150),
    "care_high": (300, 200, 100, 200, 400, 600),
    "poor_rent": (100, 80, 60, 40, 20, 0),
}
"""By ward: residents, the poor, those who need care, children; now, in 2031, if few and if many need it."""

SITES = (
    ("site_a", 1000, "city", 0.0),
    ("site_b", 1000, "private", 1.0),
    ("site_c", 1000, "city", 0.0),
    ("site_d", 500, "city", 0.0),
    ("site_e", 1000, "private", 2.0),
    ("site_f", 1000, "city", 0.0),
)
CLINICS = (("clinic_c", 150, 0.8, 0.2), ("clinic_d", 100, 1.0, 0.1))
PLOTS = (
    ("yard_b", 350, "city", 0.0, -150),
    ("mill_b", 800, "private", 1.0, 150),
    ("hall_e", 500, "city", 0.0, -150),
    ("lot_e", 1000, "private", 2.0, 150),
)
"""Two plots in a ward: land, owner, cost of acquiring it, metres east of the middle."""
SCHOOLS = (("school_b", 20, 1.0, 0.4), ("school_f", 200, 0.5, 0.1))


def main() -> None:
    """Write the layers and the table of ways."""
    wards = gpd.GeoDataFrame(
        {
            "ward": list(WARDS),
            "name": [f"Ward {w.upper()}" for w in WARDS],
            "district": ["west"] * 3 + ["east"] * 3,
            **FIGURES,
        },
        geometry=[
            box(500_000 + k * MILE, 5_000_000, 500_000 + (k + 1) * MILE, 5_000_000 + MILE) for k in range(6)
        ],
        crs="EPSG:32631",
    )
    wards.to_crs("EPSG:4326").to_file(HERE / "wards.geojson", driver="GeoJSON", RFC7946=True)
    _points("sites.csv", ("site", "land_m2", "owner", "acquisition_cost"), SITES)
    _points("clinics.csv", ("clinic", "capacity", "quality", "operating_cost"), CLINICS)
    _points("schools.csv", ("school", "capacity", "quality", "operating_cost"), SCHOOLS)
    _points(
        "plots.csv",
        ("plot", "land_m2", "owner", "acquisition_cost"),
        [row[:4] for row in PLOTS],
        [row[4] for row in PLOTS],
    )
    _ways()


def _points(
    file: str, names: tuple[str, ...], rows: Sequence[tuple[object, ...]], east: Sequence[int] = ()
) -> None:
    with (HERE / file).open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow((*names, "x", "y"))
        for row, metres in zip_longest(rows, east, fillvalue=0):
            middle = 500_000 + (_place(str(row[0])) + 0.5) * MILE  # type: ignore[index]
            table.writerow((*row, middle + metres, 5_000_000 + MILE / 2))  # type: ignore[misc]


def _ways() -> None:
    places = [str(row[0]) for row in (*SITES, *CLINICS)]
    with (HERE / "walk.csv").open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("from_id", "to_id", "minutes"))
        for k, ward in enumerate(WARDS):
            table.writerows((ward, place, MINUTES * abs(k - _place(place))) for place in places)


def _place(name: str) -> int:
    return WARDS.index(name[-1])


if __name__ == "__main__":
    main()
