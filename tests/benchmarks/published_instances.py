"""Every published instance, solved by the planner's own search, as a table beside the published optima.

    python tests/benchmarks/published_instances.py [FAMILY …]

The instances are read where `PLANNER_INSTANCES` says (tests/reference). Each runs in a process of its own, so
that its peak memory is its own. The table goes to `results/published_instances.md`; with families named, only
these are run again, and the others stay as they were measured.
"""

from __future__ import annotations

import itertools
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "reference")]

import published as known  # noqa: E402 - found beside the tests
from benchmark_table import machine, table  # noqa: E402

from planner.model.decide import decide  # noqa: E402
from planner.principles.kolm_pollak import equal_way  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from strategies import Case

    from planner.plan import Status

    Told = Callable[[float, Case], float]

RESULTS = Path(__file__).parent / "results"
RAW = RESULTS / "published_instances.json"
SECONDS = 600.0
SAME = 1e-6
"""Share by which a value may differ from the published one, which is printed with so many digits."""
HEAD = (
    "instance", "need points × sites", "pairs", "seconds", "CPU seconds", "peak [MB]", "value", "published",
    "proven bound", "gap", "proved",
)  # fmt: skip
FARTHEST = 50_000.0


def _as_it_is(value: float, _: Case) -> float:
    return value


def _covered(value: float, case: Case) -> float:
    return float(case.problem.amount.sum()) - value


def _stores() -> dict[str, tuple[Case, float, Told]]:
    """San Francisco, by each of the classics; figures of the literature."""
    farthest = float(known.san_francisco()[0].max())

    def ways(aversion: float) -> tuple[Case, Told]:
        case = known.four_stores({"kolm_pollak": {"aversion": aversion, "unserved_travel": farthest}})
        return case, lambda value, case: equal_way(value, case.problem, aversion=aversion)

    one, two = ways(1.0), ways(2.0)
    return {
        "p-median, p = 4": (known.four_stores({"p_median": {}}), 2_848_268_129.7145, _as_it_is),
        "maximal covering, p = 4, 5 km": (known.four_stores({"mclp": {}}), 875_247.0, _covered),
        "set covering, 5 km": (known.four_stores({"lscp": {}}, most=None), 8.0, _as_it_is),
        "p-center, p = 4": (known.four_stores({"p_center": {}}), 7403.0638, _as_it_is),
        "Kolm–Pollak, p = 4, aversion 1": (one[0], 3450.868700362964, one[1]),
        "Kolm–Pollak, p = 4, aversion 2": (two[0], 3968.255780272324, two[1]),
    }


def _equal_ways() -> dict[str, tuple[Case, float, Told]]:
    """The small Kolm–Pollak instance; beside it the best of all choices, each tried."""
    ways, people = known.kolm_pollak()
    near = ways.min(axis=1)
    kappa = float(people @ near / (people @ near**2))
    found: dict[str, tuple[Case, float, Told]] = {}
    for p in (2, 3, 4, 5):
        tried = (ways[:, list(c)].min(axis=1) for c in itertools.combinations(range(ways.shape[1]), p))
        right = min(float(people @ np.exp(kappa * way)) for way in tried)
        objective = {"kolm_pollak": {"aversion": 1.0, "unserved_travel": float(ways.max())}}
        limit = float(ways.max())
        case = known.question(
            ways, people, objective, [{"count": {"at_most": p}}], standard=limit, limit=limit
        )
        told = float(np.log(right / people.sum()) / kappa)
        found[f"30 × 10, p = {p}"] = (case, told, lambda v, c: equal_way(v, c.problem, aversion=1.0))
    return found


def _files(
    family: str, build: Callable[[str], Case], told: Told = _as_it_is
) -> dict[str, Callable[[], tuple]]:
    return {
        name: (lambda name=name, right=right: (build(name), right, told))
        for name, right in known.optima(family).items()
    }


def families() -> dict[str, dict[str, Callable[[], tuple[Case, float, Told]]]]:
    """Every instance by family and name, built when it is asked for."""
    return {
        "p-median": _files("p-median", known.p_median),
        "vertex p-center": _files("p-center (vertex)", known.p_center),
        "capacitated warehouse location": _files("CFLP (splittable demand)", known.cflp),
        "capacitated p-median": _files("capacitated p-median", known.capacitated_p_median),
        "maximal covering": _files("MCLP", known.mclp, _covered),
        "San Francisco": {name: (lambda name=name: _stores()[name]) for name in _stores()},
        "Kolm–Pollak": {name: (lambda name=name: _equal_ways()[name]) for name in _equal_ways()},
    }


def one(family: str, name: str) -> dict[str, object]:
    """Solve one instance in this process."""
    case, right, told = families()[family][name]()
    solver = case.scenario.solver.model_copy(update={"time_limit_seconds": SECONDS})
    scenario = case.scenario.model_copy(update={"solver": solver})
    begun, used = time.perf_counter(), time.process_time()
    status: Status = decide(case.problem, scenario, case.residents).status
    problem = case.problem
    return {
        "family": family,
        "name": name,
        "points": len(problem.need),
        "sites": len(problem.providers),
        "pairs": len(problem.pairs),
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - used,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "value": told(status.value, case),
        "bound": told(status.bound, case) if status.bound is not None else None,
        "right": right,
        "gap": status.gap,
        "ending": status.ending,
    }


def reached(of: dict) -> bool:
    """Whether the value is the published one."""
    return abs(of["value"] - of["right"]) <= SAME * max(abs(of["right"]), 1.0)


def row(of: dict) -> tuple[str, ...]:
    """One row of the table."""
    bound = "–" if of["bound"] is None else f"{of['bound']:,.2f}"
    proved = "yes" if of["ending"] == "optimal" else "no"
    gap = "–" if of["gap"] is None else f"{of['gap']:.3%}"
    return (
        of["name"],
        f"{of['points']:,} × {of['sites']:,}",
        f"{of['pairs']:,}",
        f"{of['seconds']:.1f}",
        f"{of['cpu']:.1f}",
        f"{of['peak']:,.0f}",
        f"{of['value']:,.2f}" + ("" if reached(of) else " **≠**"),
        f"{of['right']:,.2f}",
        bound,
        gap,
        proved,
    )


def told(found: list[dict]) -> str:
    """The table, family by family, and the sums."""
    how = (
        f"One thread, at most {SECONDS:.0f} seconds each, gap 0. Seconds are those of `decide`. Other work "
        "shared the machine, so that CPU seconds tell more."
    )
    parts = ["# Published instances", machine(), how]
    head = (
        "family",
        "instances",
        "optimum reached",
        "proved",
        "disagreements",
        "most CPU seconds",
        "most MB",
    )
    by = {name: [of for of in found if of["family"] == name] for name in families()}
    sums = [
        (
            name,
            str(len(mine)),
            str(sum(map(reached, mine))),
            str(sum(of["ending"] == "optimal" for of in mine)),
            str(sum(of["ending"] == "optimal" and not reached(of) for of in mine)),
            f"{max(of['cpu'] for of in mine):.1f}",
            f"{max(of['peak'] for of in mine):,.0f}",
        )
        for name, mine in by.items()
        if mine
    ]
    parts.append(table(head, sums))
    for name, mine in by.items():
        if mine:
            parts += [f"## {name}", table(HEAD, [row(of) for of in mine])]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Run every family that is named (all, by default), and write the table after each instance."""
    every = families()
    asked = sys.argv[1:] or list(every)
    had = json.loads(RAW.read_text(encoding="utf-8")) if RAW.exists() and sys.argv[1:] else []
    found = {(of["family"], of["name"]): of for of in had}
    for family, name in [(f, n) for f in asked for n in every[f]]:
        command = [sys.executable, __file__, "--one", family, name]
        said = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
        found[family, name] = json.loads(said.splitlines()[-1])
        print(*row(found[family, name]), sep="  ", flush=True)  # noqa: T201 - the table is what the command is for
        ordered = [found[f, n] for f in every for n in every[f] if (f, n) in found]
        RAW.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (RESULTS / "published_instances.md").write_text(told(ordered), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(*sys.argv[2:4])))  # noqa: T201 - read by the process that started this one
    else:
        main()
