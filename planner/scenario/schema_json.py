"""The JSON Schema of scenario files, from which editors complete and explain keys."""

from __future__ import annotations

import copy
import inspect
import re
from typing import TYPE_CHECKING, Any

from planner import catalogue
from planner.scenario.schema import Scenario

if TYPE_CHECKING:
    from planner.scenario.marks import Plain

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EXTENDS = {
    "type": "string",
    "minLength": 1,
    "description": "Another scenario, relative to this file, whose keys this one lays its own over.",
}
NOTHING = {"type": "null"}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a scenario file.

    Returns
    -------
    dict
        A whole scenario, or one that `extends` another: then nothing is required and `null` removes a
        key. Objectives, constraints and summaries with their parameters come from the catalogue.
    """
    whole = Scenario.model_json_schema(ref_template="#/$defs/{model}")
    definitions = whole.pop("$defs")
    properties = whole["properties"]
    properties["objective"] |= _objective(definitions)
    properties["objective"].pop("type", None)
    properties["constraints"]["items"] = {"anyOf": _named("constraint", definitions)}
    names = list(catalogue.units("summary"))
    definitions["Indicators"]["properties"]["summaries"]["items"] = {"type": "string", "enum": names}
    definitions["Scenario"] = whole
    _describe(definitions)
    partial = {f"{name} over another": _partial(schema) for name, schema in definitions.items()}
    partial["Scenario over another"]["properties"] = {"extends": EXTENDS} | partial["Scenario over another"][
        "properties"
    ]
    return {
        "$schema": DIALECT,
        "title": "Scenario",
        "description": whole["description"],
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/Scenario over another"},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": dict(sorted((definitions | partial).items())),
    }


def _describe(definitions: dict[str, Any]) -> None:
    """Give keys that only refer to a type the words of that type."""
    for schema in definitions.values():
        for part in schema.get("properties", {}).values():
            refers = definitions.get(part.get("$ref", "").removeprefix("#/$defs/"))
            if refers and "description" not in part:
                part["description"] = refers.get("description", "")


def _objective(definitions: dict[str, Any]) -> dict[str, Any]:
    units = catalogue.units("objective")
    alone = [
        {"const": name, "description": unit.title}
        for name, unit in units.items()
        if not any(f.is_required() for f in unit.parameters.model_fields.values())
    ]
    return {"anyOf": [*alone, *_named("objective", definitions)]}


def _named(kind: str, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one mapping for each unit: its name over its parameters."""
    return [
        {
            "type": "object",
            "description": unit.title,
            "properties": {
                name: {"$ref": f"#/$defs/{_define(unit, definitions)}", "description": unit.title}
            },
            "required": [name],
            "additionalProperties": False,
        }
        for name, unit in catalogue.units(kind).items()
    ]


def _define(unit: catalogue.Unit, definitions: dict[str, Any]) -> str:
    name = f"{unit.kind} {unit.name}"
    schema = unit.parameters.model_json_schema(ref_template=f"#/$defs/{name} {{model}}")
    definitions.update({f"{name} {model}": inner for model, inner in schema.pop("$defs", {}).items()})
    told = _parameter_words(unit)
    for key, parameter in schema.get("properties", {}).items():
        parameter.setdefault("description", told.get(key, f"Parameter of {unit.kind} `{unit.name}`."))
    definitions[name] = schema | {"title": unit.name, "description": unit.title}
    return name


def _parameter_words(unit: catalogue.Unit) -> dict[str, str]:
    """Return what the docstring's section `Parameters` says of each parameter."""
    text = inspect.getdoc(unit.function) or ""
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\S[^\n]*\n-+$|\Z)", text, re.DOTALL | re.MULTILINE)
    entries = re.findall(
        r"^(\w[\w, ]*?)(?: *:[^\n]*)?\n((?:[ ]+[^\n]*\n?|\n)+)", section[1] if section else "", re.MULTILINE
    )
    return {name.strip(): " ".join(words.split()) for names, words in entries for name in names.split(",")}


def _partial(schema: Plain) -> Plain:
    """Return a schema in which nothing is required and `null` removes a key."""
    schema = copy.deepcopy(schema)
    if isinstance(schema, list):
        return [_partial(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "enum" in schema or "const" in schema:
        return schema
    if "additionalProperties" in schema or "properties" in schema:
        schema.pop("required", None)
    if "oneOf" in schema:
        schema["anyOf"] = schema.pop("oneOf")
        schema.pop("discriminator", None)
    return {key: _partial_part(key, part) for key, part in schema.items()}


def _partial_part(key: str, part: Plain) -> Plain:
    if key == "$ref":
        return f"{part} over another"
    if key == "properties":
        return {name: _or_nothing(_partial(inner)) for name, inner in part.items()}
    if key == "additionalProperties" and isinstance(part, dict):
        return _or_nothing(_partial(part))
    return part if key in {"default", "examples"} else _partial(part)


def _or_nothing(schema: dict[str, Any]) -> dict[str, Any]:
    told = {key: schema.pop(key) for key in ("title", "description") if key in schema}
    return told | {"anyOf": [schema, NOTHING]}
