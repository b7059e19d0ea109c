"""The command `frontier`: what can be had of one yardstick for another, with proof."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.arguments import Allow  # noqa: TC001 - typer reads the annotations
from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.explore.frontier import Frontier
    from planner.flow import Ear, Question

ALL = "all"
FEWEST, MOST = 3, 100


def frontier(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (YAML).", metavar="SCENARIO")],
    *,
    trade: Annotated[
        str, typer.Option("--trade", help="Two yardsticks, such as `cost:floor` or `efficiency:equity`.")
    ] = "efficiency:equity",
    points: Annotated[
        str, typer.Option("--points", help="How many plans, at equal steps; `all` for every one there is.")
    ] = "10",
    seconds: Annotated[
        float, typer.Option("--seconds", min=1.0, max=86_400.0, help="Time for the search [s].")
    ] = 600.0,
    runs: Annotated[
        bool, typer.Option("--runs/--no-runs", help="Make each plan a run like any other, checked.")
    ] = True,
    allow: Allow = None,
) -> None:
    """Show what can be had of one yardstick for another: the frontier, its knee, the price of each step.

    Yardsticks: `cost` (money to build), `efficiency` (mean wellbeing), `equity` (the worst-off fifth),
    `floor` (wellbeing up to the floor of the indicators), or the name of a principle: priority, maximin,
    equal_shares … `--trade cost:floor` tells what each further part of the budget brings, and for whom. One
    of the two is held at a level, the other raised as far as it goes: no plan shown is as good as another by
    both and better by one, within the gap that each tells.

    Example: planner frontier scenario.yaml --trade cost:equity --points 8
    """
    from planner.cli.progress import Progress  # noqa: PLC0415

    number = points_of(points)
    with Progress() as ear:
        lines = told(scenario, trade, number, runs=runs, seconds=seconds, allow=allow or (), ear=ear)
    typer.echo("\n".join(lines))


def points_of(text: str) -> int | None:
    """Return how many points; None for all.

    Raises
    ------
    InputFault
        For what is no number of points.
    """
    if text.strip() == ALL:
        return None
    if text.strip().isdecimal() and FEWEST <= int(text) <= MOST:
        return int(text)
    hint = f"write a number from {FEWEST} to {MOST}, or `{ALL}`"
    raise InputFault(Fault(f"`{text}` is no number of points", "--points", hint))


def told(
    path: Path, trade: str, number: int | None, *, runs: bool, seconds: float, allow: Sequence[Path], ear: Ear
) -> list[str]:
    """Lines that answer the command; runs, tables and page are written."""
    from planner.explore.frontier import frontier as find  # noqa: PLC0415 - heavy imports wait
    from planner.explore.frontier_told import telling  # noqa: PLC0415
    from planner.explore.trades import trade_of  # noqa: PLC0415
    from planner.flow import ask  # noqa: PLC0415

    question = ask(path, allow=allow, ear=ear)
    axes = trade_of(trade, question.scenario)
    with ear.phase("search"):
        found = find(
            question.problem,
            question.scenario,
            question.residents,
            axes,
            number=number,
            seconds=seconds,
            tell=ear.search,
            hear=ear.again,
        )
    made = _runs(question, found, ear) if runs else []
    labels = question.in_the_end.neighbourhoods["label"].astype(str).to_dict()
    folder = _keep(question, trade, found, labels, made)
    lines = [question.scenario.name, "", *telling(question.scenario, found, labels)]
    return [*lines, "", f"Read {folder / 'frontier.html'}"]


def _runs(question: Question, found: Frontier, ear: Ear) -> list[str]:
    """Make each plan a run, checked like any other; their names."""
    from planner.flow import Ear as Quiet  # noqa: PLC0415
    from planner.flow import keep  # noqa: PLC0415

    made = []
    for nth, point in enumerate(found.points, start=1):
        own = replace(question, scenario=point.scenario, problem=point.problem)
        made.append(keep(own, point.scenario, point.plan, Quiet()).folder.name)
        ear.ended(nth, len(found.points), "a run of its own, checked")
    return made


def _keep(
    question: Question, trade: str, found: Frontier, labels: dict[str, str], made: Sequence[str]
) -> Path:
    """Write tables and page as a folder of their own."""
    from planner import store  # noqa: PLC0415
    from planner.explore.frontier_page import write_page  # noqa: PLC0415
    from planner.explore.frontier_told import FRONTIER, STEPS, steps_of, table_of  # noqa: PLC0415
    from planner.report.tables import write_csv  # noqa: PLC0415

    scenario = question.scenario
    figures = [(point.held, point.raised) for point in found.points]
    digest = store.digest(question.city.inputs, f"{trade} {figures} {made}", store.solver_versions())
    name = store.run_id(f"{scenario.path.stem}-frontier-{trade}", digest)
    with store.new_run(scenario.project, name) as folder:
        write_csv(folder / "frontier.csv", FRONTIER.columns, table_of(scenario, found, made))
        write_csv(folder / "steps.csv", STEPS.columns, steps_of(found))
        write_page(folder, scenario, found, labels, made)
        store.write_manifest(folder, {"frontier": trade, "runs": list(made), "finished": False})
    target: Path = scenario.project / store.RUNS / name
    return target
