"""Numbers as people read them: thousands marks, percentages, money."""

from __future__ import annotations

import math
from functools import cache

from babel import Locale, UnknownLocaleError

from planner.report.speech import language

SPACE = "\u00a0"
MINUS = "\u2212"
NOTHING = "–"
LONG_FIRST = frozenset({"es"})
"""Languages that part thousands from five digits on, as Unicode's CLDR tells of them."""


def number(value: float, decimals: int | None = None) -> str:
    """Return a number with thousands marks; three significant digits below 100 unless decimals are given."""
    if math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if decimals is None:
        decimals = _fitting(value)
        text = f"{value:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value:,.{decimals}f}"
    return marked(_signed(text))


def marked(text: str) -> str:
    """Return a figure written with a point and commas, with the marks of the language spoken now."""
    point, thousands, digits = _marks(language())
    if (point, thousands, digits) == (".", ",", 1):
        return text
    whole, dot, part = text.partition(".")
    if sum(sign.isdigit() for sign in whole) < digits + 3:
        whole = whole.replace(",", "")
    return whole.replace(",", thousands) + (point if dot else "") + part


def marks() -> tuple[str, str]:
    """Return the decimal mark and the thousands mark of the language spoken now."""
    return _marks(language())[:2]


@cache
def _marks(language: str) -> tuple[str, str, int]:
    """Decimal mark, thousands mark, and how many digits stand at least before the first thousands mark."""
    try:
        symbols = Locale.parse(language).number_symbols["latn"]
    except (UnknownLocaleError, KeyError):
        return ".", ",", 1
    return str(symbols["decimal"]), str(symbols["group"]), 2 if language in LONG_FIRST else 1


def _fitting(value: float) -> int:
    size = abs(value)
    if size >= 99.95 or size == 0:  # noqa: PLR2004 - three significant digits
        return 0
    return min(2 - math.floor(math.log10(size)), 4)


def _signed(text: str) -> str:
    if not text.strip("-0.,"):
        return text.lstrip("-")
    return text.replace("-", MINUS)


def change(value: float, decimals: int = 2) -> str:
    """Return a difference with its sign."""
    text = number(value, decimals)
    return f"+{text}" if value > 0 and any(sign in "123456789" for sign in text) else text


def percent(share: float) -> str:
    """Return a share as a percentage; never 0 % or 100 % unless it is."""
    if not math.isfinite(share):
        return NOTHING
    value = share * 100
    if 0 < value < 0.1:  # noqa: PLR2004 - too small for one decimal
        return f"<{SPACE}{marked('0.1')}{SPACE}%"
    if 99 < value < 100:  # noqa: PLR2004 - rounding must not say everybody
        value = math.floor(value * 10) / 10
    decimals = 0 if abs(value) >= 10 and not 99 < value < 100 else 1  # noqa: PLR2004 - two digits
    return _with_sign(f"{value:,.{decimals}f}")


def at_least(share: float) -> str:
    """Return a percentage that is never too high."""
    return _exact(math.floor(round(share * 1000, 6)) / 10)


def at_most(share: float) -> str:
    """Return a percentage that is never too low."""
    return _exact(math.ceil(round(share * 1000, 6)) / 10)


def _exact(value: float) -> str:
    return _with_sign(f"{value:,.1f}")


def _with_sign(text: str) -> str:
    return f"{marked(_signed(text).removesuffix('.0'))}{SPACE}%"


def money(value: float, currency: str) -> str:
    """Return an amount with its currency."""
    return f"{number(value)}{SPACE}{currency}"
