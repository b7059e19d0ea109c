"""The command `why`: why each site is in the plan, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.arguments import Allow, RunFolder, whole_run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from planner.flow import Ear

SECONDS = 60.0


def why(
    folder: RunFolder,
    sites: Annotated[
        list[str] | None,
        typer.Argument(help="Sites, facilities or providers; all where none is named.", metavar="[SITE]..."),
    ] = None,
    *,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1.0, max=86_400.0, help="Time for all of it [s].")
    ] = SECONDS,
    allow: Allow = None,
) -> None:
    """Say why each site is in the plan, or not, in words that a resident can read.

    In the plan: whom it serves, from where, and how much worse the best plan without it is. Not in the plan:
    which rules stand against it, how much worse the best plan with it is, or that a plan with it is as good.
    One relaxation bounds all of them at once; then the question is solved again for one after another, those
    in the plan first, as long as the time lasts. What is not settled then is told so. All of it is written
    into `why/sites.csv` of the run.

    Examples: planner why runs/new-york-1a2b3c4d · planner why runs/new-york-1a2b3c4d site-17 --seconds 300
    """
    from planner.cli.progress import Progress  # noqa: PLC0415

    with Progress() as ear:
        lines = advised(folder, sites or (), seconds=seconds, allow=allow or (), ear=ear)
    typer.echo("\n".join(lines))


def advised(
    folder: Path, sites: Sequence[str], *, seconds: float, allow: Sequence[Path], ear: Ear
) -> list[str]:
    """Lines that answer the command; the table is written beside the run."""
    from planner.explore.why import why as ask_why  # noqa: PLC0415 - heavy imports wait
    from planner.explore.why_told import table_of, telling, write_sites  # noqa: PLC0415
    from planner.flow import answered  # noqa: PLC0415

    question, plan, place = answered(whole_run(folder), allow=allow, ear=ear)
    problem, scenario = question.problem, question.scenario
    with ear.phase("search"):
        reasons = ask_why(
            problem,
            scenario,
            question.residents,
            plan,
            sites,
            seconds=seconds,
            tell=ear.search,
            hear=ear.again,
        )
    table = table_of(question.city, problem, plan, reasons)
    lines = [f"{scenario.name} ({place.name})", ""]
    lines += telling(scenario, plan, table, everything=bool(sites))
    if sites:
        return lines
    return [*lines, "", f"Wrote {write_sites(place, table)}"]
