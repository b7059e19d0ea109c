"""Sweeps: many scenarios out of one, answered here or on a cluster, and set side by side."""

from planner.cli.sweeping.command import sweep

__all__ = ["sweep"]
