"""Curves drawn for the page: calm, labelled, each with its table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.report.fairness import WAYS
from planner.report.numbers import NOTHING, number, percent
from planner.report.sheets import Sheet
from planner.report.speech import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from planner.report.fairness import Audit

WIDTH, HEIGHT = 340.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 10.0, 10.0, 42.0
DRAWN = ("before", "after")
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Chart:
    """One picture of curves: lines as (class, path), ticks as (position, text), and the table behind it."""

    key: str
    title: str
    description: str
    x_label: str
    y_label: str
    lines: tuple[tuple[str, str], ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    sheet: Sheet
    diagonal: str = ""
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    top: float = TOP
    bottom: float = HEIGHT - BOTTOM


def charts(audit: Audit) -> list[Chart]:
    """Draw how wellbeing is shared: parade, generalised Lorenz, Lorenz, concentration by the first group."""
    table = audit.table("curves")
    mine = table[(table["service"] == "all") & (table["measure"] == "wellbeing")]
    groups = [str(name) for name in audit.figures.groups.index if name in set(mine["group"])]
    asked = [(curve, "") for curve in ("parade", "generalised_lorenz", "lorenz")]
    asked += [("concentration", group) for group in groups[:1]]
    drawn = (
        _chart(mine[(mine["curve"] == curve) & (mine["group"] == group)], curve, _words(audit, curve, group))
        for curve, group in asked
    )
    return [chart for chart in drawn if chart is not None]


@dataclass(frozen=True)
class _Words:
    """What is said of a curve."""

    title: str
    x_label: str
    y_label: str
    text: str


def _words(audit: Audit, curve: str, group: str) -> _Words:
    least, held = _("people, from who has least"), _("share of all wellbeing")
    if curve == "parade":
        text = _("Everybody stands in a row, from who has least to who has most; height is wellbeing.")
        return _Words(_("Everybody in a row (Pen’s parade)"), least, _("wellbeing"), text)
    if curve == "generalised_lorenz":
        text = _(
            "Wellbeing of those who have least, added up. A curve that is nowhere lower is better by every "
            "welfare that prizes more and prizes equality."
        )
        title = _("What people have together (generalised Lorenz curve)")
        return _Words(title, least, _("held, per head of all"), text)
    if curve == "lorenz":
        text = _(
            "The straight line is the same for all. A curve that is nowhere lower is less unequal by every "
            "fair index."
        )
        return _Words(_("How it is shared (Lorenz curve)"), least, held, text)
    who = audit.group(group)
    text = _(
        "Places in a row, from the highest share of the group to the lowest. Above the straight line they "
        "have more than their part."
    )
    title = _("Who holds it: %(who)s first") % {"who": who[:1].lower() + who[1:]}
    return _Words(title, _("people, highest share first"), held, text)


def _chart(points: pd.DataFrame, curve: str, words: _Words) -> Chart | None:
    curves = {str(when): part.sort_values("people") for when, part in points.groupby("when")}
    if not set(DRAWN) <= set(curves) or any(curves[when]["value"].isna().any() for when in DRAWN):
        return None
    straight = curve in {"lorenz", "concentration"}
    shown = [curves[when]["value"] for when in DRAWN]
    ticks = [*TICKS] if straight else round_ticks(min(*map(min, shown), 0.0), max(map(max, shown)))
    low, high, decimals = ticks[0], ticks[-1], max(2, decimals_of(ticks))

    def place(people: float, value: float) -> tuple[float, float]:
        x = LEFT + people * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)
        return round(x, 1), round(y, 1)

    lines = tuple((when, _path([place(*p) for p in _pairs(curves[when])])) for when in DRAWN)
    return Chart(
        key=f"curve-{curve.replace('_', '-')}",
        title=words.title,
        description=words.text,
        x_label=words.x_label,
        y_label=words.y_label,
        lines=lines,
        x_ticks=tuple((place(t, low)[0], percent(t)) for t in TICKS),
        y_ticks=tuple((place(0, t)[1], percent(t) if straight else number(t, decimals)) for t in ticks),
        sheet=_behind(words, curves, share=straight),
        diagonal=_path([place(0, 0), place(1, 1)]) if straight else "",
    )


def round_ticks(low: float, high: float) -> list[float]:
    """Return ticks in round steps that hold both values; 0 is one of them where it lies between."""
    span = max(high - low, 1e-9) / 4
    size = 10.0 ** math.floor(math.log10(span))
    step = next(
        size * part for part in (1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10) if size * part >= span * (1 - 1e-9)
    )
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(k * step, 10) for k in range(first, max(last, first + 1) + 1)]


def decimals_of(ticks: Sequence[float]) -> int:
    """Return how many decimals, up to nine, ticks need so that none is printed as another value."""
    return next((d for d in range(9) if all(abs(round(t, d) - t) <= 1e-9 * abs(t) for t in ticks)), 9)


def _pairs(points: pd.DataFrame) -> list[tuple[float, float]]:
    return list(zip(points["people"].tolist(), points["value"].tolist(), strict=True))


def _path(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _behind(words: _Words, curves: dict[str, pd.DataFrame], *, share: bool) -> Sheet:
    """Tenths of the people, for every moment that is known."""
    names = {
        "before": _("Before"),
        "after": _("The plan"),
        "nearest": _("Going to the nearest"),
        "even": _("Same money evenly"),
    }
    known = [when for when in WAYS if when in curves]
    values = {when: curves[when]["value"].tolist() for when in known}
    people = curves[known[0]]["people"].tolist()
    rows = [
        (percent(people[k]), *(_cell(values[when][k], share=share) for when in known))
        for k in range(0, len(people), 10)
    ]
    heads = (words.x_label[:1].upper() + words.x_label[1:], *(names[when] for when in known))
    title = words.title[:1].lower() + words.title[1:]
    return Sheet(_("The table behind: %(title)s") % {"title": title}, heads, tuple(rows))


def _cell(value: float, *, share: bool) -> str:
    if value != value:  # noqa: PLR0124 - not a number
        return NOTHING
    return percent(value) if share else number(value, 3)


def dominance(audit: Audit) -> str:
    """Say whether the plan is better by every fair welfare, and less unequal by every fair index."""
    table = audit.table("dominance")
    mine = table[(table["service"] == "all") & (table["first"] == "before") & (table["second"] == "after")]
    if mine.empty or not mine["better"].iloc[0]:
        return _(
            "Wellbeing is below 0 in some places, so that shares of it, and curves of shares, mean nothing."
        )
    better = {
        "after": _("The plan is better than before by every welfare that prizes more and prizes equality."),
        "before": _("Before is better than the plan by every welfare that prizes more and prizes equality."),
        "neither": _("Whether the plan is better than before depends on how much equality is prized."),
    }
    equal = {
        "after": _("It is also less unequal by every fair index."),
        "before": _("It is more unequal by every fair index."),
        "neither": _("Whether it is less unequal depends on the index: the Lorenz curves cross."),
    }
    return f"{better[str(mine['better'].iloc[0])]} {equal[str(mine['less_unequal'].iloc[0])]}"
