"""Numbers as people read them: thousands marks, percentages, money."""

from __future__ import annotations

import math

SPACE = "\u00a0"
MINUS = "\u2212"
NOTHING = "–"


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
    return _signed(text)


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
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def percent(share: float) -> str:
    """Return a share as a percentage; never 0 % or 100 % unless it is."""
    if not math.isfinite(share):
        return NOTHING
    value = share * 100
    if 0 < value < 0.1:  # noqa: PLR2004 - too small for one decimal
        return f"<{SPACE}0.1{SPACE}%"
    if 99 < value < 100:  # noqa: PLR2004 - rounding must not say everybody
        value = math.floor(value * 10) / 10
    decimals = 0 if abs(value) >= 10 and not 99 < value < 100 else 1  # noqa: PLR2004 - two digits
    text = _signed(f"{value:,.{decimals}f}")
    return f"{text.removesuffix('.0')}{SPACE}%"


def at_least(share: float) -> str:
    """Return a percentage that is never too high."""
    return _exact(math.floor(round(share * 1000, 6)) / 10)


def at_most(share: float) -> str:
    """Return a percentage that is never too low."""
    return _exact(math.ceil(round(share * 1000, 6)) / 10)


def _exact(value: float) -> str:
    return f"{_signed(f'{value:,.1f}').removesuffix('.0')}{SPACE}%"


def money(value: float, currency: str) -> str:
    """Return an amount with its currency."""
    return f"{number(value)}{SPACE}{currency}"
