"""Who vouches for a bound: arithmetic that anybody can repeat, or the solver's word."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from planner.plan import BY_PRICES
from planner.report.numbers import at_least, at_most, number
from planner.report.speech import _

if TYPE_CHECKING:
    from planner.plan import Status

KEPT = re.compile(r"([\d,]+) figures recomputed from tables and inputs: the plan keeps what it says\.")
"""The checker's sentence (`planner/verify/verdict.py`), as it is kept with a run."""


def checked(verdict: str) -> str:
    """Say what the checker says; a plan that keeps everything is told in the language spoken now."""
    found = KEPT.fullmatch(verdict)
    if found is None:
        return verdict
    facts = {"n": number(float(found[1].replace(",", "")), 0)}
    return _("%(n)s figures recomputed from tables and inputs: the plan keeps what it says.") % facts


def vouched(status: Status) -> str:
    """Say in full what the saved prices prove of a plan, and what is on the solver's word."""
    if status.ending == "given":
        return _("None is told: how much better a plan could do was not asked.")
    if status.gap is None:
        return _("None is known.")
    if status.priced_bound is None or status.priced_gap is None:
        return _("It is on the solver's word: no prices are saved from which it could be recomputed.")
    return f"{_recomputed(status)} {_closer(status)}".strip()


def _recomputed(status: Status) -> str:
    facts = {"gap": at_most(status.priced_gap or 0.0)}
    if status.priced_level is None:
        facts["bound"] = number(status.priced_bound or 0.0, 4)
        return (
            _(
                "Recomputed by arithmetic alone, from prices saved with the run: no plan of this model has a "
                "value below %(bound)s, so that at most %(gap)s of this plan's can be saved."
            )
            % facts
        )
    facts["level"] = number(math.ceil(status.priced_level * 1e4) / 1e4, 4)
    return (
        _(
            "Recomputed by arithmetic alone, from prices saved with the run: no plan of this model passes an "
            "equal outcome of %(level)s, so that this one misses at most %(gap)s of the possible gain."
        )
        % facts
    )


def _closer(status: Status) -> str:
    if status.proof == BY_PRICES:
        return ""
    facts = {"gap": at_most(status.gap or 0.0)}
    return _("The search's own bound is closer (at most %(gap)s), on the solver's word.") % facts


def by_arithmetic(status: Status) -> str:
    """Add to the sentence on how sure a plan is who vouches for it; nothing where no bound is told."""
    if status.ending == "given" or status.gap is None:
        return ""
    if status.priced_gap is None:
        return _("This is on the solver's word.")
    if status.proof == BY_PRICES:
        return _("Anybody can recompute this by arithmetic alone.")
    if status.priced_level is None:
        facts = {"gap": at_most(status.priced_gap)}
        return _("By arithmetic alone, without the solver's word: by no more than %(gap)s of it.") % facts
    facts = {"share": at_least(max(1.0 - status.priced_gap, 0.0))}
    return _("By arithmetic alone, without the solver's word: at least %(share)s of it.") % facts
