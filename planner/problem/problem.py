"""Problem: one flat need table, providers, sparse pairs; knows no solver."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.problem.moving import Moves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.futures import Futures
    from planner.problem.moving import Moving
    from planner.problem.years import Years

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Problem:
    """The question in tables; rows are addressed by their position, and every row carries its ids.

    Attributes
    ----------
    services
        Index `service`; columns `unit`, `meaning` (demand | deficit), `weight` (ω, sums to 1),
        `scale` (k: highest need per resident [unit/person]), `need` (total), `standard`, `limit`,
        `travel_unit` (min | m), `mix_sizes` (bool: several sizes may stand at one site).
    need
        Need points i: columns `cell`, `neighbourhood`, `service`, `group`, `period`, `future`,
        `need` [unit of the service] > 0, `place` (position in `places`), and for each group of the city
        `group:` and its name, its part of the need by its share of the cell's residents.
    providers
        Providers j: columns `provider` (id), `service`, `place` (id of site or facility), `label`, `option`,
        `existing` (bool), `capacity` [unit of the service] of one module, finite (never more than
        the need within its reach), `unlimited` (bool: capacity was not limited by the scenario),
        `capital_cost`, `operating_cost` [currency], `land_m2` [m²] of one module, `least`, `most`
        (modules; both 1 for existing facilities that nothing can change), `quality`, `x`, `y` [m],
        `state` (`stands`, `built` at a site, or `expanded`, `upgraded`, `repurposed`, `closed`; or
        `programme`: without a place, with `x` and `y` not known),
        `facility` (id of the existing facility whose state this is, `service/facility`; empty where the
        provider is no state of one that can be changed), `beside` (services that must be at its place),
        `run_by` (who runs it; may be empty), `opens_after` (periods between paying for it and opening it),
        `period` (from 1) in which, and `future` for which, it would be in use: one row for each.
    pairs
        Who could be served where: columns `need_point` (position), `provider` (position), `travel`
        [min | m], `quality` in (0, 1]; sorted by provider, then need point. Where homes move people, also
        `home`, the place into which those of the pair have moved (position in `moving.homes`), −1 where they
        live in their cell; then a need point may have several pairs with one provider.
    places
        Places a in which people are judged: columns `place` (id), `neighbourhood`, `population` [person] > 0,
        `period`, for each group of the city `group:` and its name, its people [person], and `district` where
        districts are named.
    sites
        Columns `site` (id), `neighbourhood`, `land_m2` [m²], infinite when unlimited, `owner`,
        `acquisition_cost` [currency], and `district` where districts are named.
    capital, operating
        Budget [currency]; infinite when unlimited.
    currency
        Name of the unit of money.
    parent
        The question of which this one looks at some pairs only; None for the question itself.
    judged
        The service by whose coverage people are judged; None where that is wellbeing.
    years
        The periods and their money; None where there is one.
    moving
        Who may move where; None where nobody does.
    futures
        The ways in which needs may turn out; None where all is certain. Then `need`, `providers` and `places`
        have one row for each `future`, and `modules` are the same in all of them.
    anchor
        The question by which a principle sets its constants, where this one is a future of it.
    """

    services: pd.DataFrame
    need: pd.DataFrame
    providers: pd.DataFrame
    pairs: pd.DataFrame
    places: pd.DataFrame
    sites: pd.DataFrame
    capital: float
    operating: float
    currency: str
    parent: Problem | None = None
    judged: str | None = None
    years: Years | None = None
    moving: Moving | None = None
    futures: Futures | None = None
    anchor: Problem | None = None

    @property
    def whole(self) -> Problem:
        """The question with all its pairs: what could be, whatever is looked at here."""
        return self.parent or self

    @cached_property
    def need_point(self) -> Whole:
        """Position of the need point of each pair."""
        return self.pairs["need_point"].to_numpy(np.int64)

    @cached_property
    def provider(self) -> Whole:
        """Position of the provider of each pair."""
        return self.pairs["provider"].to_numpy(np.int64)

    @cached_property
    def quality(self) -> Floats:
        """Quality a_ij of each pair."""
        return self.pairs["quality"].to_numpy(np.float64)

    @cached_property
    def at_home(self) -> NDArray[np.bool_]:
        """Which pairs are ways from the cell itself, not from a place into which people move."""
        if "home" not in self.pairs:
            return np.ones(len(self.pairs), bool)
        return self.pairs["home"].to_numpy() < 0

    @cached_property
    def moves(self) -> Moves | None:
        """Who could move where along these pairs; None where nobody could."""
        return None if self.moving is None else Moves.of(self, self.moving)

    @cached_property
    def amount(self) -> Floats:
        """Need n_i of each need point [unit of its service]."""
        return self.need["need"].to_numpy(np.float64)

    @cached_property
    def place(self) -> Whole:
        """Position of the place of each need point."""
        return self.need["place"].to_numpy(np.int64)

    @property
    def periods(self) -> int:
        """How many periods there are."""
        return 1 if self.years is None else len(self.years)

    @cached_property
    def when(self) -> Whole:
        """Period of each provider, from 1."""
        return self.moment % self.periods + 1

    @cached_property
    def moment(self) -> Whole:
        """Number of the period and future of each provider, from 0: all periods of one future come first."""
        return self.moment_of(self.providers)

    def moment_of(self, table: pd.DataFrame) -> Whole:
        """Number of the period and future of each row; negative where it has none."""
        moment = np.zeros(len(table), np.int64)
        if self.years is not None:
            moment += table["period"].to_numpy(np.int64) - 1
        if self.futures is not None:
            which = pd.Index(self.futures.names).get_indexer(pd.Index(table["future"]))
            moment = np.where(which < 0, -1, moment + self.periods * which)
        return moment

    def told(self, moment: int) -> str:
        """Period and future as words that follow a name; empty where there is one of each."""
        period = "" if self.years is None else f" in {self.years.names[moment % self.periods]}"
        return period if self.futures is None else f"{period} if {self.futures.names[moment // self.periods]}"

    @cached_property
    def moments(self) -> range:
        """Numbers of all periods and futures."""
        return range(self.periods * (1 if self.futures is None else len(self.futures.names)))

    @cached_property
    def names(self) -> NDArray[np.object_]:
        """Name of each provider for people: its id, with its period and future where there are several."""
        return self.in_words(self.providers, "provider")

    @cached_property
    def cells(self) -> NDArray[np.object_]:
        """Name of the cell of each need point for people, as `names`."""
        return self.in_words(self.need, "cell")

    @cached_property
    def homes(self) -> NDArray[np.object_]:
        """Name of each place for people, as `names`."""
        return self.in_words(self.places, "place")

    def in_words(self, table: pd.DataFrame, column: str) -> NDArray[np.object_]:
        """Names of rows, with their periods and futures where there are several."""
        plain = table[column].to_numpy(object)
        if len(self.moments) == 1:
            return plain
        both = zip(plain, self.moment_of(table), strict=True)
        return np.array([f"{name}{self.told(int(moment))}" for name, moment in both], object)

    @cached_property
    def counts(self) -> Floats:
        """How much each need point counts: by its period and future; 1 where there is one of each."""
        return self._weight(self.need)

    def _weight(self, table: pd.DataFrame) -> Floats:
        """Weight of the period of each row, times the probability of its future."""
        moment, weight = self.moment_of(table), np.ones(len(table))
        if self.years is not None:
            weight = weight * self.years.weight[moment % self.periods]
        if self.futures is not None:
            weight = weight * self.futures.probability[moment // self.periods]
        return weight

    @cached_property
    def population(self) -> Floats:
        """People p_a who are judged in each place: residents [person]; for coverage, need of the service.

        Where there are several periods or futures, times the weight of the place's period and the
        probability of its future: people of an average year, as expected.
        """
        if self.judged is None:
            people: Floats = self.places["population"].to_numpy(np.float64) * self._weight(self.places)
            return people
        mine = self.of_service(self.judged)
        return np.bincount(self.place[mine], (self.counts * self.amount)[mine], len(self.places))

    @cached_property
    def worth(self) -> Floats:
        """ω_s / k_s of each need point: what one unit takes of the wellbeing of a resident [person/unit].

        Where people are judged by the coverage of a service, 1 for its need and 0 for that of others; where
        there are several periods or futures, weighed as the people are.
        """
        if self.judged is not None:
            return np.where(self.of_service(self.judged), self.counts, 0.0)
        rows = self.services.loc[self.need["service"]]
        worth: Floats = self.counts * (rows["weight"] / rows["scale"]).to_numpy(np.float64)
        return worth

    @cached_property
    def plain(self) -> Problem:
        """The same question with people judged by their wellbeing."""
        if self.judged is None:
            return self
        return replace(self, judged=None, parent=None if self.parent is None else self.parent.plain)

    @cached_property
    def useful_capacity(self) -> Floats:
        """Capacity of one module, never more than the need within its reach: no row needs a big number."""
        point, provider = reach(self.need_point, self.provider, one_way=self.moving is None)
        within = np.bincount(provider, self.amount[point], len(self.providers))
        useful: Floats = np.minimum(self.providers["capacity"].to_numpy(np.float64), within)
        return useful

    def of_service(self, service: str) -> NDArray[np.bool_]:
        """Which need points are of that service."""
        return (self.need["service"] == service).to_numpy()


def reach(need_point: Whole, provider: Whole, *, one_way: bool) -> tuple[Whole, Whole]:
    """Need points and providers that have a pair, each two once; `one_way` where they have one at most."""
    if one_way:
        return need_point, provider
    count = int(provider.max(initial=0)) + 1
    key = np.unique(need_point * count + provider)
    return key // count, key % count
