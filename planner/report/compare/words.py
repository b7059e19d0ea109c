"""Sentences of a comparison: what each plan does, who gains from which, whether one rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.report.compare.runs import EVERYONE, Pair
from planner.report.compare.sheets import costs
from planner.report.compare.tables import dominates, moved, sites
from planner.report.numbers import at_most, number, percent
from planner.report.speech import _, listed
from planner.report.words import CLOSED, principle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.plan import Status
    from planner.report.compare.runs import Beside


def told_runs(beside: Beside) -> list[str]:
    """One sentence a run: its principle, what it costs, mean wellbeing."""
    return [_run(beside, nth) for nth in range(len(beside.runs))]


def _run(beside: Beside, nth: int) -> str:
    scenario = beside.runs[nth].scenario
    facts = {
        "run": beside.letters[nth],
        "name": scenario.name,
        "principle": principle(scenario.objective_name),
    }
    facts |= {"costs": costs(beside, nth), "mean": number(_mean(beside, nth), 3)}
    return _("%(run)s – %(name)s: so that %(principle)s; %(costs)s; wellbeing %(mean)s on average.") % facts


def _mean(beside: Beside, nth: int) -> float:
    values, people = beside.wellbeing[nth], beside.people[EVERYONE]
    known = values.notna() & (people > 0)
    return float(np.average(values[known], weights=people[known])) if known.any() else float("nan")


def answer(beside: Beside) -> list[str]:
    """What a councillor reads first: how much the plans share, who gains and loses, whether one is best."""
    return [_shared(beside), *_moves(beside), *verdicts(beside)]


def _shared(beside: Beside) -> str:
    table = sites(beside)
    if not len(table):
        return _("No plan builds or changes anything.")
    common = int((table["runs"] == beside.letters).sum())
    facts = {
        "n": number(float(common)),
        "all": number(float(len(table))),
        "share": percent(common / len(table)),
    }
    return _("Of %(all)s sites that any plan uses, all plans share %(n)s (%(share)s).") % facts


def _moves(beside: Beside) -> Iterator[str]:
    for nth in range(1, len(beside.runs)):
        up, _same, down = moved(beside, Pair(0, nth), EVERYONE)
        facts = {
            "one": beside.letters[0],
            "other": beside.letters[nth],
            "up": number(up, 0),
            "down": number(down, 0),
        }
        yield (
            _(
                "With %(other)s rather than %(one)s, %(up)s residents live where wellbeing is higher, "
                "%(down)s where it is lower."
            )
            % facts
        )


def verdicts(beside: Beside) -> list[str]:
    """Say of every two plans whether one is better for everybody, place by place or rank by rank."""
    told = []
    for pair in beside.pairs:
        for one, other in (pair, pair[::-1]):
            kind = dominates(beside, one, other)
            facts = {"one": beside.letters[one], "other": beside.letters[other]}
            if kind == "places":
                told.append(
                    _("%(one)s leaves no neighbourhood worse off than %(other)s, and some better off.")
                    % facts
                )
            if kind == "ranks":
                told.append(
                    _(
                        "%(one)s gives at least as much wellbeing as %(other)s to the worst-off share of "
                        "residents, however large that share is taken; but some neighbourhoods are worse off."
                    )
                    % facts
                )
    if not told:
        return [
            _("No plan is better than another for everybody: which one is right is a question of values.")
        ]
    return told


def certainty(beside: Beside) -> list[str]:
    """Say how far each plan is proven, what the marks of significance mean, and where they are missing."""
    told = [sentence] if (sentence := _unproven(beside)) else []
    silent = [letter for letter, ends in zip(beside.letters, beside.intervals, strict=True) if not len(ends)]
    if len(silent) == len(beside.letters):
        unsaid = _(
            "How sure single figures are is not told: no run has been audited. “planner audit RUN” tells it, "
            "then compare again."
        )
        return [*told, unsaid]
    meaning = _(
        "“Clear” means that the intervals of the two figures do not touch, “within chance” that they do. "
        "Both plans are judged on the same counts, so that differences are often surer than that."
    )
    missing = [_("Not audited: %(runs)s.") % {"runs": ", ".join(silent)}] if silent else []
    return [*told, meaning, *missing]


def _unproven(beside: Beside) -> str:
    """Say which plans may miss something of what their own principle could reach; empty where none does."""
    parts = [
        _missed(letter, run.status)
        for letter, run in zip(beside.letters, beside.runs, strict=True)
        if run.status.gap is not None and run.status.gap > CLOSED
    ]
    if not parts:
        return ""
    return _(
        "Each plan is the best by its own principle only within what is proven. A better one may reach more "
        "of the possible gain, or cost less: by at most %(parts)s. Differences as small as that may come "
        "from where a search stopped."
    ) % {"parts": listed(parts)}


def _missed(letter: str, status: Status) -> str:
    facts = {"run": letter, "gap": at_most(status.gap or 0.0)}
    return _("%(gap)s for %(run)s") % facts
