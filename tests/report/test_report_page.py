"""The page: offline, harmless, in order, labelled, small, the same twice."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

import invented_plan
import pytest
import shapely

from planner.report import explained
from planner.report.classes import breaks, class_of, ramp, rounded_breaks
from planner.report.drawing import change_map
from planner.report.figures import add_up
from planner.report.outlines import MOST_VERTICES, outline

if TYPE_CHECKING:
    from pathlib import Path

VOID = {"meta", "link", "br", "img", "path", "rect", "input", "hr"}


class Reader(HTMLParser):
    """Reads a page into (tag, attributes, text) and checks that every tag is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID or tag == "path":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag that closes itself."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep text with the tag that it stands in."""
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every tag of that name."""
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "hostile"])
def text(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the page of the invented plan, with plain and with hostile names."""
    return invented_plan.write(tmp_path_factory.mktemp("run"), hostile=request.param).read_text("utf-8")


@pytest.fixture
def page(text: str) -> Reader:
    """Read the page; tags that are not closed in order fail here."""
    return Reader(text)


def test_every_tag_is_closed(page: Reader) -> None:
    """Nothing that a name says opens or closes a tag."""
    assert page.open == []


def test_the_page_asks_for_nothing(page: Reader, text: str) -> None:
    """No frame, source or link away; the policy lets our own script run, by its hash, and nothing else."""
    names = {tag for tag, _attributes in page.tags}
    assert not names & {"img", "iframe", "object", "embed", "link", "base", "form", "image"}
    for tag, attributes in page.tags:
        assert not [key for key in attributes if key.startswith("on")], tag
        assert not {"src", "srcset", "action", "xlink:href"} & set(attributes), tag
        assert (attributes.get("href") or "#").startswith("#"), tag
    assert not re.search(r"@import|url\((?!#)", text)
    policies = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    allowed = f"default-src 'none'; script-src '{explained.fingerprint()}'; "
    assert policies == [f"{allowed}style-src 'unsafe-inline'; img-src data:"]
    scripts = page.all("script")
    assert scripts == [
        {"type": "application/json", "id": "words"},
        {"type": "application/json", "id": "data"},
        {},
    ]
    last = text.rpartition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(last.encode()).digest()).decode()
    assert explained.fingerprint() == f"sha256-{digest}"


def test_what_the_script_reads_is_json(page: Reader) -> None:
    """Its data hold every name letter by letter, and no sign that could end the element."""
    texts = [data for tag, data in page.texts if tag == "script"]
    data = json.loads(texts[1])
    assert [place["name"] for place in data["places"]] == [place["name"] for place in data["places"] if place]
    assert "<" not in texts[0] + texts[1]
    assert len(data["places"]) == len(data["facilities"]) == 3
    assert sum(len(place["built"]) for place in data["places"]) == 2


def test_cards_tell_figures_known_by_hand(tmp_path: Path) -> None:
    """Alder: 1,000 people, 500 of them poor, 60 of 100 served in health by the clinic, 12 minutes away."""
    text = invented_plan.write(tmp_path).read_text("utf-8").replace("\u00a0", " ").replace("\\u00a0", " ")
    data = json.loads(next(d for tag, d in Reader(text).texts if tag == "script" and "places" in d))
    alder, _birch, park = data["places"]
    assert (alder["name"], alder["people"], alder["before"], alder["after"]) == (
        "Alder",
        "1,000",
        "0.60",
        "0.70",
    )
    assert data["groups"] == ["People below the poverty line"]
    assert alder["groups"] == ["500"]
    told = {data["services"][row[0]]: row[1:] for row in alder["services"]}
    assert told == {"Health": ["100 people", "0 %", "60 %"], "Education": ["50 pupils", "80 %", "100 %"]}
    assert (park["people"], park["services"], park["change"]) == ("0", [], "–")
    clinic = next(
        n for n, row in enumerate(data["facilities"]) if data["services"][row["service"]] == "Health"
    )
    assert [0, clinic, "60 people", "12 min"] in data["links"]
    facts = dict(zip(data["facts"], data["facilities"][clinic]["facts"], strict=True))
    assert (facts["To build"], facts["Can serve"], facts["Serves"]) == ("12 EUR million", "80", "80 people")


def test_few_people_are_not_told_in_cards() -> None:
    """A count between 0 and the smallest that may be printed is told as fewer."""
    assert explained._counted(7.0, 10.0) == "fewer than 10"
    assert explained._counted(0.0, 10.0) == "0"
    assert explained._counted(10.0, 10.0) == "10"


def test_every_anchor_leads_somewhere(page: Reader) -> None:
    """Links within the page have a target, and no id stands twice."""
    ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {(a["href"] or "")[1:] for a in page.all("a")} <= set(ids)


def test_headings_stand_in_order(page: Reader) -> None:
    """One h1, and no level is skipped; the language is told."""
    levels = [int(tag[1]) for tag, _attributes in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.all("html")[0]["lang"] == "en"


def test_every_map_is_labelled(page: Reader) -> None:
    """Each drawing has title and description, or is decoration; there are seven maps and four curves."""
    ids = {attributes.get("id") for _tag, attributes in page.tags}
    maps = [svg for svg in page.all("svg") if svg.get("role") == "img"]
    assert len(maps) == 7 + 4
    for svg in maps:
        assert set((svg["aria-labelledby"] or "").split()) <= ids
    assert all(svg.get("aria-hidden") == "true" for svg in page.all("svg") if svg.get("role") != "img")


def test_every_table_is_labelled(page: Reader) -> None:
    """Each table has a caption and heads with a scope."""
    assert len(page.all("table")) == len(page.all("caption")) >= 12
    assert all(head["scope"] in {"col", "row"} for head in page.all("th"))


def test_hostile_names_are_text(tmp_path: Path) -> None:
    """Names that would run or open something are told letter by letter."""
    page = Reader(invented_plan.write(tmp_path, hostile=True).read_text("utf-8"))
    told = "".join(data for _tag, data in page.texts)
    for name in invented_plan.HOSTILE:
        assert name in told


def test_the_first_screen_tells_the_answer(tmp_path: Path) -> None:
    """Question, answer, money, gain and proof stand before the maps."""
    text = invented_plan.write(tmp_path).read_text("utf-8").replace("\u00a0", " ")
    first = text.partition("</header>")[0]
    for part in (
        "With at most 20 EUR million",
        "The plan builds 2 facilities",
        "+0.17",
        "≥ 99.1 %",
        "Proven:",
    ):
        assert part in first, part


def test_proof_sources_and_commands_are_told(tmp_path: Path) -> None:
    """The page tells bound, checker, hashes, notes and the commands that repeat it."""
    text = invented_plan.write(tmp_path).read_text("utf-8")
    wanted = (
        "It is on the solver&#39;s word",
        "every rule is kept",
        "ab" * 32,
        "Straight lines.",
        "planner verify RUN",
    )
    for part in (*wanted, "One neighbourhood has no residents.", "planner 0.1.0"):
        assert part in text, part


def test_no_time_stands_in_the_page(text: str) -> None:
    """Seconds of the search and dates would change the bytes, so they are not told."""
    assert not re.search(r"\b12\.5\b", text)
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b", text)


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([], []),
        ([0.5, float("nan")], [0.5, 0.5]),
        ([0.2, 0.1, 0.2], [0.1, 0.1, 0.2]),
        (list(range(100)), [0.0, 19.8, 39.6, 59.4, 79.2, 99.0]),
    ],
)
def test_breaks(values: list[float], edges: list[float]) -> None:
    """Breaks are quantiles, or the values themselves where they are few, or none without values."""
    assert breaks(values) == edges


def test_round_breaks_start_at_zero_and_hold_the_highest() -> None:
    """Shares are told in equal round steps from 0, and nothing lies above the last."""
    assert rounded_breaks([0.13, 0.93]) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert rounded_breaks([0.0, float("nan")]) == [0.0, 0.0]


@pytest.mark.parametrize(("value", "expected"), [(0.0, 0), (0.2, 0), (0.21, 1), (0.4, 1), (0.9, 2)])
def test_class_of_a_value(value: float, expected: int) -> None:
    """A value on a break belongs to the class below it; none lies outside."""
    assert class_of(value, [0.0, 0.2, 0.4, 0.6]) == expected


def test_gains_and_losses_are_coloured_apart() -> None:
    """Harm shows in the colours of loss, in the same steps as gains; a class of one value tells it once."""
    figures = add_up(
        invented_plan.scenario(), invented_plan.city(), invented_plan.plan(), invented_plan.services()
    )
    table = figures.neighbourhoods.assign(change=[0.1, -0.2, float("nan")])
    drawn = change_map(outline(invented_plan.city().neighbourhoods), replace(figures, neighbourhoods=table))
    assert [area.colour for area in drawn.areas] == ["g0", "l1", "nodata"]
    assert dict(drawn.legend) == {"l1": "−0.20 – −0.10", "g0": "+0.10", "nodata": "no residents"}


def test_holes_are_left_open(text: str) -> None:
    """Rings of any direction leave holes open, so that what lies in them can be seen and touched."""
    assert "\n.a{fill-rule:evenodd;" in text


def test_few_classes_use_the_whole_ramp() -> None:
    """Two classes are told by the two ends of the ramp."""
    assert [ramp(index, 2) for index in range(2)] == ["c0", "c4"]


def test_outlines_that_cannot_be_simplified_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Borders with loose ends, on which GEOS gives up, are simplified one by one: every place is drawn."""

    def gives_up(*_: object) -> None:
        message = "IllegalArgumentException: point array must contain 0 or >1 elements"
        raise shapely.errors.GEOSException(message)

    places = invented_plan.city().neighbourhoods
    together = outline(places)
    monkeypatch.setattr(shapely, "coverage_simplify", gives_up)
    alone = outline(places)
    assert set(alone.keys) == set(together.keys) == set(places.index)
    assert (alone.width, alone.height) == (together.width, together.height)


def test_outlines_are_small_and_keep_islands_and_holes() -> None:
    """Each neighbourhood is drawn; Alder as three rings."""
    drawn = outline(invented_plan.city().neighbourhoods)
    assert {name: path.count("M") for name, path in drawn.paths.items()} == {"a": 3, "b": 1, "p": 1}
    assert max(drawn.width, drawn.height) == 1000
    assert sum(path.count(" ") for path in drawn.paths.values()) < MOST_VERTICES
