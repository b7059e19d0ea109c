"""A kept run, read from its own folder: the inputs need not be there any more."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.errors import Fault, InputFault
from planner.frames import Column, Kind
from planner.report.tables import read_indicators, read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from planner.plan import Status
    from planner.report.layers import MapLayer
    from planner.scenario.schema import Scenario

MAPS = "plan.gpkg"
COLUMNS = "maps/columns.csv"
SCENARIO = "scenario.yaml"
AGAIN = "write them anew with `planner report RUN`"
MEANINGS = {
    "neighbourhoods": "Every neighbourhood, with and without residents: what its people need and get.",
    "facilities": "What stands, is changed and is built: one point for each provider; none for a programme.",
    "links": "Who is served where: from the centre of a neighbourhood's need to the facility.",
}
"""What each layer tells, by name."""


@dataclass(frozen=True)
class Kept:
    """One question and its answer, as the run's folder tells them.

    Attributes
    ----------
    folder
        The run folder.
    manifest
        What the run says of itself.
    status
        How the search ended and what is proven.
    scenario
        The question, every default written out.
    """

    folder: Path
    manifest: Mapping[str, Any]
    status: Status
    scenario: Scenario

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.folder.name

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The plan's tables by name, as `read_tables` gives them."""
        return read_tables(self.folder)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The indicators as they may be printed: figures of too few people are empty."""
        exact = read_indicators(self.folder)
        told = [row["value"] for row in _rows(self.folder / "indicators.csv")]
        if len(told) != len(exact):
            raise InputFault(Fault("has other rows than indicators.parquet", "indicators.csv", AGAIN))
        return exact.assign(value=exact["value"].where(pd.Series(told, exact.index) != ""))

    @cached_property
    def layers(self) -> dict[str, MapLayer]:
        """The layers neighbourhoods, facilities and links, in the city's coordinate system."""
        from planner.report.layers import MapLayer  # noqa: PLC0415 - imports numpy

        meant = _rows(self.folder / COLUMNS)
        found = {}
        for name, meaning in MEANINGS.items():
            frame = _read_layer(self.folder / MAPS, name)
            told = [row for row in meant if row["layer"] == name and row["column"] in frame.columns]
            columns = tuple(
                Column(r["column"], _kind(frame[r["column"]]), r["unit"], r["meaning"]) for r in told
            )
            found[name] = MapLayer(name, meaning, columns, frame)
        return found


def read_kept(folder: Path, manifest: Mapping[str, Any], status: Status) -> Kept:
    """Read a run from its folder; tables and layers are read when they are asked for.

    Raises
    ------
    InputFault
        When its scenario is damaged.
    """
    from planner.scenario.read import read_resolved  # noqa: PLC0415 - imports the schema

    return Kept(folder, manifest, status, read_resolved(folder / SCENARIO))


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputFault(Fault(f"cannot be read ({type(error).__name__})", path.name, AGAIN)) from None


def _read_layer(path: Path, name: str) -> gpd.GeoDataFrame:
    import pyogrio  # noqa: PLC0415 - slow to import

    from planner.city.formats import Refused, recognise  # noqa: PLC0415 - as above

    try:
        recognise(path)
        frame = pyogrio.read_dataframe(path, layer=name)
    except (Refused, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        message = getattr(error, "message", "it is damaged")
        raise InputFault(Fault(f"the maps of the run cannot be read: {message}", path.name, AGAIN)) from None
    texts = [column for column in frame.columns if _kind(frame[column]) == "text" and column != "geometry"]
    return frame.assign(**{column: frame[column].fillna("").astype("str") for column in texts})


def _kind(values: pd.Series) -> Kind:
    kinds: dict[str, Kind] = {"b": "flag", "i": "whole", "u": "whole", "f": "number"}
    return kinds.get(getattr(values.dtype, "kind", "O"), "text")
