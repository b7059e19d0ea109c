"""Report and comparison in a real browser, offline: what happens when they are opened, touched and sorted."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import browser
import kept_run
import pytest
from hostile import HOSTILE

import planner
from planner import flow
from planner.report import speech

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(browser.PROGRAM is None, reason="no Chromium here")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
TOLD = "document.getElementById('card').innerText"
SHELL = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>A notebook</title>"
    "<link rel='icon' href='data:,'></head><body><main><h1>A notebook</h1>{}</main></body></html>"
)
FIRST = [HOSTILE[n] for n in (0, 3, 7, 19, 38, 59)]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Browser]:
    """Return a browser without network."""
    with browser.browse(tmp_path_factory.mktemp("profile")) as one:
        yield one


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the report of the invented plan, and a comparison of it under two names."""
    return written(tmp_path_factory.mktemp("runs"), None)


def written(folder: Path, name: str | None) -> dict[str, Path]:
    """Write report and comparison, with a name wherever one can stand."""
    runs = [
        kept_run.keep(folder / run, name, objective=o) for run, o in (("a", "utilitarian"), ("b", "maximin"))
    ]
    _, (compared,) = flow.compare([run.folder for run in runs])
    shown = folder / "notebook.html"
    shown.write_text(SHELL.format(planner.open_run(runs[0].folder)._repr_html_()), encoding="utf-8")
    return {"report": runs[0].folder / "report.html", "comparison": compared, "notebook": shown}


def opened(
    chromium: browser.Browser, page: Path, *, wide: int = 1280, phone: bool = False
) -> browser.Browser:
    """Open a page; it asks for nothing but itself and complains of nothing."""
    chromium.open(page, wide=wide, phone=phone)
    assert chromium.requests == [page.as_uri()]
    assert chromium.complaints == []
    return chromium


def shape(chromium: browser.Browser, selector: str) -> tuple[float, float]:
    """Return a point within the first shape that the selector finds; not its middle: Alder has a hole."""
    x, y = chromium.middle(selector)
    wide = chromium.run(f"document.querySelector({selector!r}).getBoundingClientRect().width")
    return x - wide * 0.3, y


@pytest.mark.parametrize("kind", ["report", "comparison"])
@pytest.mark.parametrize(("wide", "phone"), [(1280, False), (390, True)])
def test_it_opens_offline(
    chromium: browser.Browser, pages: dict[str, Path], kind: str, wide: int, *, phone: bool
) -> None:
    """No request leaves, nothing is complained of, and nothing but tables is wider than the window."""
    one = opened(chromium, pages[kind], wide=wide, phone=phone)
    assert one.run("document.documentElement.scrollWidth") <= wide
    assert one.run("document.querySelectorAll('.frame').length") >= 3


def test_hovering_tells_and_lights_the_place(chromium: browser.Browser, pages: dict[str, Path]) -> None:
    """The pointer over Birch shows its figures, and lights it on every map."""
    one = opened(chromium, pages["report"])
    one.move(*shape(one, "figure svg.map use[href='#n1']"))
    assert one.run("document.querySelector('.tip').textContent") == (
        "Birch: 500\u00a0people; wellbeing 0.50 → 0.70 (+0.20)".replace("500\u00a0people", "500 people")
    )
    assert one.run("document.querySelectorAll('.lit').length") == one.run(
        "document.querySelectorAll('.map use[href=\"#n1\"]').length"
    )
    one.move(5, 5)
    assert one.run("document.querySelector('.tip').hidden && !document.querySelector('.lit')")


def test_clicking_shows_the_right_card(chromium: browser.Browser, pages: dict[str, Path]) -> None:
    """Birch's card tells its people and who serves them; from there the clinic's, and why it is there."""
    one = opened(chromium, pages["report"])
    one.click(*shape(one, "figure svg.map use[href='#n1']"))
    told = one.run(TOLD).replace("\u00a0", " ")
    for part in (
        *("Birch", "500", "People below the poverty line", "40 people", "20 people · 12 min"),
        "Nearest of each service\nMill Lane Health · 12 min",
    ):
        assert part in told
    assert one.run("document.activeElement.textContent") == "Birch"
    assert one.run("document.querySelectorAll('.ray').length") == 2
    one.run("[...document.querySelectorAll('#card .go')].pop().querySelector('button').click()")
    told = one.run(TOLD).replace("\u00a0", " ")
    for part in (
        *("Mill Lane", "Why here: whom it serves", "Alder", "Birch"),
        "No other facility in use is within reach of those it serves.",
        "Corn Yard, Birch free, and within reach of 20 people of those it serves",
        "Far Field, Alder free, and could serve 40 people whom the plan leaves out",
    ):
        assert part in told
    one.press("Escape", 27)
    assert one.run("document.getElementById('card').hidden && !document.querySelector('.ray')")
    one.click(*one.middle("figure svg.map .s[data-f='1']"))
    told = one.run(TOLD).replace("\u00a0", " ")
    assert "What it competes with\nOld School is within reach of 30 pupils whom this one serves" in told
    assert "What it would bring elsewhere\n\nNo free site of this kind" in told
    one.run("document.querySelector('#card .close').click()")


def test_the_legend_hides_a_service(chromium: browser.Browser, pages: dict[str, Path]) -> None:
    """A press on a service in the legend of what is built hides its marks there; another shows them again."""
    one = opened(chromium, pages["report"])
    shown = (
        "[...document.querySelectorAll('.map .s')].filter(m => getComputedStyle(m).display !== 'none').length"
    )
    assert one.run(shown) == 3
    one.click(*one.middle(".legend button"))
    assert one.run(shown) == 2
    assert one.run("document.querySelector('.legend button').getAttribute('aria-pressed')") == "false"
    one.click(*one.middle(".legend button"))
    assert one.run(shown) == 3


def test_a_comparison_tells_the_place(chromium: browser.Browser, pages: dict[str, Path]) -> None:
    """The pointer over Birch tells its difference, and lights it on every map."""
    one = opened(chromium, pages["comparison"])
    one.move(*shape(one, "figure svg.map use[href='#n1']"))
    assert one.run("document.querySelector('.tip').textContent").startswith("Birch: ")
    assert one.run("document.querySelectorAll('.lit').length") == 4


def test_cards_fit_a_phone(chromium: browser.Browser, pages: dict[str, Path]) -> None:
    """A card opens from below, can be closed, and nothing is wider than the window."""
    one = opened(chromium, pages["report"], wide=390, phone=True)
    click = "dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    one.run(f"document.querySelector('.map .s[data-f=\"2\"]').{click}")
    assert "What it would bring elsewhere" in one.run(TOLD)
    assert one.run("document.documentElement.scrollWidth") <= 390
    edges = "(r => [r.left, r.right, innerHeight - r.bottom])"
    left, right, below = one.run(f"{edges}(document.getElementById('card').getBoundingClientRect())")
    assert (left, right, below) == (0, 390, 0)
    one.click(*one.middle("#card .close"))
    assert one.run("document.getElementById('card').hidden")


def test_a_place_is_found_without_a_mouse(chromium: browser.Browser, pages: dict[str, Path]) -> None:
    """The list of names opens a card; closing it gives the focus back."""
    one = opened(chromium, pages["report"])
    one.run(
        "(() => { const s = document.getElementById('place'); s.focus(); s.value = '0';"
        " s.dispatchEvent(new Event('change')); })()"
    )
    assert one.run("document.querySelector('#card h3').textContent") == "Alder"
    one.press("Escape", 27)
    assert one.run("document.activeElement.id") == "place"


def test_maps_zoom_together(chromium: browser.Browser, pages: dict[str, Path]) -> None:
    """Plus and arrows on a map that has the focus move all large maps; 0 shows the whole city again."""
    one = opened(chromium, pages["report"])
    boxes = "[...document.querySelectorAll('.frame svg.map')].map(m => m.getAttribute('viewBox'))"
    home = one.run(boxes)
    one.run("document.querySelector('.frame').focus()")
    for key in ("+", "+", "ArrowRight"):
        one.press(key, {"ArrowRight": 39}.get(key, 0))
    near = one.run(boxes)
    assert len(set(near)) == 1
    first, last = (list(map(float, box.split())) for box in (home[0], near[0]))
    assert last[2] == pytest.approx(first[2] * 0.49, rel=0.01)
    assert last[0] > first[0] + first[2] * 0.2
    one.press("0")
    assert [[float(x) for x in box.split()] for box in one.run(boxes)] == [
        [float(x) for x in box.split()] for box in home
    ]


def test_tables_sort(chromium: browser.Browser, pages: dict[str, Path]) -> None:
    """A head sorts its column by number, then the other way; what has no figure stays last."""
    one = opened(chromium, pages["report"])
    table = (
        "[...document.querySelectorAll('table')]"
        ".find(t => t.caption.textContent.startsWith('Every neighbourhood'))"
    )
    cells = f"[...({table}).tBodies[0].rows].map(r => r.cells[0].textContent)"
    press = f"({table}).tHead.rows[0].cells[2].querySelector('button').click()"
    one.run(press)
    assert one.run(cells) == ["Birch", "Alder", "Park"]
    assert one.run(f"({table}).tHead.rows[0].cells[2].getAttribute('aria-sort')") == "ascending"
    one.run(press)
    assert one.run(cells) == ["Alder", "Birch", "Park"]
    assert one.run(f"({table}).tHead.querySelectorAll('[aria-sort]').length") == 1


def test_it_prints(chromium: browser.Browser, pages: dict[str, Path], tmp_path: Path) -> None:
    """Printed, it is a PDF; cards and buttons are not on it."""
    one = opened(chromium, pages["report"])
    one.printed(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    one.send("Emulation.setEmulatedMedia", media="print")
    seen = one.run(
        "[...document.querySelectorAll('.zoom, .tip, .card, nav')].filter(e => e.offsetParent).length"
    )
    one.send("Emulation.setEmulatedMedia", media="")
    assert seen == 0


def axe() -> str:
    """Return the text of axe-core, where a package that holds it is installed."""
    found = find_spec("axe_playwright_python")
    if found is None or not found.submodule_search_locations:
        pytest.skip("axe-core is not installed")
    return (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text("utf-8")


@pytest.mark.parametrize("kind", ["report", "comparison", "notebook"])
@pytest.mark.parametrize(("wide", "phone"), [(1280, False), (390, True)])
def test_no_barrier_is_found(
    chromium: browser.Browser, pages: dict[str, Path], kind: str, wide: int, *, phone: bool
) -> None:
    """Axe finds no violation of WCAG 2.1 AA, with everything folded out and a card open."""
    assert violations(opened(chromium, pages[kind], wide=wide, phone=phone)) == []


def violations(one: browser.Browser) -> list[object]:
    """Return what axe finds, with everything folded out and a card open."""
    code = axe()
    one.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    one.run(
        "(s => s && (s.value = '0', s.dispatchEvent(new Event('change'))))(document.getElementById('place'))"
    )
    one.run(code)
    told = "r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))])"
    found: list[object] = one.run(f"axe.run(document, {{runOnly: {TAGS!r}}}).then(r => {told})")
    return found


def harmless(chromium: browser.Browser, folder: Path, name: str) -> None:
    """Open both pages with a name in every field, touch everything: nothing runs, nothing is asked for."""
    for kind, page in written(folder, name).items():
        one = opened(chromium, page)
        before = one.run("document.title")
        one.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        one.run("document.querySelectorAll('.sort').forEach(b => b.click())")
        for part in ("figure svg.map use[href='#n1']", "figure svg.map .s") if kind != "notebook" else ():
            one.move(*shape(one, part))
            one.click(*shape(one, part))
        one.run("document.querySelectorAll('#card .go button').forEach(b => b.click())")
        one.run(
            "document.querySelectorAll('main *').forEach(e => { e.dispatchEvent(new Event('mouseover')); })"
        )
        assert one.run("document.title") == before != "PWNED"
        assert one.requests == [page.as_uri()]
        assert one.complaints == []
        ours = "script:not([type]):not(body > script:last-of-type)"
        foreign = f"{ours}, iframe, img, object, base, link:not([href='data:,']), meta[http-equiv=refresh]"
        assert one.run(f"document.querySelectorAll({foreign!r}).length") == 0


@pytest.mark.parametrize("name", FIRST)
def test_no_name_runs(chromium: browser.Browser, tmp_path: Path, name: str) -> None:
    """A name that would run something is text, on both pages and in the cards."""
    harmless(chromium, tmp_path, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in FIRST])
def test_no_other_name_runs(chromium: browser.Browser, tmp_path: Path, name: str) -> None:
    """None of the sixty names runs, in any field, on any page."""
    harmless(chromium, tmp_path, name)


@pytest.fixture(scope="module")
def tongues(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the report in every language, and in one that is written from right to left."""
    folder = tmp_path_factory.mktemp("tongues")
    known = speech.languages()
    run = kept_run.keep(folder / "a", languages=known).folder
    hebrew = kept_run.keep(folder / "b", languages=["he"]).folder  # nobody translated it: words stay English
    names = dict(zip(known, ["report.html", *(f"report.{name}.html" for name in known[1:])], strict=True))
    return {name: run / file for name, file in names.items()} | {"he": hebrew / "report.html"}


def test_the_language_switches(chromium: browser.Browser, tongues: dict[str, Path]) -> None:
    """A press on a language opens its page, which leads back."""
    one = opened(chromium, tongues["en"])
    one.run("setTimeout(() => document.querySelector('.tongues a[hreflang=es]').click(), 0) && 0")
    one.wait("document.readyState === 'complete' && document.documentElement?.lang === 'es'")
    assert one.run("document.querySelector('.kicker').textContent") == "Informe de asignación"
    one.click(*shape(one, "figure svg.map use[href='#n1']"))
    assert "Residentes\n500" in one.run(TOLD).replace("\u00a0", " ")
    one.run("setTimeout(() => document.querySelector('.tongues a[hreflang=en]').click(), 0) && 0")
    one.wait("document.readyState === 'complete' && document.documentElement?.lang === 'en'")


def test_tables_sort_by_the_figures_of_a_language(
    chromium: browser.Browser, tongues: dict[str, Path]
) -> None:
    """In French `0,50` and `1 200` are figures: a column is sorted by what they are worth."""
    one = opened(chromium, tongues["fr"])
    told = one.run(
        """(() => {
          const table = document.querySelector('#gains table');
          const body = table.tBodies[0];
          ['1\u202f200', '0,5', '30', '−2,25'].forEach((text, n) => {
            const row = body.rows[n] || body.insertRow();
            row.cells[1].textContent = text;
          });
          [...body.rows].slice(4).forEach((row) => row.remove());
          table.tHead.rows[0].cells[1].querySelector('button').click();
          return [...body.rows].map((row) => row.cells[1].textContent).join('|');
        })()"""
    )
    assert told == "−2,25|0,5|30|1\u202f200"


@pytest.mark.parametrize("language", ["es", "fr", "pt", "he"])
@pytest.mark.parametrize(("wide", "phone"), [(1280, False), (390, True)])
def test_languages_fit(
    chromium: browser.Browser, tongues: dict[str, Path], language: str, wide: int, *, phone: bool
) -> None:
    """In every language, and from right to left, only tables are wider than the window; axe finds nothing."""
    one = opened(chromium, tongues[language], wide=wide, phone=phone)
    assert one.run("document.documentElement.scrollWidth") <= wide
    assert one.run("document.documentElement.dir") == ("rtl" if language == "he" else "ltr")
    assert one.run("getComputedStyle(document.querySelector('h1')).direction") == one.run(
        "document.documentElement.dir"
    )
    assert violations(one) == []
