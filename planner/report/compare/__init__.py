"""Plans side by side: what each does, who gains from one rather than another, what was asked differently."""

from planner.report.compare import sheets, words
from planner.report.compare.page import PAGE, files, write_comparison
from planner.report.compare.runs import Beside, line_up
from planner.report.compare.tables import headline

__all__ = ["PAGE", "Beside", "files", "headline", "line_up", "sheets", "words", "write_comparison"]
