"""The command `alternatives`: what all good plans share, and what stays open."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from planner.cli.arguments import Allow  # noqa: TC001 - typer reads the annotations
from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.flow import Ear, Question
    from planner.plan import Plan

SECONDS = 300.0
LARGEST = 0.5
"""A plan that misses more than half is no good plan any more."""


def alternatives(
    place: Annotated[Path, typer.Argument(help="Scenario file, or folder of a run.", metavar="SCENARIO|RUN")],
    *,
    within: Annotated[
        str, typer.Option("--within", help="What a good plan may miss of what the best one found gains.")
    ] = "2%",
    number: Annotated[
        int, typer.Option("--number", min=1, max=100, help="Plans that are written beside the one in hand.")
    ] = 10,
    floor: Annotated[
        float | None,
        typer.Option("--floor", min=0.0, max=1.0, help="No place that anything can improve falls below it."),
    ] = None,
    runs: Annotated[
        bool, typer.Option("--runs/--no-runs", help="Make each plan a run like any other, checked.")
    ] = True,
    seconds: Annotated[
        float,
        typer.Option("--seconds", min=1.0, max=86_400.0, help="Time for the search [s]; runs come after it."),
    ] = SECONDS,
    allow: Allow = None,
) -> None:
    """Say what all good plans share, and what stays open to negotiation.

    Good plans are all that miss at most a little of what the plan in hand gains. A place is a ley line when
    every good plan has it, and never in one when none has it: both are proven in this model. It is open when
    plans show both. What is neither proven nor shown is told as undecided: more time may settle it. First it
    is asked how much good plans build of each service and in each district. The tables, and plans that differ
    as much as was found, are written into `alternatives/` of the run, with a page that a council can read:
    `alternatives.html`. Each plan becomes a run like any other, to be compared with others.

    Examples: planner alternatives scenario.yaml · planner alternatives runs/new-york-1a2b3c4d --within 1%
    """
    from planner.cli.progress import Progress  # noqa: PLC0415

    asked = Asked(share_of(within), number, floor, seconds, runs=runs)
    with Progress() as ear:
        lines = told(place, asked, allow=allow or (), ear=ear)
    typer.echo("\n".join(lines))


def share_of(text: str) -> float:
    """Return a share from `2%`, `2 %` or `0.02`.

    Raises
    ------
    InputFault
        For what is no share, none at all, or more than half.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", text)
    share = float(found[1]) / (100 if found[2] else 1) if found else 0.0
    if not 0 < share <= LARGEST:
        message = f"`{text}` is no share above 0 % and up to {LARGEST:.0%}"
        raise InputFault(Fault(message, "--within", "write it as `2%` or `0.02`"))
    return share


class Asked(NamedTuple):
    """What is asked of a band: as the options of the command say."""

    within: float
    number: int
    floor: float | None
    seconds: float
    runs: bool


def told(place: Path, asked: Asked, *, allow: Sequence[Path], ear: Ear) -> list[str]:
    """Lines that answer the command; tables, plans and page are written beside the run."""
    from planner.explore.alternatives import alternatives as ask_all  # noqa: PLC0415 - heavy imports wait
    from planner.explore.alternatives import guaranteed  # noqa: PLC0415
    from planner.explore.alternatives_page import PAGE, write_page  # noqa: PLC0415
    from planner.explore.alternatives_tables import FOLDER, write_plans, write_tables  # noqa: PLC0415
    from planner.explore.alternatives_told import telling  # noqa: PLC0415

    question, plan, folder = _answered(place, allow, ear)
    if asked.floor is not None:
        question = replace(
            question, scenario=guaranteed(question.problem, question.scenario, plan, asked.floor)
        )
    problem, scenario, within = question.problem, question.scenario, asked.within
    with ear.phase("search"):
        found = ask_all(
            problem,
            scenario,
            plan,
            within=within,
            number=asked.number,
            seconds=asked.seconds,
            tell=ear.search,
            hear=ear.again,
        )
    files = write_plans(folder, found)
    made = _runs(question, files, folder.name.rpartition("-")[0], ear) if asked.runs else []
    write_tables(folder, scenario, problem, found, made)
    write_page(folder / FOLDER, scenario, question.in_the_end, problem, found, within, made)
    lines = [f"{scenario.name} ({folder.name})", "", *telling(scenario, problem, found, within)]
    return [*lines, "", f"Read {folder / FOLDER / PAGE}"]


def _answered(place: Path, allow: Sequence[Path], ear: Ear) -> tuple[Question, Plan, Path]:
    """The run in hand; of a scenario file that has no band nothing is searched."""
    from planner.explore.alternatives import refuse  # noqa: PLC0415 - heavy imports wait
    from planner.flow import answered  # noqa: PLC0415
    from planner.scenario.read import read_scenario  # noqa: PLC0415

    if place.is_file():
        refuse(read_scenario(place, allow=allow))
    return answered(place, allow=allow, ear=ear)


def _runs(question: Question, files: Sequence[Path], stem: str, ear: Ear) -> list[str]:
    """Make each alternative a run, checked like any other; their names."""
    from planner.flow import Ear as Quiet  # noqa: PLC0415
    from planner.flow import keep_given  # noqa: PLC0415

    made = []
    for nth, file in enumerate(files, start=1):
        made.append(keep_given(question, file, Quiet(), stem).folder.name)
        ear.ended(nth, len(files), f"{file.stem}: a run of its own, checked")
    return made
