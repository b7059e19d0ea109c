"""How sure, on which assumptions, from which sources, and how to repeat it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.report.figures import EVERYONE, Gain, records
from planner.report.numbers import NOTHING, at_least, change, number, percent
from planner.report.plain import caution
from planner.report.reading import ending, indicator_sentence, proof_rows
from planner.report.sheets import Sheet
from planner.report.speech import _
from planner.report.words import people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from planner.plan import Plan, Status
    from planner.report.figures import Figures
    from planner.scenario.schema import Scenario

__all__ = [
    "bounds",
    "cards",
    "commands",
    "ending",
    "options",
    "rules",
    "sentences",
    "sources",
    "standards",
    "travel",
]


@dataclass(frozen=True)
class Card:
    """One figure of the first screen: what it is, the figure, a word beside it."""

    name: str
    figure: str
    aside: str


def cards(scenario: Scenario, plan: Plan, figures: Figures) -> list[Card]:
    """Return the figures of the first screen: money, facilities, wellbeing, worst-off fifth, proof."""
    services, budget = figures.services, scenario.budget
    count, modules = number(services["built"].sum()), number(services["modules"].sum())
    limit = "" if budget.capital is None else _("of %(n)s at most") % {"n": number(budget.capital)}
    spent = number(services["capital_cost"].sum())
    return [
        Card(_("To build, %(currency)s") % {"currency": budget.currency}, spent, limit),
        Card(_("Facilities built"), count, _("%(n)s modules") % {"n": modules}),
        Card(_("Average wellbeing"), *_gain(figures.everyone)),
        Card(_("Worst-off fifth of residents"), *_gain(figures.gains_by_fifth[0])),
        _sure(plan.status),
    ]


def _gain(gain: Gain) -> tuple[str, str]:
    before, after = number(gain.before, 2), number(gain.after, 2)
    return change(gain.change), _("from %(before)s to %(after)s") % {
        "before": before,
        "after": after,
    }


def _sure(status: Status) -> Card:
    name = _("How sure")
    if status.ending == "given":
        return Card(name, _("by hand"), _("no bound was asked"))
    if status.gap is None:
        return Card(name, NOTHING, _("no bound is known"))
    aside = _("of the possible, proven")
    if status.ending in {"time_limit", "interrupted", "memory"}:
        aside = _("of the possible, proven; stopped early")
    return Card(name, f"≥ {at_least(1.0 - status.gap)}", aside)


def sentences(indicators: pd.DataFrame) -> list[str]:
    """Tell the indicators of everyone's wellbeing in plain sentences."""
    last = indicators[indicators["period"] == indicators["period"].max()]
    everyone = last[(last["group"] == EVERYONE) & (last["service"] == "all") & last["value"].notna()]
    before = {
        (row["measure"], row["summary"]): row for _i, row in everyone[everyone["when"] == "before"].iterrows()
    }
    after = everyone[everyone["when"] == "after"].sort_values(["measure", "summary"])
    told = []
    for _i, row in after.iterrows():
        name = str(row["measure"]), str(row["summary"])
        sentence = indicator_sentence(before.get(name), row)
        told.append(f"{sentence} {caution(name[1], name[0])}".strip())
    return told


def bounds(status: Status) -> Sheet:
    """Tell value, bound and gap."""
    return Sheet(_("Value, bound and gap"), (_("What"), _("Figure")), tuple(proof_rows(status)))


def travel(scenario: Scenario) -> Sheet:
    """List how people move, by mode."""
    rows = [(name, _settings(mode.model_dump(exclude_none=True))) for name, mode in scenario.travel.items()]
    return Sheet(_("How people move"), (_("Mode"), _("How it is measured")), tuple(rows), 2)


def rules(scenario: Scenario) -> Sheet:
    """List the rules that the scenario adds."""
    rows = [(name, _settings(given)) for rule in scenario.constraints for name, given in rule.items()]
    return Sheet(_("Rules that every plan keeps"), (_("Rule"), _("As asked")), tuple(rows), 2)


def _settings(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {_setting(value)}" for key, value in given.items())


def _setting(value: object) -> str:
    if isinstance(value, dict):
        return f"({_settings(value)})"
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def commands(scenario: Scenario, folder: str) -> list[str]:
    """Return the commands that repeat and check the run, from the project folder."""
    path = scenario.path
    if scenario.project in path.parents:
        path = path.relative_to(scenario.project)
    name = path.as_posix() if not path.is_absolute() else path.name
    return [f"planner run {shlex.quote(name)}", f"planner verify {folder}"]


def options(scenario: Scenario) -> Sheet:
    """List the sizes that can be built, with what they cost."""
    heads = (
        _("Service"),
        _("Size"),
        _("Can serve"),
        _("To build"),
        _("To run, a year"),
        _("Land (m²)"),
        _("Most at a site"),
    )
    rows = []
    for name, service in scenario.services.items():
        for option_name, option in service.options.items():
            capacity = (
                NOTHING
                if option.capacity is None
                else f"{number(option.capacity)} {people(service.unit, option.capacity)}"
            )
            costs = (number(option.capital_cost), number(option.operating_cost), number(option.land_m2))
            label = service.label or name.replace("_", " ")
            rows.append((label, option_name, capacity, *costs, number(option.max_per_site)))
    caption = _("Sizes that can be built, each module (%(currency)s)") % {
        "currency": scenario.budget.currency
    }
    return Sheet(caption, heads, tuple(rows), 2)


def standards(figures: Figures) -> Sheet:
    """List what counts as near, and how needs are put on one scale."""
    heads = (_("Service"), _("Standard"), _("Limit"), _("Weight"), _("k: highest need per resident"))
    rows = [
        (
            str(row["label"]),
            f"{number(row['standard'])} {row['travel_unit']}",
            f"{number(row['limit'])} {row['travel_unit']}",
            percent(row["weight"]),
            number(row["scale"]),
        )
        for row in records(figures.services)
    ]
    return Sheet(_("Standards, limits, weights and scale"), heads, tuple(rows))


def sources(inputs: Sequence[tuple[str, str]]) -> Sheet:
    """List the files read, each with its fingerprint."""
    return Sheet(_("Files read"), (_("File"), _("SHA-256")), tuple(inputs), 2)
