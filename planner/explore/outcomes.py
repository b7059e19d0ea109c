"""What a kept run does to whom, as one row: figures that scenarios of a sweep are set side by side by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planner.report.figures import by_the_end, done_by_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from planner.report.kept import Kept
    from planner.scenario.schema import Scenario

EVERYONE = "everyone"
SUMMARIES = {
    "mean": "mean wellbeing of all",
    "worst_off": "mean wellbeing of the worst off",
    "gini": "inequality of wellbeing (Gini)",
    "below_floor": "people below the floor",
}
SHARES = {"reached_share": "share of the need that is served", "travel": "way of those served"}


class Outcome(NamedTuple):
    """One figure of a run: column, what it tells, its unit, its value."""

    column: str
    label: str
    unit: str
    value: float


def outcomes(kept: Kept) -> list[Outcome]:
    """Every figure of a run: wellbeing of all and of each group, services, districts, money, places built.

    Figures of too few people are not a number, as in print.
    """
    return [*_wellbeing(kept), *_services(kept), *_districts(kept), *_money(kept)]


def _wellbeing(kept: Kept) -> Iterator[Outcome]:
    table = _after(kept)
    mine = table[table["measure"].eq("wellbeing") & table["service"].eq("all")]
    for summary, unit, value in _told(mine[mine["group"].eq(EVERYONE)]):
        yield Outcome(
            f"wellbeing_{summary}",
            SUMMARIES.get(summary, f"wellbeing of all: {summary.replace('_', ' ')}"),
            unit,
            value,
        )
    for name, group in kept.scenario.city.groups.items():
        own = mine[mine["group"].eq(name) & mine["summary"].eq("mean")]
        for _, unit, value in _told(own):
            label = group.label or name.replace("_", " ")
            yield Outcome(f"wellbeing_mean_{name}", f"mean wellbeing of {label}", unit, value)


def _told(rows: pd.DataFrame) -> list[tuple[str, str, float]]:
    return list(zip(rows["summary"], rows["unit"], rows["value"].astype(float), strict=True))


def _after(kept: Kept) -> pd.DataFrame:
    table = kept.indicators
    return table[table["period"].eq(table["period"].max()) & table["when"].eq("after")]


def _services(kept: Kept) -> Iterator[Outcome]:
    table, known = _after(kept), _labels(kept.scenario)
    rows = table[table["group"].eq(EVERYONE) & table["summary"].eq("mean") & table["measure"].isin(SHARES)]
    values = zip(rows["service"], rows["measure"], rows["unit"], rows["value"].astype(float), strict=True)
    for service, measure, unit, value in values:
        if service in known:
            yield Outcome(f"{measure}_{service}", f"{known[service]}: {SHARES[measure]}", unit, value)


def _labels(scenario: Scenario) -> dict[str, str]:
    return {name: one.label or name.replace("_", " ") for name, one in scenario.services.items()}


def _districts(kept: Kept) -> Iterator[Outcome]:
    if kept.scenario.city.neighbourhoods.district is None:
        return
    areas = kept.layers["neighbourhoods"].frame
    known = areas[areas["wellbeing"].notna() & (areas["residents"] > 0) & (areas["district"] != "")]
    people = known.groupby("district")["residents"].sum()
    shared = (known["wellbeing"] * known["residents"]).groupby(known["district"]).sum() / people
    for name, value in shared.items():
        yield Outcome(f"wellbeing_mean_in_{name}", f"mean wellbeing in {name}", "1", float(value))


def _money(kept: Kept) -> Iterator[Outcome]:
    done, known = done_by_plan(by_the_end(kept.tables["facilities"])), _labels(kept.scenario)
    currency = kept.scenario.budget.currency
    yield Outcome("capital_cost", "money to build", currency, float(done["capital_cost"].sum()))
    yield Outcome("operating_cost", "money to run", f"{currency}/year", float(done["operating_cost"].sum()))
    for service, label in known.items():
        own = done[done["service"].eq(service)]
        yield Outcome(
            f"capital_cost_{service}", f"{label}: money to build", currency, float(own["capital_cost"].sum())
        )
        built = float(own.loc[own["state"].eq("built"), "modules"].sum())
        yield Outcome(f"modules_{service}", f"{label}: modules built", "module", built)
