"""Two hundred scenarios on a local Dask cluster: one worker, two workers, and this machine alone, as a table.

    python tests/benchmarks/sweep_cluster.py FOLDER [SCENARIOS]

FOLDER gets three copies of the town of six wards, each with a sweep over its budget and how far people go.
Every part begins with nothing answered. The table goes to `results/sweep_cluster.md`.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
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


def measured(folder: Path, workers: int, scenarios: int) -> tuple[float, bytes]:
    """Seconds of the sweep (without starting the cluster), and its results."""
    project = folder / f"with-{workers}"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    town(project, TEXT.format(scenarios))
    if not workers:
        begun = time.perf_counter()
        _, found = sweep(project / "sweep.yaml")
        return time.perf_counter() - begun, (found / "results.parquet").read_bytes()
    space = folder / f"space-{workers}"
    shutil.rmtree(space, ignore_errors=True)
    space.mkdir()
    with cluster(space, workers) as address:
        time.sleep(10.0)  # until the workers have begun
        begun = time.perf_counter()
        _, found = sweep(project / "sweep.yaml", cluster=address)
        return time.perf_counter() - begun, (found / "results.parquet").read_bytes()


def main() -> None:
    """Measure and write the table."""
    folder, scenarios = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200
    load = os.getloadavg()[0]
    told = {workers: measured(folder, workers, scenarios) for workers in (1, 2, 0)}
    names = {
        1: "Dask, one worker",
        2: "Dask, two workers",
        0: "this machine, as many processes as it has cores",
    }
    one = told[1][0]
    rows = [
        (
            names[n],
            f"{seconds:.0f}",
            f"{scenarios / seconds * 60:.0f}",
            f"{one / seconds:.2f}",
            "yes" if same else "no",
        )
        for n, (seconds, found) in told.items()
        for same in [found == told[1][1]]
    ]
    head = ("where", "seconds", "scenarios a minute", "× one worker", "same results")
    words = (
        f"{scenarios} scenarios of a town of six wards, each with report and maps; load before: {load:.1f}."
    )
    RESULTS.write_text("\n\n".join(["# A sweep on a cluster", machine(), words, table(head, rows)]) + "\n")
    print(RESULTS.read_text())  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
