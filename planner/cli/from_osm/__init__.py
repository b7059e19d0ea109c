"""The city that `planner init --osm` writes from an OpenStreetMap extract."""

from planner.cli.from_osm.write import write_from_osm

__all__ = ["write_from_osm"]
