"""An audit in plain words: intervals first, and no rank or difference that is not certain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.indicators.assess import EVERYONE
from planner.indicators.certainty import CELLS, MARGINS
from planner.indicators.ranking import tiers
from planner.indicators.small import printable
from planner.indicators.view import ALL
from planner.report.numbers import number, percent
from planner.report.speech import _, listed

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    import pandas as pd

    from planner.city.city import City
    from planner.explore.audit import Audit
    from planner.explore.robust import Survival
    from planner.scenario.schema import Scenario

CLEAR = 0.05
"""Reshufflings at most as extreme for need to be told as lying together."""
SURE, RARE = 0.9, 0.5
"""Shares of the draws from which a site is told as kept, and below which as exchangeable."""
NAMED = 5
REACHED = "reached_share"


def telling(scenario: Scenario, city: City, audit: Audit) -> Iterator[str]:
    """Lines that tell an audit."""
    method = MARGINS if MARGINS in audit.certainty.draws else CELLS
    table = printable(audit.certainty.table, scenario, city)
    last = table["period"].max()
    table = table[(table["period"] == last) & (table["method"] == method) & (table["summary"] == "mean")]
    yield from _head(method, audit)
    for service in scenario.services:
        yield from _service(scenario, table, service)
    yield from _wellbeing(scenario, table)
    yield from _groups(scenario, audit.groups)
    if audit.neighbourhoods is not None:
        yield from _neighbourhoods(scenario, city, audit.neighbourhoods)
    if audit.clustering is not None:
        yield from _clusters(scenario, audit.clustering)
    if audit.undercount is not None:
        yield from _undercount(scenario, audit.undercount)
    if audit.survival is not None:
        yield from _sites(scenario, audit.survival)


def _head(method: str, audit: Audit) -> Iterator[str]:
    draws = audit.certainty.table["draws"].max()
    level = audit.certainty.table["level"].max()
    if method == MARGINS:
        source = _("the margins of error given with the data; the plan is kept, and who it serves where")
    else:
        source = _("drawing the cells again with replacement; the data give no margins of error")
    facts = {"level": percent(level), "draws": number(draws), "source": source}
    yield (
        _("How sure the figures are. In brackets: where %(level)s of %(draws)s draws lie, by %(source)s.")
        % facts
    )
    if method == MARGINS:
        yield _(
            "A figure can lie outside its brackets: need that turns out higher than counted is not served by "
            "this plan, while places kept for need that turns out lower stay empty."
        )


def _label(scenario: Scenario, service: str) -> str:
    return scenario.services[service].label or service


def _group(scenario: Scenario, group: str, everyone: str = "") -> str:
    if group == EVERYONE:
        return everyone or _("all in need")
    return _("where %(group)s live") % {"group": scenario.city.groups[group].label or group.replace("_", " ")}


def _service(scenario: Scenario, table: pd.DataFrame, service: str) -> Iterator[str]:
    rows = table[(table["service"] == service) & (table["measure"] == REACHED)]
    yield ""
    yield _("%(service)s: share of those in need who are served") % {"service": _label(scenario, service)}
    yield from _lines(scenario, rows)


def _wellbeing(scenario: Scenario, table: pd.DataFrame) -> Iterator[str]:
    rows = table[(table["service"] == ALL) & (table["measure"] == "wellbeing")]
    if len(rows):
        yield ""
        yield _("Wellbeing, 1 where every need is met")
        yield from _lines(scenario, rows, share=False)


def _lines(scenario: Scenario, rows: pd.DataFrame, *, share: bool = True) -> Iterator[str]:
    told = {(row["group"], row["when"]): row for row in rows.to_dict("records")}
    names = [EVERYONE, *scenario.city.groups]
    known = [name for name in names if {(name, "after"), (name, "before")} <= told.keys()]
    for group in known:
        before, after = (_figure(told[group, when], share=share) for when in ("before", "after"))
        who = _group(scenario, group, "" if share else _("all residents"))
        facts = {"group": who, "before": before, "after": after}
        yield "    " + _("%(group)s: %(before)s before, %(after)s after") % facts


def _figure(row: dict[Hashable, Any], *, share: bool) -> str:
    if not np.isfinite(row["value"]):
        return _("not told")
    value, low, high = (_number(row[key], share=share) for key in ("value", "low", "high"))
    if not np.isfinite(row["low"]) or low == value == high:
        return value
    return _("%(value)s [%(low)s to %(high)s]") % {"value": value, "low": low, "high": high}


def _number(value: float, *, share: bool) -> str:
    return f"{100 * value:.1f} %" if share else f"{value:.3f}"


def _groups(scenario: Scenario, groups: pd.DataFrame) -> Iterator[str]:
    rows = groups[(groups["when"] == "after") & groups["measure"].isin({REACHED, "wellbeing"})]
    if rows["name"].nunique() < 2:  # noqa: PLR2004 - nobody to be compared with
        return
    yield ""
    yield _("Who is better served than whom after the plan, as far as the draws tell them apart")
    for (service, measure), ranked in rows.groupby(["service", "measure"], sort=True):
        what = _("wellbeing") if measure == "wellbeing" else _label(scenario, str(service))
        yield f"    {what}: {_order(scenario, ranked)}"


def _order(scenario: Scenario, ranked: pd.DataFrame) -> str:
    steps = tiers(ranked)
    if len(steps) == 1:
        return _("no order of the groups is certain")
    names = [listed([_group(scenario, name) for name in step]) for step in steps]
    return _(" – then ").join(names)


def _neighbourhoods(scenario: Scenario, city: City, places: pd.DataFrame) -> Iterator[str]:
    yield ""
    yield _("Neighbourhoods by need left for each resident")
    labels = city.neighbourhoods["label"]
    for service, ranked in places[places["period"] == places["period"].max()].groupby("service", sort=True):
        certain = ranked[ranked["rank"] > 0]
        half = ranked[ranked["best"] > len(ranked) / 2].tail(NAMED)["name"]
        facts = {
            "n": number(len(certain)),
            "all": number(len(ranked)),
            "service": _label(scenario, str(service)),
        }
        yield (
            "    "
            + _("%(service)s: the rank of %(n)s of %(all)s is certain") % facts
            + (
                "; "
                + _("surely in the worse half: %(names)s")
                % {"names": listed([labels[name] for name in half])}
                if len(half)
                else "; " + _("none is surely in the worse half")
            )
        )


def _clusters(scenario: Scenario, table: pd.DataFrame) -> Iterator[str]:
    yield ""
    yield _("Whether unmet need lies together on the map (Moran's I)")
    for row in table.to_dict("records"):
        name, moran, p = _label(scenario, row["service"]), row["moran"], row["p"]
        if not np.isfinite(moran):
            yield "    " + _("%(service)s: it cannot be told") % {"service": name}
            continue
        if p > CLEAR:
            what = _("no pattern that chance could not make")
        else:
            what = _("it lies together") if moran > row["expected"] else _("it is spread out evenly")
        yield f"    {name}: {what} (I = {moran:.2f}, p = {p:.3f})"


def _undercount(scenario: Scenario, table: pd.DataFrame) -> Iterator[str]:
    yield ""
    yield _("With the people whom the count misses, and without")
    chosen = (table["when"] == "after") & (table["summary"] == "mean") & (table["group"] == EVERYONE)
    for row in table[chosen & (table["measure"] == REACHED)].to_dict("records"):
        facts = {key: _number(row[key], share=True) for key in ("value", "uncorrected")}
        facts["service"] = _label(scenario, row["service"])
        what = _("%(service)s: %(value)s of those in need are served, without them %(uncorrected)s")
        yield "    " + what % facts


def _sites(scenario: Scenario, survived: Survival) -> Iterator[str]:
    yield ""
    facts = {"n": number(survived.solved), "failed": number(survived.failed)}
    yield _("Solved again %(n)s times on other needs and costs (no plan %(failed)s times)") % facts
    if not survived.solved:
        return
    table = survived.table[survived.table["modules"] > 0]
    for service, planned in table.groupby("service", sort=True):
        sure, rare = planned["share"] >= SURE, planned["share"] < RARE
        facts = {
            "service": _label(scenario, str(service)),
            "all": number(len(planned)),
            "sure": number(int(sure.sum())),
        }
        facts |= {"rare": number(int(rare.sum())), "most": percent(SURE), "half": percent(RARE)}
        kept = _("%(service)s: of %(all)s places in the plan %(sure)s are in at least %(most)s of the others")
        rest = _("%(rare)s are in fewer than %(half)s and can be exchanged")
        yield "    " + kept % facts + "; " + rest % facts
