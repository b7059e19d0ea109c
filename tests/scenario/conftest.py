"""A small catalogue of its own, so that messages here do not change when a principle is added."""

from pathlib import Path

import pytest

from planner import catalogue

HERE = Path(__file__).parent
ROOMS = {"objective": "principles", "constraint": "rules", "measure": "indicators", "summary": "indicators"}
DECLARED: dict[tuple[str, str], catalogue.Unit] = {}


@pytest.fixture(autouse=True)
def own_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the units of `scenario_units` are known here."""
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.setattr(catalogue, "_UNITS", DECLARED)
    for kind, room in ROOMS.items():
        monkeypatch.setitem(catalogue.ROOMS, kind, f"scenario_units.{room}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project folder of its own with the tiny city and the good scenario in it."""
    for file in ("good.yaml", *(f"city/{p.name}" for p in (HERE / "city").iterdir())):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes((HERE / file).read_bytes())
    (tmp_path / "planner.toml").touch()
    return tmp_path
