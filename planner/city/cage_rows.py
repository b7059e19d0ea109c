"""Inside the cage: where the head of a table stands, which rows are data, and what was left out."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from planner.city.formats import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SEEN = 60
"""Rows at the start among which the head is looked for."""
MOST_HEADS = 3
"""Rows over which one head may be merged."""
MOST_TOLD = 10
"""Rows that are listed for one reason; the others are counted."""
LONGEST = 80
"""Letters of a row that is left out which are told."""


class Row(NamedTuple):
    """A row: its line, its cells as text, and which of them the file itself holds as numbers."""

    line: int
    cells: list[str]
    typed: list[bool] | None = None

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return len(self.cells) - self.cells.count("")

    @property
    def told(self) -> str:
        """What stands in it, in a few words."""
        text = " · ".join(cell for cell in self.cells if cell)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


@dataclass(frozen=True)
class Head:
    """Rows that name the columns, and the names."""

    lines: tuple[int, ...]
    names: list[str]

    def found(self, wanted: Iterable[str]) -> int:
        """How many of the wanted columns it names."""
        return len(set(self.names) & set(wanted))


def find_head(rows: Sequence[Row], wanted: Iterable[str], given: Sequence[int] | None) -> Head:
    """Return the rows that name the columns: those given, or those that name most of what is wanted.

    One row is preferred to several merged ones, an earlier one to a later.

    Raises
    ------
    Refused
        When a row that is given as the head is not there.
    """
    wanted = set(wanted)
    if given:
        chosen = [row for row in rows if row.line in given]
        if len(chosen) < len(given):
            there = {row.line for row in rows}
            missing = next(line for line in given if line not in there)
            raise Refused(
                f"`head` names row {missing}, which is not among the first rows that hold something",
                "count the rows as a spreadsheet or an editor does, from 1",
            )
        return _head(chosen)
    full = [row for row in rows if row.filled]
    if not full:
        return Head((1,), [])
    best = _head(full[:1])
    for height in range(1, MOST_HEADS + 1):
        for start in range(len(full) - height + 1):
            group = full[start : start + height]
            if any(two.line - one.line != 1 for one, two in pairwise(group)):
                continue
            head = _head(group)
            if head.found(wanted) > best.found(wanted):
                best = head
    return best


def _head(rows: Sequence[Row]) -> Head:
    """Names of columns out of one row, or of several: an upper name stands over all that are below it."""
    width = max(len(row.cells) for row in rows)
    cells = [row.cells + [""] * (width - len(row.cells)) for row in rows]
    for upper, lower in pairwise(cells):
        spread = ""
        for column in range(width):
            if upper[column]:
                spread = upper[column] if lower[column] else ""
            elif lower[column]:
                upper[column] = spread
            else:
                spread = ""
    names = [" ".join(part for part in column if part) for column in zip(*cells, strict=True)]
    return Head(tuple(row.line for row in rows), names)


def check_twice(names: Sequence[str], wanted: Iterable[str], line: int) -> None:
    """Refuse a wanted column that stands twice: nobody can say which is meant."""
    twice = sorted({name for name in names if name in set(wanted) and names.count(name) > 1})
    if twice:
        raise Refused(f"the column `{twice[0]}` stands twice", "rename or delete one of them", str(line))


@dataclass
class Body:
    """The rows below a head, and what was left out of them.

    Parameters
    ----------
    width
        Number of columns.
    footer
        Rows at the end that are no data; found by themselves where none are given: notes that are shorter
        than the head, or stand alone below an empty row.
    part
        What a place in the file is called: `line` or `row`.
    """

    width: int
    footer: int | None = None
    part: str = "line"
    left_out: list[tuple[int, str, str]] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    alone: int = 0
    _ragged: list[tuple[int, int]] = field(default_factory=list)
    _pending: list[Row] = field(default_factory=list)

    def above(self, rows: Iterable[Row], head: Head) -> None:
        """Note what stands above the head."""
        self.left_out += [(row.line, row.told, "above the head") for row in rows if row.line < head.lines[0]]

    def rows(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows that are data, each as wide as the head; ragged ones are refused together."""
        held: deque[Row] = deque()
        blank: list[int] = []
        for row in rows:
            if not row.filled:
                blank.append(row.line)
                continue
            if self.footer is None:
                yield from self._by_shape(row, below_empty=bool(blank or self._pending))
            else:
                held.append(row)
                if len(held) > self.footer:
                    yield from self._fitting(held.popleft())
            self.empty += blank
            blank.clear()
        self.left_out += [(row.line, row.told, "footer") for row in [*self._pending, *held]]
        if self._ragged:
            self._refuse()

    def _by_shape(self, row: Row, *, below_empty: bool) -> Iterator[Row]:
        single = row.filled == 1 and self.width > 1
        self.alone = self.alone + 1 if single else 0
        if single and (len(row.cells) < self.width or below_empty):
            self._pending.append(row)
            return
        for waiting in self._pending:
            yield from self._fitting(waiting)
        self._pending.clear()
        yield from self._fitting(row)

    def _fitting(self, row: Row) -> Iterator[Row]:
        """Yield the row where it has the width of the head, or only empty cells beyond it."""
        if len(row.cells) == self.width:
            yield row
        elif len(row.cells) > self.width and not any(row.cells[self.width :]):
            yield row._replace(cells=row.cells[: self.width])
        else:
            self._ragged.append((row.line, len(row.cells)))

    def _refuse(self) -> None:
        shown = self._ragged[:MOST_TOLD]
        told = ", ".join(f"{self.part} {line} has {count}" for line, count in shown)
        more = f", and {len(self._ragged) - MOST_TOLD} more" if len(self._ragged) > MOST_TOLD else ""
        hint = 'put text that holds the separator in quotation marks ("Mill Road, 3")'
        raise Refused(f"the header has {self.width} columns, but {told}{more}", hint, str(shown[0][0]))

    def told(self, head: Head) -> dict[str, Any]:
        """Say what was read and what was not, for the parent."""
        return {
            "head": list(head.lines),
            "left_out": self.left_out,
            "empty": self.empty,
            "alone": 0 if self.footer is not None else self.alone,
            "footer": self.footer,
        }
