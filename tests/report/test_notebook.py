"""Runs in notebooks: quick to import, frames with figures known by hand, shown as text whatever the names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import kept_run
import pytest
from hostile import HOSTILE
from test_report_page import Reader

import planner

TAGS = {"div", "p", "table", "thead", "tbody", "tr", "th", "td", "svg", "path", "title", "span", "rect"}
HEAVY = ("pandas", "numpy", "geopandas", "pulp", "highspy", "pydantic")


def test_the_package_is_imported_lightly() -> None:
    """`import planner` loads no library; every name of the face can be asked for and is listed."""
    code = f"import planner, sys; print(*(m for m in {HEAVY!r} if m in sys.modules))"
    root = Path(planner.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
    assert set(planner.__all__) <= set(dir(planner))
    assert all(getattr(planner, name) for name in planner.__all__)
    with pytest.raises(AttributeError, match="has no attribute `rnu`"):
        _ = planner.rnu


def test_a_run_gives_frames(tmp_path: Path) -> None:
    """Layers are GeoDataFrames in the city's coordinates, columns explained; changing one harms nothing."""
    run = planner.open_run(str(kept_run.keep(tmp_path / "tiny-0123abcd").folder))
    for frame, count in ((run.neighbourhoods, 3), (run.facilities, 3), (run.links, 4)):
        assert isinstance(frame, gpd.GeoDataFrame)
        assert (len(frame), frame.crs.to_epsg()) == (count, 32633)
    assert run.neighbourhoods.loc["a", ["label", "residents", "health_share"]].tolist() == [
        "Alder",
        1000,
        0.6,
    ]
    assert run.columns().loc["residents", "unit"] == "person"
    run.neighbourhoods["residents"] = 0
    assert run.neighbourhoods["residents"].sum() == 1500
    assert (run.found, run.report.name, len(run.indicators)) == (True, "report.html", 13)
    assert repr(run).startswith("Run('Tiny – two services', folder=")


def test_a_run_shows_itself(tmp_path: Path) -> None:
    """The answer, the need, the shares served before and after, and a map of what is drawn."""
    text = planner.open_run(kept_run.keep(tmp_path / "tiny-0123abcd").folder)._repr_html_()
    page = Reader(text)
    told = [data.replace("\u00a0", " ") for tag, data in page.texts if tag == "td"]
    assert told == ["140 people", "0 %", "57 %", "80 pupils", "50 %", "100 %"]
    assert len(page.all("path")) == 3
    assert "The plan builds 2 facilities" in text


@pytest.mark.parametrize("name", [HOSTILE[n] for n in (0, 7, 19, 33, 57)])
def test_hostile_names_are_text(tmp_path: Path, name: str) -> None:
    """No tag, attribute or address comes from a name."""
    page = Reader(planner.open_run(kept_run.keep(tmp_path / "tiny-0123abcd", name).folder)._repr_html_())
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= TAGS
    known = {
        "style",
        "scope",
        "viewbox",
        "role",
        "aria-label",
        "d",
        "fill",
        "fill-rule",
        "stroke",
        "width",
        "height",
    }
    for _tag, attributes in page.tags:
        assert set(attributes) <= known | {"aria-hidden"}
        assert "url(" not in (attributes.get("style") or "")
