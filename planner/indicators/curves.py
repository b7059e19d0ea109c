"""Curves as data: Lorenz, generalised Lorenz, concentration, Pen's parade."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.distribution import admit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

FACTS = {"goods_only": False, "not_negative": True, "instead": "`concentration_curve` of a good"}


def concentration_curve(values: ArrayLike, weights: ArrayLike, ranking: ArrayLike) -> pd.DataFrame:
    """How much of all there is goes to those ranked lowest, up to each share of the people.

    Parameters
    ----------
    values, weights, ranking
        What each place has, its people, and what ranks it; shape (places,).

    Returns
    -------
    Columns `people` (share, from 0 to 1), `held` (share of all that is held; NaN when nothing is) and
    `per_head` (what is held up to there, over all people: the generalised curve). Ties are one step.
    """
    columns = admit("concentration_curve", FACTS, (values, weights, ranking), "more")
    x, w, rank = columns
    _, tie = np.unique(rank, return_inverse=True)
    people = np.concatenate([[0.0], np.cumsum(np.bincount(tie, w))])
    held = np.concatenate([[0.0], np.cumsum(np.bincount(tie, w * x))])
    with np.errstate(invalid="ignore"):
        return pd.DataFrame(
            {"people": people / people[-1], "held": held / held[-1], "per_head": held / people[-1]}
        )


def lorenz(values: ArrayLike, weights: ArrayLike) -> pd.DataFrame:
    """How much of all there is goes to those who have least (Lorenz 1905): as `concentration_curve`."""
    return concentration_curve(values, weights, values)


def pens_parade(values: ArrayLike, weights: ArrayLike) -> pd.DataFrame:
    """Return everybody in a row from who has least to who has most (Pen 1971).

    Returns
    -------
    Columns `people` (share of the people up to and with the place) and `value`.
    """
    x, w = admit("pens_parade", {**FACTS, "not_negative": False}, (values, weights), "more")
    order = np.argsort(x, kind="stable")
    return pd.DataFrame({"people": np.cumsum(w[order]) / w.sum(), "value": x[order]})


def dominates(first: pd.DataFrame, second: pd.DataFrame, *, generalised: bool = False) -> bool:
    """Whether the first curve lies nowhere below the second and somewhere above.

    A Lorenz curve that dominates is less unequal by every index that keeps the transfer axiom
    (Atkinson 1970); a generalised one is better by every welfare that prizes more and prizes equality
    (Shorrocks 1983).
    """
    column = "per_head" if generalised else "held"
    at = np.union1d(first["people"], second["people"])
    above = np.interp(at, first["people"], first[column]) - np.interp(at, second["people"], second[column])
    close = 1e-12 * max(1.0, float(np.abs(second[column]).max()))
    return bool((above >= -close).all() and (above > close).any())
