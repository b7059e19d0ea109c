"""What several commands are given: a scenario, the folder of a run, folders that may be read."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

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
Override = Annotated[
    list[str] | None,
    typer.Option("--set", help="Put a value over the file, such as `budget.capital=200`. May be repeated."),
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


def overrides_of(given: list[str] | None) -> dict[str, Any]:
    """Return the values that are put over a scenario, by key."""
    from planner.scenario.scalars import meaning  # noqa: PLC0415 - slow to import

    pairs = [text.partition("=") for text in given or ()]
    wrong = [key for key, equals, _ in pairs if not equals or not key]
    if wrong:
        raise InputFault(Fault(f"`--set {key}` has no value", hint="write it as key=value") for key in wrong)
    return {key: meaning(value) for key, _, value in pairs}
