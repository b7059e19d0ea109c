"""The answer: a kept run, as programs and notebooks hold it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from planner import store
from planner.plan import Plan
from planner.report.kept import SCENARIO, Kept, read_kept
from planner.report.tables import read_indicators, read_tables
from planner.scenario.read import read_resolved

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from planner.scenario.schema import Scenario


@dataclass(frozen=True)
class Run:
    """One question and its answer, kept in a folder.

    Attributes
    ----------
    folder
        The run folder.
    scenario, plan
        The question, and what was decided; tables as in `frames`.
    indicators
        What the plan does to whom: columns of `frames.INDICATORS`.
    answer
        The answer in words: what, for how much, how sure, where to read.
    found
        A finished run of an earlier time answered the same question.
    """

    folder: Path
    scenario: Scenario
    plan: Plan
    indicators: pd.DataFrame
    answer: str
    found: bool

    @cached_property
    def kept(self) -> Kept:
        """The run as its folder tells it."""
        return remembered(self.folder)

    @property
    def neighbourhoods(self) -> gpd.GeoDataFrame:
        """What the people of each neighbourhood need and get, by id, in the city's coordinates."""
        return self._layer("neighbourhoods").set_index("neighbourhood")

    @property
    def facilities(self) -> gpd.GeoDataFrame:
        """What stands, is changed and is built, in the city's coordinates."""
        return self._layer("facilities")

    @property
    def links(self) -> gpd.GeoDataFrame:
        """Who is served where: lines from the centre of a neighbourhood's need to the facility."""
        return self._layer("links")

    def columns(self, layer: str = "neighbourhoods") -> pd.DataFrame:
        """Unit and meaning of every column of a layer, by column."""
        import pandas as pd  # noqa: PLC0415 - slow to import

        told = [(c.name, c.kind, c.unit, c.meaning) for c in self.kept.layers[layer].columns]
        return pd.DataFrame(told, columns=["column", "type", "unit", "meaning"]).set_index("column")

    @property
    def report(self) -> Path:
        """The page that tells the run."""
        return self.folder / "report.html"

    def _layer(self, name: str) -> gpd.GeoDataFrame:
        frame: gpd.GeoDataFrame = self.kept.layers[name].frame.copy()
        return frame

    def __repr__(self) -> str:
        """Name and folder, in a line."""
        return f"Run({self.scenario.name!r}, folder={self.folder.as_posix()!r})"

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from planner.report.notebook import notebook_html  # noqa: PLC0415 - only in notebooks

        return notebook_html(self.kept)


def remembered(folder: Path) -> Kept:
    """Return a run as its folder tells it."""
    manifest = store.read_manifest(folder)
    return read_kept(folder, manifest, store.status_of(manifest))


def open_run(folder: Path | str, scenario: Scenario | None = None) -> Run:
    """Open a run that was made before; its inputs need not be there any more.

    Raises
    ------
    PlannerError
        When there is no whole run.
    """
    folder = Path(folder)
    manifest = store.read_manifest(folder)
    plan = Plan(**read_tables(folder), status=store.status_of(manifest))
    scenario = scenario or read_resolved(folder / SCENARIO)
    return Run(folder, scenario, plan, read_indicators(folder), manifest["answer"], found=True)
