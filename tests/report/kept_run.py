"""A whole run folder of the invented plan, with one name wherever a name can stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import invented_plan

from planner import store
from planner.indicators.equity import equity
from planner.report.kept import Kept, read_kept
from planner.report.page import write_report
from planner.report.tables import write_tables
from planner.scenario.schema import Scenario
from planner.scenario.write import scenario_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from planner.city.city import City
    from planner.plan import Plan
    from planner.report.rivals import Rivals

SHORT = 200
"""Letters that a name in a scenario may have."""


def keep(
    folder: Path,
    name: str | None = None,
    *,
    made: Plan | None = None,
    languages: Sequence[str] = ("en",),
    **changes: object,
) -> Kept:
    """Write a run, as `planner run` leaves it, and read it back; `name` stands in every field."""
    asked, place, made = _asked(name, **changes), _place(name), made or _made(name)
    rivals = invented_plan.rivals(name or "")
    services = invented_plan.services()
    return write(folder, asked, place, made, services, said=name, rivals=rivals, languages=languages)


def write(
    folder: Path,
    asked: Scenario,
    place: City,
    made: Plan,
    services: pd.DataFrame,
    *,
    said: str | None = None,
    notes: Sequence[str] = (),
    rivals: Rivals | None = None,
    languages: Sequence[str] = ("en",),
) -> Kept:
    """Write a run of any city and plan."""
    folder.mkdir(parents=True, exist_ok=True)
    told = equity(asked, place, made, services, invented_plan.others(made))
    figures = invented_plan.indicators()
    write_tables(folder, made, figures, told)
    at, said = str(said), said or "every rule is kept"
    write_report(
        folder, asked, place, made, figures, services,
        verdict=said, notes=[said, *notes], versions={"planner": "0.1.0"}, equity=told, rivals=rivals,
        languages=languages,
    )  # fmt: skip
    (folder / "scenario.yaml").write_text(scenario_text(asked, folder), encoding="utf-8", newline="\n")
    manifest = store.manifest(
        scenario=asked.name, file="scenarios/tiny.yaml", question="ab" * 32, inputs=place.inputs,
        status=made.status, verdict={"sentence": said, "checked": 1, "faults": 0}, options={}, times={},
    )  # fmt: skip
    answer = f"The plan builds 2 facilities at {at}. Read runs/{folder.name}/report.html"
    store.write_manifest(folder, manifest | {"answer": answer})
    return read(folder)


def read(folder: Path) -> Kept:
    """Read a run back."""
    manifest = store.read_manifest(folder)
    return read_kept(folder, manifest, store.status_of(manifest))


def _asked(name: str | None, **changes: object) -> Scenario:
    asked = invented_plan.scenario(**changes)
    if name is None:
        return asked
    tree = asked.model_dump(exclude_none=True)
    name = name[:SHORT]
    tree |= {"name": name, "description": name}
    tree["city"]["groups"]["poor"]["label"] = name
    tree["budget"]["currency"] = name
    for service in tree["services"].values():
        service |= {"label": name, "unit": name}
    return Scenario.model_validate(tree)


def _place(name: str | None) -> City:
    place = invented_plan.city((name, f"{name} b", f"{name} c")) if name else invented_plan.city()
    inputs = {
        f"data/{(name or 'n').replace('..', '').replace(chr(92), '')}.geojson".replace("//", "/"): "ab" * 32
    }
    return replace(place, inputs=inputs, notes=(name,) if name else place.notes)


def _made(name: str | None) -> Plan:
    made = invented_plan.plan(name or "Mill Lane")
    if name is None:
        return made
    return replace(made, facilities=made.facilities.assign(run_by=name, owner=name, label=name))
