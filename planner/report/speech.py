"""The language that sentences are told in: gettext, English built in."""

from __future__ import annotations

import gettext
from contextvars import ContextVar
from pathlib import Path

DOMAIN = "planner"
CATALOGUES = Path(__file__).parent / "locale"

_translations: ContextVar[gettext.NullTranslations] = ContextVar("translations")
_language: ContextVar[str] = ContextVar("language", default="en")


def speak(language: str) -> None:
    """Tell everything from here on in a language such as `es`; English where no catalogue is found."""
    _translations.set(gettext.translation(DOMAIN, CATALOGUES, languages=[language], fallback=True))
    _language.set(language)


def language() -> str:
    """Return the language spoken now, such as `en`."""
    return _language.get()


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
