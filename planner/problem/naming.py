"""Names in a unit's parameters, found among what the problem knows, or a fault with the nearest one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import unknown
from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.problem import Problem


def service_named(problem: Problem, service: str | None) -> str:
    """The service of that name; the only one where none is named.

    Raises
    ------
    InputFault
        For an unknown name, or for none where there are several.
    """
    known = list(problem.services.index)
    if service is None:
        if len(known) == 1:
            return str(known[0])
        raise InputFault(Fault("say which `service` is meant", hint="known: " + ", ".join(known)))
    if service not in known:
        raise InputFault(unknown("service", service, known))
    return service


def period_named(problem: Problem, name: str | None) -> int:
    """The period of that name, from 1; the last where none is named.

    Raises
    ------
    InputFault
        For an unknown name, or any where the scenario has one period.
    """
    if name is None:
        return problem.periods
    if problem.years is None:
        raise InputFault(Fault(f"unknown period `{name}`: the scenario names no `periods`"))
    if name not in problem.years.names:
        raise InputFault(unknown("period", name, list(problem.years.names)))
    return problem.years.names.index(name) + 1


def candidates_at(
    problem: Problem, service: str | None, site: str, option: str | None = None
) -> NDArray[np.int64]:
    """Positions of the candidate providers at a site, of a service (or all) and option (or all).

    Changes of an existing facility stand at the facility, under their names.

    Raises
    ------
    InputFault
        When nothing can be built there.
    """
    providers = problem.providers[~problem.providers["existing"]]
    if service is not None:
        providers = providers[providers["service"] == service_named(problem, service)]
    mine = providers[providers["place"] == site]
    if option is not None:
        if len(mine) and option not in set(mine["option"]):
            raise InputFault(unknown("option", option, sorted(set(mine["option"]))))
        mine = mine[mine["option"] == option]
    if not len(mine):
        known = {*problem.sites["site"], *problem.providers["place"]}
        if site not in known:
            raise InputFault(unknown("site", site, sorted(known)[:2000]))
        what = "nothing" if service is None else f"nothing of {service}"
        reason = "the land is too small for one module, or nobody lives within the limit"
        raise InputFault(Fault(f"{what} can be built at site `{site}`", hint=reason))
    return mine.index.to_numpy(np.int64)
