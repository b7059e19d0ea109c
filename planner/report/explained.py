"""What the page's own script tells when a place or a facility is chosen: every figure written out as text."""

from __future__ import annotations

import base64
import hashlib
import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.report.changed import became, option_name
from planner.report.figures import records
from planner.report.numbers import NOTHING, change, marks, number, percent
from planner.report.rivals import beside, told
from planner.report.speech import _

if TYPE_CHECKING:
    from planner.city.city import City
    from planner.report.figures import Figures
    from planner.report.outlines import Outlines
    from planner.report.rivals import Rivals
    from planner.scenario.schema import Scenario

SCRIPT = Path(__file__).parent / "templates" / "page.js"


@cache
def script() -> str:
    """Return the script of the pages."""
    return SCRIPT.read_text(encoding="utf-8")


@cache
def fingerprint() -> str:
    """Return what lets this script run, and no other, under the policy of the page."""
    digest = hashlib.sha256(script().encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def spoken() -> dict[str, str]:
    """Return the words of the script, and the marks of its figures."""
    point, thousands = marks()
    return _of_rivals() | {
        "point": point,
        "thousands": thousands,
        "closer": _("Closer"),
        "farther": _("Farther"),
        "whole": _("The whole city"),
        "keys": _("Map: arrow keys move, plus and minus zoom, 0 shows the whole city"),
        "toggle": _("Show or hide on the map"),
        "close": _("Close"),
        "place": _("Neighbourhood"),
        "people": _("Residents"),
        "before": _("Wellbeing before"),
        "after": _("Wellbeing under the plan"),
        "change": _("Change"),
        "service": _("Service"),
        "need": _("Need"),
        "servedBefore": _("Served before"),
        "servedAfter": _("Served after"),
        "gets": _("What is built or changed here"),
        "nothing": _("Nothing."),
        "served": _("Who serves its people"),
        "nobody": _("Nobody."),
        "what": _("What"),
        "stands": _("Where it stands"),
        "why": _("Why here: whom it serves"),
        "more": _("and %(n)s more, in the tables"),
    }


def _of_rivals() -> dict[str, str]:
    return {
        "nearest": _("Nearest of each service"),
        "none": _("None within reach."),
        "rivals": _("What it competes with"),
        "norival": _("No other facility in use is within reach of those it serves."),
        "shared": _("is within reach of %(amount)s whom this one serves"),
        "only": _("%(amount)s whom it serves have no other within reach."),
        "elsewhere": _("What it would bring elsewhere"),
        "instead": _("free, and within reach of %(amount)s of those it serves"),
        "left": _("free, and could serve %(amount)s whom the plan leaves out"),
        "noelse": _("No free site of this kind is within reach of anybody whom the plan leaves out."),
    }


def explained(
    scenario: Scenario, city: City, figures: Figures, outlines: Outlines, rivals: Rivals | None = None
) -> dict[str, Any]:
    """Return what the cards tell: places by outline, facilities as in the plan, links, and what is beside."""
    order = {name: nth for nth, name in enumerate(outlines.paths)}
    services = {name: nth for nth, name in enumerate(figures.labels)}
    facilities = records(figures.facilities)
    nths = {str(row["provider"]): nth for nth, row in enumerate(facilities)}
    units = figures.services[["unit", "travel_unit"]].to_dict("index")
    links = [
        (
            order[str(row["neighbourhood"])],
            nths[str(row["provider"])],
            told(row["served"], str(units[row["service"]]["unit"])),
            f"{number(row['travel'])}\u00a0{units[row['service']]['travel_unit']}",
        )
        for row in records(figures.links.sort_values(["served"], ascending=False, kind="stable"))
    ]
    cards = {
        "groups": [_capital(str(label)) for label in figures.groups["label"].iloc[1:]],
        "services": [_capital(label) for label in figures.labels.values()],
        "facts": _facts(),
        "places": _places(scenario, city, figures, outlines),
        "facilities": [_facility(scenario, outlines, row, order, services) for row in facilities],
        "links": links,
    }
    return cards if rivals is None else cards | beside(rivals, figures, nths, order, services)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _places(scenario: Scenario, city: City, figures: Figures, outlines: Outlines) -> list[dict[str, Any]]:
    inside = city.neighbourhoods.geometry.representative_point()
    rows = dict(zip(figures.neighbourhoods.index.astype(str), records(figures.neighbourhoods), strict=True))
    groups = [name for name in figures.groups.index[1:] if name in city.neighbourhoods.columns]
    smallest = scenario.indicators.smallest_group
    built: dict[str, list[int]] = {}
    for nth, row in enumerate(records(figures.facilities)):
        if row["state"] != "stands":
            built.setdefault(str(row["neighbourhood"]), []).append(nth)
    needs = _needs(figures)
    told = []
    for name, row in rows.items():
        at = outlines.place(inside[name].x, inside[name].y)
        counts = [_counted(float(city.neighbourhoods.loc[name, group]), smallest) for group in groups]
        told.append(
            {
                "key": outlines.keys.get(name, ""),
                "name": str(row["label"]),
                "people": number(row["population"], 0),
                "before": number(row["before"], 2),
                "after": number(row["after"], 2),
                "change": change(row["change"]) if math.isfinite(row["change"]) else NOTHING,
                "groups": counts,
                "services": needs.get(name, []),
                "built": built.get(name, []),
                "at": [round(at[0]), round(at[1])],
            }
        )
    return told


def _counted(count: float, smallest: float) -> str:
    """A count of people that may be printed."""
    if 0 < count < smallest:
        return _("fewer than %(n)s") % {"n": number(smallest)}
    return number(count, 0)


def _needs(figures: Figures) -> dict[str, list[tuple[Any, ...]]]:
    """By neighbourhood: service, need, and the shares served before and after."""
    services = {name: nth for nth, name in enumerate(figures.labels)}
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in records(figures.places.reset_index()):
        need = row["need"]
        if need > 0:
            shares = (percent(row[part] / need) for part in ("reached_before", "reached"))
            amount = told(need, figures.units[str(row["service"])])
            line = (services[str(row["service"])], amount, *shares)
            found.setdefault(str(row["neighbourhood"]), []).append(line)
    return found


def _facts() -> list[str]:
    """Names of what is told of each facility."""
    costs = [_("To build"), _("To run, a year"), _("Land (m²)")]
    return [_("Serves"), _("Can serve"), *costs, _("Run by"), _("Owner of the site")]


def _facility(
    scenario: Scenario,
    outlines: Outlines,
    row: dict[str, Any],
    order: dict[str, int],
    services: dict[str, int],
) -> dict[str, Any]:
    money, service = scenario.budget.currency, str(row["service"])
    option = option_name(str(row["option"]))
    unit = scenario.services[service].unit
    placed = math.isfinite(row["x"])
    at = outlines.place(row["x"], row["y"]) if placed else (None, None)
    state = became(str(row["state"]), service)
    return {
        "name": str(row["label"]) or str(row["place"]),
        "service": services[service],
        "what": f"{option} – {state}" if state else option,
        "place": order.get(str(row["neighbourhood"])),
        "at": [round(part) if part is not None else None for part in at],
        "built": row["state"] != "stands",
        "facts": [
            told(row["served"], unit),
            number(row["capacity"], 0) if math.isfinite(row["capacity"]) else _("unlimited"),
            f"{number(row['capital_cost'])}\u00a0{money}",
            f"{number(row['operating_cost'])}\u00a0{money}",
            number(row["land_m2"]),
            str(row["run_by"]),
            str(row["owner"]),
        ],
    }
