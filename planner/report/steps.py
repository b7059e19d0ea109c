"""Goals in order, in plain words: which are proven, and how far the first that is not may be off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.plan import deciding
from planner.report.numbers import number
from planner.report.speech import _, listed

if TYPE_CHECKING:
    from planner.plan import Status, Step


def in_order(status: Status) -> str:
    """Say up to which goal a plan is proven, and what is not proven of the next."""
    proven = [step.name for step in status.steps if step.proven]
    if len(proven) == len(status.steps):
        told = _(
            "Proven level by level: in this model, no plan within this budget leaves fewer %(first)s, nor, "
            "with as few there, fewer at any level after it, up to %(last)s."
        )
        return told % {"first": proven[0], "last": proven[-1]}
    at = deciding(status.steps)
    rest = _left_open(status.steps[at])
    if not at:
        return f"{_('No level is proven.')} {rest}"
    told = _("Proven in this model, one after the other: no plan has fewer %(names)s.")
    return f"{told % {'names': listed(proven[:at])}} {rest}"


def _left_open(step: Step) -> str:
    facts = {"name": step.name, "value": number(step.value, 0)}
    if step.bound is None:
        return _("The plan leaves %(value)s %(name)s; how few could be left is not known.") % facts
    facts["bound"] = number(step.bound, 0)
    told = _("The plan leaves %(value)s %(name)s; no plan that is as good before has fewer than %(bound)s.")
    return told % facts


def step_rows(status: Status) -> list[tuple[str, str]]:
    """Tell each goal in order: under the plan, before, and what is proven."""
    return [(step.name, _told(step)) for step in status.steps]


def _told(step: Step) -> str:
    facts = {"value": number(step.value, 0), "before": number(step.before, 0)}
    if step.bound is None:
        return _("%(value)s; with nothing built %(before)s") % facts
    if step.proven:
        return _("%(value)s, proven; with nothing built %(before)s") % facts
    facts["bound"] = number(step.bound, 0)
    return (
        _("%(value)s, with the earlier levels held no fewer than %(bound)s; with nothing built %(before)s")
        % facts
    )
