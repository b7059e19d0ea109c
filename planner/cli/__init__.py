"""The command line: what a planner types, and what is said back."""
