"""The language that sentences are told in: gettext, English built in, a `.po` file for every other."""

from __future__ import annotations

import gettext
import io
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from babel import Locale, UnknownLocaleError
from babel.messages import mofile, pofile

from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CATALOGUES = Path(__file__).parent / "locale"
"""A folder for each language, with `planner.po` in it."""
ENGLISH = "en"

_translations: ContextVar[gettext.NullTranslations] = ContextVar("translations")
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def languages() -> tuple[str, ...]:
    """Return the languages that are known, English first."""
    return (ENGLISH, *sorted(file.parent.name for file in CATALOGUES.glob("*/planner.po")))


def asked_for(text: str) -> tuple[str, ...]:
    """Return the languages named in a text such as `en,es`, each once.

    Raises
    ------
    InputFault
        For every one that is not known, and where none is named.
    """
    named = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    hint = f"known are {', '.join(languages())}"
    strange = [name for name in named if name not in languages()]
    faults = [Fault(f"the language `{name}` is not known", "--lang", hint) for name in strange]
    if faults or not named:
        raise InputFault(faults or Fault("no language is named", "--lang", hint))
    return named


def name_of(language: str) -> str:
    """Return what a language calls itself, such as `español`."""
    try:
        return str(Locale.parse(language).get_display_name(language) or language)
    except UnknownLocaleError:
        return language


class Page(NamedTuple):
    """A page in one language: the language, what it calls itself, the file."""

    language: str
    name: str
    file: str


def pages(file: str, languages: Sequence[str]) -> list[Page]:
    """Return the page of each language: `report.html` is in the first, others such as `report.es.html`."""
    stem, _dot, ending = file.rpartition(".")
    files = [file, *(f"{stem}.{language}.{ending}" for language in languages[1:])]
    return [Page(tongue, name_of(tongue), own) for tongue, own in zip(languages, files, strict=True)]


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Tell everything inside in a language such as `es`."""
    before = _language.set(language)
    catalogue = _translations.set(_catalogue(language))
    try:
        yield
    finally:
        _translations.reset(catalogue)
        _language.reset(before)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    file = CATALOGUES / language / "planner.po"
    if language == ENGLISH or not file.exists():
        return gettext.NullTranslations()
    with file.open("rb") as text:
        catalogue = pofile.read_po(text, locale=language)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def language() -> str:
    """Return the language spoken now, such as `en`."""
    return _language.get()


def direction() -> str:
    """Return how the language spoken now is written: `ltr`, or `rtl` from right to left."""
    try:
        return str(Locale.parse(language()).text_direction)
    except UnknownLocaleError:
        return "ltr"


def translations() -> gettext.NullTranslations:
    """Return the catalogue of the language spoken now; never the one of the machine's locale."""
    return _translations.get(gettext.NullTranslations())


def _(message: str) -> str:
    """Return the message in the language spoken now."""
    return translations().gettext(message)


def ngettext(one: str, many: str, count: float) -> str:
    """Return the message for that count in the language spoken now."""
    return translations().ngettext(one, many, round(count))


def listed(parts: list[str]) -> str:
    """Join parts as a sentence does: `a, b and c`."""
    if len(parts) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
