"""Two hundred scenarios on a local Dask cluster and without: one and two at once, as a table.

    python tests/benchmarks/sweep_cluster.py FOLDER [SCENARIOS]

FOLDER gets four copies of the town of six wards, each with a sweep over its budget and how far people go.
Every part begins with nothing answered. What two processes without Dask gain over one is what the machine has
to give: processors that share caches, memory and clock do not do twice the work of one. The table goes to
`results/sweep_cluster.md`.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import nullcontext
from itertools import product
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "explore"), str(HERE.parent)]

from benchmark_table import machine, table  # noqa: E402 - found beside this file
from test_cluster import cluster  # noqa: E402 - found beside the tests
from test_sweep import town  # noqa: E402 - as above

from planner.cli.sweeping.answers import sweep  # noqa: E402 - after the paths

RESULTS = HERE / "results" / "sweep_cluster.md"
TEXT = (
    "scenario: scenarios/sixmile.yaml\ndesign: latin_hypercube\ndraws: {}\nvary:\n"
    "  budget.capital: {{from: 1, to: 12}}\n  services.care.travel.limit_minutes: {{from: 12, to: 30}}\n"
)


def measured(folder: Path, at_once: int, scenarios: int, *, dask: bool) -> tuple[float, bytes]:
    """Seconds of the sweep (without starting the cluster), and its results."""
    name = f"{'dask' if dask else 'here'}-{at_once}"
    project, space = folder / name, folder / f"space-{name}"
    for fresh in (project, space):
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
    town(project, TEXT.format(scenarios))
    with cluster(space, at_once) if dask else nullcontext() as address:
        if dask:
            time.sleep(10.0)  # until the workers have begun
        begun = time.perf_counter()
        _, found = sweep(project / "sweep.yaml", at_once=at_once, cluster=address)
        return time.perf_counter() - begun, (found / "results.parquet").read_bytes()


def main() -> None:
    """Measure and write the table."""
    folder, scenarios = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200
    load = os.getloadavg()[0]
    told = {
        (name, at_once): measured(folder, at_once, scenarios, dask=name == "Dask")
        for name, at_once in product(("Dask", "without Dask"), (1, 2))
    }
    rows = [
        (
            f"{name}, {('one', 'two')[at_once - 1]} at once",
            f"{seconds:.0f}",
            f"{scenarios / seconds * 60:.0f}",
            f"{told[name, 1][0] / seconds:.2f}",
            "yes" if found == told["Dask", 1][1] else "no",
        )
        for (name, at_once), (seconds, found) in told.items()
    ]
    head = ("where", "seconds", "scenarios a minute", "× one at once", "same results")
    words = (
        f"{scenarios} scenarios of a town of six wards, each with report and maps; load before: {load:.1f}."
    )
    RESULTS.write_text("\n\n".join(["# A sweep on a cluster", machine(), words, table(head, rows)]) + "\n")
    print(RESULTS.read_text())  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
