"""The table of tags that says what counts as a facility of which service: a CSV that planners edit."""

from __future__ import annotations

import csv
import math
import re
from io import StringIO
from typing import NamedTuple

from planner.errors import Fault, InputFault

COLUMNS = ["service", "key", "value", "capacity"]
FORM = re.compile(r"[a-z][a-z0-9_]*")
TAKEN = {"neighbourhoods", "sites", "streets", "roads", "cells"}
"""Layers of the folder that no service may be called like."""


class Tag(NamedTuple):
    """One row: objects with this tag serve this service, with a placeholder for their capacity."""

    service: str
    key: str
    value: str
    capacity: float


def read_tags(text: str, name: str) -> list[Tag]:
    """Read the table; the first row that fits an object decides its capacity.

    Raises
    ------
    InputFault
        Every row that cannot be used, by its line.
    """
    rows = csv.DictReader(StringIO(text))
    if rows.fieldnames != COLUMNS:
        raise InputFault(
            Fault("the columns are not as expected", f"{name}:1", f"write `{','.join(COLUMNS)}`")
        )
    tags, faults = [], []
    for row in rows:
        tag, wrong = _tag(row)
        if wrong:
            hint = "write a row such as `health,amenity,clinic,5000`"
            faults.append(Fault(wrong, f"{name}:{rows.line_num}", hint))
        tags.append(tag)
    if faults:
        raise InputFault(faults)
    if not tags:
        raise InputFault(Fault("the table of tags is empty", name, "keep a row for each kind of place"))
    return tags


def _tag(row: dict[str, str]) -> tuple[Tag, str]:
    service, key, value, text = ((row.get(column) or "").strip() for column in COLUMNS)
    try:
        capacity = float(text)
    except ValueError:
        capacity = math.nan
    wrong = ""
    if not FORM.fullmatch(service) or service in TAKEN:
        wrong = f"`{service}` cannot name a service: small letters, digits and `_`, not a layer of the folder"
    elif not key or not value:
        wrong = "key and value of the tag must both be there"
    elif not 0 < capacity < math.inf:
        wrong = f"the capacity must be a number above 0, not `{text}`"
    return Tag(service, key, value, capacity), wrong
