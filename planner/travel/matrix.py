"""TravelMatrix: how far each cell is from each place that may serve it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


@dataclass(frozen=True)
class TravelMatrix:
    """Sparse travel within each service's limit.

    Attributes
    ----------
    pairs
        By service: columns `cell` (id), `place` (id of a site or existing facility), `travel` [min or m,
        the unit of the service's limit], sorted by cell, then place. Only pairs within the limit;
        pairs that are not there cannot be reached.
    from_homes
        Where homes move people, by service that moves nobody: columns `home` (id of the place into which
        they may move), `place`, `travel`, in the same way.
    notes
        What the reader should be told: snapping distances, disconnected parts, lines cut by barriers.
    """

    pairs: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    from_homes: Mapping[str, pd.DataFrame] = field(default_factory=dict)
