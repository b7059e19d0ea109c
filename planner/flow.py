"""The whole flow on one page: question → plan → tables → verdict → indicators → run.

The question itself (scenario → city → travel → problem) is asked in `question.py`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner import store
from planner.errors import Fault, PlanRefused
from planner.explore.answer import Run, open_run, remembered
from planner.explore.rivals import rivals
from planner.explore.tables import write_audit
from planner.model.decide import adopt, decide
from planner.plan import Plan
from planner.problem.given import modules_given
from planner.question import Ear, Question, ask, manifest_of
from planner.report import compare as comparison
from planner.report import pdf as printed
from planner.report.export import find_format, place_of, take_out, write_back
from planner.report.figures import add_up
from planner.report.kept import SCENARIO
from planner.report.page import PAGE, write_report
from planner.report.tables import read_indicators, read_tables, write_tables
from planner.report.words import closing
from planner.scenario.write import scenario_text
from planner.verify.check import check

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from planner.explore.audit import Audit
    from planner.scenario.schema import Scenario
    from planner.verify.verdict import Verdict


def run(
    path: Path | str,
    *,
    force: bool = False,
    allow: Sequence[Path] = (),
    overrides: Mapping[str, Any] | None = None,
    ear: Ear | None = None,
) -> Run:
    """Answer the question that one scenario file asks.

    Parameters
    ----------
    path
        The scenario file.
    force
        Search again although a finished run answers the same question.
    allow
        Folders outside the project in which layers may lie.
    overrides
        Values put over the file, by dotted key such as `budget.capital`.
    ear
        Hears of progress.

    Raises
    ------
    PlannerError
        Input to mend, infeasible rules, no plan in time, or a plan that the checker refuses.
    """
    ear = ear or Ear()
    question = ask(Path(path), allow=allow, overrides=overrides, ear=ear)
    name = name_of(question.scenario, question.city.inputs)
    finished = store.find_finished(question.scenario.project, name, force=force)
    if finished is not None:
        return open_run(finished, question.scenario)
    with ear.phase("search"):
        plan = decide(question.problem, question.scenario, question.residents, ear.search)
    return _keep(question, plan, name, ear)


def assess_given(path: Path, facilities: Path, *, allow: Sequence[Path] = (), ear: Ear | None = None) -> Run:
    """Assess a hand-made or present set of facilities under a scenario; keep it as a run like any other."""
    ear = ear or Ear()
    return keep_given(ask(path, allow=allow, ear=ear), facilities, ear)


def keep_given(question: Question, facilities: Path, ear: Ear, stem: str = "") -> Run:
    """Assess facilities under a question that is posed already; keep them as a run like any other."""
    modules = modules_given(question.problem, facilities)
    with ear.phase("search"):
        plan = adopt(question.problem, question.scenario, question.residents, modules)
    name = name_of(question.scenario, question.city.inputs, facilities, stem)
    return _keep(question, plan, name, ear)


def keep(question: Question, scenario: Scenario, plan: Plan, ear: Ear) -> Run:
    """Keep a plan that was found beside others, under another principle, as a run like any other."""
    text = scenario_text(scenario, scenario.project) + "\n# one of several principles\n"
    stem = f"{scenario.path.stem}-{scenario.objective_name}"
    name = store.run_id(stem, store.digest(question.city.inputs, text, store.solver_versions()))
    return _keep(replace(question, scenario=scenario), plan, name, ear)


def verify(folder: Path, *, allow: Sequence[Path] = (), ear: Ear | None = None) -> Verdict:
    """Recompute a run from its written tables and the unchanged inputs, travel included."""
    ear = ear or Ear()
    manifest, question = _asked_again(folder, allow, ear)
    with ear.phase("verify"):
        return _verdict(question, folder, store.status_of(manifest))


def audit(
    folder: Path, *, draws: int = 200, resolve: int = 0, seed: int = 0, allow: Sequence[Path] = (), ear: Ear
) -> tuple[Audit, Path]:
    """Tell how sure the figures of a run are, and write it into `audit/` of its folder."""
    manifest, question = _asked_again(folder, allow, ear)
    plan = Plan(**read_tables(folder), status=store.status_of(manifest))
    with ear.phase("audit"):
        found = question.audit(plan, draws=draws, resolve=resolve, seed=seed, hear=ear.again)
    return found, write_audit(folder, found, question.scenario, question.city)


def report(
    folder: Path,
    *,
    pdf: bool = False,
    languages: Sequence[str] = ("en",),
    allow: Sequence[Path] = (),
    ear: Ear | None = None,
) -> list[Path]:
    """Write the report, in each language, and the maps of a run anew; with `pdf` the PDFs, which are told."""
    ear = ear or Ear()
    if pdf:
        printed.ready()
    manifest, question = _asked_again(folder, allow, ear)
    plan = Plan(**read_tables(folder), status=store.status_of(manifest))
    with ear.phase("report"), store.rewritten(folder, "report.*.html") as aside:
        audit, table, verdict = (
            question.equity(plan),
            read_indicators(folder),
            manifest["verdict"]["sentence"],
        )
        pages = _write_report(aside, question, plan, table, verdict, audit, languages)
        pages = [printed.write_pdf(page) for page in pages] if pdf else pages
    return [folder / page.name for page in pages]


def export(folder: Path, form: str, *, out: Path | None = None, force: bool = False) -> Path:
    """Write a run in a format of `report.export`, beside what is there; nothing is lost without `force`."""
    taken = find_format(form)
    target, names = place_of(taken, folder.absolute().name, out)
    kept = remembered(folder)
    with store.placed(target, names, force=force) as aside:
        take_out(kept, taken, aside, names[0])
    return target / names[0] if taken.ending else target


def export_back(folder: Path, dsn_env: str, *, force: bool = False) -> str:
    """Write a run into a schema of its own of a database; nothing there is lost without `force`."""
    return write_back(remembered(folder), dsn_env, force=force)


def compare(
    folders: Sequence[Path],
    *,
    out: Path | None = None,
    force: bool = False,
    languages: Sequence[str] = ("en",),
) -> tuple[comparison.Beside, list[Path]]:
    """Set runs side by side, in a table and a page for each language; beside the first run, or in `out`."""
    beside = comparison.line_up([remembered(Path(folder)) for folder in folders])
    name = store.digest({}, "\n".join(run.folder.name for run in beside.runs), store.solver_versions())[:8]
    target = out or Path(folders[0]).absolute().parent / f"comparison-{name}"
    names = comparison.files(languages)
    with store.placed(target, names, force=force or out is None) as aside:
        comparison.write_comparison(aside, beside, languages)
    return beside, [target / name for name in names[1:]]


def answered(path: Path, *, allow: Sequence[Path] = (), ear: Ear) -> tuple[Question, Plan, Path]:
    """Question, plan and folder of a run; of a scenario file, which is run where it has not been."""
    folder = path if path.is_dir() else run(path, allow=allow, ear=ear).folder
    manifest, question = _asked_again(folder, allow, ear)
    return question, Plan(**read_tables(folder), status=store.status_of(manifest)), folder


def _asked_again(folder: Path, allow: Sequence[Path], ear: Ear) -> tuple[dict[str, Any], Question]:
    """What a run says of itself, and its question, from inputs that have not changed since."""
    manifest = store.read_manifest(folder)
    runs = folder.absolute().parent
    project = runs.parent if runs.name == store.RUNS else None
    question = ask(folder / SCENARIO, allow=allow, project=project, ear=ear)
    store.refuse_changed(manifest["inputs"], question.city.inputs)
    return manifest, question


def name_of(scenario: Scenario, inputs: Mapping[str, str], given: Path | None = None, stem: str = "") -> str:
    """Name of the run of a scenario, from the SHA-256 of all that it reads."""
    text = scenario_text(scenario, scenario.project)
    stem = stem or scenario.path.stem
    if given is not None:
        text += f"\n# facilities\n{given.read_text(encoding='utf-8-sig')}"
        stem += f"-{given.stem}"
    return store.run_id(stem, store.digest(inputs, text, store.solver_versions()))


def _keep(question: Question, plan: Plan, name: str, ear: Ear) -> Run:
    """Write a plan, check it from what was written, and only then give the run its name."""
    scenario = question.scenario
    with ear.phase("assess"):
        indicators, audit = question.indicators(plan), question.equity(plan)
    with store.new_run(scenario.project, name) as folder:
        with ear.phase("write"):
            final = scenario.project / store.RUNS / name
            (folder / SCENARIO).write_text(scenario_text(scenario, final), encoding="utf-8", newline="\n")
            write_tables(folder, plan, indicators, audit, printed=question.printable(indicators))
        with ear.phase("verify"):
            verdict = _verdict(question, folder, plan.status)
        if verdict.faults:
            raise PlanRefused(Fault(fault, "checker") for fault in verdict.faults)
        with ear.phase("report"):
            _write_report(folder, question, plan, indicators, verdict.sentence, audit)
        answer = _answer(question, plan, name)
        store.write_manifest(folder, manifest_of(question, plan.status, verdict.told()) | {"answer": answer})
    return Run(scenario.project / store.RUNS / name, scenario, plan, indicators, answer, found=False)


def _answer(question: Question, plan: Plan, name: str) -> str:
    seen = plan.seen(question.likeliest)
    figures = add_up(question.scenario, question.in_the_end, seen, question.problem.services)
    return closing(question.scenario, plan, figures, f"{store.RUNS}/{name}/{PAGE}")


def _verdict(question: Question, folder: Path, status: Any) -> Verdict:  # noqa: ANN401 - a Status, or what stands for one
    plan = Plan(**read_tables(folder), status=status)
    return check(
        question.problem,
        question.scenario,
        plan,
        read_indicators(folder),
        lambda: question.indicators(plan),
        residents=question.residents,
    )


def _write_report(  # noqa: PLR0917 - the nouns of the flow
    folder: Path,
    question: Question,
    plan: Plan,
    indicators: pd.DataFrame,
    verdict: str,
    audit: Mapping[str, pd.DataFrame],
    languages: Sequence[str] = ("en",),
) -> list[Path]:
    return write_report(
        folder,
        question.scenario,
        question.in_the_end,
        plan,
        question.printable(indicators),
        question.problem.services,
        verdict=verdict,
        notes=question.notes,
        versions=store.versions(),
        equity=audit,
        rivals=rivals(question.problem, plan, question.likeliest),
        languages=languages,
    )


__all__ = [
    "Ear",
    "Question",
    "Run",
    "answered",
    "ask",
    "assess_given",
    "audit",
    "compare",
    "export",
    "keep",
    "keep_given",
    "name_of",
    "open_run",
    "report",
    "run",
    "verify",
]
