"""The right answer where homes move people: every choice of modules, and who moves and goes where by an LP.

Written from the words of the rule alone: its own ways, from the tables of travel, and no variable for moves.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
from oracle import Best, _Task, kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strategies import Case

    from planner.scenario.schema import Reach


def best(case: Case) -> Best:
    """Try every choice of modules that keeps every rule."""
    found, task = Best(math.inf), _Moving(case)
    for modules in kept(case.problem, case.scenario):
        value = task.least(modules, found.value)
        if value < found.value:
            found = Best(value, modules)
    return found


class _Moving(_Task):
    """The best assignment for one choice of modules, with everybody's address."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.problem, case.scenario)
        self.case = case
        self.homes = {
            name: service.moves_people.people_per_unit
            for name, service in case.scenario.services.items()
            if service.moves_people is not None
        }
        self.pairs = list(self._ways())
        self.floors, self.share = self._floors(case.scenario)
        self.points = self._rows(len(self.need), lambda pair: pair.need_point)
        self.sums = self._rows(len(self.problem.providers), lambda pair: pair.provider)
        self.start, self.gain = self._wellbeing()
        rows = list(self._one_address())
        self.floors = np.vstack([self.floors, *(-row for row, _ in rows)])
        self.share = np.concatenate([self.share, [-most + 1e-9 for _, most in rows]])

    def _ways(self) -> Iterator[SimpleNamespace]:
        """Every way: of whom, from where (empty for the cell, None for anywhere), to which provider."""
        providers = self.problem.providers.to_dict("records")
        for i, need in enumerate(self.need):
            reach = self.case.scenario.services[need.service].travel
            near = self.case.travel.pairs[need.service]
            cell = {row.place: row.travel for row in near[near["cell"] == need.cell].itertuples()}
            there = self.case.travel.from_homes.get(need.service)
            for j, provider in enumerate(providers):
                if provider["service"] != need.service:
                    continue
                if provider["state"] == "programme":
                    yield SimpleNamespace(
                        need_point=i, provider=j, lives=None, travel=0.0, quality=provider["quality"]
                    )
                    continue
                froms = [("", cell)] if provider["place"] in cell else []
                if need.service not in self.homes and there is not None:
                    froms += [
                        (home, {row.place: row.travel for row in there[there["home"] == home].itertuples()})
                        for home in sorted({*there["home"]})
                    ]
                for lives, ways in froms:
                    if provider["place"] in ways:
                        t = ways[provider["place"]]
                        quality = provider["quality"] * worth(reach, t)
                        if quality >= 1e-6:
                            yield SimpleNamespace(
                                need_point=i, provider=j, lives=lives, travel=t, quality=quality
                            )

    def _one_address(self) -> Iterator[tuple[np.ndarray, float]]:
        """Rows: in each cell, who is served from an address is no more than who lives there."""
        providers = self.problem.providers.to_dict("records")
        people = dict(self.case.city.cells["population"])
        moved: dict[str, dict[str, np.ndarray]] = {cell: {} for cell in people}
        for k, pair in enumerate(self.pairs):
            need = self.need[pair.need_point]
            if need.service in self.homes and pair.lives is not None:
                to = providers[pair.provider]["place"]
                row = moved[need.cell].setdefault(to, np.zeros(len(self.pairs)))
                row[k] = self.homes[need.service] / people[need.cell]
        for to in moved.values():
            if to:
                yield sum(to.values(), np.zeros(len(self.pairs))), 1.0
        for i, need in enumerate(self.need):
            if need.service in self.homes:
                continue
            gone = moved[need.cell]
            for lives in {pair.lives for pair in self.pairs if pair.need_point == i} - {None}:
                here = np.array([float(p.need_point == i and p.lives == lives) for p in self.pairs])
                if lives == "":
                    yield here + need.need * sum(gone.values(), np.zeros(len(self.pairs))), need.need
                else:
                    yield here - need.need * gone.get(lives, np.zeros(len(self.pairs))), 0.0


def worth(reach: Reach, travel: float) -> float:
    """Quality of a way, by the words of the documentation."""
    if travel <= reach.near:
        return 1.0
    x = (travel - reach.near) / (reach.limit - reach.near)
    return {
        "step": 0.5,
        "linear": 1 - x,
        "exponential": 0.05**x,
        "logistic": (1 + math.exp(-5)) / (1 + math.exp(10 * x - 5)),
    }[reach.decay]
