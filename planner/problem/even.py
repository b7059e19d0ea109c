"""The same money spread evenly: the plan's own facilities, placed by residents alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.problem.standing import built

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

FITS = 1e-9


def even(problem: Problem, modules: Floats) -> Floats:
    r"""Place what the plan builds in proportion to residents, whatever their need.

    It builds the same modules as the plan, service by service and size by size, and so spends the same
    money, to build and to run (but for what acquiring sites costs). The next module of a service goes to
    the neighbourhood h with the most residents for the money that it has got for that service
    (Sainte-Laguë's rule, with money for seats),

    .. math:: \max_h \; p_h \Bigl/ \Bigl(spent_h + \tfrac12 cost\Bigr.\Bigr)

    there to the site with the fewest modules of the service, then with most residents within the limit,
    then the first by id. Sizes that take most land are placed first. Land and one size of a service at a
    site are kept, and what the plan changes at existing facilities; further rules of the scenario are not.
    Where nothing can be built a neighbourhood gets nothing of its own. It is no plan that anybody proposes,
    and no optimum of anything: it is the ruler that says what aiming by need is worth.

    Parameters
    ----------
    problem
        The question.
    modules
        Modules of the plan, shape (providers,).

    Returns
    -------
    Modules, shape (providers,); fewer of a size only where no site has room for it.
    """
    providers = problem.providers
    hand = _Hand(problem, np.where(built(problem), 0.0, modules))
    new = providers.assign(modules=modules)[built(problem) & (modules > 0)]
    kinds = new.groupby(["service", "option"], sort=True)[["modules", "land_m2"]]
    sizes = kinds.agg({"modules": "sum", "land_m2": "max"}).reset_index()
    order = {name: k for k, name in enumerate(problem.services.index)}
    sizes = sizes.assign(nth=sizes["service"].map(order)).sort_values(
        ["land_m2", "nth", "option"], ascending=[False, True, True], kind="stable"
    )
    for service, option, count in zip(sizes["service"], sizes["option"], sizes["modules"], strict=True):
        hand.place(str(service), str(option), round(count))
    return hand.placed


@dataclass
class _Hand:
    """Places modules one by one, and knows what land and money are gone."""

    problem: Problem
    placed: Floats
    land: Floats = field(init=False)
    site: Whole = field(init=False)
    home: Whole = field(init=False)
    people: Floats = field(init=False)
    near: Floats = field(init=False)
    spent: dict[str, Floats] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        problem = self.problem
        names = pd.Index(problem.sites["site"])
        self.land = problem.sites["land_m2"].to_numpy(np.float64).copy()
        self.site = names.get_indexer(pd.Index(problem.providers["place"])).astype(np.int64)
        lived = problem.places.groupby("neighbourhood", sort=True)["population"].sum()
        homes = pd.Index(lived.index).get_indexer(pd.Index(problem.sites["neighbourhood"].fillna("")))
        self.people = np.append(lived.to_numpy(np.float64), 0.0)
        self.home = np.where(homes < 0, len(lived), homes)[self.site]
        self.near = residents_near(problem)

    def place(self, service: str, option: str, count: int) -> None:
        """Place so many modules of one size of a service."""
        table = self.problem.providers
        mine = np.flatnonzero(built(self.problem) & (table["service"] == service).to_numpy())
        same = mine[(table["option"].iloc[mine] == option).to_numpy()]
        cost = float(table["capital_cost"].iloc[same[0]]) or 1.0
        spent = self.spent.setdefault(service, np.zeros(len(self.people)))
        for _ in range(count):
            fits = self._fitting(mine, same)
            if not len(fits):
                return
            worth = self.people[self.home[fits]] / (spent[self.home[fits]] + cost / 2)
            top = fits[worth >= worth.max() * (1 - FITS)]
            top = top[self.home[top] == self.home[top].min()]
            chosen = top[np.lexsort((top, -self.near[top], self.placed[top]))[0]]
            self.placed[chosen] += 1
            self.land[self.site[chosen]] -= float(table["land_m2"].iloc[chosen])
            spent[self.home[chosen]] += cost

    def _fitting(self, mine: Whole, same: Whole) -> Whole:
        """Candidates of the size that have room, and where no other size of the service stands."""
        table = self.problem.providers
        standing = np.bincount(self.site[mine], self.placed[mine], len(self.land))
        room = table["land_m2"].to_numpy(np.float64)[same] <= self.land[self.site[same]] + FITS
        free = self.placed[same] < table["most"].to_numpy(np.float64)[same]
        mixed = bool(self.problem.services["mix_sizes"][table["service"].iloc[same[0]]])
        alone = mixed | (standing[self.site[same]] <= self.placed[same])
        return same[room & free & alone]


def residents_near(problem: Problem) -> Floats:
    """Residents of the places with need within each provider's limit [person], shape (providers,)."""
    places = len(problem.places)
    near = np.flatnonzero(problem.at_home)
    both = np.unique(problem.provider[near] * places + problem.place[problem.need_point[near]])
    people = problem.places["population"].to_numpy(np.float64)[both % places]
    return np.bincount(both // places, people, len(problem.providers))
