"""What one plan does otherwise than another: what it builds, whom it serves, who gains; in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.problem.groups import PREFIX
from planner.report.figures import records
from planner.report.numbers import change, number
from planner.report.speech import _, listed, ngettext
from planner.report.words import people, where_live

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from planner.city.city import City
    from planner.problem.outcome import Outcome
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]

NAMED = 3
SERVED = 0.5
"""Fewer than this more or fewer served are not told [unit of the service]."""
FELT = 5e-5
"""Wellbeing gained or lost below this is not told."""


def differences(scenario: Scenario, city: City, new: Outcome, old: Outcome) -> Iterator[str]:
    """Sentences on what the new plan does otherwise than the old one; none where they are the same.

    Parameters
    ----------
    new, old
        Two plans over the same places and providers.
    """
    yield from builds(scenario, new, old)
    yield from serves(scenario, new, old)
    yield from gains(scenario, city, new, old)


def label_of(scenario: Scenario, service: str) -> str:
    """How reports name a service."""
    return scenario.services[service].label or service


def provider_name(scenario: Scenario, row: Mapping[str, object]) -> str:
    """A provider as people name it: its option, service and place."""
    facts = {
        "place": row["label"] or row["place"],
        "service": label_of(scenario, str(row["service"])),
        "option": str(row["option"]).replace("_", " "),
    }
    return _("%(option)s for %(service)s at %(place)s") % facts


def builds(scenario: Scenario, new: Outcome, old: Outcome) -> Iterator[str]:
    """Say what is built or changed in one of the plans and not, or not as much, in the other."""
    own = ~new.problem.providers["existing"].to_numpy(bool) & (new.problem.moment == new.problem.periods - 1)
    step = np.round(new.modules - old.modules) * own
    for sign, words in (
        (1, _("It would build besides: %(what)s.")),
        (-1, _("It would not build: %(what)s.")),
    ):
        at = np.flatnonzero(step * sign > 0)
        if len(at):
            rows = records(new.problem.providers.iloc[at])
            parts = [
                _times(provider_name(scenario, row), abs(step[j])) for row, j in zip(rows, at, strict=True)
            ]
            yield words % {"what": listed(_few(parts))}


def _times(name: str, count: float) -> str:
    return name if count == 1 else f"{number(count)} × {name}"


def _few(parts: list[str]) -> list[str]:
    """The first few, and how many others."""
    most = 2 * NAMED
    if len(parts) <= most:
        return parts
    others = len(parts) - most
    return [*parts[:most], ngettext("%(n)s other", "%(n)s others", others) % {"n": number(others)}]


def serves(scenario: Scenario, new: Outcome, old: Outcome) -> Iterator[str]:
    """Say how many more or fewer are served of each service, in the last period of the first future."""
    problem = new.problem
    last = (problem.moment_of(problem.need) == problem.periods - 1).astype(float)
    step = (new.reached - old.reached) * last
    parts = []
    for service in map(str, problem.services.index):
        more = float(step[problem.of_service(service)].sum())
        if abs(more) >= SERVED:
            unit = people(str(problem.services["unit"][service]), abs(more))
            facts = {"n": number(abs(more), 0), "unit": unit, "service": label_of(scenario, service)}
            words = (
                _("%(n)s %(unit)s more (%(service)s)")
                if more > 0
                else _("%(n)s %(unit)s fewer (%(service)s)")
            )
            parts.append(words % facts)
    if parts:
        yield _("It would serve %(parts)s.") % {"parts": listed(parts)}


def gains(scenario: Scenario, city: City, new: Outcome, old: Outcome) -> Iterator[str]:
    """Say who gains and who loses: groups where they live, and neighbourhoods."""
    places = new.problem.places
    step = new.wellbeing - old.wellbeing
    people_there = new.problem.population
    parts = [_("all residents: %(change)s") % {"change": _felt(_mean(step, people_there))}]
    for name, group in scenario.city.groups.items():
        if PREFIX + name in places:
            facts = {"who": where_live(group.label or name.replace("_", " "))}
            facts["change"] = _felt(_mean(step, places[PREFIX + name].to_numpy(np.float64)))
            parts.append(_("%(who)s: %(change)s") % facts)
    what = _("wellbeing") if new.problem.judged is None else _("coverage")
    yield _("Change of mean %(what)s – %(parts)s.") % {"what": what, "parts": "; ".join(parts)}
    by_place = _by_neighbourhood(places, step, people_there)
    labels = city.neighbourhoods["label"]
    for sign, words in ((1, _("Most gained in %(names)s.")), (-1, _("Most lost in %(names)s."))):
        most = (by_place * sign).sort_values(ascending=False, kind="stable").head(NAMED)
        names = [f"{labels.get(n, n)} ({_felt(v * sign)})" for n, v in most.items() if v >= FELT]
        if names:
            yield words % {"names": listed(names)}


def _by_neighbourhood(places: pd.DataFrame, step: Floats, weight: Floats) -> pd.Series:
    table = (
        places.assign(gained=step * weight, weight=weight)
        .groupby("neighbourhood")[["gained", "weight"]]
        .sum()
    )
    lived: pd.Series = table["gained"][table["weight"] > 0] / table["weight"][table["weight"] > 0]
    return lived


def _mean(step: Floats, weight: Floats) -> float:
    return float(step @ weight / weight.sum()) if weight.sum() > 0 else float("nan")


def _felt(value: float) -> str:
    return change(value, 4)
