"""The PDF: tagged, with language, title, words for pictures; and what is told without WeasyPrint."""

from __future__ import annotations

import builtins
from collections import Counter
from typing import TYPE_CHECKING, Any

import kept_run
import pytest
from hostile import HOSTILE

from planner.errors import InputFault
from planner.report import pdf

if TYPE_CHECKING:
    from pathlib import Path

    import pypdf

FETCHES = '<link rel="attachment" href="file:///etc/hostname">'
assert FETCHES in HOSTILE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the invented plan is kept."""
    return tmp_path_factory.mktemp("plain")


@pytest.fixture(scope="module")
def plain(folder: Path) -> pypdf.PdfReader:
    """Return the PDF of the invented plan, made once."""
    return drawn(folder)


def drawn(folder: Path, name: str | None = None) -> pypdf.PdfReader:
    """Write the PDF of the invented plan and read it back."""
    try:
        pdf.ready()
    except InputFault as missing:
        pytest.skip(str(missing))
    reader = pytest.importorskip("pypdf")
    page = kept_run.keep(folder / "run", name).folder / "report.html"
    return reader.PdfReader(pdf.write_pdf(page))


def parts(root: Any) -> list[Any]:  # noqa: ANN401 - a dictionary of the file
    """Return every tagged part of the document."""
    found, left = [], [root]
    while left:
        part = left.pop().get_object()
        if isinstance(part, list):
            left += part
        elif hasattr(part, "get"):
            found += [part] if "/S" in part else []
            left += [part["/K"]] if "/K" in part else []
    return found


def test_it_is_tagged(plain: pypdf.PdfReader) -> None:
    """Who listens to it hears its title, its language, heads, tables by row and column, and every picture."""
    root = plain.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en"
    assert plain.metadata.title == "Tiny – two services"
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_object().get_data()
    tagged = parts(root["/StructTreeRoot"]["/K"])
    kinds = Counter(part["/S"] for part in tagged)
    assert kinds["/H1"] == 1
    assert kinds["/H2"] >= 8
    assert kinds["/TH"] > kinds["/Table"] > 10
    assert all(part.get("/Alt") for part in tagged if part["/S"] == "/Figure")


def test_it_is_a4_and_short(plain: pypdf.PdfReader) -> None:
    """Its pages are A4, few, numbered, and nothing of the screen is on them."""
    assert {tuple(round(float(part)) for part in page.mediabox[2:]) for page in plain.pages} == {(595, 842)}
    assert len(plain.pages) <= 12
    first = plain.pages[0].extract_text()
    assert f"1 / {len(plain.pages)}" in first
    assert "Tiny – two services" in first
    assert "Skip to the maps" not in first
    assert "Indicators by group" not in "".join(page.extract_text() for page in plain.pages)


def test_maps_are_drawn_in_colour(plain: pypdf.PdfReader) -> None:
    """The colours of the classes and the hatching of the park reach the page."""
    told = b"".join(
        stream.get_object().get_data()
        for page in plain.pages
        for stream in page["/Resources"].get("/XObject", {}).values()
    ) + b"".join(page.get_contents().get_data() for page in plain.pages)
    for colour in ("00224e", "fee838", "0072b2"):
        red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4))
        assert b"%g %g %g" % tuple(round(part, 6) for part in (red, green, blue)) in told, colour


def test_every_hatched_place_is_hatched(folder: Path, plain: pypdf.PdfReader) -> None:
    """Each place of which nothing is known, on each map and in each legend, has its hatching."""
    asked = (folder / "run" / "report.html").read_text("utf-8").count(' nodata"')
    parts = [plain.get_object(number) for number in range(1, plain.trailer["/Size"])]
    assert sum(getattr(part, "get", {}.get)("/PatternType") == 1 for part in parts) == asked > 8


def test_nothing_is_fetched_or_attached(tmp_path: Path) -> None:
    """A name that asks for a file of this machine is text, and no file is in the PDF."""
    found = drawn(tmp_path, FETCHES)
    assert found.attachments == {}
    assert "/etc/hostname" in "".join(page.extract_text() for page in found.pages)
    assert "/URI" not in str(found.trailer["/Root"])


def test_without_weasyprint_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any work: which package, and what can be done without it."""
    monkeypatch.setattr(pdf, "find_spec", lambda _name: None)
    with pytest.raises(InputFault) as told:
        pdf.ready()
    assert str(told.value) == (
        "--pdf: the package WeasyPrint is not installed\n    → install it with: "
        "pip install 'wellbeing-planner[pdf]', or print report.html from a browser"
    )
    assert told.value.exit_code == 2


def test_without_pango_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """WeasyPrint alone does not do: it draws text with libraries of the machine."""

    def lacking(name: str, *given: object, **named: object) -> object:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return kept(name, *given, **named)

    kept = builtins.__import__
    monkeypatch.setattr(pdf, "find_spec", lambda _name: object())
    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(InputFault) as told:
        pdf.ready()
    assert str(told.value) == (
        "--pdf: WeasyPrint misses a library: cannot load library 'libpango-1.0-0'\n"
        "    → install Pango (Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)"
    )
