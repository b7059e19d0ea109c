"""Commands that read finished runs: `export`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it
from typing import Annotated

import typer

from planner.cli.arguments import RunFolder, whole_run

Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


def export(
    folder: RunFolder,
    *,
    form: Annotated[
        str, typer.Option("--format", help="gpkg, geojson, geoparquet, xlsx, csv or shp.", metavar="FORMAT")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="File (gpkg, xlsx) or folder (the others) to write; beside you if not told."
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Write a run for QGIS, web maps, analysts or spreadsheets, each with its data dictionary."""
    from planner.flow import export as write  # noqa: PLC0415

    typer.echo(f"Wrote {write(whole_run(folder), form, out=out, force=force)}")
