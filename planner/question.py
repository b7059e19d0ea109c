"""The question: a scenario with everything it names, read, measured and posed before it is answered."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner import store
from planner.city.read import read_city
from planner.errors import Fault, InputFault
from planner.explore.audit import Audit
from planner.explore.audit import audit as examine
from planner.frames import INDICATORS
from planner.indicators.assess import assess
from planner.indicators.draws import as_drawn
from planner.indicators.equity import equity
from planner.indicators.small import printable, printable_equity
from planner.plan import of_future
from planner.problem.instead import instead
from planner.problem.moving import refuse_crowds
from planner.problem.pose import pose
from planner.scenario.futures import likeliest
from planner.scenario.read import read_scenario
from planner.scenario.write import scenario_text
from planner.travel.measure import measure_travel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from planner.city.city import City
    from planner.plan import Plan, Status
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario
    from planner.travel.matrix import TravelMatrix


class Ear:
    """Hears of the flow: each phase as it begins and ends, and the search's best plan and bound."""

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """One phase of the flow."""
        del name
        yield

    def again(self, done: int, of: int) -> None:
        """One of the times that an audit solves the question again."""

    def ended(self, done: int, of: int, words: str) -> None:
        """One of many scenarios has ended."""

    def search(self, phase: str, value: float | None = None, bound: float | None = None) -> None:
        """One step of the search."""


@dataclass(frozen=True)
class Question:
    """What is asked, with everything that is known before an answer is looked for."""

    scenario: Scenario
    city: City
    travel: TravelMatrix
    problem: Problem

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should be told beside the notes of the city."""
        return self.travel.notes

    @property
    def residents(self) -> pd.Series:
        """Residents of each cell [person], as `City.residents` tells them."""
        return self.city.residents()

    @property
    def likeliest(self) -> str:
        """The likeliest future, of which indicators and reports tell; empty where all is certain."""
        return likeliest(self.scenario)

    @property
    def in_the_end(self) -> City:
        """The city as it is in the last period, of which reports tell."""
        return self.city.at(self.city.periods[-1], self.likeliest or None)

    def indicators(self, plan: Plan) -> pd.DataFrame:
        """What a plan does to whom."""
        others, services = instead(self.problem, plan.facilities, self.residents), self.problem.services
        pairs = of_future(self.pairs, self.likeliest)
        parts = [
            assess(
                self.scenario,
                self.city.at(period),
                plan.at(period, self.likeliest),
                services,
                pairs=pairs[pairs["period"] == period],
                others={name: other.at(period, self.likeliest) for name, other in others.items()},
            )
            for period in self.city.periods
        ]
        return INDICATORS.tidy(pd.concat(parts, ignore_index=True))

    def printable(self, indicators: pd.DataFrame) -> pd.DataFrame:
        """The indicators without figures of too few people."""
        parts = [
            printable(indicators[indicators["period"] == period], self.scenario, self.city.at(period))
            for period in self.city.periods
        ]
        return INDICATORS.tidy(pd.concat(parts, ignore_index=True))

    def equity(self, plan: Plan) -> dict[str, pd.DataFrame]:
        """Who gains, who waits, who meets whom, beside what else could be."""
        others, services = instead(self.problem, plan.facilities, self.residents), self.problem.services
        parts = []
        for period in self.city.periods:
            own = {name: other.at(period, self.likeliest) for name, other in others.items()}
            seen = plan.at(period, self.likeliest)
            tables = equity(self.scenario, self.city.at(period), seen, services, own)
            parts.append(printable_equity(tables, self.scenario, self.city.at(period)))
        return {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in parts[0]}

    def audit(self, plan: Plan, **asked: Any) -> Audit:  # noqa: ANN401 - passed on
        """How sure the figures of a plan are."""
        if self.scenario.periods or self.scenario.futures:
            message = (
                "an audit tells of one period and of needs that are certain, and this scenario has several"
            )
            hint = "audit a scenario without `periods` and `futures`"
            raise InputFault(Fault(message, hint=hint))
        services, pairs = self.problem.services, self.pairs
        return examine(self.scenario, self.city, self.travel, plan, services, pairs=pairs, **asked)

    @property
    def pairs(self) -> pd.DataFrame:
        """Who is within the limit of whom today: columns travel, service, cell, provider, period.

        Where there are several futures, also `future`.
        """
        near = self.problem.pairs[self.problem.at_home]
        need = self.problem.need.iloc[near["need_point"]]
        which = {} if self.problem.futures is None else {"future": need["future"].to_numpy()}
        return near[["travel"]].assign(
            service=need["service"].to_numpy(),
            cell=need["cell"].to_numpy(),
            provider=self.problem.providers["provider"].to_numpy()[near["provider"]],
            period=need["period"].to_numpy(),
            **which,
        )


def ask(
    path: Path,
    *,
    allow: Sequence[Path] = (),
    overrides: Mapping[str, Any] | None = None,
    project: Path | None = None,
    ear: Ear,
) -> Question:
    """Read a scenario and everything it names, measure travel, pose the problem."""
    with ear.phase("read"):
        scenario = read_scenario(path, allow=allow, overrides=overrides, project=project)
        city = as_drawn(scenario, read_city(scenario))
    with ear.phase("travel"):
        travel = measure_travel(city, scenario)
    with ear.phase("pose"):
        problem = pose(scenario, city, travel)
        refuse_crowds(scenario, problem)
    return Question(scenario, city, travel, problem)


def manifest_of(question: Question, status: Status, verdict: Mapping[str, Any]) -> dict[str, Any]:
    """What a run of a question says of itself."""
    scenario = question.scenario
    text = scenario_text(scenario, scenario.project)
    return store.manifest(
        scenario=scenario.name,
        file=scenario.path.relative_to(scenario.project).as_posix(),
        question=store.digest(question.city.inputs, text, store.solver_versions()),
        inputs=question.city.inputs,
        status=status,
        verdict=verdict,
        options=scenario.solver.model_dump(),
        times={"written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())},
    )
