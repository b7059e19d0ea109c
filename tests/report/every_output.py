"""Write everything that is written of a run into a folder: run as a script, in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import kept_run

import planner
from planner import flow
from planner.errors import InputFault
from planner.report import pdf
from planner.report.export import FORMATS


def write(folder: Path) -> None:
    """Write two runs, their comparison, the PDF, every export and what a notebook shows."""
    runs = [
        kept_run.keep(folder / f"{name}-0123abcd", objective=principle).folder
        for name, principle in (("a", "utilitarian"), ("b", "maximin"))
    ]
    flow.compare(runs, out=folder / "comparison")
    for form, known in FORMATS.items():
        flow.export(runs[0], form, out=folder / (form if known.files else f"it.{form}"))
    (folder / "notebook.html").write_text(planner.open_run(runs[0])._repr_html_(), encoding="utf-8")
    try:
        pdf.ready()
    except InputFault:
        return
    pdf.write_pdf(runs[0] / "report.html")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
