"""What every summary is given: finite values of people who are there, or a refusal in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

type Floats = NDArray[np.float64]


def admit(name: str, facts: Mapping[str, Any], columns: tuple[ArrayLike, ...], better: str) -> list[Floats]:
    """Return the columns without the rows where nobody is, or refuse them.

    Parameters
    ----------
    name, facts
        The summary and what it declares of itself: `goods_only`, `not_negative`, `instead`.
    columns
        Values, weights [person] and, for some summaries, a ranking; each of shape (places,).
    better
        Whether `more` or `less` of the quantity is better.

    Raises
    ------
    InputFault
        With every fault found: unequal lengths, missing or infinite values where people live,
        negative weights, negative values or a bad where the summary is not valid for them.
    """
    if facts["goods_only"] and better == "less":
        message = f"`{name}` is not valid for a quantity of which less is better, such as travel"
        raise InputFault(Fault(message, hint=f"use {facts['instead']}"))
    arrays = [_numbers(name, column) for column in columns]
    if len({len(array) for array in arrays}) > 1:
        lengths = ", ".join(str(len(array)) for array in arrays)
        raise InputFault(Fault(f"`{name}` needs columns of one length; they have {lengths}"))
    weights = arrays[1]
    _refuse(name, "weights", _unfit(weights, sign=True))
    kept = [array[weights > 0] for array in arrays]
    _refuse(name, "values", _unfit(kept[0], sign=facts["not_negative"]), facts["instead"])
    for ranking in kept[2:]:
        _refuse(name, "ranking", _unfit(ranking, sign=False))
    return kept


def _numbers(name: str, column: ArrayLike) -> Floats:
    try:
        array: Floats = np.asarray(column, np.float64)
    except (TypeError, ValueError):
        raise InputFault(Fault(f"`{name}` needs numbers; it was given {column!r}"[:200])) from None
    if array.ndim != 1:
        message = f"`{name}` needs one value for each place; it was given a table of shape {array.shape}"
        raise InputFault(Fault(message))
    return array


def _unfit(array: Floats, *, sign: bool) -> dict[str, int]:
    """How many entries are unfit, by what is wrong with them."""
    counts = {"missing": int(np.isnan(array).sum()), "infinite": int(np.isinf(array).sum())}
    if sign:
        counts["negative"] = int((array < 0).sum())
    return {what: count for what, count in counts.items() if count}


def _refuse(name: str, what: str, unfit: dict[str, int], instead: str = "") -> None:
    if unfit:
        told = " and ".join(f"{count} {fault}" for fault, count in unfit.items())
        other = instead and "negative" in unfit
        hint = f"use {instead}" if other else "leave out the places that have no figure"
        raise InputFault(Fault(f"`{name}`: {told} among the {what}", hint=hint))
