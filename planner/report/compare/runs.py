"""Runs lined up: whether they can be compared, in what, and what must be told beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from planner.errors import Fault, InputFault
from planner.report.compare.intervals import read_intervals
from planner.report.figures import by_the_end, done_by_plan
from planner.report.numbers import number
from planner.report.speech import _, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd

    from planner.report.kept import Kept

FEWEST, MOST = 2, 8
LETTERS = "ABCDEFGH"
SAME = 1e-6
EVERYONE = "everyone"


class Pair(NamedTuple):
    """Two runs, by their places in the line."""

    first: int
    second: int


@dataclass(frozen=True)
class Beside:
    """Two to eight runs of one city, lettered in the order in which they were named.

    Attributes
    ----------
    runs
        The runs.
    places
        Neighbourhoods that all of them have, by id, as the first has them.
    """

    runs: tuple[Kept, ...]
    places: gpd.GeoDataFrame

    @property
    def notes(self) -> tuple[str, ...]:
        """What cannot be compared, or only with care."""
        return tuple(_notes(self.runs, len(self.places)))

    @property
    def letters(self) -> str:
        """One letter for each run."""
        return LETTERS[: len(self.runs)]

    @property
    def pairs(self) -> list[Pair]:
        """Every two runs, the earlier first."""
        return [Pair(i, j) for j in range(len(self.runs)) for i in range(j)]

    @property
    def services(self) -> dict[str, str]:
        """Name of every service that any run has, in the order of the first that has it."""
        known: dict[str, str] = {}
        for run in self.runs:
            for name, service in run.scenario.services.items():
                known.setdefault(name, service.label or name.replace("_", " "))
        return known

    @property
    def groups(self) -> dict[str, str]:
        """Name of every group that all neighbourhood layers count, everyone first."""
        known = {EVERYONE: _("all residents")}
        for name, group in self.runs[0].scenario.city.groups.items():
            if name in self.places.columns:
                known[name] = group.label or name.replace("_", " ")
        return known

    @cached_property
    def wellbeing(self) -> pd.DataFrame:
        """Wellbeing under each plan, one row a neighbourhood, one column a run."""
        columns = [_places(run)["wellbeing"].reindex(self.places.index) for run in self.runs]
        table: pd.DataFrame = pd.concat(columns, axis=1, keys=range(len(self.runs)))
        return table

    @cached_property
    def people(self) -> pd.DataFrame:
        """People of each group, one row a neighbourhood."""
        named = [name for name in self.groups if name != EVERYONE]
        table = pd.DataFrame(self.places[named])
        table.insert(0, EVERYONE, self.places["residents"])
        return table

    @cached_property
    def done(self) -> tuple[pd.DataFrame, ...]:
        """What each run has built and changed by its last period, with all that was paid for it once."""
        return tuple(done_by_plan(by_the_end(run.tables["facilities"])) for run in self.runs)

    @cached_property
    def intervals(self) -> tuple[pd.DataFrame, ...]:
        """Intervals of each run's indicators, where it has been audited; else no row."""
        return tuple(read_intervals(run.folder) for run in self.runs)

    @property
    def currency(self) -> str:
        """The currency; empty where the runs do not share one."""
        found = {run.scenario.budget.currency for run in self.runs}
        return found.pop() if len(found) == 1 else ""


def line_up(runs: Sequence[Kept]) -> Beside:
    """Line runs up to be compared.

    Raises
    ------
    InputFault
        When there are too few or too many, one twice, or runs of different cities.
    """
    if not FEWEST <= len(runs) <= MOST:
        message = f"a comparison takes {FEWEST} to {MOST} runs (got {len(runs)})"
        raise InputFault(Fault(message, hint="name the folders of the runs, such as runs/a-1a2b3c4d"))
    folders = [run.folder.resolve() for run in runs]
    twice = sorted({str(run.folder) for run in runs if folders.count(run.folder.resolve()) > 1})
    if twice:
        raise InputFault(Fault("is named twice", folder, "name each run once") for folder in twice)
    first = _places(runs[0])
    faults = [fault for run in runs[1:] if (fault := _other_city(runs[0], run)) is not None]
    if faults:
        raise InputFault(faults)
    shared = first.index
    for run in runs[1:]:
        shared = shared.intersection(_places(run).index, sort=False)
    return Beside(tuple(runs), first.loc[shared])


def _places(run: Kept) -> gpd.GeoDataFrame:
    frame: gpd.GeoDataFrame = run.layers["neighbourhoods"].frame.set_index("neighbourhood")
    return frame


def _other_city(one: Kept, other: Kept) -> Fault | None:
    """Runs are of one city when they have neighbourhoods of the same ids, and in the same place."""
    mine, theirs = _places(one), _places(other)
    hint = "compare runs of one city, with the same neighbourhoods"
    where, name = str(other.folder), one.folder.name
    if not len(mine.index.intersection(theirs.index)):
        return Fault(f"has no neighbourhood in common with {name}", where, hint)
    (west, south, east, north), (left, low, right, high) = (
        frame.to_crs("EPSG:4326").total_bounds for frame in (mine, theirs)
    )
    if east < left or right < west or north < low or high < south:
        return Fault(f"lies elsewhere than {name}", where, hint)
    return None


def _notes(runs: Sequence[Kept], shared: int) -> Iterator[str]:
    most = max(len(_places(run)) for run in runs)
    if shared < most:
        facts = {"n": number(shared, 0), "all": number(most, 0)}
        yield _("Places are compared in the %(n)s neighbourhoods that all runs have, of %(all)s.") % facts
    services: list[set[str]] = [set(run.scenario.services) for run in runs]
    apart = sorted(name for name in set.union(*services) if not all(name in one for one in services))
    if apart:
        facts = {"services": listed(apart)}
        yield _("Not every run plans %(services)s: wellbeing counts what its own run plans.") % facts
    if len({run.scenario.budget.currency for run in runs}) > 1:
        yield _("The runs tell money in different currencies: it stands side by side, without differences.")
    if _another_today(runs):
        yield _(
            "Wellbeing with nothing built differs between the runs: they count other needs, weigh services "
            "otherwise, or read other data. Differences of wellbeing then tell that too, not the plans alone."
        )


def _another_today(runs: Sequence[Kept]) -> bool:
    today = [_places(run)["wellbeing_before"] for run in runs]
    return any(bool((other.sub(today[0]).abs() > SAME).any()) for other in today[1:])
