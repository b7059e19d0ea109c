"""The question in tables that know no solver: needs, providers, pairs, and what units say about them."""
