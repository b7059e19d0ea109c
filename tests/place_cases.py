"""Tiny cities whose facilities can be changed: cases of `strategies` with more asked of them."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
from strategies import LAYER, Case

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_changes(case: Case, service: str, changes: Mapping[str, Mapping[str, Any]]) -> Case:
    """Return the case, in which every facility of a service can be changed in these ways."""
    services = copy.deepcopy(dict(case.asked["services"]))
    services[service]["existing"] = {**LAYER, "capacity": "n", "changes": dict(changes)}
    standing = case.city.facilities
    rows = [
        (service, facility, name, {"close": "", "repurpose": change.get("to")}.get(change["kind"], service))
        for facility, quality in zip(standing["facility"], standing["quality"], strict=True)
        if (service, facility) in set(zip(standing["service"], standing["facility"], strict=True))
        for name, change in changes.items()
        if change["kind"] != "upgrade" or change["quality"] > quality
    ]
    known = [] if case.city.changes is None else [case.city.changes]
    table = pd.DataFrame(rows, columns=["service", "facility", "change", "to"], dtype="str")
    joined = pd.concat([*known, table], ignore_index=True)
    return replace(case.asking(services=services), city=replace(case.city, changes=joined))
