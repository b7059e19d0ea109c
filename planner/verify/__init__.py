"""Plans recomputed from their tables, without anything of the solver."""
