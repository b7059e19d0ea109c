"""Figures of runs side by side: indicators, money, sites, people who gain and lose, dominance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from planner import catalogue
from planner.errors import InputFault
from planner.frames import Column
from planner.report.compare.intervals import KEY, is_clear
from planner.report.compare.runs import EVERYONE, SAME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.report.compare.runs import Beside, Pair

    Floats = NDArray[np.float64]

    Way = Literal["more", "less", ""]

SEEN = 0.0005
"""Differences of wellbeing below this are told as none: they are not seen in three decimals."""
LEVELS = {"mean", "median", "p10", "p90", "minimum", "maximum", "worst_off", "total"} | {
    "kolm_pollak_ede",
    "sen_welfare",
}
COMPARED = (
    Column("run", "text", "–", "name of the run"),
    Column("service", "text", "–", "service, or `all` for wellbeing"),
    Column("group", "text", "–", "group of residents, or `everyone`"),
    Column("measure", "text", "–", "what is measured in each place"),
    Column("summary", "text", "–", "how the places are summed up"),
    Column("unit", "text", "–", "unit of the value"),
    Column("value", "number", "see unit", "the figure under the plan; empty when it cannot be told"),
    Column("difference", "number", "see unit", "the figure less that of the first run"),
    Column(
        "direction", "text", "–", "better, worse or same than the first run; empty where neither is better"
    ),
    Column(
        "clear", "text", "–", "yes where the intervals of the two do not touch, no where they do; else empty"
    ),
)
SHOWN = ("mean", "worst_off", "gini", "below_floor")
MEASURES = ("wellbeing", "reached_share", "quality_weighted_share", "travel")


def better(measure: str, summary: str) -> Way:
    """Whether more or less of an indicator is better; empty where that cannot be said."""
    if summary in LEVELS:
        return "less" if _facts("measure", measure).get("better") == "less" else "more"
    if summary in {"below_floor", "fgt0", "fgt1", "fgt2"}:
        return "less"
    equal_is_none = "zero_if_equal" in _facts("summary", summary).get("axioms", ())
    return "less" if equal_is_none else ""


def _facts(kind: str, name: str) -> dict[str, Any]:
    try:
        return dict(catalogue.find(kind, name).facts)
    except InputFault:
        return {}


def compared(beside: Beside) -> pd.DataFrame:
    """Every indicator of every run under its plan, and how it differs from the first: columns `COMPARED`."""
    every = [_after(run.indicators).assign(run=run.name, nth=n) for n, run in enumerate(beside.runs)]
    table = pd.concat(every, ignore_index=True)
    first = table[table["nth"] == 0].set_index([*KEY, "unit"])["value"]
    base = first.reindex(pd.MultiIndex.from_frame(table[[*KEY, "unit"]])).to_numpy()
    table["difference"] = np.where(table["nth"] > 0, table["value"] - base, np.nan)
    ways = {pair: better(*pair) for pair in set(zip(table["measure"], table["summary"], strict=True))}
    table["way"] = [ways[pair] for pair in zip(table["measure"], table["summary"], strict=True)]
    table["direction"] = [direction(d, w) for d, w in zip(table["difference"], table["way"], strict=True)]
    table["clear"] = _clear(beside, table)
    return table


def _after(indicators: pd.DataFrame) -> pd.DataFrame:
    last = indicators[indicators["period"] == indicators["period"].max()]
    after: pd.DataFrame = last[last["when"] == "after"]
    return after


def direction(difference: float, way: str) -> str:
    """Say whether a difference is better, worse or none; empty where it is not known or says neither."""
    if not np.isfinite(difference) or not way:
        return ""
    if abs(difference) < 1e-9:  # noqa: PLR2004 - as good as the same
        return "same"
    return "better" if (difference > 0) == (way == "more") else "worse"


def _clear(beside: Beside, table: pd.DataFrame) -> list[str]:
    known = [
        dict(zip(ends.index, ends.itertuples(index=False, name=None), strict=True))
        for ends in beside.intervals
    ]
    told = {True: "yes", False: "no", None: ""}
    keys = zip(table["nth"], table[KEY].itertuples(index=False, name=None), strict=True)
    return [told[is_clear(known[0].get(key), known[nth].get(key)) if nth else None] for nth, key in keys]


def headline(beside: Beside) -> pd.DataFrame:
    """The indicators of everyone that are told first: rows of `compared`."""
    table = compared(beside)
    mine = table["group"].eq(EVERYONE) & table["measure"].isin(MEASURES) & table["summary"].isin(SHOWN)
    wellbeing = table["service"].eq("all") & table["measure"].eq("wellbeing")
    return table[mine & (wellbeing | table["summary"].eq("mean"))]


def spent(beside: Beside) -> pd.DataFrame:
    """Money of each run: columns nth, service, district, built (facilities), capital_cost, operating_cost.

    `district` is that of the neighbourhood, where the runs tell districts; else empty.
    """
    return pd.concat([spent_by(beside, nth) for nth in range(len(beside.runs))], ignore_index=True)


def spent_by(beside: Beside, nth: int) -> pd.DataFrame:
    """Money of one run, as in `spent`."""
    table = beside.done[nth]
    layers = beside.runs[nth].layers
    where = layers["facilities"].frame.drop_duplicates("provider").set_index("provider")["neighbourhood"]
    areas = layers["neighbourhoods"].frame.set_index("neighbourhood")
    place = table["provider"].map(where)
    district = place.map(areas["district"]) if "district" in areas.columns else pd.Series("", table.index)
    told: pd.DataFrame = table.assign(
        nth=nth,
        district=district.fillna("").to_numpy(),
        built=(table["state"] == "built").astype(float),
    )[["nth", "service", "district", "built", "capital_cost", "operating_cost"]]
    return told


def sites(beside: Beside) -> pd.DataFrame:
    """What each run builds or changes: index (service, place, option); label, x, y, `runs` (letters)."""
    found = []
    for letter, done in zip(beside.letters, beside.done, strict=True):
        found.append(done.assign(runs=letter))
    every = pd.concat(found, ignore_index=True)
    keys = ["service", "place", "option"]
    told: pd.DataFrame = every.groupby(keys, sort=True).agg(
        label=("label", "first"),
        x=("x", "first"),
        y=("y", "first"),
        runs=("runs", lambda s: "".join(sorted(set(s)))),
    )
    return told


def moved(beside: Beside, pair: Pair, group: str) -> tuple[float, float, float]:
    """People of a group with higher, the same, lower wellbeing under the second than the first [person]."""
    gain = beside.wellbeing[pair.second] - beside.wellbeing[pair.first]
    people = beside.people[group].where(gain.notna(), 0.0)
    up, down = (float(people[side].sum()) for side in (gain > SEEN, gain < -SEEN))
    return up, float(people.sum()) - up - down, down


def dominates(beside: Beside, one: int, other: int) -> Literal["places", "ranks", ""]:
    """Whether a plan is at least as good as another for everybody: place by place, or rank by rank.

    `places`: no neighbourhood is worse off, and some are better. `ranks`: whatever share of the people is
    taken from the worst off upwards, they have at least as much together (generalised Lorenz dominance).
    """
    mine, theirs = beside.wellbeing[one], beside.wellbeing[other]
    known = mine.notna() & theirs.notna() & (beside.people[EVERYONE] > 0)
    gain = (mine - theirs)[known]
    if not len(gain) or not (gain.abs() > SEEN).any():
        return ""
    if (gain >= -SEEN).all():
        return "places"
    people = beside.people.loc[known, EVERYONE].to_numpy(float)
    shares = np.linspace(0.0, 1.0, 1001)
    curves = [_lorenz(values[known].to_numpy(float), people, shares) for values in (mine, theirs)]
    apart = curves[0] - curves[1]
    return "ranks" if apart.min() >= -SAME and apart.max() > SEEN else ""


def _lorenz(values: Floats, people: Floats, shares: Floats) -> Floats:
    order = np.argsort(values, kind="stable")
    weight = people[order] / people.sum()
    upto, together = (np.concatenate([[0.0], np.cumsum(part)]) for part in (weight, weight * values[order]))
    curve: Floats = np.interp(shares, upto, together)
    return curve
