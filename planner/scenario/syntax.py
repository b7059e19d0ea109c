"""What the YAML scanner says, in words that tell a planner what to change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planner.errors import Fault
from planner.scenario.told import printable

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError

QUOTES = "put the text in quotes"
SAYINGS: tuple[tuple[str, str, str], ...] = (
    (r"character '\\t'", "a tab where spaces are expected", "indent with spaces"),
    (r"character '(.)' that cannot start", "text cannot begin with `{0}` unless it is in quotes", QUOTES),
    (
        r"mapping values are not allowed",
        "a colon where none is expected",
        "put text that holds a colon in quotes, or mend the indentation or the colon of the line above",
    ),
    (r"could not find expected ':'", "a key without a colon after it", "write `key: value`"),
    (
        r"unexpected end of stream|unexpected document separator",
        "a quote is opened here and never closed",
        "",
    ),
    (
        r"expected ',' or '([]}])', but got '<stream end>'",
        "a bracket is opened here and never closed",
        "close it with `{0}`",
    ),
    (r"expected ',' or '([]}])'", "a comma or `{0}` is missing here", ""),
    (
        r"but found '<scalar>'",
        "text where a new key or the end of the line is expected",
        "look at the quotes before it",
    ),
    (
        r"expected <block end>",
        "the indentation does not fit the lines above",
        "give keys of one mapping the same number of spaces, and do not mix keys and `-` items",
    ),
    (r"expected the node content", "a value is missing before this character", ""),
    (
        r"unknown escape character '(.)'",
        "`\\{0}` means nothing inside double quotes",
        "use single quotes, or write `\\\\`",
    ),
    (
        r"sequence entries are not allowed",
        "a `-` item cannot stand on the line of its key",
        "begin a new line for it",
    ),
    (
        r"undefined tag handle|expected '>'|while parsing a tag",
        "tags that begin with `!` are not read",
        QUOTES,
    ),
    (
        r"incompatible YAML|YAML directive",
        "`%` directives are not read",
        "delete the lines that begin with `%`",
    ),
)
OPENED = re.compile("unexpected end of stream|but got '<stream end>'|unexpected document separator")


def say(error: MarkedYAMLError, shown: str) -> Fault:
    """Return the fault of a scanner error with its place and what to do."""
    problem = str(error.problem or error.context or "something is missing")
    mark = (
        (error.context_mark if OPENED.search(problem) else None) or error.problem_mark or error.context_mark
    )
    where = f"{shown}:{mark.line + 1}:{mark.column + 1}" if mark else shown
    for pattern, message, hint in SAYINGS:
        if match := re.search(pattern, problem):
            return Fault(message.format(*match.groups()), where, hint.format(*match.groups()))
    return Fault(f"this is not valid YAML: {printable(problem, 120)}", where)
