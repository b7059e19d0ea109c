"""`planner check --repair`: mended copies of layers, a scenario that reads them, and every change."""

from __future__ import annotations

import csv
import secrets
import shutil
from typing import TYPE_CHECKING, Any

from planner.city.findings import listed
from planner.city.mend import HOUSED, Copy, mended, tables
from planner.cli.starter.write import refuse_taken, write_folder
from planner.report.tables import harmless
from planner.scenario.read import read_scenario
from planner.scenario.write import mapping_text
from planner.store import told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

CHANGES = "changes.csv"
HEAD = "# What `planner check --repair` mended, over the scenario that it extends; changes.csv tells all.\n"
SAFE = "The files of the city are as they were."
OWN_NAMES = {"FID": "planner_row", "GEOMETRY_NAME": "planner_shape"}
"""Names that GeoPackage needs for itself: `fid` and `geom` are columns that cities have."""
OF_FILE = ("layer", "crs", "x", "y", "table")
"""Keys of a layer that speak of the file in whose place the copy stands."""


def repair(path: Path, allow: Sequence[Path] = ()) -> tuple[Path, list[str]]:
    """Write copies of the layers that can be mended, and a scenario that reads them, beside the scenario.

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
        When copies stand there already, or a file cannot be read; nothing is written.
    MachineFault
        When the disk is full or read-only, or permission is refused; nothing is left behind.
    """
    folder = path.parent / f"{path.stem}-repaired"
    new = path.parent / f"{folder.name}.yaml"
    for taken in (folder, new):
        refuse_taken(taken, f"move {folder.name} and {new.name} away: copies are never written over")
    scenario = read_scenario(path, allow=allow)
    copies = mended(scenario)
    if not copies:
        return path, ["Nothing was found that can be mended without knowing the place."]
    layers = tables(copies)
    write_folder(folder, lambda draft: _fill(draft, copies, layers))
    try:
        with told(str(new)):
            _put_in_place(new, _scenario(path, folder.name, copies, layers))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    wrote = f"Wrote {new}, which reads the copies in {folder.name}; {CHANGES} there tells every change."
    return new, [*(_told(copy) for copy in copies), f"{wrote} {SAFE}"]


def _put_in_place(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    draft = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)


def _told(copy: Copy) -> str:
    """One line for a layer: how many changes, and of which rows."""
    features = list(dict.fromkeys(change.feature for change in copy.changes))
    count = "1 change" if len(copy.changes) == 1 else f"{len(copy.changes):,} changes"
    return f"{copy.source.raw.name}: {count} ({listed(features)})"


def _fill(folder: Path, copies: list[Copy], layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    """The copies, and the table of changes."""
    for name, layer in layers.items():
        layer.to_file(folder / f"{name}.gpkg", driver="GPKG", layer=name, layer_options=OWN_NAMES)
    with (folder / CHANGES).open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("file", "feature", "what", "area_m2"))
        rows.writerows(
            (*map(harmless, change[:3]), f"{change.area_m2:.1f}" if change.area_m2 else "")
            for copy in copies
            for change in copy.changes
        )


def _scenario(path: Path, folder: str, copies: list[Copy], layers: Mapping[str, gpd.GeoDataFrame]) -> str:
    """The scenario over the given one."""
    keys: dict[str, Any] = {"extends": path.name}
    for copy, name in zip(copies, layers, strict=True):
        for trail in copy.trails:
            _put(keys, trail, _own(copy, f"{folder}/{name}.gpkg", trail))
    return HEAD + mapping_text(keys) + "\n"


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
