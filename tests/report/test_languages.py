"""Four languages: nothing is untranslated, figures have the language's marks, pages lead to one another."""

from __future__ import annotations

import gettext
import re
import runpy
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kept_run
import pytest
from babel.messages.pofile import read_po

import planner
from planner import flow
from planner.errors import InputFault
from planner.report import numbers, speech, words

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

ROOT = Path(__file__).parents[2]
OTHERS = ("es", "fr", "pt")
PLACEHOLDER = re.compile(r"%\([A-Za-z_]+\)[sd]")
MARKED = re.compile(r"(%\([A-Za-z_]+\)[sd])")
CITY = set(
    re.findall(
        r"\w+",
        """
    Tiny two services Alder Birch Park Mill Lane Old School Health Education health education small EUR
    million min people below the poverty line every rule is kept One neighbourhood has no residents EPSG
    planner neighbourhoods data geojson walk method straight line detour speed kmh
    objective utilitarian maximin
    abababababababababababababababababababababababababababababababab
    """,
    )
)
"""The city's own words: places, services, sizes, units, files, notes; and keys of its scenario."""


class Whispered(gettext.NullTranslations):
    """Every message in brackets, but for what is put into it."""

    def gettext(self, message: str) -> str:
        """Mark one message."""
        parts = MARKED.split(message)
        return "".join(p if MARKED.fullmatch(p) or not p else f"⟦{p}⟧" for p in parts)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Mark one of two messages."""
        return self.gettext(one if count == 1 else many)


class Texts(HTMLParser):
    """Every text that a page shows or tells, with what each lies in."""

    def __init__(self) -> None:
        """Begin outside of everything."""
        super().__init__()
        self.silent, self.found = 0, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what attributes tell."""
        self.silent += tag in {"style", "script", "code"}
        told = {"title", "aria-label", "alt"}
        self.found += [value for name, value in attrs if name in told and value]

    def handle_endtag(self, tag: str) -> None:
        """Leave what is silent."""
        self.silent -= tag in {"style", "script", "code"}

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if not self.silent and data.strip():
            self.found.append(data.strip())


def bare(text: str) -> str:
    """Return what of a text stands outside of all brackets."""
    return re.sub(r"⟦[^⟦⟧]*⟧", "\0", text)


def untranslated(page: str, allowed: set[str]) -> list[str]:
    """Return words of a page that are in no bracket and not among those that the city's own files say."""
    texts = Texts()
    texts.feed(page)
    words_ = {word for text in texts.found for word in re.findall(r"[^\W\d_]{2,}", bare(text))}
    return sorted(words_ - allowed)


@pytest.fixture
def whispering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `xx` a language in which every message is in brackets."""
    known = speech._catalogue
    monkeypatch.setattr(speech, "_catalogue", lambda name: Whispered() if name == "xx" else known(name))


@pytest.mark.usefixtures("whispering")
def test_every_word_of_the_pages_is_a_message(tmp_path: Path) -> None:
    """Report, comparison and notebook hold no word of ours outside of the catalogue: none is counted."""
    runs = [
        kept_run.keep(tmp_path / run, objective=o, languages=["xx"])
        for run, o in (("a", "utilitarian"), ("b", "maximin"))
    ]
    _, (compared,) = flow.compare([run.folder for run in runs], languages=["xx"])
    with speech.spoken("xx"):
        kept = planner.open_run(runs[0].folder)
        notebook = kept._repr_html_().replace(runs[0].manifest["answer"].rpartition(" Read ")[0], "")
    report = (runs[0].folder / "report.html").read_text("utf-8")
    assert report.count("⟦") > 300
    found = {
        name: untranslated(page, CITY)
        for name, page in (
            ("report", report),
            ("comparison", compared.read_text("utf-8")),
            ("notebook", notebook),
        )
    }
    assert found == {"report": [], "comparison": [], "notebook": []}


def test_a_forgotten_word_would_be_found() -> None:
    """The count is not blind: a plain word beside a message is told."""
    assert untranslated("<p>⟦Served⟧ by chance</p><p title='hidden'>⟦no⟧</p>", {"by"}) == ["chance", "hidden"]


def _texts(message: Message, strings: bool) -> tuple[str, ...]:
    found: Any = message.string if strings else message.id
    return found if isinstance(found, tuple) else (found,)


def _catalogue(language: str) -> Catalog:
    with (speech.CATALOGUES / language / "planner.po").open("rb") as text:
        return read_po(text, locale=language)


@pytest.fixture(scope="module")
def template() -> Catalog:
    """Return every message of the code as it stands."""
    found: Catalog = runpy.run_path(str(ROOT / ".github" / "docs" / "messages.py"))["extracted"]()
    return found


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_is_complete(language: str, template: Catalog) -> None:
    """Every message is translated and no other, none is in doubt, and what is put into it is kept."""
    known = _catalogue(language)
    assert {m.id for m in known if m.id} == {m.id for m in template if m.id}, "run .github/docs/messages.py"
    for message in known:
        if not message.id:
            continue
        texts, asked = _texts(message, strings=True), _texts(message, strings=False)
        assert not message.fuzzy, message.id
        assert all(texts), message.id
        assert len(texts) == (known.num_plurals if len(asked) > 1 else 1), message.id
        for text in texts:
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(asked[-1])), message.id
            assert (text[0].isspace(), text[-1].isspace()) == (False, False), message.id


def test_the_languages_are_these() -> None:
    """English first, then every folder with a catalogue; each tells its own name."""
    assert speech.languages() == ("en", *OTHERS)
    assert [speech.name_of(name) for name in speech.languages()] == [
        "English",
        "español",
        "français",
        "português",
    ]


@pytest.mark.parametrize(
    ("language", "figures"),
    [
        ("en", ["1,234", "12,346", "−1,234,567", "3.14", "< 0.1 %", "12 %", "99.1 %", "+0.12"]),
        ("es", ["1234", "12.346", "−1.234.567", "3,14", "< 0,1 %", "12 %", "99,1 %", "+0,12"]),
        ("pt", ["1.234", "12.346", "−1.234.567", "3,14", "< 0,1 %", "12 %", "99,1 %", "+0,12"]),
        ("fr", ["1_234", "12_346", "−1_234_567", "3,14", "< 0,1 %", "12 %", "99,1 %", "+0,12"]),
    ],
)
def test_figures_have_the_marks_of_the_language(language: str, figures: list[str]) -> None:
    """Decimal and thousands marks follow the language, rounding does not."""
    with speech.spoken(language):
        told = [numbers.number(value) for value in (1234.4, 12345.6, -1234567, 3.14159)]
        told += [numbers.percent(0.00001), numbers.percent(0.125), numbers.at_least(0.99123)]
        told.append(numbers.change(0.123))
    assert [text.replace("\u00a0", " ").replace("\u202f", "_") for text in told] == figures


def test_sentences_in_four_languages() -> None:
    """A sentence is told in the language spoken, and in English again after it."""
    found = {}
    for language in speech.languages():
        with speech.spoken(language):
            found[language] = f"{words.principle('maximin')}, {words.people('person', 2)}"
    assert found == {
        "en": "the worst-off place is as well off as possible, people",
        "es": "el lugar que está peor esté lo mejor posible, personas",
        "fr": "le lieu le plus défavorisé soit aussi bien que possible, personnes",
        "pt": "o lugar em pior situação esteja o melhor possível, pessoas",
    }
    assert words.people("person", 1) == "person"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("de", "--lang: the language `de` is not known\n    → known are en, es, fr, pt"),
        (" , ", "--lang: no language is named\n    → known are en, es, fr, pt"),
        (
            "es,../x,klingon",
            "\n".join(
                f"--lang: the language `{name}` is not known\n    → known are en, es, fr, pt"
                for name in ("../x", "klingon")
            ),
        ),
    ],
)
def test_an_unknown_language_is_refused(asked: str, message: str) -> None:
    """Every unknown language is named at once, with those that are known."""
    with pytest.raises(InputFault) as told:
        speech.asked_for(asked)
    assert str(told.value) == message


def test_pages_lead_to_one_another(tmp_path: Path) -> None:
    """The first language stands in report.html, the others beside it; pages of languages not asked for go."""
    assert speech.asked_for("ES, en,es") == ("es", "en")
    folder = kept_run.keep(tmp_path / "a", languages=["es", "en", "fr"]).folder
    pages = sorted(page.name for page in folder.glob("report*.html"))
    assert pages == ["report.en.html", "report.fr.html", "report.html"]
    first = (folder / "report.html").read_text("utf-8")
    assert '<html lang="es" dir="ltr">' in first
    assert '<a href="report.fr.html" lang="fr" hreflang="fr">français</a>' in first
    assert '<span lang="es" aria-current="page">español</span>' in first
    assert '<a href="report.html" lang="es"' in (folder / "report.fr.html").read_text("utf-8")
    english = kept_run.keep(tmp_path / "b").folder / "report.html"
    assert "tongues" not in english.read_text("utf-8").partition("</style>")[2]
    kept_run.keep(tmp_path / "a")
    assert [page.name for page in folder.glob("report*.html")] == ["report.html"]


def test_a_comparison_in_two_languages(tmp_path: Path) -> None:
    """A page for each language, one table in English beside them."""
    runs = [kept_run.keep(tmp_path / run, objective=o) for run, o in (("a", "utilitarian"), ("b", "maximin"))]
    _, pages = flow.compare([run.folder for run in runs], languages=["pt", "en"])
    assert [page.name for page in pages] == ["compare.html", "compare.en.html"]
    assert "Comparação de planos" in pages[0].read_text("utf-8")
    assert "Comparison of plans" in pages[1].read_text("utf-8")
    assert (pages[0].with_name("compare.csv")).read_text("utf-8-sig").startswith("run,service,group,measure")
