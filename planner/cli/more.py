"""The command `more`: what the next money would bring."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.arguments import Allow  # noqa: TC001 - typer reads the annotations
from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.flow import Ear

MOST = 10.0
"""Largest raise, as a share of the money."""


def more(
    asked: Annotated[Path, typer.Argument(help="Scenario file, or folder of a run.", metavar="SCENARIO|RUN")],
    *,
    by: Annotated[
        str, typer.Option("--by", help="How much more: `5%`, or an amount of the budget's currency.")
    ] = "5%",
    of: Annotated[
        list[str] | None,
        typer.Option(
            "--of", help="`capital` (to build), `operating` (a year to run) or `both`. May be repeated."
        ),
    ] = None,
    allow: Allow = None,
) -> None:
    """Say what the next money would bring: the question is solved again with more of it.

    The answer is an interval, from the plans found and from what is proven of them: the next money is worth
    at least the first and at most the second number. Where it contains 0 it cannot be told whether the money
    brings anything; a smaller `solver.gap` may tell. It also says what that money would build, whom it would
    serve, and who gains. Nothing is read off prices: where whole things are built, they say nothing.

    Without `--of` each purse that has a limit is raised by itself, and both together.

    Examples: planner more runs/new-york-1a2b3c4d · planner more city.yaml --by 10% · planner more city.yaml
    --by 2.5 --of capital
    """
    from planner.cli.progress import Progress  # noqa: PLC0415

    with Progress() as ear:
        lines = asked_for_more(asked, by=by, of=of or (), allow=allow or (), ear=ear)
    typer.echo("\n".join(lines))


def asked_for_more(path: Path, *, by: str, of: Sequence[str], allow: Sequence[Path], ear: Ear) -> list[str]:
    """Lines that answer the command."""
    from planner.explore import more as room  # noqa: PLC0415 - heavy imports wait
    from planner.explore.more_told import telling  # noqa: PLC0415
    from planner.flow import answered  # noqa: PLC0415
    from planner.verify.ledger import outcome_of  # noqa: PLC0415

    amount, share = amount_of(by)
    wrong = [purse for purse in of if purse not in {*room.PURSES, room.BOTH}]
    if wrong:
        hint = "name `capital`, `operating` or `both`"
        raise InputFault(Fault(f"there is no money called `{name}`", "--of", hint) for name in wrong)
    question, plan, folder = answered(path, allow=allow, ear=ear)
    problem, scenario = question.problem, question.scenario
    raised = room.raises(problem, amount, share=share, of=of)
    outcome = outcome_of(problem, plan.facilities, plan.assignment)
    with ear.phase("search"):
        found = room.more(problem, scenario, question.residents, plan, raised, tell=ear.search)
    return [f"{scenario.name} ({folder.name})", "", *telling(scenario, question.city, plan, outcome, found)]


def amount_of(text: str) -> tuple[float, bool]:
    """Read `5%` as a share, `12.5` as an amount; both above 0.

    Raises
    ------
    InputFault
        For anything else.
    """
    share = text.strip().endswith("%")
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        value = float("nan")
    if not 0 < value < float("inf") or (share and value > MOST * 100):
        message = f"should be more than 0, such as `5%` or `12.5` (got `{text}`)"
        raise InputFault(Fault(message, "--by", "at most 1000%"))
    return (value / 100, True) if share else (value, False)
