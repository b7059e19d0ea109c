"""What pydantic found, in a planner's words: one fault for each key, with its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planner.errors import Fault
from planner.scenario.fields import documentation, known_keys
from planner.scenario.marks import nearest
from planner.scenario.told import did_you_mean, dotted, listed, printable, short

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    from planner.scenario.marks import Node, Plain, Trail

EXPECTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "none_required": "nothing",
    "finite_number": "a finite number",
}
LIMITS = {
    "greater_than": ("must be greater than {}", "gt"),
    "greater_than_equal": ("must be {} or more", "ge"),
    "less_than": ("must be less than {}", "lt"),
    "less_than_equal": ("must be {} or less", "le"),
    "multiple_of": ("must be a multiple of {}", "multiple_of"),
}
MIXED_UNIT = re.compile(r"[-+]?[0-9][0-9.,_ ]*\s*[A-Za-z$€£%][\w %/²³]*")
ALONE = {"missing", "extra_forbidden"}


def tell(
    error: ValidationError, model: type[BaseModel], value: Plain, root: Node, above: Trail = ()
) -> list[Fault]:
    """Return the faults of a validation, one for each key, in the order in which they stand.

    Parameters
    ----------
    error
        What pydantic found.
    model
        The type that was validated, for its known keys and their documentation.
    value
        What was validated.
    root
        The whole scenario with its places.
    above
        Keys that lead from the top of the scenario to what was validated.
    """
    groups: dict[tuple[Trail, bool], list[ErrorDetails]] = {}
    for found in error.errors(include_url=False):
        trail = _trail(value, found)
        groups.setdefault((trail, found["type"] in ALONE), []).append(found)
    return [_fault(trail, group, model, root, above) for (trail, _), group in groups.items()]


def _trail(value: Plain, found: ErrorDetails) -> Trail:
    """Keys that lead to the value; labels that pydantic puts between them are left out."""
    trail: list[str] = []
    for part in found["loc"]:
        steps = dict(enumerate(value)) if isinstance(value, list) else value
        if isinstance(steps, dict) and part in steps:
            value = steps[part]
            trail.append(str(part))
    if found["type"] == "missing":
        trail.append(str(found["loc"][-1]))
    return tuple(trail)


def _fault(
    trail: Trail, group: list[ErrorDetails], model: type[BaseModel], root: Node, above: Trail
) -> Fault:
    kind, full = group[0]["type"], (*above, *trail)
    if kind == "extra_forbidden":
        return _unknown(trail, model, root, above)
    where = f"{nearest(root, full)} {dotted(full)}"
    if kind == "missing":
        return Fault("is missing", where, documentation(model, trail))
    message, hint = _words(group, model, trail)
    return Fault(message, where, hint)


def _unknown(trail: Trail, model: type[BaseModel], root: Node, above: Trail) -> Fault:
    full, parent = (*above, *trail), root.at((*above, *trail[:-1])) or root
    known = known_keys(model, trail[:-1], parent.plain())
    if not trail[:-1] and not above and "city" in known:
        known = ["extends", *known]
    message = f"unknown key `{printable(trail[-1])}`{did_you_mean(trail[-1], known)}"
    where = f"{nearest(root, full, key=True)} {dotted(full)}"
    return Fault(message, where, f"known here: {', '.join(known)}" if known else "no keys are known here")


def _words(group: list[ErrorDetails], model: type[BaseModel], trail: Trail) -> tuple[str, str]:
    """Message and hint of all that was found at one key; kinds that it could have had are told together."""
    firm = [found for found in group if found["type"] not in EXPECTED]
    if firm:
        return _told(firm[0], model, trail)
    kinds = list(dict.fromkeys(EXPECTED[found["type"]] for found in group))
    kinds = ["a number", "the name of a column"] if kinds == ["a number", "text"] else kinds
    value = group[0]["input"]
    return f"must be {' or '.join(kinds)} (got {short(value)})", _advice(kinds, value)


def _advice(kinds: list[str], value: Plain) -> str:
    if "text" in kinds and isinstance(value, int | float):
        return "put it in quotes if it is a name"
    if not isinstance(value, str) or not kinds[0].endswith("number"):
        return ""
    if re.fullmatch(r"[-+]?[0-9.]+", value):
        return "write it without quotes"
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", value):
        return "write a decimal point, and no comma"
    return (
        "write the number alone; the unit stands in the name of the key"
        if MIXED_UNIT.fullmatch(value)
        else ""
    )


def _told(found: ErrorDetails, model: type[BaseModel], trail: Trail) -> tuple[str, str]:
    kind, value, context = found["type"], found["input"], found.get("ctx", {})
    got = f" (got {short(value)})"
    if kind in LIMITS:
        words, key = LIMITS[kind]
        return words.format(f"{context[key]:g}") + got, ""
    if kind in {"literal_error", "enum"}:
        choices = re.findall(r"'([^']*)'", context["expected"]) or [str(context["expected"])]
        return _choice(value, choices)
    if kind.startswith("union_tag"):
        key = context["discriminator"].strip("'")
        choices = known_kinds(model, trail, key)
        return (
            _choice(value.get(key), choices, f"`{key}` ")
            if isinstance(value, dict)
            else ("must be a mapping" + got, "")
        )
    if kind == "value_error":
        return str(context["error"]), ""
    return _shape(found) + ("" if kind.endswith("too_short") else got), ""


def known_kinds(model: type[BaseModel], trail: Trail, key: str) -> list[str]:
    """Return the kinds of what is told apart by a key: travel modes by `method`, changes by `kind`."""
    schemas = model.model_json_schema()["$defs"]
    return [
        s["properties"][key]["const"] for s in schemas.values() if key in s.get("properties", {}) and trail
    ]


def _choice(value: Plain, choices: list[str], what: str = "") -> tuple[str, str]:
    near = did_you_mean(value, choices) if isinstance(value, str) else ""
    return f"{what}must be {listed(choices)} (got {short(value)}){near}", ""


def _shape(found: ErrorDetails) -> str:
    kind, context = found["type"], found.get("ctx", {})
    if kind == "string_pattern_mismatch":
        if context["pattern"].startswith("^EPSG"):
            return "must be `EPSG:` and a number, such as `EPSG:32618`"
        return f"must fit the pattern `{context['pattern']}`"
    if kind.endswith("too_short"):
        return "must not be empty"
    if kind.endswith("too_long"):
        return f"must not be longer than {context.get('max_length', 'it is allowed to be')}"
    return f"is not what is expected here: {found['msg'].removeprefix('Input should be ')}"
