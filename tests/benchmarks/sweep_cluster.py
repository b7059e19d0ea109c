"""A sweep of two hundred scenarios on a local Dask cluster: two workers against one, as a table.

    python tests/benchmarks/sweep_cluster.py FOLDER [SCENARIOS]

A machine that other things share is now slow and now quick, and a sweep takes minutes. So the scenarios are
answered in rounds, in each of them by one worker and by two, the second first in every other round; every
answer begins in a project of its own. The table goes to `results/sweep_cluster.md`.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "explore"), str(HERE.parent)]

from benchmark_table import machine, table  # noqa: E402 - found beside this file
from test_cluster import cluster  # noqa: E402 - found beside the tests
from test_sweep import town  # noqa: E402 - as above

from planner.cli.sweeping.answers import sweep  # noqa: E402 - after the paths

RESULTS = HERE / "results" / "sweep_cluster.md"
ROUNDS = 5
TEXT = (
    "scenario: scenarios/sixmile.yaml\ndesign: latin_hypercube\ndraws: {}\nseed: {}\nvary:\n"
    "  budget.capital: {{from: 1, to: 12}}\n  services.care.travel.limit_minutes: {{from: 12, to: 30}}\n"
)


def measured(folder: Path, workers: int, scenarios: int, seed: int) -> tuple[float, bytes]:
    """Seconds of a sweep (without starting the cluster), and its results."""
    project, space = folder / f"{seed}-{workers}", folder / f"space-{seed}-{workers}"
    for fresh in (project, space):
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
    town(project, TEXT.format(scenarios, seed))
    with cluster(space, workers) as address:
        time.sleep(10.0)  # until the workers have begun
        begun = time.perf_counter()
        _, found = sweep(project / "sweep.yaml", cluster=address)
        return time.perf_counter() - begun, (found / "results.parquet").read_bytes()


def main() -> None:
    """Measure and write the table."""
    folder, scenarios = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200
    load, each = os.getloadavg()[0], scenarios // ROUNDS
    rounds = []
    for seed in range(ROUNDS):
        order = (1, 2) if seed % 2 == 0 else (2, 1)
        told = {workers: measured(folder, workers, each, seed) for workers in order}
        rounds.append((told[1][0], told[2][0], told[1][1] == told[2][1]))
    one, two = (sum(part[k] for part in rounds) for k in (0, 1))
    rows = [
        (f"round {n}", f"{a:.0f}", f"{b:.0f}", f"{a / b:.2f}", "yes" if same else "no")
        for n, (a, b, same) in enumerate(rounds, 1)
    ]
    rows.append(("all", f"{one:.0f}", f"{two:.0f}", f"{one / two:.2f}", "–"))
    head = ("", "one worker [s]", "two workers [s]", "× one worker", "same results")
    words = (
        f"{each * ROUNDS} scenarios of a town of six wards, each with report and maps, in {ROUNDS} rounds: "
        f"{each * ROUNDS / one * 60:.0f} a minute with one worker, {each * ROUNDS / two * 60:.0f} with two; "
        f"median of the rounds {median(a / b for a, b, _ in rounds):.2f} ×. Load before: {load:.1f}."
    )
    RESULTS.write_text("\n\n".join(["# A sweep on a cluster", machine(), words, table(head, rows)]) + "\n")
    print(RESULTS.read_text())  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
