"""What several commands are given: a scenario, the folder of a run, folders that may be read."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from planner.errors import Fault, InputFault

ScenarioFile = Annotated[Path, typer.Argument(help="Scenario file (YAML).", metavar="SCENARIO")]
RunFolder = Annotated[
    Path, typer.Argument(help="Folder of a run, such as runs/new-york-1a2b3c4d.", metavar="RUN")
]
Allow = Annotated[
    list[Path] | None,
    typer.Option("--allow-dir", help="Folder outside the project in which layers may lie. May be repeated."),
]
Languages = Annotated[
    str,
    typer.Option(
        "--lang", help="Language of the page: en, es, fr or pt; several, such as en,es, make a page each."
    ),
]


def whole_run(folder: Path) -> Path:
    """Return the folder when it is there; a mistyped name is the user's to mend."""
    if folder.is_dir():
        return folder
    runs = folder.parent
    names = [entry.name for entry in runs.iterdir() if entry.is_dir()] if runs.is_dir() else []
    near = get_close_matches(folder.name, names, n=1, cutoff=0.4)
    hint = (
        f"did you mean `{runs / near[0]}`?"
        if near
        else "name the folder of a run, such as runs/scenario-1a2b3c4d"
    )
    raise InputFault(Fault("there is no such folder", str(folder), hint))
