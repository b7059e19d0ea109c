"""Every message about a scenario, pinned word for word beside the file that causes it."""

import os
import shutil
from pathlib import Path

import pytest

from planner.errors import InputFault
from planner.scenario.read import read_scenario

FAULTS = sorted((Path(__file__).parents[1] / "faults" / "scenario").glob("*.yaml"), key=lambda p: p.stem)


def told(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what the reader says of a broken file that lies in the project folder."""
    project = folder / "project"
    project.mkdir()
    for name in ("planner.toml", "good.yaml", "city"):
        (folder / name).rename(project / name)
    (folder / "secret.geojson").touch()
    os.mkfifo(project / "city/pipe")
    (project / "city/link.geojson").symlink_to(folder / "secret.geojson")
    (project / "city/loop.geojson").symlink_to(project / "city/loop.geojson")
    shutil.copy(file, project / file.name)
    monkeypatch.chdir(project)
    with pytest.raises(InputFault) as caught:
        read_scenario(Path(file.name))
    return str(caught.value) + "\n"


@pytest.mark.parametrize("file", FAULTS, ids=lambda p: p.stem)
def test_message_is_pinned(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken scenario is refused in exactly the words that stand beside it."""
    assert told(file, folder, monkeypatch) == file.with_suffix(".txt").read_text("utf-8")


def test_there_are_many_messages() -> None:
    """No broken file was lost, and each has its message."""
    assert len(FAULTS) >= 120
    assert {p.stem for p in FAULTS} == {p.stem for p in FAULTS[0].parent.glob("*.txt")}


@pytest.mark.parametrize("file", FAULTS, ids=lambda p: p.stem)
def test_words_are_ours(file: Path) -> None:
    """No message speaks the language of a library, shows an address of one or a long value."""
    text = file.with_suffix(".txt").read_text("utf-8")
    for jargon in (
        "pydantic",
        "Input should",
        "valid string",
        "dict",
        "ruamel",
        "NoneType",
        "Traceback",
        "str(",
    ):
        assert jargon not in text
    assert max(len(line) for line in text.splitlines()) < 330
