"""Inside the cage: in which encoding a text file is written, so that no letter is changed in silence."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from planner.city.formats import Refused

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 1 << 20
"""Bytes that are looked at in one go."""
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""Marks that some programs put before the first letter."""
OLD = "windows-1252"
"""What spreadsheets of western Europe and the Americas write where they do not write UTF-8."""
UNLIKELY = re.compile(
    r"[^\x00-\x7f\xa0-\xff\u20ac\u2018-\u201e\u2013\u2014\u2020\u2021\u2022\u2026\u2030\u2039\u203a\u2122"
    r"\u0160\u0161\u017d\u017e\u0152\u0153\u0178]"
    r"|[^\W\d_][\u201a\u201c-\u201e\u2020\u2021\u2022\u2026\u2030\u2039\u203a\u20ac\u2122"
    r"\xa1-\xa9\xab-\xac\xae-\xb3\xb5-\xb6\xb8\xb9\xbb-\xbf\xd7\xf7][^\W\d_]"
    r"|[a-z\xdf-\xff][\u0160\u017d\u0152\u0178]"
)
"""Signs within words that show that text is not Windows-1252 but an older or another encoding."""
STATE_IT = "say how it is written beside `file`, such as `table: {encoding: cp850}`, or save it as UTF-8"


def encoding_of(path: Path, given: str | None) -> str:
    """Name the encoding of a text file: the one given, or UTF-8, UTF-16 or Windows-1252 as its bytes tell.

    Raises
    ------
    Refused
        When the bytes are no text, or not that of the encoding given, or may be of several.
    """
    with path.open("rb") as file:
        head = file.read(CHUNK)
    marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
    if given is not None:
        name = marked if marked and marked.startswith(given.removesuffix("-sig")) else given
        _check(path, name)
        return name
    if marked is not None:
        _check(path, marked)
        return marked
    if b"\0" in head[:1000]:
        return _without_mark(path, head)
    wrong = _first_wrong(path, "utf-8")
    return "utf-8" if wrong is None else _old(path, wrong)


def _without_mark(path: Path, head: bytes) -> str:
    """UTF-16 without its mark: every second byte of Latin letters is zero."""
    even, odd = head[:1000:2].count(0), head[1:1000:2].count(0)
    few = len(head[:1000]) // 10
    name = "utf-16-le" if odd > few and not even else "utf-16-be" if even > few and not odd else None
    if name is None:
        raise Refused("the file is not UTF-8 text", "save it again with the encoding UTF-8")
    _check(path, name)
    return name


def _old(path: Path, wrong: UnicodeDecodeError) -> str:
    """Windows-1252 where its letters read like words; otherwise the planner has to say."""
    byte = f"byte {wrong.start} is {wrong.object[0]:#04x}"
    told = f"the file is not UTF-8 ({byte}), and does not read like Windows-1252 either"
    try:
        with path.open(encoding=OLD, newline="") as file:
            while chunk := file.read(CHUNK):
                if (strange := UNLIKELY.search(chunk)) is not None:
                    raise Refused(f"{told} ({_around(chunk, strange)!r})", STATE_IT)
    except UnicodeDecodeError:
        raise Refused(told, STATE_IT) from None
    return OLD


def _around(text: str, found: re.Match[str]) -> str:
    """Return the found signs with some letters to both sides, of the same line."""
    before = text[max(found.start() - 5, 0) : found.start()].rpartition("\n")[2]
    after = text[found.end() : found.end() + 5].partition("\n")[0]
    return (before + found[0] + after).strip()


def _check(path: Path, name: str) -> None:
    wrong = _first_wrong(path, name)
    if wrong is not None:
        shown = name.removesuffix("-sig").upper()
        byte = f"byte {wrong.start} is {wrong.object[0]:#04x}"
        raise Refused(f"the file is not {shown} ({byte})", STATE_IT)


def _first_wrong(path: Path, name: str) -> UnicodeDecodeError | None:
    """First byte that is no letter in this encoding, counted from the start of the file."""
    decoder = codecs.getincrementaldecoder(name)()
    before = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            held = decoder.getstate()[0]
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                start = before - len(held) + error.start
                end = start + 1
                return UnicodeDecodeError(name, error.object[error.start :][:1], start, end, error.reason)
            if not chunk:
                return None
            before += len(chunk)
