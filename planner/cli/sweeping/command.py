"""The command `sweep`: many scenarios out of one, and what drives who gets what."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.arguments import Allow  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.explore.swept import Swept

TOLD = 12
"""Figures that are told on the terminal; the table holds all."""


def sweep(
    file: Annotated[Path, typer.Argument(help="Sweep file (YAML).", metavar="FILE")],
    *,
    at_once: Annotated[
        int | None,
        typer.Option("--at-once", min=1, max=256, help="Processes that work side by side on this machine."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", help="Address of a Dask scheduler whose workers answer them instead."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Answer again what has been answered.")] = False,
    allow: Allow = None,
) -> None:
    """Answer many scenarios that differ in a few keys, and tell which keys drive who gets what.

    The sweep file names a scenario and the keys to vary:

        scenario: scenario.yaml
        vary:
          budget.capital: [20, 30, 40]
          services.health.travel.limit_minutes: {from: 10, to: 20, steps: 3}

    `design: together` takes the first values, then the second, and so on, in place of every combination;
    `design: latin_hypercube` with `draws: 50` covers many keys with few scenarios. Each scenario becomes a
    run like any other. One that fails loses only itself, and the same command goes on where it was stopped.

    Example: planner sweep sweep.yaml --at-once 2
    """
    from planner.cli.progress import Progress  # noqa: PLC0415
    from planner.cli.sweeping.answers import sweep as answer  # noqa: PLC0415
    from planner.explore.sweep_page import PAGE  # noqa: PLC0415

    with Progress() as ear:
        found, folder = answer(
            file, at_once=at_once, cluster=cluster, force=force, allow=allow or (), ear=ear
        )
    typer.echo("\n".join([*_told(found), f"Read {folder / PAGE}"]))


def _told(found: Swept) -> Iterator[str]:
    all_of_them = len(found.results)
    yield f"{all_of_them - found.failed} of {all_of_them} scenarios have a plan."
    for row in found.results[found.results["run"].eq("")].itertuples():
        yield f"  scenario {row.scenario}: {row.fault}"
