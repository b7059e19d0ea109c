"""A run as a notebook shows it: the answer, the map, the figures of each service; every name is text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from planner.report.classes import breaks, decimals_of, legend_of
from planner.report.drawing import NO_DATA, scale
from planner.report.numbers import number, percent
from planner.report.outlines import outline
from planner.report.page import template
from planner.report.proof import ending
from planner.report.speech import _
from planner.report.words import people

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from planner.report.kept import Kept


def notebook_html(kept: Kept) -> str:
    """Return a run as HTML for a notebook: no script, no style sheet, no link away."""
    frame = kept.layers["neighbourhoods"].frame.set_index("neighbourhood")
    return template("notebook.html.j2").render(
        name=kept.scenario.name,
        answer=str(kept.manifest.get("answer", "")).rpartition(" Read ")[0],
        sure=ending(kept.status),
        checked=kept.manifest["verdict"]["sentence"],
        folder=kept.folder.name,
        services=[_service(kept, str(name)) for name in kept.scenario.services],
        **_map(frame),
    )


def _service(kept: Kept, service: str) -> tuple[str, ...]:
    """Name, need, and the shares served before and after."""
    points, before = (_last(kept.tables[name]) for name in ("need_points", "before"))
    mine = points[points["service"] == service]
    need, served = float(mine["need"].sum()), float(mine["reached"].sum())
    earlier = float(before.loc[before["service"] == service, "served"].sum())
    asked = kept.scenario.services[service]
    shares = (percent(part / need if need > 0 else math.nan) for part in (earlier, served))
    unit = people(asked.unit, need)
    return asked.label or service.replace("_", " "), f"{number(need, 0)} {unit}", *shares


def _last(table: pd.DataFrame) -> pd.DataFrame:
    last: pd.DataFrame = table[table["period"] == table["period"].max()]
    return last


def _map(frame: gpd.GeoDataFrame) -> dict[str, object]:
    """Wellbeing under the plan: outlines, each with its class, and the legend."""
    drawn = outline(frame)
    edges = breaks([*frame["wellbeing_before"], *frame["wellbeing"]])
    decimals = decimals_of(edges)
    colours = scale(frame["wellbeing"], edges)
    areas = [(path, colours[name], _tip(frame.loc[name])) for name, path in drawn.paths.items() if path]
    legend = [*legend_of(edges, lambda value: number(value, decimals)), (NO_DATA, _("no residents"))]
    return {"width": drawn.width, "height": drawn.height, "areas": areas, "legend": legend}


def _tip(row: pd.Series) -> str:
    value = float(row["wellbeing"])
    return f"{row['label']}: {number(value, 2) if math.isfinite(value) else _('no residents')}"
