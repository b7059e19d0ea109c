"""All sixty hostile names at once, in every list of a run, on every page and in every file."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import browser
import crowd
import openpyxl
import pytest
from hostile import HOSTILE
from test_browser import SHELL, chromium, opened
from test_export import export, live

import planner
from planner import flow
from planner.errors import InputFault
from planner.report import pdf
from planner.report.export import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from planner.report.kept import Kept

__all__ = ["chromium"]
pytestmark = pytest.mark.slow
OURS = "script:not([type]):not(body > script:last-of-type)"
FOREIGN = (
    f"{OURS}, iframe, img, object, base, link:not([href='data:,']), video, math, meta[http-equiv=refresh]"
)
EVERY_PLACE = (
    "[...document.getElementById('place').options].forEach(o => { const s = document.getElementById('place');"
    " s.value = o.value; s.dispatchEvent(new Event('change')); })"
)
EVERY_PART = (
    "document.querySelectorAll('.map .a, .map .s').forEach(e =>"
    " { for (const kind of ['pointermove', 'mouseover', 'click'])"
    " e.dispatchEvent(new MouseEvent(kind, {bubbles: true})); })"
)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Kept]:
    """Return two runs with all names."""
    folder = tmp_path_factory.mktemp("runs")
    return [
        crowd.keep(folder / name, objective=principle)
        for name, principle in (("a-0123abcd", "utilitarian"), ("b-0123abcd", "maximin"))
    ]


def pages(runs: list[Kept]) -> dict[str, Path]:
    """Return every page that people open."""
    _, (compared,) = flow.compare([run.folder for run in runs])
    shown = runs[0].folder.parent / "notebook.html"
    shown.write_text(SHELL.format(planner.open_run(runs[0].folder)._repr_html_()), encoding="utf-8")
    return {"report": runs[0].folder / "report.html", "comparison": compared, "notebook": shown}


@pytest.mark.skipif(browser.PROGRAM is None, reason="no Chromium here")
def test_nothing_runs_on_any_page(chromium: browser.Browser, runs: list[Kept]) -> None:
    """Folds opened, columns sorted, places and symbols touched: nothing runs, nothing is asked for."""
    for kind, page in pages(runs).items():
        one = opened(chromium, page)
        title = one.run("document.title")
        one.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        one.run("document.querySelectorAll('.sort').forEach(b => b.click())")
        one.run(EVERY_PART)
        if kind == "report":
            one.run(EVERY_PLACE)
            assert one.run("document.getElementById('place').options.length") == len(HOSTILE) + 1
        assert one.run("document.title") == title != "PWNED"
        assert one.requests == [page.as_uri()]
        assert one.complaints == []
        assert one.run(f"document.querySelectorAll({FOREIGN!r}).length") == 0
        if kind == "report":
            shown = one.run("document.documentElement.textContent")
            assert [name for name in HOSTILE if name.isprintable() and name.strip() not in shown] == []


@pytest.mark.skipif(browser.PROGRAM is None, reason="no Chromium here")
def test_long_tables_are_cut_on_paper(chromium: browser.Browser, runs: list[Kept], tmp_path: Path) -> None:
    """Of sixty rows twenty are printed, with where the others are; a page of paper holds no button."""
    pages_of = pytest.importorskip("pypdf").PdfReader
    for kind, page in pages(runs).items():
        if kind == "notebook":
            continue
        one = opened(chromium, page)
        one.printed(tmp_path / f"{kind}.pdf")
        assert len(pages_of(tmp_path / f"{kind}.pdf").pages) <= 25
        one.send("Emulation.setEmulatedMedia", media="print")
        rows = one.run(
            "[...document.querySelectorAll('.cut')].filter(e => e.offsetParent && !e.closest('.screen'))"
            ".map(e => [e.querySelectorAll('tbody tr').length,"
            " [...e.querySelectorAll('tbody tr')].filter(r => getComputedStyle(r).display !== 'none').length,"
            " e.nextElementSibling.innerText])"
        )
        one.send("Emulation.setEmulatedMedia", media="")
        assert kind == "comparison" or rows
        for whole, shown, told in rows:
            assert (whole > 24, shown) == (True, 20)
            assert told.startswith(f"Printed are the first 20 of {whole} rows.")


def test_the_pdf_does_nothing(runs: list[Kept]) -> None:
    """No script, no file, no address: only words."""
    try:
        pdf.ready()
    except InputFault as missing:
        pytest.skip(str(missing))
    reader = pytest.importorskip("pypdf").PdfReader(pdf.write_pdf(runs[0].folder / "report.html"))
    assert reader.attachments == {}
    for number in range(1, len(reader.xref[0]) + 1):
        part = reader.get_object(number)
        told = part if hasattr(part, "keys") else {}
        assert not {"/JS", "/URI", "/Launch", "/EF", "/OpenAction", "/AA"} & set(told.keys())
    text = "".join(page.extract_text() for page in reader.pages).replace("\0", "")
    assert "evil.invalid" in text
    assert "PWNED" in text


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_live_in_any_export(runs: list[Kept], tmp_path: Path, form: str) -> None:
    """A workbook holds no formula and no link, a CSV no cell that a spreadsheet would run."""
    where = export(runs[0], tmp_path, form)
    if form == "xlsx":
        book = openpyxl.load_workbook(where)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert sum(cell.data_type == "f" or cell.hyperlink is not None for cell in cells) == 0
        assert sum("evil.invalid" in str(cell.value) for cell in cells) > len(HOSTILE) / 10
    if form == "csv":
        files = [path.read_text("utf-8-sig") for path in where.glob("*.csv")]
        cells = [cell for text in files for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert [cell for cell in cells if live(cell)] == []
        assert sum("evil.invalid" in cell for cell in cells) > len(HOSTILE) / 10
