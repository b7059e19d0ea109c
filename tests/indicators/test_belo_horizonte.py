"""A real city and a real travel table: access to schools and jobs, and how it is shared."""

from __future__ import annotations

from time import perf_counter

import pandas as pd
import pytest
from shared_cities import CITY, hexagons, needs_city, needs_values, reference_values, within

from planner.indicators.concentration import concentration, concentration_erreygers
from planner.indicators.entropy import theil_t, theil_t_parts
from planner.indicators.inequality import gini, palma_by_rank
from planner.indicators.sufficiency import fgt0, fgt1, fgt2

pytestmark = [needs_city, needs_values]


@pytest.fixture(scope="module")
def travel() -> pd.DataFrame:
    """Return the 748,437 travel times."""
    return pd.read_parquet(CITY / "travel_matrix_transit_minutes.parquet")


def test_jobs_of_898_cells(travel: pd.DataFrame) -> None:
    """Access to jobs of all 941,160 people gives the figures recomputed from R accessibility's data."""
    stated = reference_values()["ipea_accessibility_full_898_cells"]
    cells = hexagons()
    people = cells["population"]
    jobs = within(30, "jobs", cells, travel)
    some = people > 0
    ours = {
        "gini": gini(jobs, people),
        "theil_t": theil_t(jobs, people),
        "palma": palma_by_rank(
            jobs[some], people[some], cells["income_decile"][some], poorest_up_to=4, richest_from=10
        ),
    }
    assert people.sum() == stated["population"]
    assert ours == pytest.approx({name: stated[name] for name in ours}, rel=1e-12)
    fgt = [index(jobs, people, floor=95368) for index in (fgt0, fgt1, fgt2)]
    assert fgt == pytest.approx(stated["fgt_line_95368"], rel=1e-12)


def test_concentration_of_jobs(travel: pd.DataFrame) -> None:
    """R breaks ties of income by the order of rows: ranked so, its figures are met; ours average ties."""
    stated = reference_values()["ipea_accessibility_full_898_cells"]
    cells = hexagons()
    jobs, people, income = within(30, "jobs", cells, travel), cells["population"], cells["income_per_capita"]
    in_order = income.loc[travel["from_id"].drop_duplicates()].rank(method="first").reindex(cells.index)
    assert concentration(jobs, people, in_order) == pytest.approx(stated["ci_standard"], rel=1e-12)
    corrected = concentration_erreygers(jobs, people, in_order, lower=jobs.min(), upper=jobs.max())
    assert corrected == pytest.approx(stated["ci_corrected"], rel=1e-12)
    tied = concentration(jobs, people, income)
    assert tied == pytest.approx(stated["ci_standard"], abs=5e-5)
    mixed = cells.sample(frac=1, random_state=3).index
    assert concentration(jobs[mixed], people[mixed], income[mixed]) == pytest.approx(tied, rel=1e-12)


@pytest.mark.benchmark
def test_schools_in_five_seconds(travel: pd.DataFrame) -> None:
    """Access to schools with its indices by income decile takes at most 5 s."""
    assert _schools(travel) <= 5


def test_schools(travel: pd.DataFrame) -> None:
    """Access to schools decomposes exactly by income decile."""
    assert _schools(travel) > 0


def _schools(travel: pd.DataFrame) -> float:
    """Look at access to schools with its indices, and tell the seconds that they took."""
    cells = hexagons()
    start = perf_counter()
    schools = within(30, "schools", cells, travel)
    people, decile = cells["population"], cells["income_decile"]
    some = people > 0
    poor_rich = concentration(schools, people, decile)
    palma = palma_by_rank(schools[some], people[some], decile[some], poorest_up_to=4, richest_from=10)
    unequal = gini(schools, people)
    parts = theil_t_parts(schools[some], people[some], decile[some])
    seconds = perf_counter() - start
    assert parts.within + parts.between == pytest.approx(theil_t(schools, people), rel=1e-12)
    assert set(parts.groups) == set(range(1, 11))
    assert 0 < unequal < 1
    assert abs(poor_rich) < unequal, "no ranking concentrates more than the ranking by the values themselves"
    tops = schools[some & (decile == 10)].mul(people).sum() / people[some & (decile == 10)].sum()
    lows = schools[some & (decile <= 4)].mul(people).sum() / people[some & (decile <= 4)].sum()
    assert palma == pytest.approx(tops / lows, rel=1e-12)
    return seconds
