"""Writing: the resolved text is a scenario again, and the JSON Schema fits the files."""

import json
from pathlib import Path

import pytest

from planner.scenario.marks import Plain
from planner.scenario.paths import layer_path
from planner.scenario.read import read_scenario
from planner.scenario.schema_json import json_schema
from planner.scenario.write import scenario_text
from planner.scenario.yaml import parse

HERE = Path(__file__).parent


def test_round_trip_in_the_same_folder(folder: Path) -> None:
    """What is written reads back as an equal scenario, and writes the same text again."""
    scenario = read_scenario(folder / "good.yaml")
    text = scenario_text(scenario, folder)
    (folder / "again.yaml").write_text(text, encoding="utf-8")
    again = read_scenario(folder / "again.yaml")
    assert again.model_dump() == scenario.model_dump()
    assert scenario_text(again, folder) == text


def test_round_trip_into_a_run_folder(folder: Path) -> None:
    """In another folder the layers are the same files, and `extends` is gone."""
    (folder / "child.yaml").write_text("extends: good.yaml\nname: 'yes: 1'\n", encoding="utf-8")
    scenario = read_scenario(folder / "child.yaml")
    run = folder / "runs/x-12345678"
    run.mkdir(parents=True)
    (run / "scenario.yaml").write_text(scenario_text(scenario, run), encoding="utf-8")
    again = read_scenario(run / "scenario.yaml")
    assert again.name == "yes: 1"
    assert layer_path(again, again.city.neighbourhoods.file) == folder / "city/neighbourhoods.geojson"
    assert again.services["health"].travel == scenario.services["health"].travel
    assert "extends" not in (run / "scenario.yaml").read_text("utf-8")


def test_first_line_for_editors(folder: Path) -> None:
    """The line for editors stands first, and only when asked for."""
    scenario = read_scenario(folder / "good.yaml")
    assert scenario_text(scenario, folder).startswith("name: ")
    first = scenario_text(scenario, folder, schema="scenario.schema.json").splitlines()[0]
    assert first == "# yaml-language-server: $schema=scenario.schema.json"


@pytest.mark.parametrize(
    "name",
    [
        "NO",
        "null",
        "12",
        "1_0",
        "1e5",
        ".inf",
        "a: b",
        "a #b",
        "- a",
        "a\nb\t\x85",
        "\u202ex",
        "😀",
        "'q' \"d\" \\",
        " x ",
        "*a",
        "a:",
    ],
)
def test_any_text_survives(folder: Path, name: str) -> None:
    """Text that looks like something else, or cannot be seen, comes back as it was."""
    changes = {"name": name, "constraints": [{"count": {"service": name, "most": 1, "sites": [name, name]}}]}
    scenario = read_scenario(folder / "good.yaml", overrides=changes)
    (folder / "again.yaml").write_text(scenario_text(scenario, folder), encoding="utf-8")
    assert read_scenario(folder / "again.yaml").model_dump() == scenario.model_dump()


def fits(value: Plain, schema: Plain, root: dict[str, Plain]) -> bool:
    """Whether a value fits a schema, for the keywords that ours uses."""
    if "$ref" in schema:
        target = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        return fits(value, target, root)
    if "if" in schema and not fits(
        value, schema["then" if fits(value, schema["if"], root) else "else"], root
    ):
        return False
    kinds = {
        "string": str,
        "number": (int, float),
        "integer": int,
        "object": dict,
        "array": list,
        "null": type(None),
        "boolean": bool,
    }
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return False
    choices = schema.get("anyOf", schema.get("oneOf"))
    wrong = choices and not any(fits(value, choice, root) for choice in choices)
    if (
        wrong
        or ("const" in schema and value != schema["const"])
        or ("enum" in schema and value not in schema["enum"])
    ):
        return False
    if isinstance(value, list):
        return all(fits(item, schema.get("items", {}), root) for item in value)
    return not isinstance(value, dict) or keys_fit(value, schema, root)


def keys_fit(value: dict[str, Plain], schema: Plain, root: dict[str, Plain]) -> bool:
    """Whether the keys of a mapping are known, complete, and fit."""
    known, more = schema.get("properties", {}), schema.get("additionalProperties", {})
    if any(key not in value for key in schema.get("required", [])):
        return False
    parts = {key: known.get(key, more) for key in value}
    return all(part is not False and fits(value[key], part, root) for key, part in parts.items())


def plain(text: str) -> Plain:
    """Return what a scenario text says."""
    return parse(text, "x.yaml").plain()


def test_schema_takes_good_scenarios(folder: Path) -> None:
    """The good scenario, its resolved text and one that extends it all fit."""
    schema = json_schema()
    text = (folder / "good.yaml").read_text("utf-8")
    assert fits(plain(text), schema, schema)
    assert fits(plain(scenario_text(read_scenario(folder / "good.yaml"), folder)), schema, schema)
    child = "extends: good.yaml\nbudget: {operating: null}\n"
    child += "services: {health: {travel: {limit_minutes: 3}}, water: null}\n"
    assert fits(
        plain(child + "objective: {fair: {utility: atkinson}}\ntravel: {walk: {detour: 1.2}}\n"),
        schema,
        schema,
    )
    assert fits(plain(text.replace("objective: {fair: {aversion: 1}}", "objective: simple")), schema, schema)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("name: Tiny – one clinic\n", ""),
        ("limit_minutes: 30", "limit_minuts: 30"),
        ("fair: {aversion: 1}", "fair: {}"),
        ("fair: {aversion: 1}", "fiar: {aversion: 1}"),
        ("{fair: {aversion: 1}}", "fair"),
        ("- floor: {service: health", "- floor: {servce: health"),
        ("most: 2", "most: two"),
        ("[mean, spread]", "[meen]"),
        ("method: table", "method: tabel"),
        ("meaning: demand", "meaning: demnd"),
    ],
)
def test_schema_refuses_what_the_reader_refuses(folder: Path, good: str, bad: str) -> None:
    """An editor marks what the reader would refuse, also in a scenario that extends another."""
    schema, text = json_schema(), (folder / "good.yaml").read_text("utf-8")
    assert good in text
    assert not fits(plain(text.replace(good, bad)), schema, schema)


def test_schema_extension_still_knows_its_keys() -> None:
    """A misspelt key is marked in a scenario that extends another, though nothing is required there."""
    schema = json_schema()
    assert fits({"extends": "a.yaml", "budget": {"capital": 1}}, schema, schema)
    assert not fits({"extends": "a.yaml", "budget": {"capitl": 1}}, schema, schema)
    assert not fits({"extends": "a.yaml", "budget": {"capital": "much"}}, schema, schema)


def test_schema_is_documented_and_whole() -> None:
    """Every key has a description and every reference leads somewhere."""
    schema = json_schema()
    documented = 0
    for name, part in walk(schema):
        for key, inner in (
            part.get("properties", {}).items() if isinstance(part.get("properties"), dict) else []
        ):
            assert inner.get("description"), (name, key)
            documented += 1
        if "$ref" in part:
            assert part["$ref"].removeprefix("#/$defs/") in schema["$defs"], part["$ref"]
    assert documented > 200
    fair = schema["$defs"]["objective fair"]
    assert fair["description"] == "Those worst off gain most."
    assert fair["properties"]["aversion"]["description"] == "Aversion to inequality; above 0, at most 10."
    assert schema["$defs"]["constraint floor"]["properties"]["of"]["description"] == "Whom it concerns."


def walk(schema: Plain, name: str = "") -> list[tuple[str, dict[str, Plain]]]:
    """Every mapping in the schema with the key that leads to it."""
    if isinstance(schema, list):
        return [found for item in schema for found in walk(item, name)]
    if not isinstance(schema, dict):
        return []
    return [(name, schema), *(found for key, inner in schema.items() for found in walk(inner, key))]


def test_schema_is_stable_json() -> None:
    """Asked twice, the same bytes; plain JSON without infinities."""
    first = json.dumps(json_schema(), allow_nan=False)
    assert first == json.dumps(json_schema(), allow_nan=False)
    assert json.loads(first) == json_schema()
