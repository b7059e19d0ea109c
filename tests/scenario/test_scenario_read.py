"""Reading: places of keys, `extends`, overrides, the fence, and what it costs."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner.errors import InputFault, MachineFault
from planner.scenario.paths import layer_path
from planner.scenario.read import read_scenario


def write(folder: Path, name: str, text: str) -> Path:
    """Write a scenario into the project folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def told(path: Path, **options: object) -> str:
    """Return what the reader says of a broken file."""
    with pytest.raises(InputFault) as caught:
        read_scenario(path, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_good_scenario_is_read(folder: Path) -> None:
    """All that the file says stands in the scenario."""
    scenario = read_scenario(folder / "good.yaml")
    assert scenario.name == "Tiny – one clinic"
    assert scenario.services["health"].travel.limit == 30
    assert scenario.services["health"].options["clinic"].max_per_site == 2
    assert scenario.services["water"].need.rate == 0.1
    assert scenario.objective_name == "fair"
    assert scenario.objective_parameters == {"aversion": 1}
    assert scenario.path == folder / "good.yaml"
    assert scenario.project == folder


def test_places_name_the_file_as_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key's place is told for words, mappings, list items and keys that are not written."""
    monkeypatch.chdir(folder)
    scenario = read_scenario(Path("good.yaml"))
    assert scenario.where("services", "health", "need", "count") == "good.yaml:12:37"
    assert scenario.where("services", "health") == "good.yaml:10:3"
    assert scenario.where("constraints", 0, "floor", "reached") == "good.yaml:30:49"
    assert scenario.where("services", "water", "weight") == scenario.where("services", "water")
    assert scenario.where("nowhere") == "good.yaml:1:1"


def test_words_mean_what_they_say(folder: Path) -> None:
    """Norway, times and dates stay text; 0o17 and 1e3 are numbers."""
    text = (folder / "good.yaml").read_text("utf-8")
    text = text.replace("name: Tiny – one clinic", "name: NO").replace("unit: person", "unit: 12:30")
    text = text.replace("label: people below the poverty line", "label: 2024-01-01")
    scenario = read_scenario(write(folder, "words.yaml", text.replace("3000", "1e3").replace("4000", "0x10")))
    assert scenario.name == "NO"
    assert scenario.services["health"].unit == "12:30"
    assert scenario.city.groups["below_poverty"].label == "2024-01-01"
    assert scenario.budget.capital == 1000
    assert scenario.services["health"].options["clinic"].capacity == 16


def test_repeated_values_are_read(folder: Path) -> None:
    """`&` and `*` repeat a mapping, and its place is where it is written."""
    text = (folder / "good.yaml").read_text("utf-8")
    text = text.replace("need: {meaning: def", "need: &n {meaning: def")
    text = text.replace("need: {meaning: demand, layer: cells, rate: 0.1}", "need: *n")
    scenario = read_scenario(write(folder, "alias.yaml", text))
    assert scenario.services["water"].need == scenario.services["health"].need
    assert scenario.where("services", "water", "need", "count").endswith(":12:40")


def test_extends_lays_keys_over(folder: Path) -> None:
    """Mappings are laid over by key, lists replace, null removes, and places tell the file."""
    child = "extends: good.yaml\nname: Child\nconstraints: []\nbudget: {capital: 5, operating: null}\n"
    path = write(
        folder, "child.yaml", child + "services: {health: {travel: {limit_minutes: 20}}, water: null}\n"
    )
    scenario = read_scenario(path)
    assert scenario.name == "Child"
    assert scenario.constraints == []
    assert scenario.budget.capital == 5
    assert scenario.budget.operating is None
    assert scenario.budget.currency == "USD million"
    assert list(scenario.services) == ["health"]
    assert scenario.services["health"].travel.near == 15
    assert scenario.where("name").endswith("child.yaml:2:7")
    assert scenario.where("budget", "currency").endswith("good.yaml:26:51")


def test_extends_replaces_another_principle_and_method(folder: Path) -> None:
    """Parameters of one principle, or keys of one travel method, do not stay under another."""
    text = "extends: good.yaml\nobjective: {simple: {}}\ntravel: {bus: {method: straight_line}}\n"
    scenario = read_scenario(write(folder, "child.yaml", text))
    assert scenario.objective == {"simple": {}}
    assert scenario.travel["bus"].method == "straight_line"
    same = read_scenario(
        write(folder, "same.yaml", "extends: good.yaml\nobjective: {fair: {utility: atkinson}}\n")
    )
    assert same.objective_parameters == {"aversion": 1, "utility": "atkinson"}


def test_extends_moves_paths_to_the_new_folder(folder: Path) -> None:
    """Layers of a scenario in another folder are found from there, and faults in it name it."""
    path = write(folder, "deep/er/child.yaml", "extends: ../../good.yaml\n")
    scenario = read_scenario(path)
    assert scenario.city.neighbourhoods.file == "../../city/neighbourhoods.geojson"
    assert layer_path(scenario, scenario.city.neighbourhoods.file) == folder / "city/neighbourhoods.geojson"
    (folder / "city/cells.csv").unlink()
    assert "good.yaml:6:17 city.cells.file: there is no file" in told(path)


def test_long_and_circular_chains(folder: Path) -> None:
    """Ten steps are read, eleven are not, and a circle is told with all its files."""
    for step in range(12):
        base = f"s{step - 1}.yaml" if step else "good.yaml"
        write(folder, f"s{step}.yaml", f"extends: {base}\nname: step {step}\n")
    assert read_scenario(folder / "s9.yaml").name == "step 9"
    assert "more than 10 deep" in told(folder / "s10.yaml")
    write(folder, "a.yaml", "extends: b.yaml\n")
    write(folder, "b.yaml", "extends: a.yaml\n")
    assert "a.yaml → " in told(folder / "a.yaml")
    assert "in a circle" in told(folder / "a.yaml")


def test_overrides(folder: Path) -> None:
    """Values from outside are put over the file, in mappings, lists and other principles."""
    changes = {
        "budget.capital": 7,
        "constraints.0.floor.reached": 0.4,
        "services": {"health": {"weight": 3}},
        "objective.fair.utility": "atkinson",
        "budget.operating": None,
    }
    scenario = read_scenario(folder / "good.yaml", overrides=changes)
    assert scenario.budget.capital == 7
    assert scenario.budget.operating is None
    assert scenario.constraints[0]["floor"]["reached"] == 0.4
    assert scenario.constraints[1]["count"]["most"] == 2
    assert scenario.services["health"].weight == 3
    assert scenario.objective_parameters == {"aversion": 1, "utility": "atkinson"}
    assert scenario.where("budget", "capital") == "override"
    other = read_scenario(folder / "good.yaml", overrides={"objective": "simple", "travel.bus.speed": None})
    assert other.objective == "simple"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("budget.capital", -1, "override budget.capital: must be 0 or more (got -1)"),
        ("budget.capitol", 1, "override budget.capitol: unknown key `capitol`; did you mean `capital`?"),
        ("budget.capital", float("inf"), "override budget.capital: must be a finite number (got inf)"),
        (
            "constraints.7.floor.reached",
            1,
            "override constraints.7: the list has 2 items, counted from 0; `7` is none",
        ),
        ("extends", "good.yaml", "override extends: this is not a key of a scenario"),
        ("budget..capital", 1, "override budget..capital: this is not a key of a scenario"),
        ("name", object(), "override name: must be text, a number, a list or a mapping (got object)"),
        (
            "city.neighbourhoods.file",
            "/etc/passwd",
            "override city.neighbourhoods.file: the path `/etc/passwd` leaves",
        ),
        (
            "city.neighbourhoods.file",
            "a\0b",
            "override city.neighbourhoods.file: the path `a\\u0000b` holds a character",
        ),
    ],
)
def test_overrides_are_checked(folder: Path, key: str, value: object, words: str) -> None:
    """A wrong override is told by its key."""
    assert words in told(folder / "good.yaml", overrides={key: value})


def test_allowed_folders(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A layer outside is read only when its folder is allowed."""
    outside = tmp_path_factory.mktemp("outside")
    (folder / "city/cells.csv").rename(outside / "cells.csv")
    change = {"city.cells.file": str(outside / "cells.csv")}
    assert "leaves the project folder" in told(folder / "good.yaml", overrides=change)
    scenario = read_scenario(folder / "good.yaml", allow=[outside], overrides=change)
    assert layer_path(scenario, str(outside / "cells.csv")) == outside / "cells.csv"
    assert "there is no folder" in told(folder / "good.yaml", allow=[outside / "none"])


def test_layer_path_refuses_what_is_gone(folder: Path) -> None:
    """A layer that vanished after reading, or another path, is refused in words."""
    scenario = read_scenario(folder / "good.yaml")
    with pytest.raises(InputFault, match=r"there is no file `city/none\.csv`"):
        layer_path(scenario, "city/none.csv")
    with pytest.raises(InputFault, match="leaves the project folder"):
        layer_path(scenario, "../../../etc/passwd")


def test_project_without_a_marker_is_the_folder(folder: Path) -> None:
    """Where nothing marks a project, the scenario's own folder is the fence."""
    (folder / "planner.toml").unlink()
    path = write(folder, "deep/child.yaml", "extends: ../good.yaml\n")
    if not any((f / "pyproject.toml").is_file() for f in folder.parents):
        assert "leaves the project folder `deep`" in told(path)
    assert read_scenario(folder / "good.yaml").project == folder


def test_scenario_file_itself(folder: Path) -> None:
    """A missing file, a folder, a pipe and a huge file are told apart."""
    assert "there is no such file; did you mean `good.yaml`?" in told(folder / "god.yaml")
    assert "this is a folder" in told(folder / "city")
    os.mkfifo(folder / "pipe.yaml")
    assert "not a regular file" in told(folder / "pipe.yaml")
    assert "larger than 1 MiB" in told(write(folder, "big.yaml", "# " + "x" * (1 << 20)))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file_is_the_machines_fault(folder: Path) -> None:
    """A file without permission is not the question's fault."""
    (folder / "good.yaml").chmod(0)
    with pytest.raises(MachineFault, match="cannot be read"):
        read_scenario(folder / "good.yaml")


def test_largest_file_is_refused_soon(folder: Path) -> None:
    """A mebibyte of list items is refused long before it is all read."""
    path = write(folder, "long.yaml", "name:\n" + "- 1\n" * 200_000)
    begin = time.process_time()
    assert "more than 50,000 values" in told(path)
    assert time.process_time() - begin < 5


def test_many_faults_are_cut(folder: Path) -> None:
    """A thousand faults are not all printed, but counted."""
    text = (folder / "good.yaml").read_text("utf-8") + "".join(f"k{n}: 1\n" for n in range(1000))
    words = told(write(folder, "many.yaml", text))
    assert words.count("unknown key") == 200
    assert words.endswith("and 800 more like these")


def test_nothing_outside_is_opened(folder: Path) -> None:
    """Paths that lead out are refused without opening anything there."""
    code = (
        "import sys; from pathlib import Path; from planner.scenario.read import read_scenario\n"
        "from planner.catalogue import units; units('objective'); units('constraint'); units('summary')\n"
        "seen = []; sys.addaudithook(lambda e, a: seen.append(str(a[0])) if e == 'open' else None)\n"
        "for file in ('/etc/passwd', '../../../../etc/passwd', 'link', 'file:///etc/passwd'):\n"
        "    try: read_scenario(Path('good.yaml'), overrides={'city.neighbourhoods.file': file})\n"
        "    except Exception: pass\n"
        "print([s for s in seen if 'passwd' in s], any('good.yaml' in s for s in seen))\n"
    )
    (folder / "link").symlink_to("/etc/passwd")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True, env=env()
    )
    assert done.stdout == "[] True\n"


def test_import_is_light() -> None:
    """The reader is imported without tables, maps or solvers."""
    code = (
        "import sys, planner.scenario.read, planner.scenario.write, planner.scenario.schema_json\n"
        "print(sorted({'pandas', 'geopandas', 'numpy', 'shapely', 'pulp'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env())
    assert done.stdout == "[]\n"


def env() -> dict[str, str]:
    """Return an environment in which this package is found."""
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
