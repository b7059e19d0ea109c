"""Neighbourhoods that a city gives for its draft, with the people that its census counts in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.catalogue import unknown
from planner.city.findings import Findings, listed
from planner.city.guard import Wanted, read_layers
from planner.city.source import as_numbers
from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from pathlib import Path

    from planner.city.guard import Raw

AREAL = ("Polygon", "MultiPolygon")
THOUSANDS = r"\d{1,3}\.\d{3}"
"""What may be thousands as well as thousandths, in a text file; nobody is counted in thousandths."""
MEND = "mend it, in QGIS with Processing → Fix geometries"


@dataclass(frozen=True)
class Given:
    """Where a city's own neighbourhoods stand, and who lives in them.

    Attributes
    ----------
    file
        Polygons.
    key, label
        Columns with their ids and their names; the ids are the names where no column is named.
    residents
        Column with residents [person], of the polygons or of the table; none where they are not counted.
    table, on
        A table of people, and its column with the ids; called as in the polygons where it is not named.
    """

    file: Path
    key: str
    label: str | None = None
    residents: str | None = None
    table: Path | None = None
    on: str | None = None

    @property
    def counted(self) -> bool:
        """Whether residents are counted by neighbourhood."""
        return self.residents is not None


def read_given(given: Given) -> gpd.GeoDataFrame:
    """Read neighbourhoods: `ward`, `name`, `geometry` (EPSG:4326), and `residents` where they are counted.

    Raises
    ------
    InputFault
        Everything that has to be mended in the polygons, then in the table.
    MachineFault
        When memory, disk or permissions do not suffice.
    """
    own = {given.key, given.label or given.key}
    own |= {given.residents} if given.residents is not None and given.table is None else set()
    raw = read_layers([Wanted(given.file, frozenset(own))])[0]
    findings = Findings()
    _columns(raw, own, findings)
    shapes = _shapes(raw, findings)
    findings.stop()
    ids = _ids(raw, given.key, findings)
    name = raw.table[given.label or given.key].astype("str").fillna("").str.strip()
    frame = gpd.GeoDataFrame({"ward": ids, "name": name.where(name != "", ids)}, geometry=shapes)
    if given.residents is not None and given.table is None:
        frame["residents"] = _people(raw, given.residents, findings)
    findings.stop()
    if given.residents is not None and given.table is not None:
        frame["residents"] = _of_table(given, frame)
    return frame


def _columns(raw: Raw, wanted: set[str], findings: Findings) -> None:
    for column in sorted(wanted - set(raw.columns)):
        fault = unknown("column", column, list(raw.columns), raw.name)
        findings.add(fault.message, fault.where, fault.hint)


def _shapes(raw: Raw, findings: Findings) -> gpd.GeoSeries:
    """Polygons in degrees; every row without a sound one is noted."""
    if raw.geometry is None or raw.crs is None:
        message = "it holds no shapes" if raw.geometry is None else "it states no coordinate system"
        findings.add(message, raw.name, "name a layer of polygons, with its coordinate system")
        return gpd.GeoSeries([])
    shapes = gpd.GeoSeries(raw.geometry, crs=raw.crs)
    bad = np.flatnonzero(~shapes.geom_type.isin(AREAL) | ~shapes.is_valid)
    told = [(raw.place(int(row)), "a polygon that is valid was expected") for row in bad]
    findings.rows(told, raw.name, MEND)
    return shapes.to_crs("EPSG:4326")


def _ids(raw: Raw, column: str, findings: Findings) -> pd.Series[str]:
    ids = raw.table[column].astype("str").fillna("").str.strip()
    bad = np.flatnonzero((ids == "") | ids.duplicated())
    told = [
        (raw.place(int(row)), f"the id {ids[row]!r} stands twice" if ids[row] else f"`{column}` is empty")
        for row in bad
    ]
    findings.rows(told, raw.name, "give every row an id of its own")
    return ids


def _people(raw: Raw, column: str, findings: Findings) -> pd.Series[float]:
    text = raw.table[column].astype("str").fillna("").str.strip()
    values = as_numbers(text)
    thousands = text.str.fullmatch(THOUSANDS) if raw.format == "CSV" else text.isna()
    bad = np.flatnonzero(~(values >= 0) | ~np.isfinite(values) | thousands)
    told = [
        (raw.place(int(row)), f"`{column}` is no number of people: {raw.table[column][row]!r}") for row in bad
    ]
    findings.rows(told, raw.name, "write a number, with a point and without thousands marks; 0 for nobody")
    if not len(bad) and not values.sum() > 0:
        findings.add(f"`{column}` counts nobody", raw.name, "name the column of residents")
    return values


def _of_table(given: Given, wards: gpd.GeoDataFrame) -> pd.Series[float]:
    """Residents of each neighbourhood in a table; rows without a counterpart are refused."""
    assert given.table is not None  # noqa: S101 asked for only where there is one
    assert given.residents is not None  # noqa: S101 as above
    on, findings = given.on or given.key, Findings()
    raw = read_layers([Wanted(given.table, frozenset({on, given.residents}))])[0]
    _columns(raw, {on, given.residents}, findings)
    findings.stop()
    people = _people(raw, given.residents, findings).set_axis(_ids(raw, on, findings))
    findings.stop()
    known = set(wards["ward"])
    missing = [ward for ward in wards["ward"] if ward not in people.index]
    beyond = [ward for ward in people.index if ward not in known]
    faults = []
    if missing:
        message = f"it has no row for these neighbourhoods: {listed(missing)}"
        faults.append(Fault(message, raw.name, "add their rows, with 0 where nobody lives"))
    if beyond:
        message = f"these of its rows are no neighbourhood of {given.file.name}: {listed(beyond)}"
        faults.append(Fault(message, raw.name, "nobody is left out: correct the ids, or add the polygons"))
    if faults:
        raise InputFault(faults)
    return people.reindex(wards["ward"]).reset_index(drop=True)


def lodged(homes: gpd.GeoDataFrame, wards: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Homes, with a point inside every neighbourhood whose people have none mapped; nobody is left out."""
    without = wards[(wards["residents"] > 0) & ~wards["ward"].isin(homes["ward"])]
    if without.empty:
        return homes, []
    points = without.geometry.representative_point()
    own = gpd.GeoDataFrame(
        {"cell": "ward/" + without["ward"], "ward": without["ward"], "floor": 1.0}, geometry=points
    )
    people = f"{without['residents'].sum():,.0f} people"
    note = f"No homes are mapped in {listed(list(without['name']))}: their {people} are at a point inside."
    return gpd.GeoDataFrame(pd.concat([homes, own], ignore_index=True), crs=homes.crs), [note]


def outline(wards: gpd.GeoDataFrame) -> shapely.Geometry:
    """What the neighbourhoods cover together."""
    return shapely.union_all(wards.geometry.to_numpy())
