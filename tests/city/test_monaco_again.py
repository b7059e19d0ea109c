"""Monaco drawn by `planner init --osm` beside the shipped city that was built by hand from the same extract.

`MONACO_EXTRACT` names the extract, or the source distribution that holds it:
`pip download --no-deps --no-binary :all: quackosm==0.19.0`.
"""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("osmium")

from planner.city.osm_given import Given
from planner.cli.from_osm import write_from_osm

SHIPPED = Path(__file__).parents[2] / "data" / "monaco"
EXTRACT = os.environ.get("MONACO_EXTRACT", "")
MEMBER = "tests/test_files/monaco.osm.pbf"
PEOPLE = 38_367
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not EXTRACT, reason="MONACO_EXTRACT names no extract"),
]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Draw Monaco by its own wards and their people; the folder of its layers."""
    folder = tmp_path_factory.mktemp("monaco")
    extract = Path(EXTRACT)
    if extract.name.endswith(".tar.gz"):
        with tarfile.open(extract) as archive:
            member = next(name for name in archive.getnames() if name.endswith(MEMBER))
            content = archive.extractfile(member)
            assert content is not None
            extract = folder / "monaco.osm.pbf"
            extract.write_bytes(content.read())
    wards = SHIPPED / "neighbourhoods.geojson"
    own = Given(wards, "ward", "name", "residents")
    write_from_osm(folder / "city", extract, people=None, given=own, most_sites=10_000)
    return folder / "city" / "data"


def both(drawn: Path, shipped: str, name: str, key: str) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return a layer as it is shipped and as it was drawn, by id."""
    one, other = (
        gpd.read_file(folder / f"{layer}.geojson").set_index(key)
        for folder, layer in ((SHIPPED, shipped), (drawn, name))
    )
    return one, other


def same_places(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> None:
    """Assert that both have what the first has, in the same place to the rounding of the shipped layer."""
    assert set(one.index) <= set(other.index)
    assert shapely.equals_exact(one.geometry, other.geometry[one.index], 1e-6).all()


def test_homes_are_the_same(drawn: Path) -> None:
    """Every home is there, in the same place, with the same people."""
    one = pd.read_csv(SHIPPED / "cells.csv", index_col="cell")
    other = pd.read_csv(drawn / "cells.csv", index_col="cell")
    assert set(one.index) == set(other.index)
    assert (one[["lon", "lat"]] == other.loc[one.index, ["lon", "lat"]]).all(axis=None)
    assert one["residents"].sum() == other["residents"].sum() == PEOPLE
    for city in (one, other):
        assert city.groupby("ward")["residents"].sum().to_dict() == residents()
    assert (one["residents"] == other.loc[one.index, "residents"]).all()


def residents() -> dict[str, int]:
    """Return who lives in each ward."""
    wards = gpd.read_file(SHIPPED / "neighbourhoods.geojson")
    return dict(zip(wards["ward"], wards["residents"].astype(int), strict=True))


def test_wards_are_the_same(drawn: Path) -> None:
    """The city's own, with their names and people."""
    one, other = both(drawn, "neighbourhoods", "neighbourhoods", "ward")
    assert shapely.equals(shapely.normalize(one.geometry), shapely.normalize(other.geometry[one.index])).all()
    assert (one["name"] == other.loc[one.index, "name"]).all()


def test_streets_are_the_same(drawn: Path) -> None:
    """Every way that touches the wards, point for point; those wholly in France are left out."""
    one, other = both(drawn, "streets", "streets", "way")
    wards = gpd.read_file(SHIPPED / "neighbourhoods.geojson").union_all()
    same_places(other, one)
    assert (one["highway"][other.index] == other["highway"]).all()
    assert not one[~one.index.isin(other.index)].intersects(wards).any()


def test_drinking_water_and_sites_are_the_same(drawn: Path) -> None:
    """All taps, and all sites with their kind and land; three more were struck by hand."""
    one, other = both(drawn, "drinking_water", "water", "id")
    same_places(one, other)
    assert len(one) == len(other)
    one, other = both(drawn, "sites", "sites", "site")
    same_places(one, other)
    for column in ("kind", "land", "outline"):
        assert (one[column] == other.loc[one.index, column]).all()
    assert len(other) == len(one) + 3


def test_schools_and_health_houses_are_those_that_were_judged(drawn: Path) -> None:
    """Every shipped one is drawn, itself or its building or grounds; the others are those struck by hand."""
    struck = (SHIPPED / "build.py").read_text(encoding="utf-8")
    for shipped, name, untagged in (
        ("schools", "education", {"node/11151020213"}),
        ("health", "health", set()),
    ):
        one, other = both(drawn, shipped, name, "id")
        there = one[one.index.isin(other.index)]
        same_places(there, other)
        near = one[~one.index.isin([*other.index, *untagged])].to_crs("EPSG:32632").geometry
        assert (near.apply(lambda at, of=other: of.to_crs("EPSG:32632").distance(at).min()) < 120).all()
        assert all(f'"{osm}"' in struck for osm in other.index.difference(one.index))
