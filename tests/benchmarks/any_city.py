"""A city of any size: a million cells read, and ways along a network of 250,000 nodes, as a table.

    python tests/benchmarks/any_city.py FOLDER

FOLDER gets the layers of an invented metropolis. Each part runs in a process of its own. The network is
measured by the planner, by networkx (`single_source_dijkstra_path_length` with a cutoff) and as the plain
dense matrix of scipy (every site × every node, no limit), all on the same graph; that they find the same
pairs of cell and site is checked. The table goes to `results/any_city.md`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from benchmark_table import machine, table

from planner.scenario.read import read_scenario

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "any_city.md"
CRS = "EPSG:32631"
WEST, SOUTH = 450_000.0, 5_400_000.0
CELLS = 1_000_000
SIDE, STEP = 500, 60.0
"""Crossings along each side of the network, and metres between them."""
HOMES, SITES = 25_000, 2_000
MINUTES, SPEED = 30, 4.8
SCENARIO = """\
name: An invented metropolis
city:
  crs: EPSG:32631
  neighbourhoods: {{file: wards.geojson, id: ward}}
  cells: {{file: {cells}, id: cell, x: x, y: y, crs: EPSG:32631, population: residents}}
services:
  care:
    need: {{meaning: deficit, rate: 0.1}}
    travel: {{limit_minutes: 30}}
    sites: {{file: sites.csv, id: site, x: x, y: y, crs: EPSG:32631}}
    options: {{centre: {{capacity: 5000, capital_cost: 1}}}}
travel:
  walk: {travel}
budget: {{capital: 100}}
"""
STREETS = "{method: network, streets: {file: streets.parquet}, speed_kmh: 4.8}"
PARTS = {
    "read": "a million cells read, checked and put into their neighbourhoods",
    "planner": "ways, the planner",
    "networkx": "ways, networkx",
    "dense": "ways, dense matrix of scipy",
}


def built(folder: Path) -> None:
    """Write the layers: wards, a million cells, homes, sites, streets that bend."""
    rng = np.random.default_rng(7)
    size = (SIDE - 1) * STEP
    corners = np.arange(20) * size / 20
    squares = [shapely.box(WEST + x, SOUTH + y, WEST + x + size / 20, SOUTH + y + size / 20)
               for x in corners for y in corners]  # fmt: skip
    wards = gpd.GeoDataFrame({"ward": [f"W{n:03}" for n in range(400)]}, geometry=squares, crs=CRS)
    wards.to_crs("EPSG:4326").to_file(folder / "wards.geojson")
    for name, kind, count in (("cells", "cell", CELLS), ("homes", "cell", HOMES), ("sites", "site", SITES)):
        own = {kind: np.char.add(kind[0].upper(), np.arange(count).astype(str))}
        own |= {"x": WEST + rng.uniform(30, size - 30, count), "y": SOUTH + rng.uniform(30, size - 30, count)}
        own |= {"residents": rng.integers(1, 60, count)} if kind == "cell" else {}
        pd.DataFrame(own).round(2).to_csv(folder / f"{name}.csv", index=False)
    at = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij"), axis=-1) * STEP
    at = at + rng.uniform(-STEP / 4, STEP / 4, at.shape) + np.array([WEST, SOUTH])
    ends = [np.stack([a.reshape(-1, 2), b.reshape(-1, 2)], axis=1)
            for a, b in ((at[:-1], at[1:]), (at[:, :-1], at[:, 1:]))]  # fmt: skip
    lines = shapely.linestrings(np.concatenate(ends))
    gpd.GeoDataFrame(geometry=lines, crs=CRS).to_parquet(folder / "streets.parquet")
    (folder / "planner.toml").touch()
    straight = "{method: straight_line}"
    for name, cells, travel in (("read", "cells.csv", straight), ("ways", "homes.csv", STREETS)):
        (folder / f"{name}.yaml").write_text(SCENARIO.format(cells=cells, travel=travel), encoding="utf-8")


def part(name: str, folder: Path) -> dict[str, Any]:
    """Measure one part in this process: seconds, peak memory [GB], what was found."""
    from planner.city.read import read_city  # noqa: PLC0415 - its import is not measured elsewhere

    scenario = read_scenario(folder / ("read.yaml" if name == "read" else "ways.yaml"))
    begun = time.perf_counter()
    city = read_city(scenario)
    seconds, held = time.perf_counter() - begun, _peak()
    found = {"cells": len(city.cells), "residents": int(city.cells["population"].sum())}
    if name != "read":
        found, seconds = _ways(name, city, scenario)
    told = {"seconds": seconds, "peak": _peak(), "before": held, "found": found}
    return told | {"reader": _peak(resource.RUSAGE_CHILDREN), "load": os.getloadavg()[0]}


def _ways(name: str, city: Any, scenario: Any) -> tuple[dict[str, Any], float]:  # noqa: ANN401 - of the planner
    """Pairs of cell and site within the limit, found in one of three ways, and seconds."""
    from planner.travel.measure import measure_travel  # noqa: PLC0415 - as above

    begun = time.perf_counter()
    if name == "planner":
        pairs = measure_travel(city, scenario).pairs["care"]
        seconds = time.perf_counter() - begun
        return {"pairs": len(pairs), "minutes": round(float(pairs["travel"].sum()), 3)}, seconds
    lengths, node, away = _graph(city, scenario)
    begun = time.perf_counter()
    metres = (_by_networkx if name == "networkx" else _dense)(lengths, node, away)
    seconds = time.perf_counter() - begun
    return {"pairs": len(metres), "minutes": round(float(metres.sum()) * 60 / 1000 / SPEED, 3)}, seconds


def _graph(city: Any, scenario: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401 - as above
    """The planner's own graph, homes first, then sites."""
    from planner.travel.ends import ends  # noqa: PLC0415 - as above
    from planner.travel.streets import graph, snap, streets_of  # noqa: PLC0415 - as above

    both = ends(city, ["care"])
    stretches = streets_of(city.lines["walk"].geometry.to_numpy())
    limit = scenario.travel["walk"].snap_limit_metres
    snapped = snap(stretches, np.concatenate([both.cell_xy, both.place_xy]), limit)
    return *graph(stretches, snapped), snapped.away


def _by_networkx(lengths: Any, node: Any, away: Any) -> Any:  # noqa: ANN401 - arrays
    import networkx as nx  # noqa: PLC0415 - only here

    limit = MINUTES * SPEED * 1000 / 60
    network = nx.from_scipy_sparse_array(lengths)
    homes: dict[int, list[int]] = {}
    for home, at in enumerate(node[:HOMES].tolist()):
        homes.setdefault(at, []).append(home)
    metres = []
    for site in range(HOMES, HOMES + SITES):
        found = nx.single_source_dijkstra_path_length(network, int(node[site]), cutoff=limit)
        metres += [
            length + away[home] + away[site]
            for at, length in found.items() if at in homes for home in homes[at]
        ]  # fmt: skip
    near = np.array(metres)
    return near[near <= limit * (1 + 1e-9)]


def _dense(lengths: Any, node: Any, away: Any) -> Any:  # noqa: ANN401 - arrays
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415 - only here

    limit = MINUTES * SPEED * 1000 / 60
    whole = dijkstra(lengths, directed=False, indices=node[HOMES:])
    metres = whole[:, node[:HOMES]] + away[:HOMES][None, :] + away[HOMES:][:, None]
    return metres[metres <= limit * (1 + 1e-9)]


def _peak(whose: int = resource.RUSAGE_SELF) -> float:
    """Most memory that was held [GB]."""
    return resource.getrusage(whose).ru_maxrss * 1024 / 1e9


def main() -> None:
    """Build, measure every part, and write the table."""
    folder = Path(sys.argv[1])
    if len(sys.argv) > 2:
        json.dump(part(sys.argv[2], folder), sys.stdout)
        return
    folder.mkdir(parents=True, exist_ok=True)
    built(folder)
    told = {}
    for name in PARTS:
        command = [sys.executable, __file__, str(folder), name]
        told[name] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    same = {(of["found"]["pairs"], round(of["found"]["minutes"])) for n, of in told.items() if n != "read"}
    rows = [
        (
            PARTS[name],
            f"{of['seconds']:.1f}",
            f"{of['peak']:.2f}",
            f"{of['reader']:.2f}" if name == "read" else "–",
            f"{of['found'].get('pairs', of['found'].get('cells')):,}",
        )
        for name, of in told.items()
    ]
    head = ("what", "seconds", "peak memory [GB]", "of the caged reader [GB]", "found")
    reached = f"{HOMES:,} cells × {SITES:,} sites within {MINUTES} minutes' walk"
    words = (
        f"{CELLS:,} cells in 400 neighbourhoods, found by location; {SIDE * SIDE:,} crossings, {reached}; "
        "memory of the ways holds the city that was read. "
        f"All three find the same pairs and minutes: {'yes' if len(same) == 1 else 'NO'}. "
        f"Load before: {told['read']['load']:.1f}."
    )
    text = "\n\n".join(["# A city of any size", machine(), words, table(head, rows)]) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    print(text)  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
