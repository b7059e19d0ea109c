"""The invented city that `planner init` writes, for a planner to look at, run and replace piece by piece."""

from planner.cli.starter.write import write_starter

__all__ = ["write_starter"]
