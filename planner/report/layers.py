"""The layers of a plan's maps, one idea each, with unit and meaning of every column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.frames import Column

if TYPE_CHECKING:
    import geopandas as gpd

    from planner.city.city import City
    from planner.plan import Plan
    from planner.report.figures import Figures
    from planner.scenario.schema import Scenario

LONGEST_KEY = 31
BY_SERVICE = (
    ("need", "need"),
    ("reached_before", "need served with nothing built, at any quality"),
    ("reached", "need served under the plan, at any quality"),
    ("quality_before", "need served with nothing built, times quality"),
    ("quality", "need served under the plan, times quality"),
    ("unmet", "need that the plan leaves"),
)
SHARES = (
    ("share_before", "reached_before", "share of the need served with nothing built, at any quality"),
    ("share", "reached", "share of the need served under the plan, at any quality"),
    ("qshare_before", "quality_before", "share of the need served with nothing built, times quality"),
    ("qshare", "quality", "share of the need served under the plan, times quality"),
)


@dataclass(frozen=True)
class MapLayer:
    """A layer: name, meaning, columns, and the frame in the city's coordinate system, sorted by id."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    frame: gpd.GeoDataFrame


class _Sheet:
    """Columns of one layer as they are added, with keys that are short and unique."""

    def __init__(self) -> None:
        self.columns: list[Column] = []
        self.values: dict[str, pd.Series] = {}

    def add(self, column: Column, values: pd.Series) -> None:
        key = unique_key(column.name, self.values)
        self.columns.append(Column(key, column.kind, column.unit, column.meaning))
        self.values[key] = values


def unique_key(name: str, taken: dict[str, pd.Series]) -> str:
    """Return the name, cut to 31 characters and numbered where it would not be unique, whatever its case."""
    used = {key.lower() for key in taken}
    key, number = name[:LONGEST_KEY], 1
    while key.lower() in used:
        number += 1
        key = f"{name[: LONGEST_KEY - len(str(number)) - 1]}_{number}"
    return key


def service_key(service: str, field: str) -> str:
    """Return the key of a field of a service; the service's name is cut, never the field's."""
    return f"{service[: LONGEST_KEY - len(field) - 1]}_{field}"


def make_layers(scenario: Scenario, city: City, plan: Plan, figures: Figures) -> tuple[MapLayer, ...]:
    """Make the layers neighbourhoods, facilities and links of a plan."""
    return (
        _neighbourhoods(scenario, city, figures),
        _facilities(scenario, city, figures),
        _links(city, plan, figures),
    )


def _layer(name: str, meaning: str, sheet: _Sheet, geometry: object, crs: str) -> MapLayer:
    import geopandas as gpd  # noqa: PLC0415 - slow to import

    frame = gpd.GeoDataFrame(pd.DataFrame(sheet.values).reset_index(drop=True), geometry=geometry, crs=crs)
    return MapLayer(name, meaning, tuple(sheet.columns), frame)


def _neighbourhoods(scenario: Scenario, city: City, figures: Figures) -> MapLayer:
    sheet, table = _Sheet(), figures.neighbourhoods
    sheet.add(Column("neighbourhood", "text", "–", "id"), table.index.to_series())
    sheet.add(Column("label", "text", "–", "name"), table["label"])
    if "district" in city.neighbourhoods.columns:
        sheet.add(Column("district", "text", "–", "district"), city.neighbourhoods["district"])
    sheet.add(Column("residents", "number", "person", "residents"), table["population"])
    for when, key in (("before", "wellbeing_before"), ("after", "wellbeing"), ("change", "wellbeing_change")):
        meaning = (
            f"wellbeing ({when}), mean over the residents; 1 where every need is met; empty without residents"
        )
        sheet.add(Column(key, "number", "1", meaning), table[when])
    for group in scenario.city.groups:
        if group in city.neighbourhoods.columns:
            meaning = scenario.city.groups[group].label or group.replace("_", " ")
            sheet.add(Column(group, "number", "person", meaning), city.neighbourhoods[group])
    for service in figures.services.index:
        _service_columns(sheet, str(service), figures)
    meaning = "Every neighbourhood, with and without residents: what its people need and get."
    return _layer("neighbourhoods", meaning, sheet, city.neighbourhoods.geometry.to_numpy(), city.crs)


def _service_columns(sheet: _Sheet, service: str, figures: Figures) -> None:
    unit, label = figures.units[service], figures.labels[service]
    if service in figures.places.index.get_level_values("service"):
        places = figures.places.xs(service, level="service")
    else:
        places = figures.places.iloc[:0].droplevel("service")
    places = places.reindex(figures.neighbourhoods.index).fillna(0.0)
    for field, meaning in BY_SERVICE:
        column = Column(service_key(service, field), "number", unit, f"{label}: {meaning}")
        sheet.add(column, places[field])
    for field, part, meaning in SHARES:
        column = Column(service_key(service, field), "number", "1", f"{label}: {meaning}; empty without need")
        sheet.add(column, places[part] / places["need"].where(places["need"] > 0))


def _facilities(scenario: Scenario, city: City, figures: Figures) -> MapLayer:
    import geopandas as gpd  # noqa: PLC0415 - slow to import

    sheet, table = _Sheet(), figures.facilities
    money = scenario.budget.currency
    unit = "unit of the service"
    columns = (
        Column("provider", "text", "–", "id"),
        Column("service", "text", "–", "service"),
        Column("place", "text", "–", "id of the site or existing facility"),
        Column("label", "text", "–", "name of the site or facility"),
        Column("neighbourhood", "text", "–", "id of the neighbourhood; empty outside all"),
        Column("option", "text", "–", "size, or name of the change; `existing` for what stays as it is"),
        Column("existing", "flag", "–", "stands today and stays as it is"),
        Column("state", "text", "–", "stands, built, expanded, upgraded, repurposed, closed or programme"),
        Column("run_by", "text", "–", "who runs it; empty where nobody is named"),
        Column("owner", "text", "–", "owner of the site on which it is built"),
        Column("modules", "whole", "–", "modules in use"),
        Column("capacity", "number", unit, "need that it can serve; empty when unlimited"),
        Column("served", "number", unit, "need that it serves"),
        Column("capital_cost", "number", money, "cost of building it"),
        Column("operating_cost", "number", f"{money}/year", "yearly cost of running it"),
        Column("land_m2", "number", "m²", "land that it takes"),
    )
    for column in columns:
        sheet.add(column, table[column.name])
    meaning = "What stands, is changed and is built: one point for each provider; none for a programme."
    points = gpd.points_from_xy(table["x"], table["y"]).to_numpy()
    return _layer("facilities", meaning, sheet, np.where(table["x"].notna(), points, None), city.crs)


def _links(city: City, plan: Plan, figures: Figures) -> MapLayer:
    import shapely  # noqa: PLC0415 - slow to import

    links = figures.links
    centres = _centres(city, plan).reindex(pd.MultiIndex.from_frame(links[["neighbourhood", "service"]]))
    ends = figures.facilities.set_index("provider")[["x", "y"]].reindex(links["provider"])
    both = pd.concat([centres.reset_index(drop=True), ends.reset_index(drop=True)], axis=1).to_numpy()
    placed = ~np.isnan(both).any(axis=1)
    lines = np.full(len(both), None, object)
    lines[placed] = shapely.linestrings(both[placed].reshape(-1, 2, 2))
    sheet = _Sheet()
    units = figures.services["travel_unit"]
    columns = (
        (
            Column("neighbourhood", "text", "–", "id of the neighbourhood that is served"),
            links["neighbourhood"],
        ),
        (Column("provider", "text", "–", "id of the facility that serves"), links["provider"]),
        (Column("service", "text", "–", "service"), links["service"]),
        (Column("served", "number", "unit of the service", "need served"), links["served"]),
        (Column("travel", "number", "see travel_unit", "mean travel of those served"), links["travel"]),
        (Column("travel_unit", "text", "–", "min or m"), links["service"].map(units)),
        (Column("quality", "number", "1", "mean quality got by those served"), links["quality"]),
    )
    for column, values in columns:
        sheet.add(column, values)
    meaning = (
        "Who is served where: from the centre of a neighbourhood's need to the facility; none to a programme."
    )
    return _layer("links", meaning, sheet, lines, city.crs)


def _centres(city: City, plan: Plan) -> pd.DataFrame:
    points = plan.need_points[plan.need_points["period"] == plan.need_points["period"].max()]
    place = city.cells.geometry
    moved = points.assign(
        x=points["cell"].map(place.x) * points["need"], y=points["cell"].map(place.y) * points["need"]
    )
    sums = moved.groupby(["neighbourhood", "service"])[["need", "x", "y"]].sum()
    centres: pd.DataFrame = sums[["x", "y"]].div(sums["need"], axis=0)
    return centres
