"""Degenerate distributions: the right limit, or a refusal that says why and what to use."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from planner.catalogue import find, units
from planner.errors import InputFault

NAN, INF = math.nan, math.inf
ONE = [1.0]

# name, values, weights (and ranking), parameters, what is right
LIMITS: list[tuple[str, list[list[float]], dict[str, Any], float]] = [
    # all zero
    ("gini", [[0, 0, 0], [1, 2, 3]], {}, 0),
    ("theil_t", [[0, 0], [1, 2]], {}, 0),
    ("theil_l", [[0, 0], [1, 2]], {}, 0),
    ("generalised_entropy", [[0, 0], [1, 2]], {"order": -1.0}, 0),
    ("atkinson", [[0, 0], [1, 2]], {"aversion": 1.0}, 0),
    ("hoover", [[0, 0], [1, 2]], {}, 0),
    ("coefficient_of_variation", [[0, 0], [1, 2]], {}, 0),
    ("palma_share", [[0, 0], [1, 2]], {}, NAN),
    ("palma_by_rank", [[0, 0], [1, 2], [1, 2]], {}, NAN),
    ("ratio_20_20", [[0, 0], [1, 2]], {}, NAN),
    ("kolm_pollak_ede", [[0, 0], [1, 2]], {}, 0),
    ("kolm_pollak_index", [[0, 0], [1, 2]], {}, 0),
    ("effective_aversion", [[0, 0], [1, 2]], {"kappa": 1.0}, NAN),
    ("concentration", [[0, 0], [1, 2], [1, 2]], {}, 0),
    ("concentration_erreygers", [[0, 0], [1, 2], [1, 2]], {}, 0),
    ("concentration_wagstaff", [[0, 0], [1, 2], [1, 2]], {"lower": 0.0, "upper": 1.0}, 0),
    ("fgt2", [[0, 0], [1, 2]], {"floor": 0.5}, 1),
    ("sen_welfare", [[0, 0], [1, 2]], {}, 0),
    # one has all, the others nothing
    ("gini", [[0, 0, 0, 12], [1, 1, 1, 1]], {}, 0.75),
    ("hoover", [[0, 12], [99, 1]], {}, 0.99),
    ("theil_t", [[0, 12], [1, 1]], {}, math.log(2)),
    ("theil_l", [[0, 12], [1, 1]], {}, INF),
    ("generalised_entropy", [[0, 12], [1, 1]], {"order": -2.0}, INF),
    ("atkinson", [[0, 12], [1, 1]], {"aversion": 1.0}, 1),
    ("atkinson", [[0, 12], [1, 1]], {"aversion": 3.0}, 1),
    ("palma_share", [[0, 12], [1, 1]], {}, NAN),
    ("ratio_20_20", [[0, 12], [1, 1]], {}, NAN),
    # one person
    *(
        (name, [[0.7], ONE], {}, 0.7)
        for name in ("mean", "median", "p10", "p90", "worst_off", "minimum", "maximum")
    ),
    ("gini", [[0.7], ONE], {}, 0),
    ("spread", [[0.7], ONE], {}, 0),
    ("theil_l", [[0.7], ONE], {}, 0),
    ("palma_share", [[0.7], ONE], {}, 0.25),
    ("ratio_20_20", [[0.7], ONE], {}, 1),
    ("kolm_pollak_ede", [[0.7], ONE], {}, 0.7),
    ("concentration", [[0.7], ONE, [3]], {}, 0),
    ("sen_welfare", [[0.7], ONE], {}, 0.7),
    # zero population: nobody to tell of; places where nobody is do not count, whatever stands there
    *(
        (name, [[1, 2], [0, 0]], {}, NAN)
        for name in ("mean", "gini", "worst_off", "below_floor", "theil_t", "fgt1")
    ),
    ("mean", [[], []], {}, NAN),
    ("mean", [[1, NAN], [2, 0]], {}, 1),
    ("mean", [[1, INF], [2, 0]], {}, 1),
    ("gini", [[1, -5], [2, 0]], {}, 0),
    ("concentration", [[1, 1, 9], [1, 1, 0], [1, 2, NAN]], {}, 0),
    # negative
    ("mean", [[-1, 1], [1, 1]], {}, 0),
    ("worst_off", [[-1, 1], [1, 1]], {"share": 0.5}, -1),
    ("sen_welfare", [[-1, 1], [1, 1]], {}, -0.5),
    ("below_floor", [[-1, 1], [3, 4]], {}, 3),
    ("kolm_pollak_ede", [[-1, -1], [1, 1]], {"kappa": 2.0}, -1),
    ("concentration_erreygers", [[-1, 1], [1, 1], [1, 2]], {"lower": -1.0, "upper": 1.0}, 1),
    # ties and thresholds
    ("median", [[1, 3], [1, 1]], {}, 2),
    ("median", [[1, 3], [1, 1.0001]], {}, 3),
    ("p10", [[1, 3], [10, 90]], {}, 2),
    ("worst_off", [[1, 3], [1, 1]], {"share": 1.0}, 2),
    ("worst_off", [[5, 1, 3], [4, 1, 5]], {"share": 0.2}, 2),
    ("worst_off", [[5, 1, 3], [4, 1, 5]], {"share": 0.2, "better": "less"}, 5),
    ("below_floor", [[0.5, 0.4], [3, 4]], {"floor": 0.5}, 4),
    ("below_floor", [[15, 16], [3, 4]], {"floor": 15.0, "better": "less"}, 4),
    ("fgt0", [[0.5, 0.4], [3, 1]], {"floor": 0.5}, 0.25),
    ("concentration", [[1, 3], [1, 1], [7, 7]], {}, 0),
    ("palma_by_rank", [[1, 3], [1, 1], [7, 7]], {}, 1),
    ("palma_by_rank", [[1, 3], [1, 1], [5, 6]], {"poorest_up_to": 4.0, "richest_from": 10.0}, NAN),
    # very large, very small, very averse
    ("gini", [[1e300, 3e300], [1, 1]], {}, 0.25),
    ("theil_t", [[1e-300, 3e-300], [1, 1]], {}, 0.5 * math.log(0.5) / 2 + 1.5 * math.log(1.5) / 2),
    ("atkinson", [[1, 1e6], [1, 1]], {"aversion": 900.0}, 1 - 1 * 2 ** (1 / 899) / 500000.5),
    ("kolm_pollak_ede", [[1, 1e6], [1, 1]], {"kappa": 100.0}, 1 + math.log(2) / 100),
    ("kolm_pollak_ede", [[1, 3], [1, 1]], {"aversion": 0.0}, 2),
    ("kolm_pollak_ede", [[1, 3], [1, 1]], {"kappa": 1e-9}, 2 - 0.5e-9),
]

REFUSED: list[tuple[str, list[Any], dict[str, Any], str]] = [
    ("mean", [[1, NAN], [1, 1]], {}, "1 missing among the values"),
    ("gini", [[1, INF], [1, 1]], {}, "1 infinite among the values"),
    ("mean", [[NAN, -INF], [1, 1]], {}, "1 missing and 1 infinite among the values"),
    ("mean", [[1, 2], [1, NAN]], {}, "1 missing among the weights"),
    ("mean", [[1, 2], [INF, 1]], {}, "1 infinite among the weights"),
    ("mean", [[1, 2], [1, -1]], {}, "1 negative among the weights"),
    ("concentration", [[1, 2], [1, 1], [NAN, 1]], {}, "1 missing among the ranking"),
    ("mean", [[1, 2], [1]], {}, "columns of one length; they have 2, 1"),
    ("mean", [[[1, 2]], [[1, 1]]], {}, "one value for each place; it was given a table of shape (1, 2)"),
    ("mean", [["a"], [1]], {}, "needs numbers; it was given ['a']"),
    ("mean", [[None], [1]], {}, "1 missing among the values"),
    *(
        (name, [[-1, 2], [1, 1]], {}, "use `kolm_pollak_ede`")
        for name in ("gini", "theil_t", "theil_l", "atkinson")
    ),
    *(
        (name, [[-1, 2], [1, 1]], {}, "use `kolm_pollak_ede`")
        for name in ("hoover", "palma_share", "ratio_20_20")
    ),
    ("concentration", [[-1, 2], [1, 1], [1, 2]], {}, "use `concentration_erreygers`"),
    ("kolm_pollak_ede", [[-1, 2], [1, 1]], {}, "give `kappa`"),
    *(
        (name, [[1, 2], [1, 1]], {"better": "less"}, "less is better")
        for name in ("gini", "theil_t", "atkinson")
    ),
    ("sen_welfare", [[1, 2], [1, 1]], {"better": "less"}, "use `kolm_pollak_ede`, which is valid for bads"),
    ("fgt1", [[1, 2], [1, 1]], {"floor": 0.0}, "a floor has to be above 0 (got 0)"),
    (
        "concentration_wagstaff",
        [[1, 2], [1, 1], [1, 2]],
        {"lower": 0.0, "upper": 1.0},
        "beyond the bounds 0 and 1",
    ),
]


@pytest.mark.parametrize(("name", "columns", "given", "right"), LIMITS)
def test_limit(name: str, columns: list[list[float]], given: dict[str, Any], right: float) -> None:
    """A distribution at the edge gives the right limit; NaN where nothing can be told."""
    assert find("summary", name).function(*columns, **given) == pytest.approx(
        right, rel=1e-12, abs=1e-15, nan_ok=True
    )


@pytest.mark.parametrize(("name", "columns", "given", "words"), REFUSED)
def test_refusal(name: str, columns: list[Any], given: dict[str, Any], words: str) -> None:
    """What is not valid is refused, with the reason and what to use."""
    with pytest.raises(InputFault) as refused:
        find("summary", name).function(*columns, **given)
    assert words in str(refused.value)


@pytest.mark.parametrize("name", units("summary"))
def test_every_summary_leaves_out_empty_places(name: str) -> None:
    """A place where nobody is changes no summary."""
    unit = find("summary", name)
    columns = [np.array([0.2, 0.5, 0.9, 0.4]), np.array([3.0, 4.0, 2.0, 0.0]), np.array([1.0, 2.0, 3.0, 4.0])]
    columns = columns if unit.facts["ranked"] else columns[:2]
    assert unit.function(*columns) == unit.function(*(column[:3] for column in columns))


def test_table_is_long_enough() -> None:
    """At least sixty degenerate cases are told apart."""
    assert len(LIMITS) + len(REFUSED) >= 60
