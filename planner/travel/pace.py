"""Pace: how much slower a stretch of street is than a flat one at the speed of the mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import LinearNDInterpolator
from scipy.spatial import QhullError, cKDTree

from planner.city.findings import listed
from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from planner.scenario.schema import Network
    from planner.travel.streets import Streets

    Floats = NDArray[np.float64]

STEEPNESS, EASIEST = 3.5, -0.05
"""Speed falls with exp(−3.5 |slope + 0.05|): fastest on a slope of 5 % down."""
STEEPEST = 1.0
"""Slopes beyond 45° are errors of the heights, and are taken as 45°."""


def of_roads(roads: gpd.GeoDataFrame, mode: Network) -> tuple[Floats, list[str]]:
    """Tell how much slower each line is than the mode's speed, by its kind of road.

    Parameters
    ----------
    roads
        Lines with `road`, the kind of each.
    mode
        Speeds by kind of road, and of all others [km/h].

    Returns
    -------
    tuple
        Speed of the mode over that of the line, shape (lines,), and notes.
    """
    speed = roads["road"].map(mode.speeds_kmh).astype("float64")
    notes = []
    if mode.speeds_kmh:
        others = sorted({str(kind) or "without a kind" for kind in roads.loc[speed.isna(), "road"]})
        if others:
            slow = f"go at {mode.speed_kmh:g} km/h ({int(speed.isna().sum()):,} of {len(speed):,} lines)"
            notes.append(f"Kinds of road that `speeds_kmh` does not name {slow}: {listed(others)}.")
        if unused := sorted(set(mode.speeds_kmh) - set(roads["road"])):
            notes.append(
                f"No street is of these kinds, to which `speeds_kmh` gives a speed: {listed(unused)}."
            )
    return (mode.speed_kmh / speed.fillna(mode.speed_kmh)).to_numpy(np.float64), notes


def of_slopes(streets: Streets, ground: gpd.GeoDataFrame, name: str) -> tuple[Floats, list[str]]:
    """Tell how much slower walking each stretch is than on the flat, there and back.

    Speed falls with the slope as Tobler measured (Three presentations on geographical analysis and modeling,
    NCGIA Technical Report 93-1, 1993): 6 exp(−3.5 |slope + 0.05|) km/h, here over its value on the flat, so
    that the flat is walked at the speed of the mode. Whoever goes to a place comes back: each stretch counts
    with the mean of both directions.

    Parameters
    ----------
    streets
        Stretches between vertices.
    ground
        Points with `height` [m]. Between them it is linear; beyond them that of the nearest.
    name
        What the layer of heights is called in messages.

    Returns
    -------
    tuple
        Time over that on the flat, shape (stretches,), and notes.

    Raises
    ------
    InputFault
        When the heights are those of another place.
    """
    west, south, east, north = ground.total_bounds
    (left, bottom), (right, top) = streets.xy.min(axis=0), streets.xy.max(axis=0)
    if east < left or west > right or north < bottom or south > top:
        hint = "check its coordinate system, and state it with `crs` where the file does not"
        raise InputFault(Fault("the heights lie elsewhere than the streets", name, hint))
    height, beyond = _heights(streets.xy, ground)
    rise = height[streets.end] - height[streets.start]
    slope = np.clip(rise / np.maximum(streets.lengths, 1.0), -STEEPEST, STEEPEST)
    slower = (1 / tobler(slope) + 1 / tobler(-slope)) / 2
    longest = (slower * streets.lengths).sum() / streets.lengths.sum()
    steep = f"99 of 100 streets rise by up to {np.quantile(abs(slope), 0.99):.0%}"
    more = f"walking all of them there and back takes {longest - 1:.1%} longer than on the flat"
    notes = [f"Slopes count: {steep}, and {more}."]
    if beyond:
        notes.append(f"{beyond:,} corners of streets lie beyond the heights and have that of the nearest.")
    return slower, notes


def tobler(slope: Floats) -> Floats:
    """Walking speed over that on the flat, for slopes as rise over run, down below 0."""
    return np.asarray(np.exp(-STEEPNESS * (np.abs(slope - EASIEST) - abs(EASIEST))), np.float64)


def _heights(xy: Floats, ground: gpd.GeoDataFrame) -> tuple[Floats, int]:
    """Height of each vertex [m], and how many lie beyond the points."""
    known = np.column_stack([ground.geometry.x, ground.geometry.y])
    values = ground["height"].to_numpy(np.float64)
    nearest = values[cKDTree(known).query(xy)[1]]
    try:
        between = LinearNDInterpolator(known - known[0], values)(xy - known[0])
    except (QhullError, ValueError):  # too few points, or all on one line
        return nearest, len(xy)
    beyond = np.isnan(between)
    return np.where(beyond, nearest, between), int(beyond.sum())
