"""The street network as a graph: streets meet at shared vertices, places join at the nearest point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

VERTEX = 1e-3
"""Vertices this near are the same [m]."""
SHORTEST = 1e-9
"""A stretch without length gets this one, for a graph keeps no zeros [m]."""


@dataclass(frozen=True)
class Streets:
    """Stretches of street between neighbouring vertices.

    Attributes
    ----------
    xy
        Vertices [m], shape (n, 2), each once, sorted.
    start, end
        Vertex at both ends of each stretch; start < end; sorted; no stretch twice.
    slower
        How much longer each takes than a flat one at the speed of the mode [1].
    """

    xy: Floats
    start: Whole
    end: Whole
    slower: Floats

    @property
    def lengths(self) -> Floats:
        """Length of each stretch [m]."""
        dx, dy = (self.xy[self.end] - self.xy[self.start]).T
        return np.asarray(np.hypot(dx, dy), np.float64)


@dataclass(frozen=True)
class Snapped:
    """Where points meet the streets.

    Attributes
    ----------
    stretch
        Nearest stretch of street; −1 when it is farther than the limit.
    share
        How far along the stretch, from 0 to 1.
    away
        Distance to the street [m].
    """

    stretch: Whole
    share: Floats
    away: Floats


def streets_of(lines: NDArray[np.object_], slower: Floats | None = None) -> Streets:
    """Stretches of all lines; the same whatever the order of lines.

    Parameters
    ----------
    lines
        Lines and lines of several parts.
    slower
        How much longer each line takes than one at the speed of the mode; where two lines share a stretch,
        the quicker counts. None where all take as long as that.
    """
    parts, whole = shapely.get_parts(lines, return_index=True)
    raw, line = shapely.get_coordinates(parts, return_index=True)
    xy, vertex = np.unique(np.round(raw / VERTEX).astype(np.int64), axis=0, return_inverse=True)
    vertex = vertex.reshape(-1)
    joined = np.flatnonzero(line[1:] == line[:-1])
    ends = np.sort(np.column_stack([vertex[joined], vertex[joined + 1]]), axis=1)
    long = ends[:, 0] != ends[:, 1]
    ends, stretch = np.unique(ends[long], axis=0, return_inverse=True)
    pace = np.full(len(ends), np.inf)
    own = np.ones(len(lines)) if slower is None else slower
    np.minimum.at(pace, stretch.reshape(-1), own[whole[line[joined[long]]]])
    return Streets(xy.astype(np.float64) * VERTEX, ends[:, 0], ends[:, 1], pace)


def snap(streets: Streets, points: Floats, limit: float) -> Snapped:
    """Find the nearest point on a street for each point within the limit [m]; first stretch on a tie."""
    ends = np.stack([streets.xy[streets.start], streets.xy[streets.end]], axis=1)
    lines = np.asarray(shapely.linestrings(ends), object)
    at = shapely.points(points)
    (point, stretch), away = shapely.STRtree(lines).query_nearest(
        at, max_distance=limit, return_distance=True
    )
    order = np.lexsort([stretch, point])
    first = order[np.unique(point[order], return_index=True)[1]]
    found = np.full(len(points), -1, np.int64)
    found[point[first]] = stretch[first]
    distance = np.full(len(points), np.inf)
    distance[point[first]] = away[first]
    a, b = ends[found, 0], ends[found, 1]
    along = ((points - a) * (b - a)).sum(axis=1) / ((b - a) ** 2).sum(axis=1)
    return Snapped(found, np.clip(along, 0.0, 1.0), distance)


def graph(streets: Streets, snapped: Snapped, *, timed: bool = False) -> tuple[csr_array, Whole]:
    """Street network in which every snapped point is a node of its own, on its stretch.

    Parameters
    ----------
    streets, snapped
        Stretches, and where points meet them.
    timed
        Slow stretches are so much longer: a length is that of a flat way which takes as long.

    Returns
    -------
    tuple
        Lengths [m] as a symmetric sparse matrix, and the node of each point (−1 when it is not on a street).
    """
    on = np.flatnonzero(snapped.stretch >= 0)
    count = len(streets.start)
    node = np.full(len(snapped.stretch), -1, np.int64)
    node[on] = len(streets.xy) + np.arange(len(on))
    stretch = np.concatenate([np.arange(count), snapped.stretch[on], np.arange(count)])
    share = np.concatenate([np.zeros(count), snapped.share[on], np.ones(count)])
    rank = np.repeat([0, 1, 2], [count, len(on), count])
    name = np.concatenate([streets.start, node[on], streets.end])
    order = np.lexsort([share, rank, stretch])
    stretch, share, name = stretch[order], share[order], name[order]
    joined = np.flatnonzero(stretch[1:] == stretch[:-1])
    whole = streets.lengths * streets.slower if timed else streets.lengths
    lengths = (share[joined + 1] - share[joined]) * whole[stretch[joined]]
    lengths = np.maximum(lengths, SHORTEST)
    one, other = name[joined], name[joined + 1]
    size = len(streets.xy) + len(on)
    both = (np.concatenate([one, other]), np.concatenate([other, one]))
    return csr_array((np.concatenate([lengths, lengths]), both), shape=(size, size)), node
