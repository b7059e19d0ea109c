"""Published instances as questions; the files themselves are no part of the project."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path
from strategies import Case, asked_of, city_of, service_of

from planner.model.decide import decide
from planner.travel.matrix import TravelMatrix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.plan import Plan

    Floats = NDArray[np.float64]

HERE = Path(__file__).resolve()
FOLDER = Path(os.environ.get("PLANNER_INSTANCES", HERE.parents[3] / "shared" / "instances")).resolve()
THERE = FOLDER.is_dir()


def optima(family: str) -> dict[str, float]:
    """Published optimum of each instance of a family; for several of one file, by `name parameters`."""
    if not THERE:
        return {}
    with (FOLDER / "known_optima.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["family"] == family]
    once = len({row["instance"] for row in rows}) == len(rows)
    return {
        row["instance"] if once else f"{row['instance']} {row['parameters']}": float(row["optimum"])
        for row in rows
    }


def question(
    ways: Floats,
    need: Floats,
    objective: Mapping[str, object],
    rules: Sequence[Mapping[str, object]] = (),
    *,
    standard: float,
    limit: float,
    option: Mapping[str, float] | None = None,
    standing: Mapping[int, float] | None = None,
    seconds: float = 120.0,
) -> Case:
    """Pose one service: `ways` from each customer to each site, the need of each.

    `option` is what can be built at every site but those `standing` already, with their capacities.
    """
    customers, sites = ways.shape
    standing = standing or {}
    names = [f"s{j:04}" for j in range(sites)]
    cells = {f"c{i:04}": ("n", 1.0) for i in range(customers)}
    needs = {"p": {f"c{i:04}": float(need[i]) for i in range(customers)}}
    service = service_of(
        need={"meaning": "demand", "count": "n"},
        options={"one": dict(option or {})},
        travel={"standard_metres": standard, "limit_metres": limit},
    )
    asked = asked_of(
        {"p": service},
        objective=dict(objective),
        constraints=list(rules),
        solver={"gap": 0, "time_limit_seconds": seconds, "threads": 1},
    )
    new = [name for j, name in enumerate(names) if j not in standing]
    old = [("p", names[j], capacity, 1.0) for j, capacity in standing.items()]
    city = city_of(cells, needs, dict.fromkeys(new, np.inf), [("p", name) for name in new], old)
    i, j = np.nonzero(ways <= limit)
    pairs = pd.DataFrame(
        {"cell": np.array(list(cells))[i], "place": np.array(names)[j], "travel": ways[i, j]}
    )
    pairs = pairs.astype({"cell": "str", "place": "str"}).sort_values(["cell", "place"], ignore_index=True)
    return Case(asked, city, TravelMatrix({"p": pairs}))


def answer(case: Case) -> Plan:
    """The plan."""
    return decide(case.problem, case.scenario, case.residents)


def san_francisco() -> tuple[Floats, Floats, list[str]]:
    """Ways [m] of 205 tracts to 16 stores, people of each tract, names of the stores."""
    table = pd.read_csv(
        FOLDER / "san_francisco" / "SF_network_distance_candidateStore_16_censusTract_205_new.csv",
        dtype={"DestinationName": "str"},
    )
    wide = table.pivot_table(index="DestinationName", columns="name", values="distance")
    people = table.groupby("DestinationName")["demand"].first().reindex(wide.index)
    return wide.to_numpy(float), people.to_numpy(float), list(wide.columns)


def graph(name: str) -> tuple[Floats, int]:
    """Shortest ways between all nodes of a p-median file, and p; of repeated edges the last counts."""
    numbers = [line.split() for line in (FOLDER / "p_median" / f"{name}.txt").read_text().splitlines()]
    (nodes, edges, p), rows = map(int, numbers[0]), numbers[1:]
    last = {(min(int(u), int(v)), max(int(u), int(v))): float(c) for u, v, c in rows[:edges]}
    ends = np.array(list(last)) - 1
    one_way = coo_array((list(last.values()), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    return shortest_path(one_way.tocsr(), directed=False), p


def warehouse(name: str) -> tuple[Floats, Floats, Floats, Floats]:
    """Cost of serving one unit (customers, warehouses), demands, capacities, fixed costs."""
    words = iter((FOLDER / "warehouse" / f"{name}.txt").read_text().split())
    sites, customers = int(next(words)), int(next(words))
    own = np.array([[float(next(words)), float(next(words))] for _ in range(sites)])
    rows = np.array([[float(next(words)) for _ in range(sites + 1)] for _ in range(customers)])
    return rows[:, 1:] / rows[:, :1], rows[:, 0], own[:, 0], own[:, 1]


def capacitated(name: str) -> tuple[Floats, Floats, int, float]:
    """Ways between all nodes, rounded down, their demand, p, and the capacity of each median."""
    numbers = [[float(word) for word in line.split()] for line in _lines("capacitated_p_median", name)]
    (_, p, capacity), table = numbers[1], np.array(numbers[2:])
    ways = np.floor(np.hypot(*(table[:, None, 1:3] - table[None, :, 1:3]).transpose(2, 0, 1)))
    return ways, table[:, 3], int(p), capacity


def _lines(folder: str, name: str) -> list[str]:
    text = (FOLDER / folder / f"{name}.txt").read_text().splitlines()
    return [line for line in text if line.strip()]


def max_cover(name: str) -> tuple[Floats, Floats]:
    """Straight ways between all nodes, and their demand."""
    text = (FOLDER / "max_cover" / f"{name}.txt").read_text().splitlines()[1:]
    table = np.array([[float(word) for word in line.split()] for line in text if line.strip()])
    return np.hypot(*(table[:, None, :2] - table[None, :, :2]).transpose(2, 0, 1)), table[:, 2]


def p_median(name: str) -> Case:
    """Least travel to p medians; every node is a customer and a site."""
    return _on_graph(name, {"p_median": {}})


def p_center(name: str) -> Case:
    """Shortest longest way to p centres; every node is a customer and a site."""
    return _on_graph(name, {"p_center": {}})


def _on_graph(name: str, objective: Mapping[str, object]) -> Case:
    ways, p = graph(name)
    limit, need = float(ways.max()), np.ones(len(ways))
    return question(ways, need, objective, [{"count": {"at_most": p}}], standard=limit, limit=limit)


def cflp(name: str) -> Case:
    """Least cost of warehouses and deliveries; demand may be split."""
    ways, need, capacities, costs = warehouse(name)
    return question(
        ways,
        need,
        {"least_cost": {"years": 0.0, "travel_price": 1.0}},
        [{"floor": {"service": "p", "reached": 1.0}}],
        standard=float(ways.max()),
        limit=float(ways.max()),
        option={"capacity": float(capacities.max()), "capital_cost": float(costs.max())},
        standing={int(j): float(capacities[j]) for j in np.flatnonzero(costs == 0)},
    )


def capacitated_p_median(name: str) -> Case:
    """Least ways to p medians with capacities, every node served whole at one of them."""
    ways, need, p, capacity = capacitated(name)
    ways /= need[:, None]  # the published way is that of a node, whatever it needs
    rules = [
        {"count": {"at_most": p}},
        {"floor": {"service": "p", "reached": 1.0}},
        {"single_source": {"service": "p"}},
    ]
    limit, option = float(ways.max()), {"capacity": capacity}
    return question(ways, need, {"p_median": {}}, rules, standard=limit, limit=limit, option=option)


def mclp(name: str) -> Case:
    """Most demand within the radius of p sites; `name` is that of the file, the radius and p."""
    file, radius, p, *_ = name.split()
    ways, need = max_cover(file)
    within = float(radius.partition("=")[2])
    rules = [{"count": {"at_most": int(p.partition("=")[2])}}]
    return question(ways, need, {"mclp": {}}, rules, standard=within, limit=within + 1.0)


def four_stores(objective: Mapping[str, object], most: int | None = 4) -> Case:
    """San Francisco's stores, four of them unless any number may be."""
    ways, people, _ = san_francisco()
    rules = [] if most is None else [{"count": {"at_most": most}}]
    return question(ways, people, objective, rules, standard=5000.0, limit=50_000.0)


def kolm_pollak() -> tuple[Floats, Floats]:
    """Ways of 30 origins to 10 destinations, and the people of each origin."""
    folder = FOLDER / "kolm_pollak"
    people = pd.read_csv(folder / "origins_basic.csv").set_index("id")["population"]
    ways = pd.read_csv(folder / "distances_cartesian.csv")
    wide = ways.pivot_table(index="origin", columns="destination", values="distance").reindex(people.index)
    return wide.to_numpy(float), people.to_numpy(float)
