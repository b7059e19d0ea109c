"""The invented city that `planner init` writes: whole or not at all, and showing every key."""

from __future__ import annotations

import errno
import json
import os
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import geopandas as gpd
import pandas as pd
import pytest
from pydantic import BaseModel

from planner.cli.starter import draw, write, write_starter
from planner.errors import InputFault, MachineFault
from planner.scenario.read import read_scenario
from planner.scenario.schema import Scenario
from planner.scenario.schema_json import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

SHIPPED = Path(str(files("planner.cli.starter"))) / "files"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """Give the invented city's scenario, as read."""
    return read_scenario(write_starter(tmp_path / "my-city"))


def written(folder: Path) -> list[str]:
    """Everything in a folder, by its path in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def keys(model: object) -> Iterator[str]:
    """Every key that a model and the models in it know."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        for name, field in model.model_fields.items():
            yield name
            yield from keys(field.annotation)
    for part in get_args(model):
        yield from keys(part)


def test_drawing_anew_gives_the_shipped_bytes(tmp_path: Path) -> None:
    """The shipped data are those that the script draws."""
    draw.draw(tmp_path)
    assert written(tmp_path) == written(SHIPPED / "data")
    different = [
        f.name for f in tmp_path.iterdir() if f.read_bytes() != (SHIPPED / "data" / f.name).read_bytes()
    ]
    assert not different


def test_shipped_files_are_small_text() -> None:
    """All shipped files together stay below 80 kB and are UTF-8."""
    shipped = [path for path in SHIPPED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in shipped) < 80_000
    assert all(path.read_text(encoding="utf-8") for path in shipped)


def test_shipped_files_are_packaged() -> None:
    """Every shipped file is named by the package data, so that an installed planner has it."""
    import tomllib  # noqa: PLC0415

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    globs = project["tool"]["setuptools"]["package-data"]["planner"]
    package = SHIPPED.parents[2]
    named = {path for pattern in globs for path in package.glob(pattern)}
    assert not {path for path in SHIPPED.rglob("*") if path.is_file()} - named


def test_scenario_shows_every_key() -> None:
    """Every key of the schema stands in the invented scenario, in use or in a comment."""
    text = (SHIPPED / "scenario.yaml").read_text(encoding="utf-8")
    assert not [key for key in sorted(set(keys(Scenario))) if f"{key}:" not in text]


def test_scenario_uses_every_method_meaning_and_decay(scenario: Scenario) -> None:
    """All ways to measure travel, both meanings of need, all decays and all four rules are in use."""
    services = scenario.services.values()
    assert {mode.method for mode in scenario.travel.values()} == {"straight_line", "network", "table"}
    assert {service.travel.mode for service in services} == set(scenario.travel)
    assert {service.need.meaning for service in services} == {"demand", "deficit"}
    assert {service.travel.decay for service in services} == {"step", "linear", "logistic", "exponential"}
    assert {name for rule in scenario.constraints for name in rule} == {
        "floor",
        "count",
        "locked",
        "forbidden",
    }
    assert {rule["floor"]["of"] for rule in scenario.constraints if "floor" in rule} == {
        "city",
        "each_neighbourhood",
    }
    assert len(scenario.city.groups) == 3


def test_neighbourhoods_are_a_coverage_with_one_park() -> None:
    """Twelve neighbourhoods touch without gaps or overlaps; nobody lives in one of them."""
    areas = gpd.read_file(SHIPPED / "data" / "neighbourhoods.geojson")
    assert len(areas) == 12
    assert areas.geometry.is_valid.all()
    assert areas.geometry.is_valid_coverage()
    assert areas.geometry.union_all().geom_type == "Polygon"
    cells = pd.read_csv(SHIPPED / "data" / "cells.csv")
    assert set(areas["quarter"]) - set(cells["quarter"]) == {"Q11"}
    points = gpd.GeoDataFrame(cells, geometry=gpd.points_from_xy(cells["lon"], cells["lat"]), crs=areas.crs)
    home = gpd.sjoin(points, areas[["quarter", "geometry"]], rsuffix="there", predicate="within")
    assert (home["quarter_left"] == home["quarter_there"]).all()
    assert len(home) == len(cells) == 61


def test_second_scenario_differs_in_its_principle_only(scenario: Scenario) -> None:
    """`utilitarian.yaml` extends the first scenario and overrides name and objective."""
    other = read_scenario(scenario.path.with_name("utilitarian.yaml"))
    one, two = scenario.model_dump(), other.model_dump()
    assert {key for key in one if one[key] != two[key]} == {"name", "objective"}


def test_editors_find_the_schema(scenario: Scenario) -> None:
    """The first line of each scenario names a schema file that stands beside it and is ours."""
    for name in ("scenario.yaml", "utilitarian.yaml"):
        first = scenario.path.with_name(name).read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=scenario.schema.json"
    assert (
        json.loads(scenario.path.with_name("scenario.schema.json").read_text(encoding="utf-8"))
        == json_schema()
    )


def test_empty_folder_is_filled(tmp_path: Path) -> None:
    """A folder that is there and empty is filled, and keeps being the same folder."""
    folder = tmp_path / "city"
    folder.mkdir()
    before = folder.stat().st_ino
    write_starter(folder)
    assert folder.stat().st_ino == before
    assert {name.partition("/")[0] for name in written(folder)} == {
        "README.md", "data", "my-facilities.csv", "planner.toml",
        "scenario.schema.json", "scenario.yaml", "utilitarian.yaml",
    }  # fmt: skip


def test_taken_folder_is_left_alone(tmp_path: Path) -> None:
    """A folder that holds anything is refused, and nothing is written into it."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputFault, match=r"not empty: it holds mine\.txt"):
        write_starter(tmp_path)
    assert written(tmp_path) == ["mine.txt"]


def test_file_in_the_place_is_refused(tmp_path: Path) -> None:
    """A file of that name is refused and kept."""
    (tmp_path / "city").write_text("mine", encoding="utf-8")
    with pytest.raises(InputFault, match="a file of that name"):
        write_starter(tmp_path / "city")
    assert (tmp_path / "city").read_text(encoding="utf-8") == "mine"


def test_missing_parent_is_refused(tmp_path: Path) -> None:
    """A folder in a folder that is not there is refused, and no folder is made."""
    with pytest.raises(InputFault, match="the folder around it is not there"):
        write_starter(tmp_path / "far" / "city")
    assert written(tmp_path) == []


def test_name_that_no_disk_takes_is_refused(tmp_path: Path) -> None:
    """A name that is too long is the user's to mend."""
    with pytest.raises(InputFault, match="cannot have this name"):
        write_starter(tmp_path / ("c" * 300))
    assert written(tmp_path) == []


@pytest.mark.parametrize("there", [False, True], ids=["new folder", "empty folder"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_failure_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, there: bool
) -> None:
    """A disk that fails half-way is told as the machine's, and leaves no half city."""

    def fails() -> dict[str, Any]:
        raise OSError(number, os.strerror(number))

    folder = tmp_path / "city"
    if there:
        folder.mkdir()
    monkeypatch.setattr(write, "json_schema", fails)
    with pytest.raises(MachineFault):
        write_starter(folder)
    assert written(tmp_path) == (["city"] if there else [])


def test_failure_while_moving_in_takes_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When one file cannot be moved into an empty folder, those that were moved go too."""
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if target == tmp_path / "scenario.yaml":
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(MachineFault, match="permission is refused"):
        write_starter(tmp_path)
    assert written(tmp_path) == []
