"""`planner check --repair`: mended copies of layers, a scenario that reads them, and every change."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from planner.city.findings import listed
from planner.city.mend import HOUSED, Copy, mended, tables
from planner.cli.starter.write import SCENARIO, refuse_taken, write_folder
from planner.report.tables import harmless
from planner.scenario.read import read_scenario
from planner.scenario.write import mapping_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

CHANGES = "changes.csv"
HEAD = "# What `planner check --repair` mended, over the scenario that it extends; changes.csv tells all.\n"
OF_FILE = ("layer", "crs", "x", "y", "table")
"""Keys of a layer that speak of the file in whose place the copy stands."""


def repair(path: Path, allow: Sequence[Path] = ()) -> tuple[Path, list[str]]:
    """Write copies of the layers that can be mended into a folder beside the scenario.

    Parameters
    ----------
    path
        The scenario file; nothing that it names is changed.
    allow
        Folders outside the project in which layers may lie.

    Returns
    -------
    The scenario that reads the copies (the given one where there is nothing to mend), and what was done.

    Raises
    ------
    InputFault
        When the folder stands there already, or a file cannot be read; nothing is written.
    MachineFault
        When the disk is full or read-only, or permission is refused; nothing is left behind.
    """
    folder = path.parent / f"{path.stem}-repaired"
    refuse_taken(folder)
    scenario = read_scenario(path, allow=allow)
    copies = mended(scenario)
    if not copies:
        return path, ["Nothing was found that can be mended without knowing the place."]
    layers = tables(copies)
    new = write_folder(folder, lambda draft: _fill(draft, path, copies, layers))
    return new, [*(_told(copy) for copy in copies), f"Wrote {folder}: copies, {CHANGES}, {SCENARIO}. {SAFE}"]


SAFE = "The files of the city are as they were."


def _told(copy: Copy) -> str:
    """One line for a layer: how many changes, and of which rows."""
    features = list(dict.fromkeys(change.feature for change in copy.changes))
    count = "1 change" if len(copy.changes) == 1 else f"{len(copy.changes):,} changes"
    return f"{copy.source.raw.name}: {count} ({listed(features)})"


def _fill(folder: Path, path: Path, copies: list[Copy], layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    keys: dict[str, Any] = {"extends": f"../{path.name}"}
    for copy, (name, layer) in zip(copies, layers.items(), strict=True):
        layer.to_file(folder / f"{name}.gpkg", driver="GPKG", layer=name)
        for trail in copy.trails:
            _put(keys, trail, _own(copy, f"{name}.gpkg", trail))
    (folder / SCENARIO).write_text(HEAD + mapping_text(keys) + "\n", encoding="utf-8", newline="\n")
    with (folder / CHANGES).open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("file", "feature", "what", "area_m2"))
        rows.writerows(
            (*map(harmless, change[:3]), f"{change.area_m2:.1f}" if change.area_m2 else "")
            for copy in copies
            for change in copy.changes
        )


def _own(copy: Copy, file: str, trail: tuple[str, ...]) -> dict[str, Any]:
    """Keys of the layer that read the copy in the place of its file."""
    spec: Any = copy.source.scenario
    for key in trail:
        spec = spec[key] if isinstance(spec, dict) else getattr(spec, key)
    own: dict[str, Any] = {"file": file}
    own |= {key: None for key in OF_FILE if getattr(spec, key, None) is not None}
    if copy.housed is not None:
        own["neighbourhood"] = HOUSED
    return own


def _put(tree: dict[str, Any], trail: tuple[str, ...], value: Any) -> None:  # noqa: ANN401 - part of a scenario
    for key in trail[:-1]:
        tree = tree.setdefault(key, {})
    tree[trail[-1]] = value
