"""The comparison as one page that opens offline, and its figures as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.report import speech
from planner.report.compare import pictures, sheets, words
from planner.report.compare.tables import COMPARED, compared, headline
from planner.report.page import template
from planner.report.tables import write_csv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from planner.report.compare.runs import Beside

PAGE, TABLE = "compare.html", "compare.csv"


def files(languages: Sequence[str]) -> list[str]:
    """Names of what is written: the table, and a page in each language."""
    return [TABLE, *(page.file for page in speech.pages(PAGE, languages))]


def write_comparison(folder: Path, beside: Beside, languages: Sequence[str] = (speech.ENGLISH,)) -> None:
    """Write the table of a comparison, and its page in each language; the same runs give the same bytes."""
    write_csv(folder / TABLE, COMPARED, compared(beside))
    tongues = speech.pages(PAGE, languages)
    for page in tongues:
        with speech.spoken(page.language):
            text = render(beside, tongues)
        (folder / page.file).write_text(text, encoding="utf-8", newline="\n", errors="replace")


def render(beside: Beside, tongues: Sequence[speech.Page] = ()) -> str:
    """Return the page as text, in the language spoken now; `tongues` are the pages in all languages."""
    differ, same = sheets.inputs(beside)
    context: dict[str, Any] = {
        "tongues": tongues,
        "city": beside.runs[0].scenario.name,
        "letters": beside.letters,
        "told_runs": words.told_runs(beside),
        "answer": words.answer(beside),
        "certainty": words.certainty(beside),
        "notes": beside.notes,
        "runs": sheets.runs(beside),
        "first": sheets.first(headline(beside), beside),
        "people": sheets.people(beside, groups=False),
        "people_by_group": sheets.people(beside, groups=True),
        "overlap": sheets.overlap(beside),
        "places": sheets.places(beside),
        "money_by_service": sheets.money_by(beside, "service"),
        "money_by_district": sheets.money_by(beside, "district"),
        "asked": sheets.asked(beside),
        "inputs": differ,
        "same": same,
        "indicators": sheets.indicators(compared(beside), beside),
    }
    return template("compare.html.j2").render(context | pictures.draw(beside))
