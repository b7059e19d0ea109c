"""What a scenario asks of which file: every layer and table with the columns that it names."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from planner.catalogue import unknown
from planner.errors import InputFault
from planner.scenario.futures import NEEDS
from planner.scenario.paths import layer_path
from planner.scenario.schema import Layer, Network, StraightLine, Table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from planner.city.findings import Findings
    from planner.scenario.futures import Future
    from planner.scenario.layers import Database, Join
    from planner.scenario.periods import Period
    from planner.scenario.schema import Group, Need, Scenario, Undercount

Trail = tuple[str, ...]
Reading = tuple["Path | Database | None", str | None, str]
"""What is read, which layer of it, and how."""
RESERVED = {"label", "population", "geometry", "neighbourhood", "cell", "district"}
"""Columns of a city, which a group cannot be named after."""

GROUP, NEED, MISSED = ("count", "of", "count_margin", "of_margin"), ("count", "rate", "margin"), ("factor",)
"""Keys that name columns."""
COUNTED = {"population", "count", "of", "rate", "factor"}
"""Those whose columns may be others in a period."""
TEXTS = {"id", "label", "neighbourhood", "district", "run_by", "owner", "origin", "destination", "on", "road"}
"""Keys whose columns are text: they are never read as numbers."""


@dataclass(frozen=True)
class Ask:
    """One layer or table that the scenario names, its path, and each column by the key that names it.

    The path is None where it is read from a database. `joins` are the tables joined to it, each with the
    columns that may stand there.
    """

    trail: Trail
    spec: Layer | Table | Join
    path: Path | None
    columns: dict[Trail, str]
    joins: tuple[Ask, ...] = ()

    @property
    def layer(self) -> str | None:
        """Name of the layer within its file."""
        return self.spec.layer

    @property
    def table(self) -> dict[str, Any]:
        """How the table is written, as far as the scenario says."""
        return self.spec.table.given() if self.spec.table is not None else {}

    @property
    def database(self) -> Database | None:
        """Table or query of a database, where it is none of a file."""
        return None if isinstance(self.spec, Table) else self.spec.postgis

    @property
    def key(self) -> tuple[Path | Database | None, str | None]:
        """What is read: services that name the same share it."""
        return self.path or self.database, self.layer

    @property
    def reading(self) -> Reading:
        """What is read, and how: those that agree are read once."""
        return *self.key, json.dumps(self.table, sort_keys=True)

    @property
    def named(self) -> str:
        """What it is called where its hash is told: the table, or where its query stands."""
        base = self.database
        return f"postgis:{(base.table if base is not None else None) or '.'.join(self.trail)}"

    @property
    def numbers(self) -> set[str]:
        """Columns that hold numbers."""
        texts = {column for trail, column in self.columns.items() if trail[-1] in TEXTS}
        return set(self.columns.values()) - texts


def asked(scenario: Scenario, findings: Findings) -> list[Ask]:
    """List every file that the scenario names, neighbourhoods first; note what does not fit together."""
    _sensible(scenario, findings)
    _missed(scenario, findings)
    asks = []
    for trail, spec in _specs(scenario):
        columns = {(*trail, key): str(name) for key, name in _named(spec)}
        if trail[0] == "city":
            columns |= dict(_figures(scenario, trail[1]))
            columns |= _otherwise("periods", scenario.periods, columns, COUNTED)
            columns |= _otherwise("futures", scenario.futures, columns, NEEDS)
        joins = [
            _ask(
                scenario,
                (*trail, "join", name),
                join,
                columns | {(*trail, "join", name, "on"): join.on},
                findings,
            )
            for name, join in getattr(spec, "join", {}).items()
        ]
        if (ask := _ask(scenario, trail, spec, columns, findings)) is not None:
            asks.append(replace(ask, joins=tuple(join for join in joins if join is not None)))
    return asks


def _ask(
    scenario: Scenario,
    trail: Trail,
    spec: Layer | Table | Join,
    columns: dict[Trail, str],
    findings: Findings,
) -> Ask | None:
    """Ask for one file; a path that leads nowhere is noted."""
    if spec.file is None:
        return Ask(trail, spec, None, columns)
    try:
        return Ask(trail, spec, layer_path(scenario, spec.file), columns)
    except InputFault as fault:
        findings.add(fault.faults[0].message, scenario.where(*trail, "file"), fault.faults[0].hint)
        return None


def modes_in_use(scenario: Scenario) -> list[str]:
    """Travel modes that some service names, in order."""
    return sorted({service.travel.mode for service in scenario.services.values()} & set(scenario.travel))


def _specs(scenario: Scenario) -> Iterator[tuple[Trail, Layer | Table]]:
    yield ("city", "neighbourhoods"), scenario.city.neighbourhoods
    if scenario.city.cells is not None:
        yield ("city", "cells"), scenario.city.cells
    for name, service in scenario.services.items():
        if service.existing is not None:
            yield ("services", name, "existing"), service.existing
        if service.sites is not None:
            yield ("services", name, "sites"), service.sites
    for name in modes_in_use(scenario):
        mode = scenario.travel[name]
        if isinstance(mode, Table):
            yield ("travel", name), mode
        elif isinstance(mode, Network):
            yield ("travel", name, "streets"), mode.streets
            if mode.heights is not None:
                yield ("travel", name, "heights"), mode.heights
        elif isinstance(mode, StraightLine) and mode.barriers is not None:
            yield ("travel", name, "barriers"), mode.barriers


def _named(spec: Layer | Table) -> Iterator[tuple[str, str]]:
    """Keys of a layer whose text is the name of a column."""
    not_columns = {"file", "layer", "crs", "method"}
    for key in type(spec).model_fields:
        value = getattr(spec, key)
        if key not in not_columns and isinstance(value, str):
            yield key, value


def _figures(scenario: Scenario, layer: str) -> Iterator[tuple[Trail, str]]:
    """Columns of people and needs that groups, services and corrections take from the layer."""
    named: list[tuple[Trail, Group | Need | Undercount, tuple[str, ...]]] = [
        *((("city", "groups", name), group, GROUP) for name, group in scenario.city.groups.items()),
        *((("services", name, "need"), service.need, NEED) for name, service in scenario.services.items()),
        *(
            (("city", "undercount", name), missed, MISSED)
            for name, missed in scenario.city.undercount.items()
        ),
    ]
    for trail, spec, keys in named:
        columns = {key: getattr(spec, key) for key in keys if spec.layer == layer}
        yield from (((*trail, key), column) for key, column in columns.items() if isinstance(column, str))


def _otherwise(
    kind: str, parts: Mapping[str, Period | Future], columns: dict[Trail, str], keys: Collection[str]
) -> dict[Trail, str]:
    """Columns that stand for these in some period or future."""
    return {
        (kind, name, "columns", column, trail[-1]): own.columns[column]
        for name, own in parts.items()
        for trail, column in columns.items()
        if column in own.columns and trail[-1] in keys
    }


def _sensible(scenario: Scenario, findings: Findings) -> None:
    city = scenario.city
    if city.cells is None and city.neighbourhoods.population is None:
        message = (
            "nobody says where people live: there are no `cells`, and `neighbourhoods` name no `population`"
        )
        findings.add(
            message,
            scenario.where("city", "neighbourhoods"),
            "add `population:` with the column of residents",
        )
    for name, group in city.groups.items():
        if name in RESERVED:
            hint = f"rename it, for example `{name}_group`"
            findings.add(f"a group cannot be called `{name}`", scenario.where("city", "groups", name), hint)
        if group.layer == "cells" and city.cells is None:
            _no_cells(f"the group `{name}`", scenario.where("city", "groups", name, "layer"), findings)
    for name, service in scenario.services.items():
        if service.need.layer == "cells" and city.cells is None:
            where = scenario.where("services", name, "need", "layer")
            _no_cells(f"the need of `{name}`", where, findings)
        if service.need.margin is not None and isinstance(service.need.rate, float | int):
            where = scenario.where("services", name, "need", "margin")
            findings.add("`margin` is that of a column, and `rate` is one number", where, "leave it out")
        if service.travel.mode not in scenario.travel:
            where = scenario.where("services", name, "travel", "mode")
            findings.faults.append(
                unknown("travel mode", service.travel.mode, sorted(scenario.travel), where)
            )


def _missed(scenario: Scenario, findings: Findings) -> None:
    """Note corrections of the count that name what is not there."""
    city = scenario.city
    for name, missed in city.undercount.items():
        trail = ("city", "undercount", name)
        if missed.group is not None and missed.group not in city.groups:
            findings.faults.append(
                unknown("group", missed.group, sorted(city.groups), scenario.where(*trail, "group"))
            )
        for service in set(missed.services or ()) - set(scenario.services):
            findings.faults.append(
                unknown("service", service, sorted(scenario.services), scenario.where(*trail, "services"))
            )
        if isinstance(missed.factor, str) and missed.layer == "cells" and city.cells is None:
            _no_cells(f"the factor of `{name}`", scenario.where(*trail, "layer"), findings)


def _no_cells(what: str, where: str, findings: Findings) -> None:
    findings.add(
        f"{what} is counted by cell, but the city has no `cells`",
        where,
        "add `city.cells`, or use `layer: neighbourhoods`",
    )
