"""Writes `scenario.md` and `outputs.md` from the code, so that they cannot say anything else.

Run `.venv/bin/python .github/docs/write.py` after a change; `tests/test_house.py` tells when to.
"""
# ruff: noqa: INP001 - a script

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner import catalogue
from planner.cli.endings import ENDINGS
from planner.explore.alternatives_tables import AREAS, LEY_LINES, PLANS, RANGES
from planner.explore.alternatives_tables import FOLDER as BAND
from planner.explore.concessions import CONCESSIONS
from planner.explore.why_told import FOLDER, SITES
from planner.frames import INDICATORS, PRICES
from planner.frames.equity import EQUITY_TABLES
from planner.report.layers import BY_SERVICE, SHARES
from planner.report.tables import PROOF, WRITTEN
from planner.scenario.schema import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planner.catalogue import Unit
    from planner.frames import Column

HERE = Path(__file__).parent
BY_NAME = {
    "services": "service",
    "options": "size",
    "groups": "group",
    "travel": "mode",
    "undercount": "correction",
    "periods": "period",
    "futures": "future",
}
OF_ANY_LAYER = {"Reading": "<layer>.table", "Join": "<layer>.join.<name>", "Database": "<layer>.postgis"}
"""Mappings that many layers have, told once."""
SIGNS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
}
KINDS = {
    "objective": (
        "Principles (`objective`)",
        "Named alone, or with their parameters: `objective: {priority: {aversion: 2}}`.",
    ),
    "constraint": ("Rules (`constraints`)", "A list; each entry names one rule with its parameters."),
    "summary": ("Summaries (`indicators.summaries`)", "Ways to sum up a measure over the people."),
    "measure": ("Measures", "All of them are told; a scenario names none."),
}
FILES = (
    ("report.html", "the answer for people: one page that opens offline; `--lang` writes one a language"),
    ("report.pdf", "after `planner report RUN --pdf`: the page on A4, tagged for those who cannot see it"),
    ("manifest.json", "SHA-256 of every input, versions, how it ended, value, bound, gap, verdict"),
    ("scenario.yaml", "the question in full, every default written out: itself a scenario that runs"),
    ("indicators.csv", "what the plan does to whom; `indicators.parquet` holds the same, exact"),
    ("plan/", "the plan in tables, each as CSV (for spreadsheets, six decimals) and as Parquet (exact)"),
    ("equity/", "who gains, who waits, who meets whom, beside what else could be; in the same two ways"),
    (PROOF, "the prices that prove the bound by arithmetic alone"),
    ("maps/neighbourhoods.geojson", "need, coverage and wellbeing of each neighbourhood (WGS84, RFC 7946)"),
    ("maps/facilities.geojson", "what stands and what is built"),
    ("maps/links.geojson", "who is served where"),
    ("maps/columns.csv", "unit and meaning of every property of the maps"),
    ("plan.gpkg", "the same three layers for QGIS, in the city's coordinate system"),
)
SCENARIO = (
    "Written from `planner/scenario/schema.py` and the catalogue by `write.py`: change those, not this "
    "page. `planner schema` prints the same for editors. An unknown key is a fault; paths are relative to "
    "the file; a scenario may begin with `extends: other.yaml`, then names only what differs (`null` "
    "removes a key)."
)
OUTPUTS = (
    "Written from `planner/frames/` by `write.py`: not by hand. A run is a folder "
    " `runs/<scenario>-<8 hex>/`, whole or not there; the same question finds the finished run."
)
PROVES = (
    "In Parquet alone, since six decimals would not do. At these prices each provider decides by itself, "
    "and the sum bounds every plan, whatever the prices are (weak duality): `planner verify` adds it up "
    "anew, less all that rounding can have added, so that a changed price can only prove less than the run "
    "claims. There is no such table for a plan made by hand, for objectives that are searched by levels "
    "(`p_center`, `leximin`), where homes move people, and for runs from before prices were saved: then the "
    "bound rests on the solver's word, and report and checker say so."
)
CSV = (
    "In CSV a number has at most six decimals, `unlimited` stands for no limit, an empty cell for what "
    "cannot be told, and an apostrophe is set before a text that a spreadsheet would take for a formula."
)
ENDED = (
    "Written from `planner/cli/endings.py` by `write.py`: not by hand. Results go to standard output, "
    "progress and faults to standard error. `run`, `principles`, `assess`, `verify`, `audit`, `more`, `why`, "
    "`report` and `check` work in a child process; its small parent passes SIGINT and SIGTERM on, and tells "
    "of it when it is killed. The first Ctrl-C (or SIGTERM) stops the search and keeps the best plan so far; "
    "the next stops everything. Whatever happens, a run in `runs/` is whole or not there. `solver.memory_gb` "
    "is a ceiling told in time, held on Linux; `PLANNER_ALONE=1` in the environment runs everything in one "
    "process, for debuggers."
)
NEIGHBOURHOODS = (
    "`maps/columns.csv` lists every property of a run with unit and meaning. A neighbourhood has "
    "`neighbourhood`, `label`, `district` (where the scenario names it), `residents`, `wellbeing_before`, "
    "`wellbeing`, `wellbeing_change`, one count for each group that the scenario names (and that the layer "
    "of neighbourhoods counts), and for each service (its name cut where a key would pass 31 characters):"
)
FACILITIES_AND_LINKS = (
    "A facility has the columns of `plan/facilities` (but `period`, `x`, `y`) and its `neighbourhood`. A "
    "link runs from the centre of a neighbourhood's need to a facility: `neighbourhood`, `provider`, "
    "`service`, `served`, `travel`, `travel_unit`, `quality`."
)


def scenario_page() -> str:
    """Every key of a scenario file, and every unit that it may name."""
    schema = Scenario.model_json_schema()
    parts = [
        "# The scenario file",
        SCENARIO,
        *_keys("", "The whole file", schema, schema["$defs"], set()),
    ]
    for kind, (title, words) in KINDS.items():
        parts += [f"## {title}", words, *map(_unit, _named(kind))]
    return "\n\n".join(parts) + "\n"


def outputs_page() -> str:
    """Every file and every column of a run."""
    parts = [
        "# What a run holds",
        OUTPUTS,
        _table(("file", "what it holds"), ((f"`{name}`", words) for name, words in FILES)),
        CSV,
    ]
    for frame in WRITTEN:
        parts += [f"## `plan/{frame.name}`", frame.meaning, _columns(frame.columns)]
    parts += ["## `indicators`", INDICATORS.meaning, _columns(INDICATORS.columns)]
    for frame in EQUITY_TABLES:
        parts += [f"## `equity/{frame.name}`", frame.meaning, _columns(frame.columns)]
    parts += [f"## `{PROOF.removesuffix('.parquet')}`", PRICES.meaning, PROVES, _columns(PRICES.columns)]
    parts += [
        f"## `{FOLDER}/{SITES.name}`",
        f"{SITES.meaning} Written by `planner why RUN`.",
        _columns(SITES.columns),
    ]
    for frame in (LEY_LINES, AREAS, RANGES, CONCESSIONS, PLANS):
        words = f"{frame.meaning} Written by `planner alternatives RUN`."
        parts += [f"## `{BAND}/{frame.name}`", words, _columns(frame.columns)]
    parts += _maps()
    return "\n\n".join(parts) + "\n"


def endings_page() -> str:
    """Every way in which a command can end."""
    rows = ((ending.what, f"`{ending.said}`", str(ending.code)) for ending in ENDINGS)
    return (
        "\n\n".join(
            ["# How a command ends", ENDED, _table(("what happened", "what is said", "exit code"), rows)]
        )
        + "\n"
    )


def _named(kind: str) -> list[Unit]:
    return [unit for unit in catalogue.units(kind).values() if not unit.facts.get("always")]


def _keys(
    path: str, title: str, schema: dict[str, Any], known: dict[str, Any], done: set[str]
) -> Iterator[str]:
    """One section for this mapping, and one for each mapping under it."""
    if path in done:
        return
    done.add(path)
    yield f"## `{path}`" if path else f"## {title}"
    if path:
        yield str(schema.get("description", title))
    needed = schema.get("required", [])
    rows = [
        (f"`{key}`", _type(part, known), _else(key, part, needed), _meaning(part, known))
        for key, part in schema["properties"].items()
    ]
    yield _table(("key", "is", "left out", "meaning"), rows)
    for key, part in schema["properties"].items():
        below = f"{path}.{key}".strip(".")
        if _by_name(part):
            below += f".<{BY_NAME.get(key, 'name')}>"
        for name in _models(part):
            inner = known[name]
            choice = inner["properties"].get("method", {}).get("const")
            place = OF_ANY_LAYER.get(name, f"{below}: {choice}" if choice else below)
            yield from _keys(place, name, inner, known, done)


def _by_name(part: dict[str, Any]) -> bool:
    inner = [part, *part.get("anyOf", ())]
    return any(isinstance(choice.get("additionalProperties"), dict) for choice in inner)


def _meaning(part: dict[str, Any], known: dict[str, Any]) -> str:
    """What is said of a key; else what is said of the keys below it."""
    names = list(_models(part))
    below = known[names[0]].get("description", "") if len(names) == 1 else ""
    return str(part.get("description", below))


def _models(part: dict[str, Any]) -> Iterator[str]:
    if "$ref" in part:
        yield part["$ref"].rpartition("/")[2]
    for inner in (*part.get("anyOf", ()), *part.get("oneOf", ())):
        yield from _models(inner)
    for inside in ("additionalProperties", "items"):
        if isinstance(part.get(inside), dict):
            yield from _models(part[inside])


def _type(part: dict[str, Any], known: dict[str, Any]) -> str:
    choices = [_type(inner, known) for inner in (*part.get("anyOf", ()), *part.get("oneOf", ()))]
    if choices:
        return " or ".join(dict.fromkeys(word for word in choices if word))
    if "const" in part or "enum" in part:
        return " or ".join(f"`{value}`" for value in part.get("enum", [part.get("const")]))
    if "$ref" in part or part.get("type") == "object":
        return "keys below" if list(_models(part)) else "keys"
    if part.get("type") == "array":
        return "list"
    words = {
        "string": "text",
        "number": "number",
        "integer": "whole number",
        "boolean": "true or false",
        "null": "",
    }
    limits = [form.format(f"{part[key]:g}") for key, form in SIGNS.items() if key in part]
    return " ".join([words[part["type"]], ", ".join(limits)]).strip()


def _else(key: str, part: dict[str, Any], needed: Iterable[str]) -> str:
    if key in needed:
        return "needed"
    value = part.get("default")
    if value is None or value in ({}, ""):
        return "–"
    if isinstance(value, list):
        return ", ".join(f"`{item}`" for item in value) or "none"
    if isinstance(value, dict):
        return "as below"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _unit(unit: Unit) -> str:
    lines = [f"### `{unit.name}`", unit.title]
    reference = unit.facts.get("reference")
    told = [f"Unit: {unit.facts['unit']}.", f"Source: {reference}." if reference else ""]
    lines.append(" ".join(filter(None, told)))
    schema = unit.parameters.model_json_schema()
    if schema["properties"] and unit.kind in {"objective", "constraint"}:
        needed = schema.get("required", [])
        rows = [
            (f"`{key}`", _type(part, schema.get("$defs", {})), _else(key, part, needed))
            for key, part in schema["properties"].items()
        ]
        lines.append(_table(("parameter", "is", "left out"), rows))
    formula = [line for line in (inspect.getdoc(unit.function) or "").splitlines() if ".. math::" in line]
    return "\n\n".join(
        [*lines, *(f"`{line.partition('::')[2].strip()}`" for line in formula if line[9:].strip())]
    )


def _columns(columns: Iterable[Column]) -> str:
    rows = ((f"`{column.name}`", column.kind, column.unit, column.meaning) for column in columns)
    return _table(("column", "kind", "unit", "meaning"), rows)


def _maps() -> Iterator[str]:
    yield "## `maps` and `plan.gpkg`"
    yield NEIGHBOURHOODS
    amounts = [(f"`<service>_{name}`", "unit of the service", meaning) for name, meaning in BY_SERVICE]
    shares = [(f"`<service>_{name}`", "1", meaning) for name, _, meaning in SHARES]
    yield _table(("property", "unit", "meaning"), [*amounts, *shares])
    yield FACILITIES_AND_LINKS


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", r"\|").split())


PAGES = {"scenario.md": scenario_page, "outputs.md": outputs_page, "endings.md": endings_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8", newline="\n")
