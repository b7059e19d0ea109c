"""A question on disk that no search answers in a moment: many cells and sites, two sizes, tight money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = """\
name: Hard
city:
  crs: EPSG:32618
  neighbourhoods: {{file: city.geojson, id: id}}
  cells: {{file: cells.csv, id: cell, neighbourhood: city, x: x, y: y, crs: EPSG:32618, population: people}}
services:
  care:
    need: {{meaning: deficit, layer: cells, count: need}}
    travel: {{mode: walk, standard_minutes: 10, limit_minutes: 20, decay: linear}}
    sites: {{file: sites.csv, id: site, x: x, y: y, crs: EPSG:32618}}
    options:
      small: {{capacity: 150, capital_cost: 3.1, max_per_site: 3}}
      large: {{capacity: 617, capital_cost: 8.7, max_per_site: 2}}
travel:
  walk: {{method: straight_line, detour: 1, speed_kmh: 3}}
budget: {{capital: 121.3}}
objective: utilitarian
constraints: [{rules}]
solver: {{gap: {gap}, time_limit_seconds: {seconds}, threads: 1{more}}}
"""
RING = ((-75.1, 0), (-74.9, 0), (-74.9, 0.3), (-75.1, 0.3), (-75.1, 0))
SIDE = 3000.0


def write_hard(
    folder: Path, *, gap: float = 0, seconds: float = 600, rules: str = "", more: str = ""
) -> Path:
    """Write the city and the scenario; return the scenario's path."""
    rng = np.random.default_rng(5)
    ring = ",".join(f"[{x},{y}]" for x, y in RING)
    (folder / "city.geojson").write_text(
        '{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4326"}},"features":'
        '[{"type":"Feature","properties":{"id":"n"},'
        f'"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}]}}'
    )
    people = rng.integers(100, 500, 100)
    need = np.round(people * rng.uniform(0.1, 0.5, 100))
    at, sites = rng.uniform(0, SIDE, (100, 2)), rng.uniform(0, SIDE, (50, 2))
    rows = [
        f"c{k},n,{x + 500_000:.1f},{y + 10_000:.1f},{people[k]},{need[k]:.0f}" for k, (x, y) in enumerate(at)
    ]
    (folder / "cells.csv").write_text("\n".join(["cell,city,x,y,people,need", *rows]) + "\n")
    rows = [f"s{k},{x + 500_000:.1f},{y + 10_000:.1f}" for k, (x, y) in enumerate(sites)]
    (folder / "sites.csv").write_text("\n".join(["site,x,y", *rows]) + "\n")
    (folder / "planner.toml").touch()
    path = folder / "hard.yaml"
    path.write_text(SCENARIO.format(gap=gap, seconds=seconds, rules=rules, more=more))
    return path
