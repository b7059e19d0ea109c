"""Distribute housing, health, water and education places by a stated principle of justice."""
