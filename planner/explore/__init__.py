"""Exploring: how a plan holds up when what it was made from is different."""
