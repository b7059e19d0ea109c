"""The right answer on a tiny city whose needs are not certain, by trying every choice of whole modules.

Each choice is worth in each future what the best assignment there is worth, found with the oracles for one
future; then the expected value, the worst, or the greatest regret counts. It knows nothing of how the
planner writes them.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import oracle
import oracle_years
from oracle_justice import JustTask
from oracle_years import YearsTask, timetables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from strategies import Case

    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

BASIC = {"utilitarian", "sufficiency", "priority", "p_median", "mclp"}


def best(case: Case) -> float:
    """The least value over all choices; infinite where none keeps every rule in every future."""
    names, scenario = list(case.scenario.futures), case.scenario
    chances = [scenario.futures[name].probability for name in names]
    questions = [_future(case.problem, name) for name in names]
    tasks = [_task(case, question) for question in questions]
    rows = [[_value(task, modules) for task in tasks] for modules in _choices(case, questions[0])]
    values = np.array(rows, float).reshape(-1, len(names))
    kept = values[np.isfinite(values).all(axis=1)]
    if scenario.uncertainty == "least_regret":
        finite = np.where(np.isfinite(values), values, np.inf)
        kept = kept - finite.min(axis=0, initial=np.inf)
    over = (
        kept @ np.array(chances) if scenario.uncertainty == "expected" else kept.max(axis=1, initial=-np.inf)
    )
    return float(over.min(initial=math.inf))


def _future(problem: Problem, name: str) -> Any:  # noqa: ANN401 - a problem, as far as an oracle reads one
    """One future's rows, numbered anew."""
    need, providers, places = (
        table[table["future"] == name] for table in (problem.need, problem.providers, problem.places)
    )
    number = {
        kind: {old: new for new, old in enumerate(table.index)}
        for kind, table in (("need", need), ("providers", providers), ("places", places))
    }
    pairs = problem.pairs[problem.pairs["need_point"].isin(need.index)]
    return SimpleNamespace(
        services=problem.services,
        sites=problem.sites,
        need=need.assign(place=need["place"].map(number["places"])).reset_index(drop=True),
        providers=providers.reset_index(drop=True),
        places=places.reset_index(drop=True),
        pairs=pairs.assign(
            need_point=pairs["need_point"].map(number["need"]),
            provider=pairs["provider"].map(number["providers"]),
        ).reset_index(drop=True),
    )


def _choices(case: Case, question: Any) -> Iterator[tuple[int, ...]]:  # noqa: ANN401 - as above
    """Modules of every row of one future."""
    if not case.scenario.periods:
        yield from oracle.kept(question, case.scenario)
        return
    rows = list(zip(question.providers["provider"], question.providers["period"], strict=True))
    for table in timetables(case):
        yield tuple(table[name][period - 1] for name, period in rows)


def _task(case: Case, question: Any) -> JustTask:  # noqa: ANN401 - as above
    kind = YearsTask if case.scenario.periods else JustTask

    class Anchored(kind):  # type: ignore[misc, valid-type]
        """Constants of a principle are set by the people and needs of all futures, as likely as they are."""

        def _loss(self) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
            population, start = self.population, self.start
            self.population, self.start = _all_starts(case)
            halves = super()._loss()
            self.population, self.start = population, start
            return halves

    return Anchored(question, case.scenario)


def _all_starts(case: Case) -> tuple[Floats, Floats]:
    """People and wellbeing before anybody is served of every place in every future."""
    people, starts = [], []
    for name, future in case.scenario.futures.items():
        kind = YearsTask if case.scenario.periods else JustTask
        task = kind(_future(case.problem, name), case.scenario)
        people.append(task.population * future.probability)
        starts.append(task.start)
    return np.concatenate(people), np.concatenate(starts)


def _value(task: JustTask, modules: tuple[int, ...]) -> float:
    if isinstance(task, YearsTask):
        return task.of(modules, math.inf)
    return task.least(modules, math.inf) if task.name in BASIC else task.value(modules, math.inf)


__all__ = ["best", "oracle_years"]
