"""The rules of the house, held by tests: small files and functions, plain names, pages that keep in step."""

from __future__ import annotations

import ast
import importlib
import os
import re
import runpy
import subprocess
import sys
import textwrap
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner import catalogue, flow
from planner.cli.starter.write import write_starter

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PLANNER = ROOT / "planner"
DOCS = ROOT / ".github" / "docs"
FILE_LINES, FUNCTION_LINES, MEDIAN_LINES, NAMES = 300, 30, 7, 20
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS = {
    "principles/priority.py _goal": "segments, their rows and their tangents are one thing, read together",
}
NO_ROOM = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc", "shared"}
TABLES = ("pandas", "geopandas", "pulp", "highspy", "scipy", "matplotlib", "pyarrow")
COMMANDS = (
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/planner run scenarios/new_york.yaml",
    "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
)
TOP = {
    *("pyproject.toml", "planner", "scenarios", "data", "tests", "README.md", "LICENSE", "CHANGELOG.md"),
    *(".python-version", ".gitignore", ".ci", ".github"),
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def _files() -> list[Path]:
    return sorted(PLANNER.rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(PLANNER).as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(_tree(path)) if isinstance(node, Function))


def _code_lines(function: Function, lines: list[str]) -> int:
    """Lines of a function's body that are code: no docstring, no blank line, no line of comment."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    own = lines[body[0].lineno - 1 : function.end_lineno]
    return sum(1 for line in own if line.strip() and not line.lstrip().startswith("#"))


def _lengths() -> dict[str, int]:
    found = {}
    for path in _files():
        lines = path.read_text(encoding="utf-8").splitlines()
        found |= {f"{_name(path)}:{f.lineno} {f.name}": _code_lines(f, lines) for f in _functions(path)}
    return found


def test_files_are_short() -> None:
    """No file is longer than 300 lines, but those that say why."""
    long = {
        _name(p): n for p in _files() if (n := len(p.read_text(encoding="utf-8").splitlines())) > FILE_LINES
    }
    assert {name: n for name, n in long.items() if name not in LONG_FILES} == {}


def test_functions_are_short() -> None:
    """No function has more than 30 lines of code, and half of them have 7 at most."""
    lengths = _lengths()
    long = {name: n for name, n in lengths.items() if n > FUNCTION_LINES}
    allowed = {name for name in long if re.sub(r":\d+ ", " ", name) in LONG_FUNCTIONS}
    assert {name: n for name, n in long.items() if name not in allowed} == {}
    assert sorted(lengths.values())[len(lengths) // 2] <= MEDIAN_LINES


def test_few_names_at_the_door() -> None:
    """`planner/` shows at most 20 names, and the top of the project only what is expected."""
    shown = {p.name for p in PLANNER.iterdir() if not p.name.startswith(("_", ".")) and p.name != "py.typed"}
    assert len(shown) <= NAMES, sorted(shown)
    tracked = {line.split("/")[0] for line in _git("ls-files").splitlines()}
    assert tracked <= TOP, sorted(tracked - TOP)


def test_no_room_for_odds_and_ends() -> None:
    """No file or room is called utils, helpers, common, core, base or manager."""
    names = {part for p in _files() for part in p.relative_to(PLANNER).with_suffix("").parts}
    assert {n for n in names if NO_ROOM & set(n.split("_"))} == set()


def test_no_service_in_the_code() -> None:
    """Services are data: no line of the planner asks which service it has before it."""
    asks = re.compile(r"""(==|!=|\bin) *[(\[{]?["'](housing|health|water|education)["']""")
    found = [
        f"{_name(path)}:{number}"
        for path in _files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if asks.search(line)
    ]
    assert found == []


def test_the_command_line_starts_light() -> None:
    """Importing the command line, errors, catalogue or scenario loads no table, map or solver library."""
    assert _loaded("planner.cli.app", (*TABLES, "numpy", "pydantic")) == []
    for module in ("planner.errors", "planner.catalogue", "planner.scenario.schema", "planner.scenario.read"):
        assert _loaded(module, TABLES) == [], module


def _loaded(module: str, heavy: tuple[str, ...]) -> list[str]:
    """Which of these libraries an import loads, in a Python of its own."""
    code = f"import {module}, sys; print(*(m for m in {heavy!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_public_names_are_documented() -> None:
    """Every file, class and function that others may use says in its first line what it is, as a sentence."""
    silent = []
    for path in _files():
        for node in _public(_tree(path), []):
            text = ast.get_docstring(node)
            first = text.splitlines()[0] if text else ""
            if not first.endswith((".", ":", "?", "!", "…")):
                silent.append(f"{_name(path)}:{getattr(node, 'lineno', 1)} {getattr(node, 'name', 'file')}")
    assert silent == []


def _public(node: ast.Module | ast.ClassDef, found: list[ast.Module | ast.ClassDef | Function]) -> list:
    found.append(node)
    for child in node.body:
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            _public(child, found)
        elif isinstance(child, Function) and not child.name.startswith("_"):
            found.append(child)
    return found


def test_every_test_says_what_it_shows() -> None:
    """Each test begins with a docstring."""
    silent = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for function in _functions(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert silent == []


def test_readme_commands() -> None:
    """README prints the two commands that `.ci/run` runs, once each, and no third like them."""
    lines = [line.strip() for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if line.startswith("python3 -m venv .venv")] == list(COMMANDS)


def test_ci_runs_what_readme_prints() -> None:
    """`.ci/run` takes its commands from README.md, says them nowhere itself, and can be run."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert not any(command in text for command in COMMANDS)
    taken = re.search(r"sed -n '(s/[^']*/p)' README\.md", text)
    assert taken, "the line that takes the commands out of README.md"
    printed = "# A city\n\n    " + "\n    ".join(COMMANDS) + "\n\ntext, not a command\n"
    done = subprocess.run(["sed", "-n", taken[1]], input=printed, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == list(COMMANDS)


def test_links_lead_somewhere() -> None:
    """Every link from README and the pages of `.github` into the project leads to a file that is there."""
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / ".github").rglob("*.md"))]
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("page", ["scenario.md", "outputs.md", "endings.md"])
def test_pages_keep_in_step(page: str) -> None:
    """The pages that are written from the code say what the code says."""
    written = (DOCS / page).read_text(encoding="utf-8")
    assert written == _writer()["PAGES"][page](), "run .venv/bin/python .github/docs/write.py"


@pytest.mark.slow
def test_outputs_page_lists_every_file(tmp_path: Path) -> None:
    """A run holds exactly the files of `outputs.md`, its maps only properties that stand there."""
    write_starter(tmp_path / "city")
    run = flow.run(tmp_path / "city" / "scenario.yaml").folder
    found = {p.relative_to(run).as_posix() for p in run.rglob("*") if p.is_file()}
    writer = _writer()
    rooms = (("plan", writer["WRITTEN"]), ("equity", writer["EQUITY_TABLES"]))
    tables = {
        f"{room}/{f.name}.{form}" for room, frames in rooms for f in frames for form in ("csv", "parquet")
    }
    later = {name for name, told in writer["FILES"] if told.startswith("after ")}  # what another command adds
    pages = {name for name, _ in writer["FILES"] if not name.endswith("/")} - later
    assert found == pages | tables | {"indicators.parquet"}
    assert _unlisted(run) == []


def _unlisted(run: Path) -> list[str]:
    """Properties of the maps that `outputs.md` does not name; groups are the scenario's own."""
    import pandas as pd  # noqa: PLC0415 - only this test reads a table

    page = (DOCS / "outputs.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:<service>_)?(\w+)`", page))
    table = pd.read_csv(run / "maps" / "columns.csv")
    services = pd.read_csv(run / "plan" / "need_points.csv")["service"].unique()
    keys = table["column"].str.replace(rf"^({'|'.join(services)})_", "", regex=True)
    own = (table["layer"] == "neighbourhoods") & (table["unit"] == "person") & ~keys.isin(named)
    return sorted(set(keys[~own]) - named)


ADDED = """
extends: scenario.yaml
services: {parks: PARKS}
objective: {left_out: {service: parks}}
constraints: [{money_share: {service: parks, share: 0.1}}]
indicators: {summaries: [midhinge, mean]}
solver: {gap: 0}
"""


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Lay the units of CONTRIBUTING.md into their rooms, as they stand there, and take them away again."""
    page = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    units = dict(re.findall(r"```python\n# planner/(\w+/\w+)\.py\n(.*?)```", page, re.DOTALL))
    known = {(kind, n): unit for kind in catalogue.ROOMS for n, unit in catalogue.units(kind).items()}
    for name, text in units.items():
        room = importlib.import_module(f"planner.{name.split('/')[0]}")
        file = tmp_path / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(room, "__path__", [*room.__path__, str(file.parent)])
    yield units | {"parks": re.findall(r"```yaml\nparks:\n(.*?)```", page, re.DOTALL)[0]}
    catalogue._UNITS.clear()
    catalogue._UNITS.update(known)
    for name in units:
        sys.modules.pop(f"planner.{name.replace('/', '.')}", None)


def test_units_of_contributing_work(added: dict[str, str], tmp_path: Path) -> None:
    """An objective, a constraint, a summary, a measure and a service, added as told, make a checked plan."""
    assert set(added) == {"principles/left_out", "rules/money_share", "indicators/middle", "parks"}
    write_starter(tmp_path / "city")
    parks = textwrap.indent(added["parks"], "  ")
    text = ADDED.replace("services: {parks: PARKS}", f"services:\n  parks:\n{parks}")
    (tmp_path / "city" / "added.yaml").write_text(text, encoding="utf-8")
    run = flow.run(tmp_path / "city" / "added.yaml")
    built = run.plan.facilities.query("service == 'parks'")
    assert 0 < built["capital_cost"].sum() <= 0.1 * 30
    left = run.plan.need_points.query("service == 'parks'")["unmet"].sum()
    assert run.plan.status.value == pytest.approx(left)
    assert run.plan.status.ending == "optimal"
    told = run.indicators.set_index(["when", "service", "group", "measure", "summary"])["value"]
    got = built["served"].sum()
    quality = run.plan.need_points.query("service == 'parks'")["quality_weighted"].sum()
    assert told["after", "parks", "everyone", "quality_got", "mean"] == pytest.approx(quality / got)
    assert 0 < told["after", "all", "everyone", "wellbeing", "midhinge"] < 1
    assert flow.verify(run.folder).faults == ()


def _writer() -> dict[str, Any]:
    """All names of the script that writes the pages."""
    return runpy.run_path(str(DOCS / "write.py"))


def _git(*words: str) -> str:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: nothing says which files are tracked")
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout
