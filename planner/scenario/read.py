"""From a scenario file to a Scenario, every fault told at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from planner.errors import Fault, InputFault
from planner.scenario.agree import disagreements
from planner.scenario.agree_years import disagreements_over_time
from planner.scenario.extends import Chain
from planner.scenario.faults import tell
from planner.scenario.override import override
from planner.scenario.paths import Fence, allowed, path_faults, project_of
from planner.scenario.schema import Scenario
from planner.scenario.source import read_source
from planner.scenario.units import unit_faults
from planner.scenario.yaml import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.scenario.marks import Node

MOST_TOLD = 200


def read_scenario(
    path: Path,
    *,
    allow: Sequence[Path] = (),
    overrides: Mapping[str, Any] | None = None,
    project: Path | None = None,
) -> Scenario:
    """Read one question that a city asks.

    Parameters
    ----------
    path
        Scenario file: YAML 1.2 in UTF-8, at most 1 MiB. It may extend another (`extends: other.yaml`):
        mappings are laid over one another key by key, lists replace, `null` removes a key.
    allow
        Folders outside the project in which layers may lie too.
    overrides
        Values put over the file, by dotted key such as `budget.capital`.
    project
        The project folder, where it is known already, as of a run; found from the file where none is given.

    Returns
    -------
    Scenario
        Checked against the schema, the catalogue and the files on disk; layers themselves are not read.

    Raises
    ------
    InputFault
        All that has to be mended, each fault with file, line, column and key.
    MachineFault
        The file may not be read.
    """
    path = Path(path)
    home = path.absolute().parent
    fence = Fence(project or project_of(home), allowed(allow))
    root = override(Chain(fence, home).load(path.absolute(), str(path)), overrides or {})
    scenario, faults = _validate(root)
    faults += [*path_faults(root, fence, home), *disagreements(root), *unit_faults(root)]
    faults += disagreements_over_time(root)
    if faults or scenario is None:
        raise InputFault(_cut(_sorted(faults)))
    return _placed(scenario, root, path, fence)


def read_resolved(path: Path) -> Scenario:
    """Read the scenario that a run keeps; the files that it names need not be there any more.

    Raises
    ------
    InputFault
        When it is damaged.
    """
    root = parse(read_source(path, path.name), path.name)
    scenario, faults = _validate(root)
    if scenario is None:
        raise InputFault(_cut(_sorted(faults)))
    scenario._path = path.absolute()  # noqa: SLF001 – as `_placed`
    return scenario


def _validate(root: Node) -> tuple[Scenario | None, list[Fault]]:
    plain = root.plain()
    try:
        return Scenario.model_validate(plain), []
    except ValidationError as error:
        faults = tell(error, Scenario, plain, root)
        return None, [f for f in faults if not _told_by_catalogue(f)]


def _told_by_catalogue(fault: Fault) -> bool:
    """Whether the check against the catalogue tells this one, in better words."""
    key = fault.where.partition(" ")[2]
    return key.partition(".")[0] in {"objective", "constraints"}


def _sorted(faults: list[Fault]) -> list[Fault]:
    def place(fault: Fault) -> tuple[str, tuple[int, ...]]:
        mark = fault.where.partition(" ")[0].split(":")
        return mark[0], tuple(int(part) for part in mark[1:] if part.isdecimal())

    return sorted(dict.fromkeys(faults), key=place)


def _cut(faults: list[Fault]) -> list[Fault]:
    left = len(faults) - MOST_TOLD
    return faults if left <= 0 else [*faults[:MOST_TOLD], Fault(f"and {left:,} more like these")]


def _placed(scenario: Scenario, root: Node, path: Path, fence: Fence) -> Scenario:
    scenario._path = path.absolute()  # noqa: SLF001 – the reader fills in what the file itself does not say
    scenario._project = fence.project  # noqa: SLF001
    scenario._allow = fence.allow  # noqa: SLF001
    scenario._marks = {trail: node.place for trail, node in root.walk()}  # noqa: SLF001
    return scenario
