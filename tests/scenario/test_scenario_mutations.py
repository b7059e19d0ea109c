"""Any text is either a scenario or refused in words."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import InputFault
from planner.scenario.read import read_scenario
from planner.scenario.schema import Scenario

HERE = Path(__file__).parent
GOOD = (HERE / "good.yaml").read_text("utf-8")
PIECES = st.sampled_from(
    [
        *"{}[]:,-#&*!|>'\"%@`?~\\\t\n\x00",
        "- ",
        ": ",
        "  ",
        "null",
        "true",
        "-1",
        "1e400",
        ".inf",
        "<<",
        "!!str ",
        "&a ",
        "*a",
        "---\n",
        "services",
        "method",
        "name",
        "[key]",
        "\u202e",
        "é",
        "0x",
        "1_0",
        "/vsi/",
        "extends: good.yaml\n",
        "''",
    ]
)
CHANGES = st.lists(
    st.tuples(st.integers(0, len(GOOD)), st.integers(0, 12), PIECES | st.text(max_size=5)),
    min_size=1,
    max_size=4,
)


def words(fault: InputFault) -> InputFault:
    """Return the fault after a look at its words and places."""
    assert all(f.message and f.where for f in fault.faults)
    return fault


def judged(text: bytes) -> Scenario | InputFault:
    """Return the scenario, or the fault with words and a place in it; anything else is raised."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "good.yaml"
        path.write_bytes(text)
        (path.parent / "city").symlink_to(HERE / "city")
        try:
            return read_scenario(path, allow=[HERE / "city"])
        except InputFault as fault:
            return words(fault)


@settings(
    max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
@given(changes=CHANGES)
def test_changed_text_is_read_or_refused(changes: list[tuple[int, int, str]]) -> None:
    """A few pieces cut out of the good scenario or put into it never bring the reader down."""
    text = GOOD
    for place, cut, piece in changes:
        text = text[:place] + piece + text[place + cut :]
    assert judged(text.encode("utf-8", "surrogatepass"))


@settings(
    max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    """Bytes that are no scenario at all are refused in words."""
    assert isinstance(judged(data), InputFault)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 10**6)
    | st.floats()
    | st.text(max_size=5)
    | st.just("city/cells.csv"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.just("method"), inner, max_size=3)
    ),
    max_leaves=5,
)
KEYS = [
    "name",
    "city",
    "city.cells",
    "city.groups",
    "city.crs",
    "services",
    "services.health",
    "services.health.need",
    "services.health.need.rate",
    "services.health.existing.capacity",
    "services.health.options",
    "services.health.sites.file",
    "services.health.options.clinic",
    "travel",
    "travel.walk",
    "travel.walk.method",
    "travel.bus",
    "budget",
    "budget.capital",
    "objective",
    "objective.fair",
    "objective.fair.aversion",
    "constraints",
    "constraints.0",
    "constraints.0.floor",
    "constraints.1.count.sites",
    "indicators.summaries",
    "indicators.groups",
    "solver.threads",
    "judge_by",
    "wellbeing",
]


@settings(
    max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
@given(changes=st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1, max_size=3))
def test_any_value_anywhere_is_read_or_refused(changes: dict[str, object]) -> None:
    """Whatever stands under a key, the answer is a scenario or a fault."""
    try:
        assert read_scenario(HERE / "good.yaml", overrides=changes)
    except InputFault as fault:
        words(fault)
