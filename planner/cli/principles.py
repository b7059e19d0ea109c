"""The command `principles`: one scenario under every principle of justice."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.cli.arguments import Allow, Override, ScenarioFile, overrides_of


def principles(
    scenario: ScenarioFile,
    *,
    only: Annotated[
        str | None,
        typer.Option("--only", help="Principles that are asked, such as `utilitarian,maximin`."),
    ] = None,
    at_once: Annotated[
        int,
        typer.Option("--at-once", min=1, max=256, help="Principles searched side by side, a process each."),
    ] = 1,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", help="Address of a Dask scheduler whose workers search them instead."),
    ] = None,
    allow: Allow = None,
    override: Override = None,
) -> None:
    """Answer a scenario under every principle of justice, and judge each plan by every yardstick.

    One after the other, as is usual, each search begins with the plans found before. Side by side they may
    end sooner. Either way each is offered the plans of the others at the end.

    Example: planner principles scenario.yaml --only utilitarian,worst_off --at-once 2
    """
    from planner.cli.principles_table import compare  # noqa: PLC0415 - slow to import
    from planner.cli.progress import Progress  # noqa: PLC0415 - as above

    named = [name.strip() for name in (only or "").split(",") if name.strip()]
    with Progress() as ear:
        lines = compare(
            scenario,
            only=named,
            allow=allow or (),
            overrides=overrides_of(override),
            at_once=at_once,
            cluster=cluster,
            ear=ear,
        )
    typer.echo("\n".join(lines))
