"""What a word means in YAML 1.2: text, number, true, false or nothing; the same for us and for editors."""

from __future__ import annotations

import re

WHOLE = re.compile(r"[-+]?[0-9]+")
OCTAL, HEXADECIMAL = re.compile(r"0o[0-7]+"), re.compile(r"0x[0-9a-fA-F]+")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
GROUPED = re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
MOST_DIGITS = 18


def meaning(word: str) -> str | int | float | bool | None:
    """Return the value of a word without quotes.

    Raises
    ------
    ValueError
        A number that is not finite, too long or grouped with `_`; says so in words.
    """
    if word in WORDS:
        return WORDS[word]
    if NOT_FINITE.fullmatch(word):
        raise ValueError("a number must be finite; leave the key out where there is no limit")
    if GROUPED.fullmatch(word):
        raise ValueError(
            "editors read a number with `_` as text; write it without, or in quotes if it is a name"
        )
    if OCTAL.fullmatch(word) or HEXADECIMAL.fullmatch(word):
        return _whole(word, 0)
    if WHOLE.fullmatch(word):
        return _whole(word, 10)
    return _number(word) if NUMBER.fullmatch(word) else word


def _whole(word: str, base: int) -> int:
    if len(word) > MOST_DIGITS + 2:
        raise ValueError(f"a number of {len(word):,} digits is longer than any that a city needs")
    return int(word, base)


def _number(word: str) -> float:
    value = float(word)
    if value in (float("inf"), float("-inf")):
        raise ValueError("the number is too large")
    return value
