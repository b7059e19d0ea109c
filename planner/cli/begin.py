"""Begin a city: the invented one, or a draft from an OpenStreetMap extract."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from planner.errors import Fault, InputFault

Extract = Annotated[Path | None, typer.Option("--osm", help="OpenStreetMap extract (.osm.pbf).")]
People = Annotated[int | None, typer.Option("--people", min=1, help="Residents of the city.")]
Raster = Annotated[
    Path | None,
    typer.Option("--people-raster", help="GeoTIFF that counts people, such as WorldPop or GHS-POP."),
]
Boundary = Annotated[Path | None, typer.Option("--boundary", help="Polygons: the city's outline.")]
Tags = Annotated[Path | None, typer.Option("--tags", help="Your own table of tags (CSV).")]
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
) -> None:
    """Write a tiny invented city that shows every feature, or with --osm a draft of your own."""
    scenario = shlex.quote(str(folder / "scenario.yaml"))
    if osm is None:
        given: dict[str, object] = {"--people": people, "--people-raster": people_raster}
        given |= {"--boundary": boundary, "--tags": tags}
        _refuse_alone(given)
        from planner.cli.starter import write_starter  # noqa: PLC0415

        write_starter(folder)
        typer.echo(f"Wrote {folder}. Next: planner run {scenario}")
        return
    from planner.cli.from_osm import write_from_osm  # noqa: PLC0415

    if people is not None and people_raster is not None:
        hint = "give the number, or the grid"
        raise InputFault(Fault("--people and --people-raster both count the residents", hint=hint))
    counted = people if people_raster is None else people_raster
    drawn = write_from_osm(folder, osm, people=counted, boundary=boundary, tags=tags, most_sites=sites)
    typer.echo("\n".join(drawn.notes))
    typer.echo(f"Wrote {folder}. Next: fill {folder / 'BLANKS.md'}, then planner check {scenario}")


def _refuse_alone(given: dict[str, object]) -> None:
    named = [name for name, value in given.items() if value is not None]
    if named:
        hint = "name the extract too: `planner init my-city --osm EXTRACT.osm.pbf --people 380000`"
        raise InputFault(Fault(f"{' and '.join(named)} without --osm", hint=hint))
