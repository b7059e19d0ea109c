"""Neighbourhoods and cells: who lives where, joined by id or by location, with the groups of residents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.city.findings import listed
from planner.city.shapes import shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.city.findings import Findings
    from planner.city.source import Source
    from planner.scenario.schema import Cells, Neighbourhoods, Scenario

MOST_PEOPLE = 1e8
"""More residents than this are a mistake [person]."""
FIGURES = {"population", "count", "of", "rate", "factor"}
"""Keys whose columns are numbers, there for every place."""


@dataclass(frozen=True)
class Layered:
    """A checked layer of the city.

    Attributes
    ----------
    frame
        Index: ids, sorted; columns `geometry` (own CRS first, then the city's) and text columns.
    figures
        The numeric columns that the scenario names, by their own names; same index.
    source
        Where the rows came from.
    """

    frame: gpd.GeoDataFrame
    figures: pd.DataFrame
    source: Source

    def places(self, ids: list[str]) -> list[str]:
        """Where the rows of these ids stand."""
        row = {name: number for number, name in enumerate(self.source.names)}
        return [self.source.place(row[name]) for name in ids]

    def note(self, ids: list[str], messages: list[str], hint: str = "") -> None:
        """Note one kind of fault in the rows of these ids."""
        found = list(zip(self.places(ids), messages, strict=True))
        self.source.findings.rows(found, self.source.raw.name, hint)

    def in_rows(self, frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
        """Geometries of the frame in the order of the file's rows."""
        return frame.geometry.loc[self.source.names]

    def projected(self, crs: str) -> Layered:
        """Return the same layer in the city's coordinate system."""
        return Layered(self.frame.to_crs(crs), self.figures, self.source)


def neighbourhoods(source: Source, spec: Neighbourhoods) -> Layered:
    """Polygons with id, label and the figures that the scenario names."""
    ids = source.ids(spec.id)
    label = source.text(spec.label)
    columns = {"label": label.where(label != "", ids).to_numpy()}
    if spec.district is not None:
        columns["district"] = _districts(source, spec.district).to_numpy()
    return _layered(source, ids, columns, "polygons", spec.population)


def _districts(source: Source, column: str) -> pd.Series[str]:
    """District of each neighbourhood; those without one are listed."""
    district = source.text(column)
    if column in source.raw.table:
        empty = np.flatnonzero(district == "")
        told = [f"`{column}` is empty; the name of a district was expected"] * len(empty)
        source.rows(empty, told, "name the district of every neighbourhood")
    return district


def cells(source: Source, spec: Cells) -> Layered:
    """Points with id, neighbourhood (empty where none is named) and figures."""
    ids = source.ids(spec.id)
    columns = {"neighbourhood": source.text(spec.neighbourhood).to_numpy()}
    return _layered(source, ids, columns, "points", spec.population)


def _layered(
    source: Source, ids: pd.Series[str], columns: Mapping[str, object], kind: str, population: str | None
) -> Layered:
    index = pd.Index(ids, name=source.ask.trail[-1].removesuffix("s"), dtype="str")
    shaped = shapes(source, kind)
    frame = gpd.GeoDataFrame(columns, geometry=shaped.to_numpy(), crs=shaped.crs, index=index)
    wanted = {name for trail, name in source.ask.columns.items() if trail[-1] in FIGURES}
    figures = {
        name: source.numbers(name, most=MOST_PEOPLE if name == population else np.inf)
        for name in sorted(wanted)
    }
    table = pd.DataFrame(figures, index=index)
    order = np.argsort(index.to_numpy(object), kind="stable")
    return Layered(frame.iloc[order], table.iloc[order], source)


def settle(
    scenario: Scenario, areas: Layered, points: Layered | None, findings: Findings
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Give each neighbourhood and each cell its residents.

    Returns
    -------
    tuple of GeoDataFrame
        Neighbourhoods (`label`, `population`, `district` where named) and cells (`neighbourhood`,
        `population`), as in `City`.
    """
    frame = areas.frame
    given = scenario.city.neighbourhoods.population
    if points is None or scenario.city.cells is None:
        people = areas.figures[given]
        homes = frame.geometry.representative_point()
        table = {"neighbourhood": frame.index, "population": people.to_numpy()}
        index = frame.index.rename("cell")
        home = gpd.GeoDataFrame(table, geometry=homes.to_numpy(), crs=frame.crs, index=index)
        findings.tell("No cells are given: everyone is taken to live at one point of the neighbourhood.")
    else:
        home = points.frame.copy()
        home["population"] = points.figures[scenario.city.cells.population]
        people = home.groupby("neighbourhood")["population"].sum().reindex(frame.index, fill_value=0.0)
        if given is not None:
            _compare(areas.figures[given], people, findings)
    area = frame.assign(population=people.to_numpy(np.float64))
    _tell_empty(area, areas, findings)
    told = ["label", "population", *(["district"] if "district" in area else []), "geometry"]
    return area[told], home[["neighbourhood", "population", "geometry"]]


def _compare(given: pd.Series[float], summed: pd.Series[float], findings: Findings) -> None:
    apart = np.abs(given - summed) > 0.01 * np.maximum(given, 1.0)
    if apart.any():
        findings.tell(
            f"Residents of {int(apart.sum())} neighbourhoods differ "
            "by more than 1 % between the neighbourhoods "
            f"({given.sum():,.0f} in all) and the sums of their cells "
            f"({summed.sum():,.0f}); the cells are taken: "
            f"{listed(list(given.index[apart]))}."
        )


def _tell_empty(area: gpd.GeoDataFrame, areas: Layered, findings: Findings) -> None:
    empty = list(area.index[area["population"] == 0])
    if len(empty) == len(area):
        where = areas.source.scenario.where("city")
        findings.add(
            "nobody lives in the city: every population is 0", where, "check the columns of `population`"
        )
    elif empty:
        findings.tell(
            f"{len(empty)} neighbourhoods have no residents; they are "
            f"on the map, not in the sums: {listed(empty)}."
        )
