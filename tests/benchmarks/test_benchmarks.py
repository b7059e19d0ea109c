"""Seconds and memory by phase, held to what is promised: `pytest -m benchmark -n 0 tests/benchmarks`.

Each test prints a table and writes it to `results/`, before it looks whether the promise is kept.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from benchmark_table import machine, table, told

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "results"
STARTS = 7
QUICK = 0.5
MEMORY = 2000
RUNS, BESIDE = 8, 20.0
"""Runs set side by side, and the seconds that it may take."""

pytestmark = pytest.mark.benchmark


def _project(folder: Path) -> Path:
    """Make a project of its own with the shipped scenarios and data: no run of the user is touched."""
    for name in ("scenarios", "data"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "planner.toml").write_text("", encoding="utf-8")
    return folder


def _command(project: Path, *words: str) -> dict[str, float]:
    """Measure seconds and peak memory [MB] of a command, the largest of its processes."""
    begun = time.perf_counter()
    with (project / "said.txt").open("w", encoding="utf-8") as said:
        command = [sys.executable, "-m", "planner", *words]
        child = subprocess.Popen(command, cwd=project, stdout=said, stderr=said, env=_python_path())
        _, ending, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(ending)
    assert child.returncode == 0, (project / "said.txt").read_text(encoding="utf-8")
    unit = 1 if sys.platform == "darwin" else 1024
    return {"seconds": time.perf_counter() - begun, "peak_mb": used.ru_maxrss * unit / 1e6}


def _phases(project: Path, scenario: str, *options: str) -> dict:
    script = Path(__file__).with_name("benchmark_phases.py")
    command = [sys.executable, str(script), scenario, *options]
    done = subprocess.run(
        command, cwd=project, capture_output=True, encoding="utf-8", check=False, env=_python_path()
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _python_path() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def _write(name: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201 - the table is what the command is for


@dataclass(frozen=True)
class Promise:
    """What a city's run is held to: seconds from command to report, and the proven gap."""

    scenario: str
    title: str
    seconds: float
    gap: float
    options: tuple[str, ...] = ()


PROMISES = (
    Promise("monaco", "Monaco", seconds=30, gap=0.02),
    Promise("new_york", "New York", seconds=120, gap=0.01, options=("--whole",)),
)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.scenario)
def test_city(promise: Promise, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From command to report within the promised time and 2 GB, with the promised proven gap."""
    project = _project(tmp_path)
    scenario = f"scenarios/{promise.scenario}.yaml"
    command = _command(project, "run", "--force", scenario)
    phases = _phases(project, scenario, *promise.options)
    _write(promise.scenario, told(promise.title, phases, command), capsys)
    assert phases["search"]["gap"] <= promise.gap + 1e-6
    assert command["seconds"] <= promise.seconds
    assert command["peak_mb"] <= MEMORY


def test_start(capsys: pytest.CaptureFixture[str]) -> None:
    """`planner --help` answers in under half a second."""
    taken = []
    for _ in range(STARTS):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "planner", "--help"], check=True, capture_output=True, cwd=ROOT)
        taken.append(time.perf_counter() - begun)
    rows = [(f"{statistics.median(taken):.3f}", f"{min(taken):.3f}", f"{max(taken):.3f}")]
    head = (f"median of {STARTS} [s]", "least [s]", "most [s]")
    _write("start", f"# `planner --help`\n\n{machine()}\n\n{table(head, rows)}\n", capsys)
    assert statistics.median(taken) < QUICK


def test_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Eight runs of New York, each with other money, are set side by side within 20 seconds."""
    project = _project(tmp_path)
    for money in range(1500, 1500 + RUNS * 500, 500):
        loose = ("--set", f"budget.capital={money}", "--set", "solver.gap=0.1")
        _command(project, "run", "scenarios/new_york.yaml", *loose)
    runs = [str(folder) for folder in sorted((project / "runs").iterdir())]
    assert len(runs) == RUNS
    used = _command(project, "compare", *runs)
    page = next((project / "runs").glob("comparison-*/compare.html"))
    head = ("runs", "`planner compare` [s]", "peak memory [MB]", "page [MB]")
    row = (str(RUNS), f"{used['seconds']:.1f}", f"{used['peak_mb']:,.0f}", f"{page.stat().st_size / 1e6:.2f}")
    text = f"# Runs of New York side by side\n\n{machine()}\n\n{table(head, [row])}\n"
    _write("comparison", text, capsys)
    assert used["seconds"] <= BESIDE
