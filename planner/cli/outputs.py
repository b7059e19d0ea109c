"""Commands that read finished runs: `export` and `compare`."""

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


def compare(
    folders: Annotated[
        list[Path], typer.Argument(help="Folders of two to eight runs of one city.", metavar="RUN…")
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Folder for compare.html and compare.csv; beside the first run if not told."
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Set runs side by side: who gains from one plan rather than another, which sites, what was asked."""
    from planner.cli.beside import show  # noqa: PLC0415
    from planner.flow import compare as write  # noqa: PLC0415

    beside, page = write([whole_run(folder) for folder in folders], out=out, force=force)
    show(beside)
    typer.echo(f"Wrote {page}")
