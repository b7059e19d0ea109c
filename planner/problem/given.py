"""A plan made by hand: a table of facilities, read into modules."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import unknown
from planner.errors import Fault, InputFault
from planner.problem.naming import candidates_at
from planner.scenario.places import AS_IT_IS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from planner.problem.problem import Problem

    Whole = NDArray[np.int64]

COLUMNS = ("service", "site", "option", "modules")
LARGEST = 50 * 2**20
MOST_MODULES = 1000


def modules_given(problem: Problem, file: Path) -> NDArray[np.float64]:
    """Modules of each provider, shape (providers,), from a CSV file: service, site, option, modules.

    `option` may be left out where the service has one, `modules` means 1 where it is left out; `place`
    may stand for `site`, so that a run's own `plan/facilities.csv` is such a file. What stands today is
    in use anyway; its rows are passed over. A change of an existing facility is named as the option at
    the facility, under the service that it then serves. Where there are several periods, `period` (from 1)
    says in which the modules are in use; without it they are from the first in which they can be open.

    Raises
    ------
    InputFault
        Every row that names what is not there, at once.
    """
    modules = problem.providers["existing"].to_numpy(float).copy()
    faults: list[Fault] = []
    for line, row in _rows(file):
        if row.get("option") == AS_IT_IS:
            continue
        where = f"{file.name}:{line}"
        try:
            modules[_provider(problem, row)] += _modules(row)
        except InputFault as error:
            faults += [Fault(f.message, where, f.hint) for f in error.faults]
    faults += _changed(problem, modules, file.name)
    most = problem.providers["most"].to_numpy(float)
    for j in np.flatnonzero(modules > most):
        name = problem.providers["provider"].iloc[j]
        message = f"{modules[j]:g} modules of {name}, and at most {most[j]:g} fit there"
        faults.append(Fault(message, file.name))
    if faults:
        raise InputFault(faults)
    return modules


def _changed(problem: Problem, modules: NDArray[np.float64], file: str) -> list[Fault]:
    """Take out of use as it is what is changed; faults where a facility is changed twice."""
    some = (problem.providers["facility"] != "").to_numpy(bool)
    of = np.where(some, problem.in_words(problem.providers, "facility"), "")
    kept = problem.providers["existing"].to_numpy(bool)
    faults = []
    for name in np.unique(of[~kept & (of != "") & (modules > 0)]):
        modules[(of == name) & kept] = 0.0
        changes = problem.providers["option"][(of == name) & (modules > 0)]
        if len(changes) > 1:
            faults.append(Fault(f"{name} cannot have several changes at once: {', '.join(changes)}", file))
    return faults


def _rows(file: Path) -> list[tuple[int, dict[str, str]]]:
    if not file.is_file():
        raise InputFault(Fault("there is no such file", str(file), "give a CSV file: " + ",".join(COLUMNS)))
    if file.stat().st_size > LARGEST:
        raise InputFault(Fault("the file is too large for a list of facilities", str(file)))
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputFault(Fault("the file is not UTF-8 text", str(file), "save it as CSV UTF-8")) from None
    reader = csv.DictReader(text.splitlines())
    names = [str(name).strip() for name in reader.fieldnames or ()]
    if "service" not in names or not {"site", "place"} & set(names):
        found = ", ".join(names) or "none"
        hint = "give the columns " + ",".join(COLUMNS)
        raise InputFault(Fault(f"columns `service` and `site` are needed (found: {found})", file.name, hint))
    reader.fieldnames = ["site" if name == "place" else name for name in names]
    return [(reader.line_num, _plain(row)) for row in reader]


def _plain(row: Mapping[str | None, object]) -> dict[str, str]:
    return {str(key): str(value).strip().removeprefix("'") for key, value in row.items() if value is not None}


def _provider(problem: Problem, row: Mapping[str, str]) -> Whole:
    """Positions of the provider of a row, in its period or in all."""
    services = list(problem.services.index)
    if row["service"] not in services:
        raise InputFault(unknown("service", row["service"], services))
    mine = candidates_at(problem, row["service"], row["site"], row.get("option") or None)
    known = list(dict.fromkeys(problem.providers["option"].iloc[mine]))
    if len(known) > 1:
        hint = f"known: {', '.join(known)}"
        raise InputFault(Fault(f"say which option of {row['service']} is meant", hint=hint))
    if not row.get("period"):
        return mine
    there: Whole = mine[problem.when[mine].astype(str) == row["period"]]
    if not len(there):
        message = f"{row['service']} at `{row['site']}` cannot be in use in period `{row['period']}`"
        raise InputFault(Fault(message, hint=f"periods are counted from 1 to {problem.periods}"))
    return there


def _modules(row: Mapping[str, str]) -> int:
    text = row.get("modules") or "1"
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MOST_MODULES:
        raise InputFault(Fault(f"`modules` must be a whole number from 1 to 1000 (got {text!r})"))
    return int(text)
