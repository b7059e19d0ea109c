"""The page of alternatives: what all good plans share, what is open, who could get what; for a council."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.explore.alternatives_sheets import WORDS, by_place, conceded, plans, ranges
from planner.explore.alternatives_tables import PLANS, RANGES, tables_of
from planner.explore.alternatives_told import good_plans
from planner.explore.concessions import CONCESSIONS, spread_of
from planner.explore.difference import label_of
from planner.report import speech
from planner.report.classes import breaks, decimals_of, legend_of
from planner.report.drawing import NO_DATA, SHAPES, Area, Picture, Symbol, scale
from planner.report.figures import records
from planner.report.numbers import change, number, percent
from planner.report.outlines import outline
from planner.report.page import template

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from planner.city.city import City
    from planner.explore.alternatives import Alternatives
    from planner.explore.ley_lines import Line
    from planner.problem.problem import Problem
    from planner.report.outlines import Outlines
    from planner.scenario.schema import Scenario

PAGE = "alternatives.html"
STATES = {"ley line": "", "open": "was", "undecided": "shut"}
SIZE, SMALL, CROWD, MANY = 13.0, 8.0, 120, 400
"""Size of a symbol, and where there are more than CROWD; places from which undecided ones are not drawn."""
FELT = 0.0005
"""A spread of wellbeing below this is told as none."""
TOLD = 6


def write_page(  # noqa: PLR0917 - the nouns of the question
    folder: Path,
    scenario: Scenario,
    city: City,
    problem: Problem,
    found: Alternatives,
    within: float,
    runs: Sequence[str] = (),
) -> None:
    """Write `alternatives.html`: one file, no network."""
    with speech.spoken(speech.ENGLISH):
        context = _context(scenario, city, problem, found, within, runs)
        text = template("alternatives.html.j2").render(context)
    (folder / PAGE).write_text(text, encoding="utf-8", newline="\n", errors="replace")


def _context(  # noqa: PLR0917 - the nouns of the question
    scenario: Scenario, city: City, problem: Problem, found: Alternatives, within: float, runs: Sequence[str]
) -> dict[str, Any]:
    outlines = outline(city.neighbourhoods)
    tables = tables_of(scenario, problem, found, runs)
    parts = city.neighbourhoods["label"].astype(str).to_dict()
    part = "each district" if "district" in problem.places else "each neighbourhood"
    return {
        "title": scenario.name,
        "within": percent(within),
        "lead": list(_lead(scenario, found, within)),
        "sure": list(_sure(found)),
        "shapes": outlines.shapes,
        "pictures": [
            _places(scenario, problem, found, outlines),
            _spread(problem, found, outlines, parts),
        ],
        "part": part,
        "concessions_told": list(_conceded(tables[CONCESSIONS], parts)),
        "concessions": conceded(scenario, tables[CONCESSIONS], parts),
        "ranges": list(ranges(scenario, tables[RANGES])),
        "places": by_place(scenario, problem, found, parts),
        "plans": plans(scenario, tables[PLANS]),
        "runs": bool(runs),
    }


def _lead(scenario: Scenario, found: Alternatives, within: float) -> Iterator[str]:
    yield good_plans(scenario, within)
    told = ", ".join(
        f"{WORDS[verdict]} {number(sum(line.verdict == verdict for line in found.lines))}"
        for verdict in WORDS
    )
    yield f"At least {number(len(found.seen))} different plans are good."
    yield f"Of {number(len(found.lines))} places, each for one service: {told}."


def _sure(found: Alternatives) -> Iterator[str]:
    left = sum(line.verdict == "undecided" for line in found.lines)
    yield "“In every good plan” and “in none” are proven in this model; “open” is shown by plans seen."
    if left:
        yield (
            f"{number(left)} places are undecided: neither was proven, and no plan was found that shows "
            "otherwise. More time may settle them."
        )


def _places(scenario: Scenario, problem: Problem, found: Alternatives, outlines: Outlines) -> Picture:
    """Every place but those in no good plan: filled where all have it, hollow where it is open."""
    order = {service: nth for nth, service in enumerate(scenario.services)}
    drawn = [line for line in found.lines if line.verdict in STATES]
    many = len(drawn) > MANY
    drawn = [line for line in drawn if line.verdict != "undecided"] if many else drawn
    size = SIZE if len(drawn) <= CROWD else SMALL
    ranked = sorted(drawn, key=lambda line: (line.verdict == "ley line", line.plans))
    symbols = [s for line in ranked if (s := _symbol(scenario, problem, found, line, outlines, order, size))]
    symbols = _apart(symbols)
    areas = tuple(Area(key, "land", name) for name, key in outlines.keys.items())
    used = {line.service for line in drawn}
    legend = [(f"s{order[s] % SHAPES}", label_of(scenario, s)) for s in order if s in used]
    states = {symbol.state for symbol in symbols}
    words = {"was": "hollow: open", "shut": "dashed: undecided"}
    legend += [(state, text) for state, text in words.items() if state in states]
    text = (
        "Filled: in every good plan. Hollow: in some good plans, not in others. Places in none are not drawn."
    )
    text += " Nor are those that are undecided: they are too many." if many else ""
    return Picture(
        "leylines",
        "Places that hold, and places that are open",
        text,
        outlines,
        areas,
        tuple(legend),
        tuple(symbols),
    )


def _apart(symbols: Sequence[Symbol]) -> list[Symbol]:
    """Symbols of several services at one site, side by side around it."""
    sharing = Counter((symbol.x, symbol.y) for symbol in symbols)
    nth: Counter[tuple[float, float]] = Counter()
    found = []
    for symbol in symbols:
        at = symbol.x, symbol.y
        if sharing[at] > 1:
            turn = 2 * math.pi * nth[at] / sharing[at]
            x, y = symbol.x + symbol.size * math.cos(turn), symbol.y + symbol.size * math.sin(turn)
            found.append(replace(symbol, x=round(x, 1), y=round(y, 1)))
            nth[at] += 1
        else:
            found.append(symbol)
    return found


def _symbol(  # noqa: PLR0917 - what a symbol is made of
    scenario: Scenario,
    problem: Problem,
    found: Alternatives,
    line: Line,
    outlines: Outlines,
    order: dict[str, int],
    size: float,
) -> Symbol | None:
    row = problem.providers.iloc[int(line.rows[0])]
    if not (math.isfinite(row["x"]) and math.isfinite(row["y"])):
        return None
    x, y = outlines.place(float(row["x"]), float(row["y"]))
    told = f"{row['label'] or line.place} ({label_of(scenario, line.service)}): {WORDS[line.verdict]}; "
    told += f"in {number(line.plans)} of {number(len(found.seen))} good plans that were seen"
    told += ", in this plan" if line.inside else ", not in this plan"
    state = STATES[line.verdict]
    return Symbol(round(x, 1), round(y, 1), size, order[line.service] % SHAPES, state, told)


def _spread(problem: Problem, found: Alternatives, outlines: Outlines, labels: dict[Any, str]) -> Picture:
    """How far good plans differ in what they do for each neighbourhood."""
    table = spread_of(problem, found.seen)
    apart = (table["most"] - table["least"]).where(lambda gap: gap >= FELT, 0.0)
    values = apart.reindex([*outlines.keys])
    edges = breaks([value for value in values if math.isfinite(value)])
    places = decimals_of(edges)
    legend = (*legend_of(edges, lambda v: number(v, places)), (NO_DATA, "no residents"))
    colours = scale(values, edges)
    areas = tuple(
        Area(key, colours[n], _spread_tip(labels.get(n, n), table, n)) for n, key in outlines.keys.items()
    )
    text = (
        "Each neighbourhood by how much the mean wellbeing of its residents differs between good plans that "
        "were seen. The brighter, the more there is to negotiate."
    )
    return Picture("spread", "For whom it is open", text, outlines, areas, legend)


def _spread_tip(label: str, table: pd.DataFrame, name: str) -> str:
    if name not in table.index:
        return f"{label}: no residents"
    least, most = (float(table.loc[name, column]) for column in ("least", "most"))  # type: ignore[arg-type]
    return f"{label}: wellbeing {number(least, 3)} to {number(most, 3)} in good plans"


def _conceded(table: pd.DataFrame, labels: dict[Any, str]) -> Iterator[str]:
    """Sentences for the parts for which most is open."""
    gain = (table["most"] - table["plan"]).sort_values(ascending=False)
    for row in records(table.loc[gain.index[:TOLD]]):
        more = row["most"] - row["plan"]
        if more < FELT:
            continue
        name, gives = (labels.get(row[key], row[key]) for key in ("part", "gives"))
        sentence = f"{name} gets {number(row['plan'], 3)} in this plan, and up to {number(row['most'], 3)}"
        sentence += " in a good plan that was seen"
        if row["gives"]:
            sentence += f"; there {gives} gives up most ({change(row['given'], 3)})"
        yield f"{sentence}, and all others together have {change(row['others'], 3)} on average."
