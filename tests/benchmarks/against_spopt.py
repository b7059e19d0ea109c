"""The planner and spopt on the same questions, one after the other: seconds, memory and values as a table.

    python tests/benchmarks/against_spopt.py [SIZE …]      # such as 200x50

Makes an environment for spopt in a temporary folder (it needs an older PuLP). Points and weights are drawn by
seed; each run is a process of its own. The table goes to `results/against_spopt.md`.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TESTS = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results" / "against_spopt.md"
SIDE = Path(__file__).with_name("spopt_side.py")
SIZES = {"200x50": (200, 50, 5), "1000x100": (1000, 100, 10), "2000x300": (2000, 300, 20)}
KINDS = ("p_median", "mclp", "lscp", "p_center")
SECONDS = 200.0
"""Longest that either may solve; one that takes twice as long in all is ended."""
SEED = 7
NEAR = 1e-6
HEAD = (
    "question", "size", "whose", "build [s]", "solve [s]", "CPU [s]", "peak [MB]", "value", "proved",
    "× time", "× memory",
)  # fmt: skip


def drawn(points: int, sites: int, p: int) -> dict[str, Any]:
    """Points and sites in a square of 10 km, weights, straight ways [m], and a radius that covers all."""
    rng = np.random.default_rng([SEED, points, sites])
    here, there = rng.uniform(0, 10_000, (points, 2)), rng.uniform(0, 10_000, (sites, 2))
    ways = np.round(np.hypot(*(here[:, None] - there[None, :]).transpose(2, 0, 1)), 1)
    radius = float(np.ceil(ways.min(axis=1).max()))
    return {"ways": ways, "weights": rng.integers(1, 100, points).astype(float), "radius": radius, "p": p}


def ours(path: Path, kind: str) -> dict[str, Any]:
    """Answer one question in this process; the time to import is told apart."""
    begun = time.perf_counter()
    sys.path[:0] = [str(TESTS), str(TESTS / "reference")]
    from published import question  # noqa: PLC0415 - measured

    from planner.model.decide import decide  # noqa: PLC0415 - measured

    imported = time.perf_counter() - begun
    data = np.load(path)
    ways, weights, p = data["ways"], data["weights"], int(data["p"])
    standard = float(data["radius"]) if kind in {"mclp", "lscp"} else float(ways.max())
    limit = standard + 1.0 if kind in {"mclp", "lscp"} else standard
    rules = [] if kind == "lscp" else [{"count": {"at_most": p}}]
    begun, used = time.perf_counter(), time.process_time()
    case = question(ways, weights, {kind: {}}, rules, standard=standard, limit=limit, seconds=SECONDS)
    problem = case.problem
    built = time.perf_counter() - begun
    status = decide(problem, case.scenario, case.residents).status
    value = float(weights.sum()) - status.value if kind == "mclp" else status.value
    return {
        "import": imported,
        "build": built,
        "solve": time.perf_counter() - begun - built,
        "cpu": time.process_time() - used,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "value": value,
        "proved": status.ending == "optimal",
    }


def _asked(command: list[str]) -> dict[str, Any] | None:
    """Run one side; None when it did not end in time, or failed."""
    try:
        done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=2 * SECONDS)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    return json.loads(done.stdout.splitlines()[-1])


def environment(folder: Path) -> tuple[Path, str]:
    """Make an environment with spopt; its Python, and what is in it."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "-q", "spopt", "pulp<4"], check=True)
    code = "from importlib.metadata import version as v; print('spopt', v('spopt'), '· PuLP', v('pulp'))"
    said = subprocess.run([str(python), "-c", code], check=True, capture_output=True, encoding="utf-8")
    return python, said.stdout.strip()


def rows(
    kind: str, size: str, mine: dict[str, Any] | None, other: dict[str, Any] | None
) -> list[tuple[str, ...]]:
    """Two rows of the table: the planner's and spopt's; the second says how many times more spopt took."""
    name, found = kind.replace("_", "-"), []
    for whose, of in (("planner", mine), ("spopt, CBC", other)):
        if of is None:
            found.append((name, size, whose, *["–"] * 5, f"not in {2 * SECONDS:.0f} s", "", ""))
            continue
        figures = (f"{of['build']:.2f}", f"{of['solve']:.2f}", f"{of['cpu']:.2f}", f"{of['peak']:,.0f}")
        value = "–" if of["value"] is None else f"{of['value']:,.1f}"
        times = ("", "")
        if whose != "planner" and mine is not None:
            times = (f"{of['cpu'] / mine['cpu']:.1f}", f"{of['peak'] / mine['peak']:.1f}")
        found.append((name, size, whose, *figures, value, "yes" if of["proved"] else "no", *times))
    return found


def differ(mine: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    """Whether both have proved their values and these are not the same."""
    if mine is None or other is None or not (mine["proved"] and other["proved"]):
        return False
    return abs(mine["value"] - other["value"]) > NEAR * max(abs(other["value"]), 1.0)


def main() -> None:
    """Run every size that is named (all, by default), and write the table after each question."""
    from benchmark_table import machine, table  # noqa: PLC0415 - slow to import beside a measurement

    sizes, told, wrong = sys.argv[1:] or list(SIZES), [], 0
    with tempfile.TemporaryDirectory() as folder:
        python, what = environment(Path(folder) / "spopt")
        for size in sizes:
            path = Path(folder) / f"{size}.npz"
            np.savez(path, **drawn(*SIZES[size]))
            for kind in KINDS:
                mine = _asked([sys.executable, __file__, "--ours", str(path), kind])
                other = _asked([str(python), str(SIDE), str(path), kind, str(SECONDS)])
                wrong += differ(mine, other)
                told += rows(kind, size, mine, other)
                print(*told[-2:], sep="\n", flush=True)  # noqa: T201 - the table is what the command is for
                how = (
                    f"{what}, {SECONDS:.0f} seconds to solve at most; the planner "
                    f"{version('wellbeing-planner')}, one thread. Importing is not counted; CPU seconds are "
                    "of build, solve and the solver's own process; the last columns are spopt's CPU seconds "
                    "and memory over the planner's."
                )
                ends = f"Proved values that differ: {wrong}."
                parts = ("# Against spopt", machine(), how, table(HEAD, told), ends)
                RESULTS.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ours"]:
        print(json.dumps(ours(Path(sys.argv[2]), sys.argv[3])))  # noqa: T201 - read by the starting process
    else:
        main()
