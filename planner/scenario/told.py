"""How values, keys and places are told in messages: short, printable, in a planner's words."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.scenario.marks import Plain, Trail

LONGEST = 40


def printable(text: str, longest: int = LONGEST) -> str:
    """Text on one line, cut short, with invisible characters written out."""
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def short(value: Plain) -> str:
    """Return a value as a reader would write it: `abc`, -15, true, nothing, a list, a mapping."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"`{printable(value)}`"
    if isinstance(value, int | float):
        return printable(str(value))
    return (
        "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "something else"
    )


def dotted(trail: Trail) -> str:
    """Keys from the top of the file down to a value, with dots between."""
    return ".".join(printable(part) for part in trail)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?` when a known name is near, else nothing."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{printable(near[0])}`?" if near else ""


def listed(names: Iterable[str], word: str = "or") -> str:
    """Return names as `a`, `b` or `c`."""
    quoted = [f"`{printable(name)}`" for name in names]
    return f" {word} ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)
