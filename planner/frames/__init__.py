"""The data dictionary: every table that crosses a room, with column, dtype, unit and meaning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "number", "whole", "flag"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: dtype, unit, meaning."""

    name: str
    kind: Kind
    unit: str
    meaning: str
    absent: str | None = None
    """What stands where a table of an earlier version has no such column; None where it has to be there."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One table: its columns in order, and the columns that sort and identify a row."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    by_future: bool = False
    """Told by future too, where a scenario names several."""

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    def filled(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the table with the columns that tables of earlier versions do not have."""
        missing = [c for c in self.columns if c.absent is not None and c.name not in table]
        return table.assign(**{c.name: c.absent for c in missing})

    def tidy(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the table with exactly these columns, dtypes and order of rows."""
        dtypes = {"text": "str", "number": "float64", "whole": "int64", "flag": "bool"}
        own = self.of(table)
        tidy = own.filled(table)[own.names].astype({c.name: dtypes[c.kind] for c in own.columns})
        return tidy.sort_values(list(own.key), kind="stable").reset_index(drop=True)

    def of(self, table: pd.DataFrame) -> Frame:
        """The same table where it also tells `future`, after `period`, as plans for several futures do."""
        if not self.by_future or FUTURE.name not in table.columns or FUTURE in self.columns:
            return self
        first, *rest = self.columns
        return replace(self, columns=(first, FUTURE, *rest), key=(self.key[0], FUTURE.name, *self.key[1:]))


PERIOD = Column("period", "whole", "–", "period of the plan, from 1")
FUTURE = Column("future", "text", "–", "future, as the scenario calls it; only where it names several")

FACILITIES = Frame(
    "facilities",
    "What stands and what is built: one row for each provider in use.",
    (
        PERIOD,
        Column(
            "provider",
            "text",
            "–",
            "id: service/site/option, service/facility for what stands today, service/facility/change",
        ),
        Column("service", "text", "–", "service"),
        Column("place", "text", "–", "id of the site or existing facility, or name of the programme"),
        Column("label", "text", "–", "name of the site, facility or programme"),
        Column("option", "text", "–", "size, or name of the change; `existing` for what stays as it is"),
        Column("existing", "flag", "–", "stands today and stays as it is"),
        Column("modules", "whole", "–", "modules in use"),
        Column(
            "capacity", "number", "unit of the service", "need that it can serve; infinite when unlimited"
        ),
        Column("served", "number", "unit of the service", "need that it serves"),
        Column(
            "capital_cost",
            "number",
            "currency",
            "cost of building or changing it, told in the period in which it opens",
        ),
        Column(
            "operating_cost", "number", "currency/year", "yearly cost beyond what it costs today; < 0 saves"
        ),
        Column("land_m2", "number", "m²", "land that it takes"),
        Column("x", "number", "m", "easting in the city's coordinate system; empty for a programme"),
        Column("y", "number", "m", "northing in the city's coordinate system; empty for a programme"),
        Column(
            "state",
            "text",
            "–",
            "`stands` as it is, `built`, or `expanded`, `upgraded`, `repurposed`, `closed` (serves nobody), "
            "or `programme` (for the whole city, without a place)",
        ),
        Column(
            "facility",
            "text",
            "–",
            "id (service/facility) of the existing facility whose state this is; empty where nothing could "
            "be changed",
        ),
        Column("run_by", "text", "–", "who runs it; empty where nobody is named"),
        Column("owner", "text", "–", "owner of the site on which it is built; empty where none is known"),
        Column(
            "acquisition_cost",
            "number",
            "currency",
            "cost of acquiring its site; told at the first by id of what is built there",
        ),
    ),
    ("period", "service", "provider"),
    by_future=True,
)

ASSIGNMENT = Frame(
    "assignment",
    "Who is served where: one row for each cell, service and provider, and home of those who moved.",
    (
        PERIOD,
        Column("cell", "text", "–", "cell where the people live, or lived before they moved into a home"),
        Column("service", "text", "–", "service"),
        Column("provider", "text", "–", "provider that serves them"),
        Column(
            "home",
            "text",
            "–",
            "place into which they moved and from which they go; empty for those who live in their cell",
            absent="",
        ),
        Column("served", "number", "unit of the service", "need served"),
        Column("travel", "number", "min or m", "travel, in the unit of the service's limit"),
        Column("quality", "number", "1", "quality of the service got, in (0, 1]"),
    ),
    ("period", "service", "cell", "provider", "home"),
    by_future=True,
)

MOVES = Frame(
    "moves",
    "Who moves, where a service of homes moves people: from which cell, into homes at which place.",
    (
        PERIOD,
        Column("cell", "text", "–", "cell from which they move, and in which they go on to be counted"),
        Column("neighbourhood", "text", "–", "neighbourhood of that cell"),
        Column("service", "text", "–", "service of homes"),
        Column("place", "text", "–", "id of the site or facility at which they live then"),
        Column("homes", "number", "unit of the service", "homes that they get"),
        Column("people", "number", "person", "people who move"),
    ),
    ("period", "service", "cell", "place"),
)

NEED_POINTS = Frame(
    "need_points",
    "What each cell needs and gets of each service.",
    (
        PERIOD,
        Column("cell", "text", "–", "cell"),
        Column("neighbourhood", "text", "–", "neighbourhood of the cell"),
        Column("service", "text", "–", "service"),
        Column("residents", "number", "person", "residents of the cell"),
        Column("need", "number", "unit of the service", "need"),
        Column("reached", "number", "unit of the service", "need served at any quality"),
        Column("quality_weighted", "number", "unit of the service", "need served, times quality"),
        Column("unmet", "number", "unit of the service", "need not served"),
    ),
    ("period", "service", "cell"),
    by_future=True,
)

UNMET = Frame(
    "unmet",
    "Need that the plan leaves, and why.",
    (
        PERIOD,
        Column("cell", "text", "–", "cell"),
        Column("neighbourhood", "text", "–", "neighbourhood of the cell"),
        Column("service", "text", "–", "service"),
        Column("unmet", "number", "unit of the service", "need not served"),
        Column(
            "reason",
            "text",
            "–",
            "`no place within the limit`, `nothing open within the limit`, `no capacity left`",
        ),
    ),
    ("period", "service", "cell"),
    by_future=True,
)

INDICATORS = Frame(
    "indicators",
    "What the plan does to whom, one figure a row.",
    (
        Column("scenario", "text", "–", "name of the scenario"),
        Column(
            "when",
            "text",
            "–",
            "`before` (existing providers only), `after` (the plan), `nearest` (its facilities, people going "
            "to the nearest) or `even` (the same money spread evenly, people going to the nearest)",
        ),
        PERIOD,
        Column("service", "text", "–", "service, or `all` for wellbeing"),
        Column("group", "text", "–", "group of residents, or `everyone`"),
        Column("measure", "text", "–", "what is measured in each place"),
        Column("summary", "text", "–", "how the places are summed up"),
        Column("unit", "text", "–", "unit of the value"),
        Column("value", "number", "see unit", "the figure; empty when it cannot be told"),
    ),
    ("scenario", "when", "period", "service", "group", "measure", "summary"),
)

INTERVALS = Frame(
    "intervals",
    "How sure each indicator is: the figure, and the interval in which most draws of it lie.",
    (
        *INDICATORS.columns,
        Column("method", "text", "–", "`margins` (of error of the counts) or `cells` (bootstrap over cells)"),
        Column("low", "number", "see unit", "lower end of the interval; empty when it cannot be told"),
        Column("high", "number", "see unit", "upper end of the interval; empty when it cannot be told"),
        Column("level", "number", "1", "share of the draws that lie within the interval"),
        Column("draws", "whole", "–", "draws that the interval is from"),
    ),
    (*INDICATORS.key, "method"),
)

PRICES = Frame(
    "prices",
    "What proves the bound: a price for each row of a rule, a weight for each place; 0 where none is told.",
    (
        Column("kind", "text", "–", "`rule` (price of one of its rows) or `place` (weight of its wellbeing)"),
        Column("rule", "text", "–", "rule of the row; empty for a place"),
        Column("name", "text", "–", "name of the row, or id of the place"),
        Column("nth", "whole", "–", "which of the rows of that name, from 1"),
        Column(
            "price",
            "number",
            "of the objective",
            "what the bound changes by when the row's limit rises by 1, or what one point of the place's "
            "wellbeing counts",
        ),
    ),
    ("kind", "rule", "name", "nth"),
)

PLAN_TABLES = (FACILITIES, ASSIGNMENT, NEED_POINTS, UNMET)
ALL_TABLES = (*PLAN_TABLES, INDICATORS)
