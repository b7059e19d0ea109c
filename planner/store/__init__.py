"""Runs remembered: one folder for each question, whole or not there at all, named by what was asked."""

from planner.store.disk import silently_full, told
from planner.store.parcel import Parcel, pack, pack_whole, unpack
from planner.store.placed import placed, rewritten
from planner.store.provenance import (
    MANIFEST,
    RUNS,
    digest,
    manifest,
    read_manifest,
    refuse_changed,
    run_id,
    slug,
    solver_versions,
    status_of,
    versions,
    write_manifest,
)
from planner.store.runs import find_finished, new_run, sweep

__all__ = [
    "MANIFEST",
    "RUNS",
    "Parcel",
    "digest",
    "find_finished",
    "manifest",
    "new_run",
    "pack",
    "pack_whole",
    "placed",
    "read_manifest",
    "refuse_changed",
    "rewritten",
    "run_id",
    "silently_full",
    "slug",
    "solver_versions",
    "status_of",
    "sweep",
    "told",
    "unpack",
    "versions",
    "write_manifest",
]
