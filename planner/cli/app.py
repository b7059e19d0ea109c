"""The command line: one short function per command; heavy imports wait until they are needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli import outputs
from planner.cli.alternatives import alternatives
from planner.cli.arguments import Allow, Languages, Override, RunFolder, ScenarioFile, overrides_of, whole_run
from planner.cli.begin import begin
from planner.cli.endings import epilog
from planner.cli.frontier import frontier
from planner.cli.more import more
from planner.cli.principles import principles
from planner.cli.sweeping import sweep
from planner.cli.why import why
from planner.errors import Fault, MachineFault, NoPlan, PlannerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.flow import Run

EPILOG = (
    "Exit codes: 0 done · 2 mend your input · 3 no plan keeps every rule (advice is given) · 4 stopped "
    "without a plan · 5 the machine (disk, permission, memory) · 6 the checker refuses the plan · 70 our bug."
)
INTERRUPTED, UNREAD = 130, 1
"""How typer ends after Ctrl-C, and when nobody reads on."""
app = typer.Typer(
    name="planner",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of a fault of ours.")]


@app.callback()
def start(context: typer.Context, *, debug: Debug = False) -> None:
    """Where a city's next homes, clinics, schools and water points should go, by a stated idea of justice.

    Begin with: planner init my-city, then: planner run my-city/scenario.yaml
    """
    context.obj = {"debug": debug}


app.command("init", short_help="Write a tiny invented city, or one from OpenStreetMap, to begin with.")(begin)


@app.command(short_help="Read a scenario and tell what it holds.")
def check(
    scenario: ScenarioFile,
    *,
    mend: Annotated[
        bool,
        typer.Option("--repair", help="Write mended copies of layers, and tell every change."),
    ] = False,
    allow: Allow = None,
) -> None:
    """Read everything a scenario names and tell what it holds, without solving.

    With --repair, shapes that are not valid, ground that two neighbourhoods share, areas where points belong,
    rows that stand twice and cells a little astray are mended in copies beside the scenario, which are then
    checked; the files themselves stay as they are.
    """
    from planner.cli.preview import preview  # noqa: PLC0415
    from planner.cli.progress import Progress  # noqa: PLC0415
    from planner.flow import ask  # noqa: PLC0415

    if mend:
        from planner.cli.repair import repair  # noqa: PLC0415

        scenario, told = repair(scenario, allow or ())
        typer.echo("\n".join([*told, ""]))
    with Progress() as ear:
        question = ask(scenario, allow=allow or (), ear=ear)
    typer.echo("\n".join(preview(question)))


@app.command(short_help="Find the best plan, prove it, report it.", epilog=epilog())
def run(
    scenario: ScenarioFile,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Search again although a finished run is there.")
    ] = False,
    allow: Allow = None,
    override: Override = None,
) -> None:
    """Find the plan that serves the scenario's principle best, prove how good it is, and report it."""
    from planner.cli.progress import Progress  # noqa: PLC0415
    from planner.flow import run as answer  # noqa: PLC0415

    with Progress() as ear:
        done = answer(scenario, force=force, allow=allow or (), overrides=overrides_of(override), ear=ear)
    _tell(done)


app.command(short_help="Answer a scenario under every principle of justice.")(principles)


@app.command(short_help="Assess facilities that you choose yourself.")
def assess(
    scenario: ScenarioFile,
    facilities: Annotated[
        Path, typer.Option("--facilities", help="CSV with service, site, option, modules.")
    ],
    allow: Allow = None,
) -> None:
    """Assess facilities that you choose yourself, by the same rules, as a run like any other."""
    from planner.cli.progress import Progress  # noqa: PLC0415
    from planner.flow import assess_given  # noqa: PLC0415

    with Progress() as ear:
        done = assess_given(scenario, facilities, allow=allow or (), ear=ear)
    _tell(done)


@app.command(short_help="Recompute a run without the solver.")
def verify(folder: RunFolder, allow: Allow = None) -> None:
    """Recompute a run from its tables and the unchanged inputs, without the solver."""
    from planner.cli.progress import Progress  # noqa: PLC0415
    from planner.errors import PlanRefused  # noqa: PLC0415
    from planner.flow import verify as recompute  # noqa: PLC0415

    with Progress() as ear:
        verdict = recompute(whole_run(folder), allow=allow or (), ear=ear)
    if verdict.faults:
        raise PlanRefused(Fault(fault) for fault in verdict.faults)
    typer.echo(verdict.sentence)
    typer.echo(f"The bound: {verdict.bound}")


@app.command(name="audit", short_help="Tell how sure the figures of a run are.")
def audit_(
    folder: RunFolder,
    *,
    draws: Annotated[int, typer.Option("--draws", min=20, max=10_000, help="Draws of the counts.")] = 200,
    resolve: Annotated[
        int, typer.Option("--resolve", min=0, max=1000, help="Solve the question again so often.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same audit.")] = 0,
    allow: Allow = None,
) -> None:
    """Tell how sure the figures of a run are, who truly differs, and (with --resolve) which sites survive."""
    from planner.cli.progress import Progress  # noqa: PLC0415
    from planner.flow import audit  # noqa: PLC0415

    run_folder = whole_run(folder)
    with Progress() as ear:
        found, place = audit(run_folder, draws=draws, resolve=resolve, seed=seed, allow=allow or (), ear=ear)
    typer.echo("\n".join([*found.words, "", f"Wrote {place}"]))


app.command(short_help="Say what the next money would bring.")(more)
app.command(short_help="Say what all good plans share, and what is open.")(alternatives)
app.command(short_help="Show what one yardstick costs by another.")(frontier)
app.command(short_help="Answer many scenarios that differ in a few keys.")(sweep)
app.command(short_help="Say why each site is in the plan, or not.")(why)


@app.command()
def report(
    folder: RunFolder,
    *,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also as report.pdf: tagged, A4.")] = False,
    lang: Languages = "en",
    allow: Allow = None,
) -> None:
    """Write the report and maps of a run anew."""
    from planner.cli.progress import Progress  # noqa: PLC0415
    from planner.flow import report as write  # noqa: PLC0415
    from planner.report.speech import asked_for  # noqa: PLC0415

    run, languages = whole_run(folder), asked_for(lang)
    with Progress() as ear:
        pages = write(run, pdf=pdf, languages=languages, allow=allow or (), ear=ear)
    for page in pages:
        typer.echo(f"Wrote {page}")


app.command(short_help="Write a run for QGIS, the web, or spreadsheets.")(outputs.export)
app.command(short_help="Set two to eight runs side by side.")(outputs.compare)


@app.command(name="list", short_help="List what a scenario may name.")
def list_(
    what: Annotated[
        str,
        typer.Argument(help="objectives, constraints, indicators, standards or services.", metavar="WHAT"),
    ],
    scenario: Annotated[
        Path | None,
        typer.Option("--scenario", help="Scenario whose services are listed.", metavar="SCENARIO"),
    ] = None,
) -> None:
    """List what a scenario may name: objectives, constraints, indicators, standards; or its services."""
    from planner.cli.listing import listing  # noqa: PLC0415

    typer.echo("\n".join(listing(what, scenario)))


@app.command(short_help="Is this machine fit for planning?")
def doctor() -> None:
    """Check versions, solve small models that solvers got wrong, try the disk and the reader of layers."""
    from planner.cli.doctor import doctor as look  # noqa: PLC0415

    look()


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json  # noqa: PLC0415

    from planner.scenario.schema_json import json_schema  # noqa: PLC0415

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _tell(done: Run) -> None:
    if done.found:
        typer.echo("This question was answered before; --force searches again.")
    below = done.folder.is_relative_to(Path.cwd())
    seen = done.folder.relative_to(Path.cwd()) if below else done.folder
    typer.echo(done.answer.replace(f"runs/{done.folder.name}/", f"{seen.as_posix()}/"))


def main() -> None:
    """Run the command; every fault is told in words, with its exit code."""
    sys.exit(guarded(lambda: app(prog_name="planner")))


def guarded(action: Callable[[], Any]) -> int:
    """Run an action and return the exit code; faults are told on standard error."""
    try:
        action()
    except PlannerError as error:
        return _told(error)
    except KeyboardInterrupt:
        return _told(NoPlan("stopped by you"))
    except MemoryError:
        return _told(MachineFault(Fault("the machine ran out of memory", hint="ask a smaller question")))
    except SystemExit as error:
        return _ended(int(error.code or 0))
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        return _crashed(error)
    return 0


def _ended(code: int) -> int:
    """Exit code for one of typer's: Ctrl-C is told; whoever reads our words may stop reading (`| head`)."""
    if code == INTERRUPTED:
        return _told(NoPlan("stopped by you"))
    return 0 if code == UNREAD else code


def _told(error: PlannerError) -> int:
    for fault in error.faults:
        typer.echo(str(fault), err=True)
    return error.exit_code


def _crashed(error: Exception) -> int:
    from planner.cli.crash import write_crash  # noqa: PLC0415

    typer.echo(
        f"A fault of the planner itself: {type(error).__name__}. Details: {write_crash(error)}", err=True
    )
    return PlannerError.exit_code
