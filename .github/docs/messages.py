"""Gathers every word of reports, comparisons and plain sentences, and brings the translations up to date.

Run `.venv/bin/python .github/docs/messages.py` after a change of words: what is new stands untranslated
in `planner/report/locale/LANGUAGE/planner.po`, what has changed is marked `fuzzy`. Translate both by hand,
and take the mark away. For a new language name it: `messages.py it` makes its file.
"""
# ruff: noqa: INP001 - a script

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import planner
from planner import catalogue
from planner.report.speech import CATALOGUES

CODE = Path(planner.__file__).parent / "report"
METHODS = [("**/templates/**.j2", "jinja2"), ("**.py", "python")]
OPTIONS = {"**/templates/**.j2": {"newstyle_gettext": "true", "trimmed": "true"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
PASSING = tuple(
    f'"{name}' for name in ("Project", "Report", "POT", "PO-", "Last", "Language-Team", "Generated")
)
TITLED = ("measure", "summary")
"""Kinds of units whose titles are told where nothing else explains them."""


def extracted() -> Catalog:
    """Every message, as `Catalog` of Babel."""
    found = Catalog(project="planner", fuzzy=False)
    for _file, _line, message, _comments, _context in extract_from_dir(CODE, METHODS, OPTIONS, KEYWORDS):
        found.add(message, flags=["python-format"] if "%(" in str(message) else [])
    for kind in TITLED:
        for unit in catalogue.units(kind).values():
            found.add(unit.title)
    return found


def updated(language: str, template: Catalog) -> Catalog:
    """The translations into a language, with every message of the template and no other."""
    file = CATALOGUES / language / "planner.po"
    known = Catalog(locale=language)
    if file.exists():
        with file.open("rb") as text:
            known = read_po(text, locale=language)
    known.update(template, no_fuzzy_matching=False, update_header_comment=False)
    known.obsolete.clear()
    return known


def written(known: Catalog) -> str:
    """The file of a language; its head tells language and plurals, and nothing that changes by itself."""
    known.fuzzy = False
    known.header_comment = f"# Words of the planner's pages: {known.locale_identifier}"
    text = io.BytesIO()
    write_po(text, known, width=0, no_location=True)
    lines = text.getvalue().decode("utf-8").split("\n")
    return "\n".join(line for line in lines if not line.startswith(PASSING))


def main(languages: list[str]) -> None:
    """Write the file of each language, and say what is left to translate."""
    template = extracted()
    for language in languages or sorted(folder.name for folder in CATALOGUES.iterdir()):
        known = updated(language, template)
        file = CATALOGUES / language / "planner.po"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written(known), encoding="utf-8", newline="\n")
        left = [one for one in known if one.id and (one.fuzzy or not all(_texts(one.string)))]
        print(f"{language}: {len(left)} of {len(known)} messages to translate")  # noqa: T201 - what it is for


def _texts(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (string,)


if __name__ == "__main__":
    main(sys.argv[1:])
