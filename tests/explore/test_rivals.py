"""What each facility stands beside: every figure again, by going through all ways one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from strategies import Case, random_case

from planner.errors import Infeasible
from planner.explore.rivals import rivals
from planner.model.decide import decide
from planner.report.rivals import ELSEWHERE, IN_USE, INSTEAD, ONLY

if TYPE_CHECKING:
    import pandas as pd

    from planner.plan import Plan

SEEDS = range(12)


class Slow:
    """A city of one period, looked at pair by pair."""

    def __init__(self, case: Case, plan: Plan) -> None:
        problem = case.problem
        self.table = problem.providers.set_index("provider")
        self.points = problem.need[["service", "cell", "neighbourhood", "need"]].to_dict("records")
        names = problem.providers["provider"].tolist()
        self.reach = {
            (names[j], i): travel
            for i, j, travel in zip(
                problem.need_point.tolist(), problem.provider.tolist(), problem.pairs["travel"], strict=True
            )
        }
        at = {(point["service"], point["cell"]): i for i, point in enumerate(self.points)}
        self.served = {
            (row["provider"], at[row["service"], row["cell"]]): row["served"]
            for row in plan.assignment.to_dict("records")
        }
        self.used = set(plan.facilities["provider"])
        self.modules = plan.facilities.set_index("provider")["modules"].to_dict()

    def free(self, name: str) -> bool:
        """Whether it could be built where nothing of its service is in use."""
        row = self.table.loc[name]
        taken = self.table[(self.table["service"] == row["service"]) & (self.table["place"] == row["place"])]
        return not row["existing"] and not self.used & set(taken.index)

    def shared(self, name: str, other: str) -> float:
        """Need that one serves and the other reaches too."""
        return sum(
            amount for (who, i), amount in self.served.items() if who == name and (other, i) in self.reach
        )

    def left(self, other: str) -> float:
        """Need within its reach that the plan leaves."""
        given = dict.fromkeys(range(len(self.points)), 0.0)
        for (_, i), amount in self.served.items():
            given[i] += amount
        return sum(self.points[i]["need"] - given[i] for i in given if (other, i) in self.reach)

    def alone(self, name: str) -> float:
        """Need that it serves and that no other in use reaches."""
        return sum(
            amount
            for (who, i), amount in self.served.items()
            if who == name and not any((other, i) in self.reach for other in self.used - {name})
        )


def amounts(table: pd.DataFrame, kind: str) -> dict[str, list[float]]:
    """Amounts of one kind, by provider, the largest first."""
    mine = table[table["kind"] == kind]
    return {name: sorted(part["amount"], reverse=True) for name, part in mine.groupby("provider")}


@pytest.mark.parametrize("seed", SEEDS)
def test_each_figure_again(seed: int) -> None:
    """Rivals in use, free sites for the same people and for others, who has no other, what is nearest."""
    case = random_case(seed)
    try:
        plan = decide(case.problem, case.scenario, case.residents)
    except Infeasible:
        return
    found, slow = rivals(case.problem, plan), Slow(case, plan)
    serving = {name for name in slow.used if any(who == name for who, _ in slow.served)}
    told = {kind: amounts(found.others, kind) for kind in (IN_USE, INSTEAD, ELSEWHERE, ONLY)}
    for name in serving:
        own = slow.table.loc[name]
        same = [other for other in slow.table.index if slow.table.loc[other, "service"] == own["service"]]
        in_use = sorted((slow.shared(name, other) for other in slow.used - {name}), reverse=True)
        assert told[IN_USE].get(name, []) == pytest.approx([a for a in in_use if a >= 0.5][:3])
        free = [other for other in same if slow.free(other)]
        instead = max((slow.shared(name, other) for other in free), default=0.0)
        assert told[INSTEAD].get(name, [0.0]) == pytest.approx([instead if instead >= 0.5 else 0.0])
        alike = [other for other in free if slow.table.loc[other, "option"] == own["option"]]
        most = max((slow.left(other) for other in alike), default=0.0)
        most = min(most, own["capacity"] * slow.modules[name])
        assert told[ELSEWHERE].get(name, [0.0]) == pytest.approx([most if most >= 0.5 else 0.0])
        alone = slow.alone(name)
        assert told[ONLY].get(name, [0.0]) == pytest.approx([alone if alone >= 0.5 else 0.0])
    for row in found.nearest.to_dict("records"):
        mine = [
            i
            for i, p in enumerate(slow.points)
            if (p["neighbourhood"], p["service"]) == (row["neighbourhood"], row["service"])
        ]
        first = {}
        for i in mine:
            ways = sorted((slow.reach[name, i], name) for name in slow.used if (name, i) in slow.reach)
            if ways:
                first.setdefault(ways[0][0], []).append(i)
        assert row["need"] <= sum(slow.points[i]["need"] for part in first.values() for i in part) + 1e-9
        assert min(first) - 1e-9 <= row["travel"] <= max(first) + 1e-9
