"""Sentences on what people are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.speech import _
from planner.scenario.judge import judged_service

if TYPE_CHECKING:
    from planner.report.figures import Figures
    from planner.scenario.schema import Scenario


def judged_by(scenario: Scenario, figures: Figures) -> str:
    """Say by what people are judged, where that is one service."""
    service = judged_service(scenario.judge)
    if service is None:
        return ""
    sentence = _("People are judged by their coverage of %(service)s: the share of their need that is met.")
    return sentence % {"service": figures.labels.get(service, service)}


def equal_outcome(scenario: Scenario, figures: Figures) -> str:
    """Say what an equal outcome is."""
    service = judged_service(scenario.judge)
    if service is None:
        return _(
            "Equal outcome is the wellbeing that, given to everybody alike, would be worth as much under the "
            "principle."
        )
    sentence = _(
        "Equal outcome is the coverage of %(service)s that, given alike to everybody who needs it, would be "
        "worth as much under the principle."
    )
    return sentence % {"service": figures.labels.get(service, service)}
