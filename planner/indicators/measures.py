"""What people have: one value for each cell, NaN where there is nothing to measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.catalogue import measure
from planner.indicators.view import each

if TYPE_CHECKING:
    from planner.distribution import Floats
    from planner.indicators.view import View

NO_CHANGE = 1e-6


@measure(unit="1", better="more", limits=(0, 1), reference="coverage; Church & ReVelle (1974)")
def reached_share(view: View) -> Floats:
    r"""Share of those in need who are served, at whatever quality.

    .. math:: \sum_j serve_{ij} / n_i
    """
    return each(view.reached, view.need)


@measure(unit="1", better="more", limits=(0, 1), reference="gradual coverage; Berman & Krass (2002)")
def quality_weighted_share(view: View) -> Floats:
    r"""Share of the need that is met, counting a poor or far service as less than a full one.

    .. math:: u_i = \sum_j a_{ij} serve_{ij} / n_i

    Two people at half quality are not one person served: read it beside `reached_share`.
    """
    return each(view.quality_weighted, view.need)


@measure(unit="service", better="less", weight="places", extensive=True)
def unmet(view: View) -> Floats:
    r"""Those in need who are not served.

    .. math:: n_i - \sum_j serve_{ij}
    """
    return np.where(view.need > 0, view.unmet, np.nan)


@measure(unit="service/person", better="less", weight="residents")
def unmet_per_resident(view: View) -> Floats:
    r"""Need that is not served, for each resident of the place.

    .. math:: \Bigl(n_a - \sum_j serve_{aj}\Bigr) / p_a
    """
    return each(view.unmet, view.residents)


@measure(unit="travel", better="less", weight="served", reference="Hakimi (1964)")
def travel(view: View) -> Floats:
    r"""How far those who are served have to go, to the place where the plan serves them.

    .. math:: \sum_j serve_{ij} t_{ij} / \sum_j serve_{ij}

    Those who are not served are not in it: a plan that serves fewer can look nearer.
    """
    return each(view.travelled, view.reached)


@measure(unit="1", better="more", weight="residents", scope="all", reference="Planner's model: W")
def wellbeing(view: View) -> Floats:
    r"""How well the needs of a resident are met, all services together; 1 when all are.

    .. math:: W_a = 1 - \sum_s \omega_s \Bigl(n_{as} - \sum_j a_{ij} serve_{ij}\Bigr) / (k_s p_a)

    By the needs that are modelled here, no others. a is the cell, or its neighbourhood when the
    scenario judges by neighbourhoods.
    """
    lost = sum((_lost(view.of(str(service))) for service in view.services.index), np.zeros(len(view.cells)))
    place = pd.factorize(view.judged)[0]
    share = each(np.bincount(place, lost)[place], np.bincount(place, view.residents)[place])
    return 1.0 - np.where(view.residents > 0, share, np.nan)


def _lost(view: View) -> Floats:
    """Wellbeing of residents that the unmet need of one service takes, by cell [person]."""
    missing = view.need - view.quality_weighted
    scale = view.standard("scale")
    worth = view.standard("weight") / scale if scale > 0 else np.inf
    return np.where(missing == 0, 0.0, worth * np.where(missing == 0, 1.0, missing))


@measure(unit="1", better="more", signed=True, limits=(-1, 1), needs=("earlier",))
def reached_change(view: View) -> Floats:
    r"""How much the share of those served has risen or fallen since before the plan.

    .. math:: \sum_j serve_{ij}^{after} / n_i - \sum_j serve_{ij}^{before} / n_i

    Less than one in a million counts as no change.
    """
    return _settled(reached_share(view) - reached_share(_before(view)))


@measure(unit="1", better="more", weight="residents", scope="all", signed=True, needs=("earlier",))
def wellbeing_change(view: View) -> Floats:
    r"""How much wellbeing has risen or fallen since before the plan.

    .. math:: W_a^{after} - W_a^{before}

    Less than one in a million counts as no change.
    """
    return _settled(wellbeing(view) - wellbeing(_before(view)))


def _settled(change: Floats) -> Floats:
    """Leave out what a solver's tolerance can make, so that nobody is called a loser by rounding."""
    return np.where(np.abs(change) < NO_CHANGE, 0.0, change)


def _before(view: View) -> View:
    if view.earlier is None:
        raise LookupError("earlier")
    return view.earlier
