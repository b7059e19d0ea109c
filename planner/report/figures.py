"""What a plan does to whom, added up from its tables: by service, cell, neighbourhood, group and fifth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from planner.report.leading import leading_group

if TYPE_CHECKING:
    from planner.city.city import City
    from planner.plan import Plan
    from planner.scenario.schema import Scenario

OUTCOMES = ["need", "reached_before", "quality_before", "reached", "quality", "unmet"]
SPENT = ["capital_cost", "operating_cost", "land_m2"]
EVERYONE = "everyone"


class Gain(NamedTuple):
    """Mean wellbeing of some people, before and after."""

    label: str
    people: float
    before: float
    after: float

    @property
    def change(self) -> float:
        """What they gain."""
        return self.after - self.before


@dataclass(frozen=True)
class Figures:
    """The sums that maps, sentences and page are made of; need in the unit of each service.

    Attributes
    ----------
    services
        Index `service`; the columns of the problem's services, `label`, and need, reached_before,
        quality_before (quality-weighted), reached, quality, unmet, built (facilities), modules,
        capital_cost, operating_cost, land_m2.
    places
        Index (`neighbourhood`, `service`); need … unmet as above.
    cells
        Index `cell`; neighbourhood, population [person], before, after: wellbeing of the
        place in which they are judged; empty without residents.
    neighbourhoods
        Index `neighbourhood`; label, population [person], before, after, change: wellbeing, the
        population-weighted mean of its cells.
    groups
        Index `group`, first `everyone`; label, people [person], before, after, change: mean wellbeing
        of the places where the group lives, weighted by its people there.
    fifths
        Index 1 (worst off before) … 5; people [person], before, after, change.
    leading
        Group that clearly gains most; None where chance could turn the ranks round.
    facilities
        The plan's facilities of its last period, with all that was paid for them once, `neighbourhood` and
        `neighbourhood_label`.
    links
        Columns neighbourhood, service, provider, served, travel, quality (means weighted by served).
    """

    services: pd.DataFrame
    places: pd.DataFrame
    cells: pd.DataFrame
    neighbourhoods: pd.DataFrame
    groups: pd.DataFrame
    fifths: pd.DataFrame
    leading: str | None
    facilities: pd.DataFrame
    links: pd.DataFrame

    @property
    def done(self) -> pd.DataFrame:
        """Facilities that the plan builds or changes."""
        return done_by_plan(self.facilities)

    def in_state(self, *states: str) -> pd.DataFrame:
        """Facilities in some of the states of `frames.FACILITIES`, by label."""
        mine = self.facilities[self.facilities["state"].isin(states)]
        return mine.sort_values(["label", "provider"], kind="stable")

    @property
    def labels(self) -> dict[str, str]:
        """Name of each service, in the order of the services."""
        return {str(service): str(label) for service, label in self.services["label"].items()}

    @property
    def units(self) -> dict[str, str]:
        """Unit of each service."""
        return {str(service): str(unit) for service, unit in self.services["unit"].items()}

    @property
    def everyone(self) -> Gain:
        """What all residents gain."""
        return self.gains_by_group[0]

    @property
    def gains_by_group(self) -> list[Gain]:
        """What each group gains, everyone first."""
        return [Gain(*row) for row in self.groups[list(Gain._fields)].itertuples(index=False, name=None)]

    @property
    def gains_by_fifth(self) -> list[Gain]:
        """What each fifth of residents gains, the worst off before first."""
        table = self.fifths.assign(label="")
        return [Gain(*row) for row in table[list(Gain._fields)].itertuples(index=False, name=None)]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, each by column."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def done_by_plan(facilities: pd.DataFrame) -> pd.DataFrame:
    """Return what the plan does: builds, and changes of what stands; `capital_cost` with that of the site."""
    done = facilities.loc[~facilities["existing"].astype(bool)]
    return done.assign(capital_cost=done["capital_cost"] + done["acquisition_cost"])


def newly_built(facilities: pd.DataFrame) -> pd.DataFrame:
    """Return the facilities that the plan builds."""
    return facilities.loc[facilities["state"] == "built"]


def add_up(scenario: Scenario, city: City, plan: Plan, services: pd.DataFrame) -> Figures:
    """Add up a plan of a city, with its wellbeing before and after."""
    points = _points(plan)
    cells = _wellbeing(scenario, city, points, services)
    facilities = _located(city, by_the_end(plan.facilities))
    groups = _groups(scenario, city, cells)
    by_place = points.groupby(["neighbourhood", "service"], sort=True)[OUTCOMES].sum()
    return Figures(
        services=_services(scenario, services, points, facilities),
        places=by_place,
        cells=cells,
        neighbourhoods=_neighbourhoods(city, cells),
        groups=groups,
        fifths=_fifths(cells),
        leading=leading_group(city, cells, groups),
        facilities=facilities,
        links=_links(plan, city),
    )


def service_label(scenario: Scenario, service: str) -> str:
    """Return the name under which reports tell a service."""
    known = scenario.services.get(service)
    return (known.label if known else None) or service.replace("_", " ")


def _last(table: pd.DataFrame) -> pd.DataFrame:
    last: pd.DataFrame = table.loc[table["period"] == table["period"].max()]
    return last.reset_index(drop=True)


def by_the_end(facilities: pd.DataFrame) -> pd.DataFrame:
    """What is there in the last period, with all that was paid for it once."""
    paid = ["capital_cost", "acquisition_cost"]
    sums = facilities.groupby("provider")[paid].sum()
    last = _last(facilities)
    return last.assign(**{column: last["provider"].map(sums[column]).to_numpy() for column in paid})


def _points(plan: Plan) -> pd.DataFrame:
    points = _last(plan.need_points).rename(columns={"quality_weighted": "quality"})
    before = _last(plan.before)
    gains = pd.DataFrame(
        {"reached_before": before["served"], "quality_before": before["served"] * before["quality"]}
    )
    sums = gains.groupby([before["cell"], before["service"]]).sum()
    joined: pd.DataFrame = points.join(sums, on=["cell", "service"])
    return joined.fillna({"reached_before": 0.0, "quality_before": 0.0})


def _wellbeing(scenario: Scenario, city: City, points: pd.DataFrame, services: pd.DataFrame) -> pd.DataFrame:
    scale = services["scale"].where(services["scale"] > 0)
    worth = points["service"].map((services["weight"] / scale).fillna(0.0))
    cells = pd.DataFrame(city.cells[["neighbourhood", "population"]])
    judged = cells["neighbourhood"] if scenario.judge_by == "neighbourhoods" else cells.index.to_series()
    residents = cells["population"].groupby(judged).transform("sum")
    for name, quality in (("before", "quality_before"), ("after", "quality")):
        lost = (worth * (points["need"] - points[quality])).groupby(points["cell"]).sum()
        lost = lost.reindex(cells.index).fillna(0.0).groupby(judged).transform("sum")
        cells[name] = (1.0 - lost / residents.where(residents > 0)).where(cells["population"] > 0)
    return cells


def _mean(values: pd.Series, weights: pd.Series) -> float:
    counted = values.notna() & (weights > 0)
    if not counted.any():
        return float("nan")
    return float(np.average(values[counted], weights=weights[counted]))


def _means(cells: pd.DataFrame, people: pd.Series) -> dict[str, float]:
    before, after = (_mean(cells[when], people) for when in ("before", "after"))
    return {"people": float(people.sum()), "before": before, "after": after, "change": after - before}


def _neighbourhoods(city: City, cells: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame(city.neighbourhoods[["label", "population"]])
    people = cells["population"]
    total = people.groupby(cells["neighbourhood"]).sum()
    for when in ("before", "after"):
        lived = (cells[when] * people).groupby(cells["neighbourhood"]).sum(min_count=1)
        table[when] = (lived / total.where(total > 0)).reindex(table.index)
    table["change"] = table["after"] - table["before"]
    return table


def _groups(scenario: Scenario, city: City, cells: pd.DataFrame) -> pd.DataFrame:
    rows = {EVERYONE: {"label": EVERYONE} | _means(cells, cells["population"])}
    told = scenario.indicators.groups
    for name, group in scenario.city.groups.items():
        if name in city.cells.columns and (told is None or name in told):
            label = group.label or f"“{name.replace('_', ' ')}”"
            rows[name] = {"label": label} | _means(cells, city.cells[name])
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")


def _fifths(cells: pd.DataFrame) -> pd.DataFrame:
    lived = cells[cells["population"] > 0].sort_values(["before"], kind="stable")
    end = lived["population"].cumsum().to_numpy()
    start = end - lived["population"].to_numpy()
    total = float(end[-1]) if len(end) else 0.0
    rows = {}
    for fifth in range(1, 6):
        low, high = (fifth - 1) * total / 5, fifth * total / 5
        share = np.clip(np.minimum(end, high) - np.maximum(start, low), 0.0, None)
        rows[fifth] = _means(lived, pd.Series(share, index=lived.index))
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("fifth")


def _services(
    scenario: Scenario, services: pd.DataFrame, points: pd.DataFrame, facilities: pd.DataFrame
) -> pd.DataFrame:
    built = newly_built(facilities)
    sums = points.groupby("service")[OUTCOMES].sum()
    spent = done_by_plan(facilities).groupby("service")[SPENT].sum()
    number = built.groupby("service").agg(built=("provider", "size"), modules=("modules", "sum"))
    amounts = [*OUTCOMES, "built", "modules", *SPENT]
    table = services.drop(columns=amounts, errors="ignore").join(sums).join(number).join(spent)
    table["label"] = [service_label(scenario, str(service)) for service in table.index]
    table[amounts] = table[amounts].astype("float64").fillna(0.0)
    return table


def _located(city: City, facilities: pd.DataFrame) -> pd.DataFrame:
    import geopandas as gpd  # noqa: PLC0415 - slow to import

    placed = facilities[facilities["x"].notna()]
    points = gpd.GeoDataFrame(placed[[]], geometry=gpd.points_from_xy(placed["x"], placed["y"]), crs=city.crs)
    polygons = city.neighbourhoods[["geometry"]].rename_axis("neighbourhood").reset_index()
    found = gpd.sjoin(points, polygons, predicate="intersects")
    first = found.groupby(level=0)["neighbourhood"].min()
    located = facilities.assign(neighbourhood=first.reindex(facilities.index).fillna("").astype("str"))
    labels = city.neighbourhoods["label"]
    located["neighbourhood_label"] = located["neighbourhood"].map(labels).fillna("").astype("str")
    return located


def _links(plan: Plan, city: City) -> pd.DataFrame:
    served = _last(plan.assignment)
    served = served.assign(neighbourhood=served["cell"].map(city.cells["neighbourhood"]))
    keys = ["neighbourhood", "service", "provider"]
    weighted = served.assign(
        travel=served["travel"] * served["served"], quality=served["quality"] * served["served"]
    )
    sums = weighted.groupby(keys)[["served", "travel", "quality"]].sum()
    sums = sums[sums["served"] > 0]
    for column in ("travel", "quality"):
        sums[column] = sums[column] / sums["served"]
    return sums.reset_index()
