"""Who meets whom: the mix of users of each facility, and whether facilities keep groups apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.frames.equity import SEPARATION, USERS
from planner.indicators.assess import EVERYONE, group_shares
from planner.indicators.view import each

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.city.city import City
    from planner.distribution import Floats
    from planner.plan import Plan
    from planner.scenario.schema import Scenario

SERVICE = ["period", "service"]


def users(scenario: Scenario, city: City, plan: Plan) -> pd.DataFrame:
    """Tell the mix of users of each facility beside the mix of all users and of all who need the service.

    Those of a cell who are served are taken to be mixed as its residents are: the figures are of places
    ("users from places where … live"), not of single people.

    Returns
    -------
    Table as in `frames.equity.USERS`.
    """
    rows = []
    need = plan.need_points.groupby(SERVICE)["need"].sum()
    for group, share in _groups(scenario, city).items():
        mine = _of_group(city, plan.assignment, "served", share)
        wanted = _of_group(city, plan.need_points, "need", share).groupby(SERVICE)["own"].sum()
        table = mine.groupby([*SERVICE, "provider"])[["served", "own"]].sum().reset_index()
        both = table.groupby(SERVICE)[["served", "own"]].sum()
        rows.append(
            pd.DataFrame(
                {
                    **{name: table[name] for name in (*SERVICE, "provider")},
                    "group": group,
                    "users": table["own"],
                    "share": each(_floats(table["own"]), _floats(table["served"])),
                    "share_of_users": _looked_up(both["own"] / both["served"], table),
                    "share_of_need": _looked_up(wanted / need, table),
                }
            )
        )
    return USERS.tidy(pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=USERS.names))


def separation(scenario: Scenario, city: City, served: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    r"""Tell how far facilities keep each group's users apart from all other users.

    With the users :math:`u_{jg}` of the group and :math:`u_{jo}` of all others at facility j,

    .. math:: D = \tfrac12 \sum_j |u_{jg} / U_g - u_{jo} / U_o|, \qquad
              xPx = \sum_j \frac{u_{jg}}{U_g} \frac{u_{jg}}{u_j}

    D is the share of either that would have to change facility for all to have the same mix; xPx the share
    of the own group among the users whom a user of the group meets; `kept_apart` takes out what its size
    alone makes, :math:`(xPx - P) / (1 - P)`. `dissimilarity_of_homes` is D over the cells where the same
    users live: facilities can only mix them, never separate them further than their homes do.

    Parameters
    ----------
    scenario, city
        Its groups, and the people.
    served
        Assignments (columns of `frames.ASSIGNMENT`) by their name in the column `when`.

    Returns
    -------
    Table as in `frames.equity.SEPARATION`; empty figures where a group, or all but it, uses nothing.

    References
    ----------
    Duncan & Duncan (1955); Bell (1954), Lieberson (1981); Massey & Denton (1988).
    """
    rows = [
        {"when": when, "period": period, "service": service, "group": group, **_apart(part)}
        for when, assignment in served.items()
        for group, share in _groups(scenario, city).items()
        for (period, service), part in _of_group(city, assignment, "served", share).groupby(SERVICE)
    ]
    return SEPARATION.tidy(pd.DataFrame(rows, columns=SEPARATION.names))


def _apart(part: pd.DataFrame) -> dict[str, float]:
    at = part.groupby("provider")[["served", "own"]].sum()
    own, all_ = _floats(at["own"]), _floats(at["served"])
    size, total = float(own.sum()), float(all_.sum())
    share = size / total
    isolation = float((own / size) @ each(own, all_)) if size > 0 else float("nan")
    homes = part.groupby("cell")[["served", "own"]].sum()
    return {
        "users": size,
        "share_of_users": share,
        "dissimilarity": dissimilarity(own, all_ - own),
        "dissimilarity_of_homes": dissimilarity(
            _floats(homes["own"]), _floats(homes["served"] - homes["own"])
        ),
        "isolation": isolation,
        "kept_apart": (isolation - share) / (1 - share) if share < 1 else float("nan"),
    }


def dissimilarity(first: Floats, second: Floats) -> float:
    """Half the sum of the differences of two distributions over facilities (or homes), in [0, 1]."""
    first, second = np.maximum(first, 0.0), np.maximum(second, 0.0)
    if not (first.sum() > 0 and second.sum() > 0):
        return float("nan")
    return float(np.abs(first / first.sum() - second / second.sum()).sum() / 2)


def _groups(scenario: Scenario, city: City) -> dict[str, Floats]:
    return {name: share for name, share in group_shares(scenario, city).items() if name != EVERYONE}


def _of_group(city: City, table: pd.DataFrame, amount: str, share: Floats) -> pd.DataFrame:
    """Add how much of an amount is the group's, by the share of it among the residents of the cell."""
    home = city.cells.index.get_indexer(pd.Index(table["cell"]))
    return table.assign(own=_floats(table[amount]) * np.where(home >= 0, share[home], 0.0))


def _floats(values: pd.Series) -> Floats:
    return values.to_numpy(np.float64)


def _looked_up(values: pd.Series, table: pd.DataFrame) -> Floats:
    return values.reindex(pd.MultiIndex.from_frame(table[SERVICE])).to_numpy(np.float64)
