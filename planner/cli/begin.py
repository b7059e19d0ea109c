"""Begin a city: the invented one, or a draft from an OpenStreetMap extract."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.city.osm_given import Given

Extract = Annotated[Path | None, typer.Option("--osm", help="OpenStreetMap extract (.osm.pbf).")]
People = Annotated[int | None, typer.Option("--people", min=1, help="Residents of the city.")]
Raster = Annotated[
    Path | None,
    typer.Option("--people-raster", help="GeoTIFF that counts people, such as WorldPop or GHS-POP."),
]
Boundary = Annotated[Path | None, typer.Option("--boundary", help="Polygons: the city's outline.")]
Tags = Annotated[Path | None, typer.Option("--tags", help="Your own table of tags (CSV).")]
Own = Annotated[
    Path | None, typer.Option("--neighbourhoods", help="Your own neighbourhoods (polygons); with --id.")
]
Key = Annotated[str | None, typer.Option("--id", help="Column of their ids.", metavar="COLUMN")]
Label = Annotated[str | None, typer.Option("--label", help="Column of their names.", metavar="COLUMN")]
Residents = Annotated[
    str | None,
    typer.Option("--residents", help="Column that counts who lives in each.", metavar="COLUMN"),
]
Census = Annotated[
    Path | None, typer.Option("--people-table", help="CSV or Excel with that column, by the same ids.")
]
On = Annotated[
    str | None,
    typer.Option("--on", help="Its column of ids, where it is called otherwise.", metavar="COLUMN"),
]
Sites = Annotated[int, typer.Option("--sites", min=1, help="Most candidate sites.")]


def begin(
    folder: Annotated[Path, typer.Argument(help="New folder for the city.", metavar="DIR")],
    *,
    osm: Extract = None,
    people: People = None,
    people_raster: Raster = None,
    boundary: Boundary = None,
    tags: Tags = None,
    sites: Sites = 500,
    neighbourhoods: Own = None,
    key: Key = None,
    label: Label = None,
    residents: Residents = None,
    people_table: Census = None,
    on: On = None,
) -> None:
    """Write a tiny invented city that shows every feature, or with --osm a draft of your own.

    Who lives where is told by --people (a number), by --people-raster (a grid), or by --neighbourhoods
    with --id and --residents, a column of theirs or of a --people-table.
    """
    scenario = shlex.quote(str(folder / "scenario.yaml"))
    if osm is None:
        given: dict[str, object] = {"--people": people, "--people-raster": people_raster}
        given |= {"--boundary": boundary, "--tags": tags, "--neighbourhoods": neighbourhoods}
        _refuse_alone(given)
        from planner.cli.starter import write_starter  # noqa: PLC0415

        write_starter(folder)
        typer.echo(f"Wrote {folder}. Next: planner run {scenario}")
        return
    from planner.cli.from_osm import write_from_osm  # noqa: PLC0415

    counting = {"--people": people, "--people-raster": people_raster, "--residents": residents}
    counters = [name for name, value in counting.items() if value is not None]
    if len(counters) > 1:
        verb = "both count" if len(counters) == 2 else "all count"  # noqa: PLR2004 - two
        raise InputFault(Fault(f"{' and '.join(counters)} {verb} the residents", hint="give one of them"))
    own = _own(neighbourhoods, {"--id": key, "--label": label, "--residents": residents}, people_table, on)
    counted = people if people_raster is None else people_raster
    drawn = write_from_osm(
        folder, osm, people=counted, boundary=boundary, tags=tags, most_sites=sites, given=own
    )
    typer.echo("\n".join(drawn.notes))
    typer.echo(f"Wrote {folder}. Next: fill {folder / 'BLANKS.md'}, then planner check {scenario}")


def _own(
    neighbourhoods: Path | None, columns: Mapping[str, str | None], table: Path | None, on: str | None
) -> Given | None:
    """The city's own neighbourhoods, where it gives some."""
    from planner.city.osm_given import Given  # noqa: PLC0415 - slow to import

    named = [name for name, value in {**columns, "--people-table": table, "--on": on}.items() if value]
    if neighbourhoods is None:
        if named:
            hint = "name the polygons too: `--neighbourhoods wards.gpkg --id code`"
            raise InputFault(Fault(f"{' and '.join(named)} without --neighbourhoods", hint=hint))
        return None
    if columns["--id"] is None:
        raise InputFault(Fault("--neighbourhoods without --id", hint="name their column of ids: `--id code`"))
    if ((table or on) and columns["--residents"] is None) or (on and table is None):
        hint = "say all three: `--people-table census.csv --on district --residents people`"
        raise InputFault(Fault("a table of people needs its file and the column that counts them", hint=hint))
    return Given(neighbourhoods, columns["--id"], columns["--label"], columns["--residents"], table, on)


def _refuse_alone(given: dict[str, object]) -> None:
    named = [name for name, value in given.items() if value is not None]
    if named:
        hint = "name the extract too: `planner init my-city --osm EXTRACT.osm.pbf --people 380000`"
        raise InputFault(Fault(f"{' and '.join(named)} without --osm", hint=hint))
