"""Commands that read finished runs: `export` and `compare`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it
from typing import Annotated

import typer

from planner.cli.arguments import Languages, RunFolder, whole_run
from planner.errors import Fault, InputFault

Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


def export(
    folder: RunFolder,
    *,
    form: Annotated[
        str,
        typer.Option(
            "--format", help="gpkg, geojson, geoparquet, xlsx, csv, shp or postgis.", metavar="FORMAT"
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="File (gpkg, xlsx) or folder (the others) to write; beside you if not told."
        ),
    ] = None,
    dsn_env: Annotated[
        str,
        typer.Option(
            "--dsn-env", help="postgis: environment variable that holds the connection.", metavar="NAME"
        ),
    ] = "",
    force: Force = False,
) -> None:
    """Write a run for QGIS, web maps, analysts, spreadsheets or a database, each with its data dictionary."""
    from planner.flow import export as write  # noqa: PLC0415
    from planner.flow import export_back  # noqa: PLC0415

    if form.lower() == "postgis":
        check_database(dsn_env, out)
        schema = export_back(whole_run(folder), dsn_env, force=force)
        typer.echo(f"Wrote the schema {schema} into the database that {dsn_env} names")
        return
    typer.echo(f"Wrote {write(whole_run(folder), form, out=out, force=force)}")


def check_database(dsn_env: str, out: Path | None) -> None:
    """Refuse a database without the name of its variable, and a place on disk beside one.

    Raises
    ------
    InputFault
        For either.
    """
    if not dsn_env:
        hint = "name the environment variable that holds the connection, such as `--dsn-env CITY_DB`"
        raise InputFault(Fault("a database is written, and nobody says which", "--format postgis", hint))
    if out is not None:
        message = "`postgis` writes into a database, not to a place on disk"
        raise InputFault(Fault(message, "--out", "leave `--out` away"))


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
    lang: Languages = "en",
    force: Force = False,
) -> None:
    """Set runs side by side: who gains from one plan rather than another, which sites, what was asked."""
    from planner.cli.beside import show  # noqa: PLC0415
    from planner.flow import compare as write  # noqa: PLC0415
    from planner.report.speech import asked_for  # noqa: PLC0415

    runs, languages = [whole_run(folder) for folder in folders], asked_for(lang)
    beside, pages = write(runs, out=out, force=force, languages=languages)
    show(beside)
    for page in pages:
        typer.echo(f"Wrote {page}")
