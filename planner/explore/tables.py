"""The tables of an audit, and how they are written beside a run: whole, or not there at all."""

from __future__ import annotations

import os
import secrets
import shutil
from typing import TYPE_CHECKING

from planner import store
from planner.frames import INDICATORS, INTERVALS, PERIOD, Column, Frame
from planner.indicators.small import printable
from planner.report.tables import write_csv, write_parquet

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from planner.city.city import City
    from planner.explore.audit import Audit
    from planner.scenario.schema import Scenario

FOLDER = "audit"
SERVICE = Column("service", "text", "–", "service, or `all` for wellbeing")
RANKS = (
    Column("value", "number", "see measure", "the figure"),
    Column("best", "whole", "–", "best rank that it may truly have, from 1"),
    Column("worst", "whole", "–", "worst rank that it may truly have"),
    Column("rank", "whole", "–", "rank where it is certain, else 0"),
)
GROUPS = Frame(
    "groups",
    "How groups stand to each other, where that is certain.",
    (
        Column("when", "text", "–", "`before` or `after`"),
        PERIOD,
        SERVICE,
        Column("measure", "text", "–", "what is measured in each place"),
        Column("summary", "text", "–", "how the places are summed up"),
        Column("method", "text", "–", "draws that the ranks are from"),
        Column("name", "text", "–", "group"),
        *RANKS,
    ),
    ("when", "period", "service", "measure", "summary", "best", "name"),
)
NEIGHBOURHOODS = Frame(
    "neighbourhoods",
    "How neighbourhoods stand to each other by unmet need per resident after the plan, the least first.",
    (PERIOD, SERVICE, Column("name", "text", "–", "neighbourhood"), *RANKS),
    ("period", "service", "best", "name"),
)
CLUSTERING = Frame(
    "clustering",
    "Whether unmet need lies together on the map.",
    (
        PERIOD,
        SERVICE,
        Column("places", "whole", "–", "neighbourhoods with residents"),
        Column("moran", "number", "1", "Moran's I of unmet need per resident"),
        Column("expected", "number", "1", "its value if need lay at random"),
        Column("p", "number", "1", "share of reshufflings as far from the middle"),
    ),
    ("period", "service"),
)
UNDERCOUNT = Frame(
    "undercount",
    "Each indicator with the people whom the count misses, and without.",
    (*INDICATORS.columns, Column("uncorrected", "number", "see unit", "the figure without those added")),
    INDICATORS.key,
)
SURVIVAL = Frame(
    "sites",
    "In how many plans, on other needs and costs, each site is.",
    (
        SERVICE,
        Column("place", "text", "–", "id of the site"),
        Column("label", "text", "–", "name of the site"),
        Column("option", "text", "–", "size"),
        Column("provider", "text", "–", "service/site/option"),
        Column("modules", "whole", "–", "modules in the plan"),
        Column("draws_in", "whole", "–", "draws in whose plan it is"),
        Column("share", "number", "1", "share of the draws that have a plan"),
        Column("mean_modules", "number", "–", "modules on average"),
    ),
    ("service", "provider"),
)


def write_audit(folder: Path, audit: Audit, scenario: Scenario, city: City) -> Path:
    """Write an audit into `audit/` of a run folder, in place of an earlier one; the run is left as it is.

    Parquet files are exact and whole; in CSV files the figures of groups too small to print are empty.

    Raises
    ------
    MachineFault
        When the disk is full or read-only, or permission is refused.
    """
    target = folder / FOLDER
    aside = f".tmp-{folder.name}-{FOLDER}-{os.getpid()}-"
    fresh, old = (folder.parent / (aside + secrets.token_hex(4)) for _ in range(2))
    with store.told(f"{folder.name}/{FOLDER}"):
        try:
            fresh.mkdir()
            for frame, table in _tables(audit):
                tidy = frame.tidy(table)
                write_parquet(fresh / f"{frame.name}.parquet", frame, tidy)
                shown = printable(tidy, scenario, city) if "group" in tidy.columns else tidy
                write_csv(fresh / f"{frame.name}.csv", frame.columns, shown)
            (fresh / "audit.txt").write_text("\n".join(audit.words) + "\n", encoding="utf-8", newline="\n")
            if target.exists():
                target.rename(old)
            fresh.rename(target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
    return target


def _tables(audit: Audit) -> list[tuple[Frame, pd.DataFrame]]:
    found = [
        (INTERVALS, audit.certainty.table),
        (GROUPS, audit.groups),
        (NEIGHBOURHOODS, audit.neighbourhoods),
        (CLUSTERING, audit.clustering),
        (UNDERCOUNT, audit.undercount),
        (SURVIVAL, None if audit.survival is None else audit.survival.table),
    ]
    return [(frame, table) for frame, table in found if table is not None]
