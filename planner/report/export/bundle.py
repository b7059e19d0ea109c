"""What is exported of a run: its layers, its indicators, and what must be known to read them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.frames import INDICATORS, Column
from planner.report.reading import ending
from planner.report.words import sure

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from planner.report.kept import Kept
    from planner.report.layers import MapLayer
    from planner.scenario.schema import Scenario

DICTIONARY = (
    Column("table", "text", "–", "table or layer"),
    Column("column", "text", "–", "column"),
    Column("type", "text", "–", "text, number, whole or flag"),
    Column("unit", "text", "–", "unit of the values"),
    Column("meaning", "text", "–", "what the column tells"),
)
SHORT = Column("field", "text", "–", "name of the column in the shapefile, at most ten letters")
ABOUT = (Column("what", "text", "–", "what is told"), Column("told", "text", "–", "the words"))


@dataclass(frozen=True)
class Bundle:
    """Layers, indicators and notes of a run, and the names of its services.

    Attributes
    ----------
    layers
        By name: neighbourhoods, facilities, links.
    indicators
        Columns of `frames.INDICATORS`, as they may be printed.
    about
        Pairs of words: what the tables are, how sure, from which files.
    scenario
        The question.
    """

    layers: dict[str, MapLayer]
    indicators: pd.DataFrame
    about: tuple[tuple[str, str], ...]
    scenario: Scenario

    @property
    def labels(self) -> dict[str, str]:
        """Name of each service, in the order of the scenario."""
        services = self.scenario.services.items()
        return {name: service.label or name.replace("_", " ") for name, service in services}


def bundle_of(kept: Kept) -> Bundle:
    """Gather what is exported of a run."""
    return Bundle(kept.layers, kept.indicators, about(kept), kept.scenario)


def about(kept: Kept) -> tuple[tuple[str, str], ...]:
    """What a reader of the tables must know, as pairs of words; the same run gives the same pairs."""
    scenario, manifest = kept.scenario, kept.manifest
    answer = str(manifest.get("answer", "")).rpartition(" Read ")[0]
    told = [
        ("Scenario", scenario.name),
        ("Description", scenario.description or ""),
        ("Answer", answer),
        ("How sure", f"{sure(scenario, kept.status)} {ending(kept.status)}"),
        ("Checked", str(manifest["verdict"]["sentence"])),
        ("Run", kept.name),
        ("Before, after", "“Before” is the best use of what stands today; “after” is the plan."),
        ("Small groups", _small(scenario)),
        ("Coordinates", str(kept.layers["neighbourhoods"].frame.crs)),
        ("Use", "An aid to a decision, not the decision. “Best” means: within this gap, in this model."),
    ]
    told += [(f"Input {name}", f"SHA-256 {digest}") for name, digest in sorted(manifest["inputs"].items())]
    told += [(f"Version of {name}", str(text)) for name, text in sorted(manifest["versions"].items())]
    return tuple((what, words) for what, words in told if words)


def _small(scenario: Scenario) -> str:
    smallest = scenario.indicators.smallest_group
    return f"Indicators of groups of fewer than {smallest:g} people are left empty." if smallest > 0 else ""


def dictionary(bundle: Bundle, layers: Sequence[MapLayer] | None = None) -> pd.DataFrame:
    """Every column of every table: columns of `DICTIONARY`."""
    tables = [(layer.name, layer.columns) for layer in layers or bundle.layers.values()]
    tables.append((INDICATORS.name, INDICATORS.columns))
    rows = [(name, c.name, c.kind, c.unit, c.meaning) for name, columns in tables for c in columns]
    return pd.DataFrame(rows, columns=[column.name for column in DICTIONARY])


def with_places(layer: MapLayer) -> MapLayer:
    """Return the layer with longitude and latitude as columns, for tables that hold no geometry."""
    if layer.name == "links":
        return layer
    degrees = _inside(layer.frame).to_crs("EPSG:4326")
    columns = (
        Column("longitude", "number", "degree", "longitude of a point in it (WGS84)"),
        Column("latitude", "number", "degree", "latitude of a point in it (WGS84)"),
    )
    known = degrees.notna() & ~degrees.is_empty
    frame = layer.frame.assign(longitude=np.nan, latitude=np.nan)
    frame.loc[known, "longitude"] = degrees[known].x.round(6)
    frame.loc[known, "latitude"] = degrees[known].y.round(6)
    return replace(layer, columns=(*layer.columns, *columns), frame=frame)


def _inside(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    return frame.geometry.representative_point()
