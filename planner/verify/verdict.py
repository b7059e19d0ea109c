"""Verdict: what the checker found; Tally: how it counts and tells; the tolerances, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

    class Say(Protocol):
        """Names of rows, by position."""

        def __getitem__(self, row: int, /) -> str: ...


RELATIVE = 1e-6
"""Two figures are the same when they differ by less than this share: the solver's own feasibility
tolerance is 1e-7 to 1e-6, and a figure on another machine may differ in its last digits only."""
TYPICAL = 1e-6
"""Absolute tolerance as a share of a typical size: an empty cell next to a full one is served to the
precision of the full one, because the solver works in units of the whole service."""
EXACT = 1e-9
"""Absolute tolerance where no typical size is known (costs, shares): only rounding in the last digits."""
PRINTED = 1e-6
"""Absolute tolerance of indicators, which are written with six decimals."""
METRES = 1e-3
"""A place has moved when it is a millimetre away; a share of an easting would be metres."""
OPTIMAL_GAP = 1e-4
"""Largest gap of a plan that is called optimal: below it the solver itself ends a search by integers."""
NOTHING = 1e-9
"""A cost of no more is none but for rounding."""
SMALL_GAIN = 1e-3
"""Possible gain in equal outcome below which a share of it says nothing, so the gap is told in points."""
SHOWN = 5
"""Rows told for each kind of fault; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the independent checker found.

    Attributes
    ----------
    faults
        Every fault in words; empty when the plan keeps what it says.
    checked
        How many single figures were compared.
    value
        Value of the objective, recomputed from the tables; None where they cannot be read.
    bound
        Who vouches for the bound, in a sentence; empty where the plan has faults.
    """

    faults: tuple[str, ...]
    checked: int
    value: float | None
    bound: str = ""

    @property
    def kept(self) -> bool:
        """True when the plan keeps everything that it says."""
        return not self.faults

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        if self.kept:
            return f"{self.checked:,} figures recomputed from tables and inputs: the plan keeps what it says."
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults):,} faults"
        return f"{count} among {self.checked:,} recomputed figures; the first: {self.faults[0]}."

    def told(self) -> dict[str, object]:
        """The verdict as it stands in the manifest."""
        faults = len(self.faults)
        return {"sentence": self.sentence, "bound": self.bound, "checked": self.checked, "faults": faults}


@dataclass
class Tally:
    """Faults and comparisons, gathered while checking."""

    faults: list[str] = field(default_factory=list)
    checked: int = 0

    def fault(self, message: str) -> None:
        """Note one fault."""
        self.faults.append(message)

    def holds(self, bad: NDArray[np.bool_], say: Say, what: str) -> None:
        """Count one comparison for each row; tell `what` of those that are bad, by name."""
        self.checked += len(bad)
        places = np.flatnonzero(bad)
        self.faults += [f"{say[k]}: {what}" for k in places[:SHOWN]]
        self._rest(len(places), what)

    def equal(
        self,
        what: str,
        say: Say,
        found: ArrayLike,
        expected: ArrayLike,
        slack: ArrayLike = EXACT,
        *,
        share: float = RELATIVE,
    ) -> None:
        """Compare two vectors of figures, shape (n,), and tell where they differ."""
        have, want = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
        places = np.flatnonzero(differs(have, want, slack, share))
        self.checked += len(have)
        self.faults += [
            f"{say[k]}: {what} is {have[k]:.10g}, should be {want[k]:.10g}" for k in places[:SHOWN]
        ]
        self._rest(len(places), f"{what} is not what it should be")

    def same(self, what: str, say: Say, found: ArrayLike, expected: ArrayLike) -> None:
        """Compare two vectors of words or flags, shape (n,), and tell where they differ."""
        have, want = np.asarray(found, dtype=object), np.asarray(expected, dtype=object)
        places = np.flatnonzero(have != want)
        self.checked += len(have)
        self.faults += [f"{say[k]}: {what} is `{have[k]}`, should be `{want[k]}`" for k in places[:SHOWN]]
        self._rest(len(places), f"{what} is not what it should be")

    def figure(self, what: str, found: object, expected: float | None, slack: float = EXACT) -> None:
        """Compare one figure that may be missing."""
        self.checked += 1
        have = number(found)
        if (found is None) != (expected is None) or (found is not None and have is None):
            self.fault(f"{what} is {_told(found)}, should be {_told(expected)}")
        elif have is not None and expected is not None and differs(have, expected, slack)[()]:
            self.fault(f"{what} is {have:.10g}, should be {expected:.10g}")

    def _rest(self, count: int, what: str) -> None:
        if count > SHOWN:
            self.fault(f"{what}, in {count - SHOWN:,} more rows")


def differs(
    found: ArrayLike, expected: ArrayLike, slack: ArrayLike, share: float = RELATIVE
) -> NDArray[np.bool_]:
    """Which figures are not the same, broadcast; infinities equal themselves, nothing equals NaN."""
    have, want = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    with np.errstate(invalid="ignore"):
        near = np.abs(have - want) <= np.asarray(slack) + share * np.where(
            np.isfinite(want), np.abs(want), 0.0
        )
    return np.asarray(~(near | (have == want)))


def number(value: object) -> float | None:
    """Return the value as a float, or None when it is no number at all."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return None
    return None if np.isnan(value) else float(value)


def _told(value: object) -> str:
    return "missing" if value is None else f"{value:.10g}" if isinstance(value, float) else f"`{value}`"
