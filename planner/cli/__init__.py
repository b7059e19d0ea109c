"""The command line: what a planner types, and what is said back."""

from planner.cli.app import main

__all__ = ["main"]
