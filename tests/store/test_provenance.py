"""What a run is called and what it says of itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from getpass import getuser
from pathlib import Path

import pytest

from planner import store
from planner.errors import MachineFault
from planner.plan import Status

STATUS = Status("within_gap", 10.0, 9.5, 20.0, 0.9, 0.91, 0.5, 0.02, 1.25)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("new_york", "new-york"),
        ("../../etc/passwd", "etc-passwd"),
        ("Zürich – Höngg", "zurich-hongg"),
        ("漢字", "scenario"),
        ("", "scenario"),
        ("CON.", "con"),
        ("a" * 200, "a" * 60),
        ("a" * 59 + "--b", "a" * 59),
        ("\u202etxt\0.exe", "txt-exe"),
    ],
)
def test_slugs_are_plain(name: str, expected: str) -> None:
    """A folder's name has only letters, digits and hyphens, whatever the scenario is called."""
    assert store.slug(name) == expected


def test_the_name_changes_with_every_part_of_the_question() -> None:
    """Another input, path, scenario or version is another question; the order of inputs is not."""
    inputs, versions = {"data/a.csv": "1", "data/b.csv": "2"}, {"planner": "0.1", "highspy": "1.15.1"}
    same = store.digest(dict(reversed(inputs.items())), "text", versions)
    others = [
        store.digest({**inputs, "data/a.csv": "3"}, "text", versions),
        store.digest({"data/c.csv": "1", "data/b.csv": "2"}, "text", versions),
        store.digest(inputs, "text ", versions),
        store.digest(inputs, "text", {**versions, "highspy": "1.15.2"}),
    ]
    assert store.digest(inputs, "text", versions) == same
    assert len({same, *others}) == 5
    assert store.run_id("New York", same) == f"new-york-{same[:8]}"
    assert len(same) == 64


def manifest(**changes: object) -> dict[str, object]:
    """Return a manifest of a made-up run."""
    content: dict[str, object] = {
        "scenario": "Zürich",
        "file": "scenarios/zurich.yaml",
        "question": "0" * 64,
        "inputs": {"data/b.csv": "2", "data/a.csv": "1"},
        "status": STATUS,
        "verdict": {"kept": True, "value": float("nan"), "faults": ()},
        "options": {"force": False},
        "times": {"started": "2026-01-01T00:00:00Z"},
    }
    return store.manifest(**{**content, **changes})  # type: ignore[arg-type]


def test_a_manifest_comes_back(tmp_path: Path) -> None:
    """What a manifest says is read back; figures that are not finite are null; keys are sorted."""
    store.write_manifest(tmp_path, manifest())
    text = (tmp_path / store.MANIFEST).read_bytes()
    back = store.read_manifest(tmp_path)
    assert store.status_of(back) == STATUS
    assert back["finished"] is True
    assert back["verdict"]["value"] is None
    assert list(back) == sorted(back)
    assert list(back["inputs"]) == ["data/a.csv", "data/b.csv"]
    assert b"\r" not in text
    assert "Zürich".encode() in text
    assert text.endswith(b"}\n")


def test_only_times_differ_between_equal_runs() -> None:
    """A slower search and another start change nothing in the manifest outside `times`."""
    slower = Status(**{**{name: getattr(STATUS, name) for name in Status.__slots__}, "seconds": 99.0})
    one, other = manifest(), manifest(status=slower, times={"started": "2027-01-01T00:00:00Z"})
    assert one.pop("times") != other.pop("times")
    assert json.dumps(one) == json.dumps(other)


def test_versions_are_told() -> None:
    """Everything that took part is named with its version."""
    versions = store.versions()
    assert {"python", "planner", "pulp", "highspy", "geopandas", "shapely", "GEOS", "GDAL", "PROJ"} <= set(
        versions
    )
    assert {"pandas", "numpy", "scipy"} <= set(versions)
    assert all(value[0].isdigit() for name, value in versions.items() if name != "planner")
    assert store.solver_versions().items() <= versions.items()


def test_a_status_that_is_missing_is_told() -> None:
    """A manifest without a status, or with an unknown figure in it, is told as such."""
    for damaged in (
        {},
        {"status": {"ending": "optimal"}, "times": {"search_seconds": 1}},
        {"status": 1, "times": 2},
    ):
        with pytest.raises(MachineFault, match="tells no status"):
            store.status_of(damaged)


@pytest.mark.parametrize("path", ["/home/jo/a.csv", "C:\\a.csv", "../a.csv", "data/../../a.csv"])
def test_paths_of_this_machine_are_refused(path: str) -> None:
    """A manifest tells nothing of where the project lies."""
    with pytest.raises(ValueError, match="not relative to the project folder"):
        manifest(inputs={path: "1"})
    with pytest.raises(ValueError, match="not relative to the project folder"):
        manifest(file=path)


def test_no_path_of_this_machine_in_any_file(tmp_path: Path) -> None:
    """Neither the way to the project nor the user's name stands in a run folder, or in a file's name."""
    with store.new_run(tmp_path, "a-1") as folder:
        store.write_manifest(folder, manifest())
    words = [str(tmp_path), str(Path.home()), f"{os.sep}{getuser()}{os.sep}", str(os.getpid())]
    for path in (tmp_path / "runs").rglob("*"):
        assert not any(word in path.relative_to(tmp_path).as_posix() for word in words)
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not any(word in text for word in words[:3])


def test_the_store_is_light() -> None:
    """Looking for a finished run imports no table or map library."""
    code = (
        "import sys; from planner import store; store.solver_versions();"
        "print(sorted({'pandas', 'numpy', 'shapely'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
