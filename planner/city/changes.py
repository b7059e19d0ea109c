"""What can be changed about existing facilities: which of them, and whom they serve then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.catalogue import unknown
from planner.scenario.places import Close, Existing, Repurpose, Upgrade

if TYPE_CHECKING:
    from planner.city.places import Placed
    from planner.scenario.places import Changed

COLUMNS = ["service", "facility", "change", "to"]


def all_changes(placed: list[Placed], candidates: pd.DataFrame) -> pd.DataFrame | None:
    """List every change of every facility, as in `City`; note ids that are not there or stand twice.

    Parameters
    ----------
    placed
        The layers of existing facilities.
    candidates
        Which service can be built where, as in `City`.
    """
    taken = set(zip(candidates["service"], candidates["site"], strict=True))
    for part in placed:
        taken |= {(part.service, facility) for facility in part.table["facility"]}
    parts = [
        _of_change(part, name, change, taken)
        for part in placed
        for name, change in _spec(part).changes.items()
    ]
    if not parts:
        return None
    joined = pd.concat(parts, ignore_index=True).astype("str")
    return joined.sort_values(["service", "facility", "change"], kind="stable", ignore_index=True)


def _spec(part: Placed) -> Existing:
    spec = part.source.ask.spec
    assert isinstance(spec, Existing)  # noqa: S101 every layer of facilities is described so
    return spec


def _of_change(part: Placed, name: str, change: Changed, taken: set[tuple[str, str]]) -> pd.DataFrame:
    source, table = part.source, part.table
    ids = table["facility"]
    for wrong in sorted(set(change.only or ()) - set(ids)):
        where = source.where("changes", name, "only")
        source.findings.faults.append(unknown("facility", wrong, sorted(ids), where))
    chosen = np.ones(len(ids), bool) if change.only is None else ids.isin(change.only).to_numpy()
    if isinstance(change, Upgrade):
        better = table["quality"].to_numpy(np.float64) < change.quality
        if not (chosen & better).any():
            note = (
                f"The change `{name}` of {part.service} would improve no facility: all are as good already."
            )
            source.findings.tell(note)
        chosen = chosen & better
    if isinstance(change, Repurpose):
        clash = np.flatnonzero(chosen & [(change.to, facility) in taken for facility in ids])
        told = [
            f"a site or facility of `{change.to}` has the same id, and this one could serve it too"
            for _ in clash
        ]
        source.rows(clash, told, "give them different ids, so that reports tell them apart")
    to = "" if isinstance(change, Close) else change.to if isinstance(change, Repurpose) else part.service
    return pd.DataFrame(
        {"service": part.service, "facility": ids[chosen], "change": name, "to": to}, columns=COLUMNS
    )
