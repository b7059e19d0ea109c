"""From a Problem to a Plan: the only room that knows PuLP and HiGHS."""
