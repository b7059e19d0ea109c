"""The report page: one file that opens by double-click, without network and without scripts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.report import (
    charts,
    drawing,
    explained,
    fairness,
    futures,
    moved,
    over_time,
    owners,
    proof,
    sheets,
    speech,
    spending,
    words,
)
from planner.report.figures import Figures, add_up
from planner.report.judging import equal_outcome
from planner.report.maps import write_maps
from planner.report.outlines import outline
from planner.report.vouching import checked, vouched
from planner.scenario.futures import likeliest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import jinja2
    import pandas as pd

    from planner.city.city import City
    from planner.plan import Plan
    from planner.report.rivals import Rivals
    from planner.report.sheets import Sheet
    from planner.scenario.schema import Scenario

TEMPLATES = Path(__file__).parent / "templates"
PAGE = "report.html"


def write_report(  # noqa: PLR0917 - the nouns of the flow, in its order
    folder: Path,
    scenario: Scenario,
    city: City,
    plan: Plan,
    indicators: pd.DataFrame,
    services: pd.DataFrame,
    *,
    verdict: str,
    notes: Sequence[str],
    versions: Mapping[str, str],
    equity: Mapping[str, pd.DataFrame] | None = None,
    rivals: Rivals | None = None,
    languages: Sequence[str] = (speech.ENGLISH,),
) -> list[Path]:
    """Write the maps and the report page of a plan, in every language asked for.

    Parameters
    ----------
    folder
        The run folder.
    indicators
        Columns of `frames.INDICATORS`.
    services
        Index `service`; unit, meaning, weight (ω, sums to 1), scale (k), need, standard, limit, travel_unit.
    verdict
        What the checker says of the plan, in a sentence.
    notes
        What the reader should be told beside the notes of the city, such as those on travel.
    versions
        Version by name of program, for repeating the run.
    equity
        Tables as in `frames.equity.EQUITY_TABLES`; without them the page has no equity audit.
    rivals
        What each facility stands beside; without it its card does not tell.
    languages
        Languages that `speech` knows: the first in `report.html`, others in `report.es.html` and so on.

    Returns
    -------
    list of Path
        The pages, in that order; the same arguments give the same bytes.
    """
    whole, plan = plan, plan.seen(likeliest(scenario))
    write_maps(folder, scenario, city, plan, add_up(scenario, city, plan, services))
    for old in folder.glob(f"{Path(PAGE).stem}.*{Path(PAGE).suffix}"):  # in a language not asked for now
        old.unlink()
    pages = []
    for name in speech.pages(PAGE, languages):
        with speech.spoken(name.language):
            text = render(
                scenario,
                city,
                plan,
                add_up(scenario, city, plan, services),
                indicators,
                verdict=verdict,
                notes=notes,
                versions=versions,
                equity=equity,
                rivals=rivals,
                by_future=futures.by_future(scenario, city, whole, services),
                tongues=speech.pages(PAGE, languages),
            )
        pages.append(folder / name.file)
        pages[-1].write_text(text, encoding="utf-8", newline="\n", errors="replace")
    return pages


def render(
    scenario: Scenario,
    city: City,
    plan: Plan,
    figures: Figures,
    indicators: pd.DataFrame,
    *,
    verdict: str,
    notes: Sequence[str],
    versions: Mapping[str, str],
    equity: Mapping[str, pd.DataFrame] | None = None,
    rivals: Rivals | None = None,
    by_future: Sheet | None = None,
    tongues: Sequence[speech.Page] = (),
) -> str:
    """Return the page as text, in the language spoken now; `tongues` are the pages in all languages."""
    context = {
        "tongues": tongues,
        "scenario": scenario,
        "headline": words.headline(scenario, plan, figures),
        "top_places": words.top_places(figures),
        "cards": proof.cards(scenario, plan, figures),
        "verdict": checked(verdict),
        "notes": [*city.notes, *notes],
        "versions": sorted(versions.items()),
        "sentences": proof.sentences(indicators),
        "ending": proof.ending(plan.status),
        "vouches": vouched(plan.status),
        "equal_outcome": equal_outcome(scenario, figures),
        "commands": proof.commands(scenario, folder="RUN"),
        "crs": city.crs,
        "if_otherwise": futures.weighing(scenario),
        "by_future": by_future,
        "equity": None if equity is None else _equity(fairness.Audit(scenario, figures, equity)),
    }
    context |= _pictures(scenario, city, figures, rivals) | _sheets(scenario, city, plan, figures, indicators)
    return template("report.html.j2").render(context)


def template(name: str) -> jinja2.Template:
    """Return a template that escapes every name, in the language spoken now."""
    found = _environment().get_template(name)
    _speak(found.environment)
    words: dict[str, Any] = {"spoken": explained.spoken, "script": explained.script}
    found.globals.update(words, fingerprint=explained.fingerprint)
    found.globals.update(language=speech.language(), direction=speech.direction())
    return found


def _pictures(scenario: Scenario, city: City, figures: Figures, rivals: Rivals | None) -> dict[str, Any]:
    outlines = outline(city.neighbourhoods)
    return {
        "shapes": outlines.shapes,
        "data": explained.explained(scenario, city, figures, outlines, rivals),
        "before_after": drawing.before_after(outlines, figures),
        "change_map": drawing.change_map(outlines, figures),
        "built_map": drawing.built_map(outlines, figures),
        "service_maps": drawing.service_maps(outlines, figures),
    }


def _sheets(
    scenario: Scenario, city: City, plan: Plan, figures: Figures, indicators: pd.DataFrame
) -> dict[str, Any]:
    return {
        "budget": spending.budget(scenario, figures),
        "weighing": over_time.weighing(scenario),
        "timetable": over_time.timetable(scenario, plan),
        "by_period": over_time.by_period(scenario, plan),
        "money_by_service": spending.by_service(scenario, figures),
        "money_by_place": spending.by_place(scenario, figures),
        "built": sheets.facilities(scenario, figures, existing=False),
        "acquired": owners.acquired(scenario, figures),
        "runners": owners.runners(scenario, figures),
        "changed": sheets.changes(scenario, figures),
        "moved": moved.moved(plan, figures),
        "moves": moved.moves(plan, figures),
        "standing": sheets.facilities(scenario, figures, existing=True),
        "served": sheets.served(figures),
        "unmet": sheets.left_unmet(plan, figures),
        "wellbeing": sheets.wellbeing_by_group(figures),
        "indicators": sheets.indicators(indicators, figures),
        "neighbourhoods": sheets.neighbourhoods(figures),
        "options": proof.options(scenario),
        "standards": proof.standards(figures),
        "travel": proof.travel(scenario),
        "rules": proof.rules(scenario),
        "sources": proof.sources(sorted(city.inputs.items())),
        "proof": proof.bounds(plan.status),
    }


def _equity(audit: fairness.Audit) -> dict[str, Any]:
    meeting, meetings = fairness.meetings(audit)
    return {
        "gains": fairness.gains(audit),
        "waiting": fairness.waiting(audit),
        "where_waiting": fairness.where_waiting(audit),
        "gaps": fairness.gaps(audit),
        "levelling": fairness.levelling(audit),
        "closures": fairness.closures(audit),
        "displaced": fairness.displaced(audit),
        "ways": fairness.ways(audit),
        "if_nearest": fairness.if_nearest(audit),
        "if_even": fairness.if_even(audit),
        "meeting": meeting,
        "meetings": meetings,
        "charts": charts.charts(audit),
        "dominance": charts.dominance(audit),
    }


@cache
def _environment() -> jinja2.Environment:
    import jinja2  # noqa: PLC0415 - slow to import

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return environment


def _speak(environment: jinja2.Environment) -> None:
    spoken = speech.translations()
    install: Any = getattr(environment, "install_gettext_callables")  # noqa: B009 - added by the extension
    install(spoken.gettext, spoken.ngettext, newstyle=True)
