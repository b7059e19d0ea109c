"""A run for other programs: maps for QGIS and the web, tables for spreadsheets, each with its dictionary."""

from planner.report.export.formats import FORMATS, Format, find_format, place_of, take_out, write_back

__all__ = ["FORMATS", "Format", "find_format", "place_of", "take_out", "write_back"]
