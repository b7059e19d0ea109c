"""Figures that other programs state: R accessibility, PySAL inequality, inequalipy, concstats."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from shared_cities import needs_values, reference_values

from planner.indicators.averages import mean
from planner.indicators.concentration import concentration, concentration_erreygers
from planner.indicators.curves import lorenz
from planner.indicators.entropy import theil_t
from planner.indicators.inequality import atkinson, gini, hoover, palma_by_rank, palma_share
from planner.indicators.kolm_pollak import effective_aversion, kolm_pollak_ede
from planner.indicators.sufficiency import fgt0, fgt1, fgt2

pytestmark = needs_values

# product per head of the 32 states of Mexico, from the example data of PySAL (BSD-3), after Esquivel (1999)
MEXICO = {
    1940: "10384 22361 9573 3758 2934 8578 8537 6909 17816 12132 4359 2181 4414 5309 3408 3327 6936 "
    "4836 9073 1892 3569 11016 21965 4372 4840 6399 2459 7508 3605 5203 7990 3734",
    1950: "6234 20977 16013 4929 4138 13997 9673 6049 17119 8859 5686 3629 5194 8232 4972 5272 8962 "
    "7515 11490 4538 6415 5560 28747 7533 6663 10345 3857 8536 4178 10143 8428 6435",
    1960: "8714 17865 16707 5925 5280 16265 12318 6036 23174 9323 8209 4991 6399 9953 9053 5244 10499 "
    "7621 20117 4140 6542 7110 9677 6440 9613 12134 6494 8383 4357 11404 10067 5821",
    1970: "16078 25321 24384 10274 7015 19178 20562 12551 32386 12700 11635 6497 7767 16288 17164 "
    "8109 13892 10880 28206 5230 9775 14073 17046 9721 14477 22662 9367 17128 6245 12240 11665 "
    "7426",
    1980: "21022 29283 29038 12166 16200 23399 25688 17427 42028 16726 13864 8727 12391 20659 20165 "
    "11206 16513 13354 34856 7730 13374 20088 26695 12691 15312 23181 42361 21937 9882 14252 "
    "15239 8876",
    1990: "20787 26839 25842 51123 8637 25332 26084 18313 43810 17353 13607 9084 13091 20133 18547 "
    "10980 17701 12757 34726 8465 11895 22441 25049 15436 15823 24784 16055 19983 10339 13796 "
    "13979 11656",
    2000: "27782 29855 26103 36163 8684 30735 28460 21358 54349 17379 15585 11820 12348 21610 16322 "
    "11838 18170 11478 38672 9010 15685 26149 33442 15866 15242 24068 13360 23546 11701 12191 "
    "17509 11130",
}


def five_cells(
    *, without: str | None = None
) -> tuple[dict[str, Any], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the stated figures, access, people, income and decile of the five cells."""
    stated = reference_values()["ipea_accessibility_small"]
    cells = stated["cells"]
    keep = np.array([name != without for name in cells["id"]])
    columns = (cells["access"], cells["population"], cells["income_per_capita"], cells["income_decile"])
    access, people, income, decile = (np.array(column, float)[keep] for column in columns)
    return (stated[f"drop_{without}"] if without else stated), access, people, income, decile


@pytest.mark.parametrize("without", [None, "89a88cdb5cfffff"])
def test_five_cells_of_accessibility(without: str | None) -> None:
    """R accessibility states these to four digits, with and without the fourth cell."""
    stated, access, people, income, decile = five_cells(without=without)
    assert gini(access, people) == pytest.approx(stated["gini"], abs=5e-5)
    assert concentration(access, people, income) == pytest.approx(stated["ci_standard"], abs=5e-5)
    palma = palma_by_rank(access, people, decile, poorest_up_to=4, richest_from=10)
    keys = ("ci_corrected", "palma") if without else (
        "ci_corrected_erreygers_observed_bounds", "palma_mean_top10_over_bottom40_by_income"
    )  # fmt: skip
    erreygers = concentration_erreygers(access, people, income)
    assert erreygers == pytest.approx(stated[keys[0]], abs=5e-5)
    assert palma == pytest.approx(stated[keys[1]], abs=5e-5)
    for order, fgt in enumerate((fgt0, fgt1, fgt2)):
        assert fgt(access, people, floor=100000) == pytest.approx(stated["fgt_line_100000"][order], abs=5e-5)
        assert fgt(access, people, floor=10000) == 0


def test_five_cells_to_all_digits() -> None:
    """The same cells recomputed elsewhere agree to 1e-12."""
    stated, access, people, income, _decile = five_cells()
    known = stated["recomputed_full_precision"]
    ours = {
        "gini": gini(access, people),
        "ci_standard": concentration(access, people, income),
        "ci_corrected": concentration_erreygers(access, people, income),
        "fgt1": fgt1(access, people, floor=100000),
        "fgt2": fgt2(access, people, floor=100000),
        "mean": mean(access, people),
        "hoover_pop_weighted": hoover(access, people),
        "theil_t": theil_t(access, people),
        "atkinson_0.5": atkinson(access, people, aversion=0.5),
        "atkinson_1": atkinson(access, people, aversion=1),
        "atkinson_2": atkinson(access, people, aversion=2),
        "kp_good_eps_0.5_ede": kolm_pollak_ede(access, people, aversion=0.5),
        "kp_good_eps_1_ede": kolm_pollak_ede(access, people, aversion=1),
    }
    assert ours == pytest.approx({name: known[name] for name in ours}, rel=1e-12)
    kappa = known["kp_good_eps_0.5_kappa"]
    assert effective_aversion(access, people, kappa=kappa) == pytest.approx(0.5, rel=1e-12)
    assert kolm_pollak_ede(access, people, kappa=kappa) == pytest.approx(
        known["kp_good_eps_0.5_ede"], rel=1e-12
    )


def test_theil_of_accessibility() -> None:
    """R accessibility states Theil T of five populated cells and of four."""
    stated = reference_values()["ipea_accessibility_theil"]
    access, people = np.array(stated["access"], float), np.array(stated["population"], float)
    four = np.arange(5) != 3
    ours = [theil_t(access, people), theil_t(access[four], people[four])]
    assert ours == pytest.approx([stated["theil_t"], stated["drop_fourth"]], abs=5e-5)
    assert ours == pytest.approx(stated["recomputed"], rel=1e-12)


def test_pysal_atkinson_theil_and_schutz() -> None:
    """PySAL inequality states these of short lists."""
    stated = reference_values()["pysal_inequality"]
    tens, one = np.array([10.0, 20, 30, 40, 50]), np.ones(5)
    for aversion, (index, ede) in stated["atkinson_10_20_30_40_50"].items():
        ours = atkinson(tens, one, aversion=float(aversion))
        assert ours == pytest.approx(index, abs=5e-6), f"Atkinson {aversion}"
        assert 30 * (1 - ours) == pytest.approx(ede, abs=5e-6), f"EDE {aversion}"
    zeros = [0, 0, 0, 10, 10, 10]
    assert theil_t(zeros, np.ones(6)) == pytest.approx(stated["theil_0_0_0_10_10_10"], rel=1e-12)
    schutz = hoover([1000, 2000, 1500, 3000, 2500], one)
    assert schutz == pytest.approx(stated["schutz_1000_2000_1500_3000_2500"], abs=1e-12)
    again = {
        "gini": gini(tens, one),
        "theil": theil_t(tens, one),
        "atkinson_2": atkinson(tens, one, aversion=2),
    }
    assert again == pytest.approx(stated["recomputed_10_20_30_40_50"], rel=1e-12)


def test_pysal_mexico() -> None:
    """PySAL states the Gini of Mexico's states in 1940 and their Theil in seven years."""
    stated = reference_values()["pysal_inequality"]
    states = {year: np.array(figures.split(), float) for year, figures in MEXICO.items()}
    assert gini(states[1940], np.ones(32)) == pytest.approx(stated["gini_mexico_1940"], rel=1e-12)
    ours = [theil_t(figures, np.ones(32)) for figures in states.values()]
    assert ours == pytest.approx(stated["theil_mexico_1940_2000"], abs=5e-9)


def test_pysal_lorenz() -> None:
    """PySAL states the Lorenz curve of 1 to 5."""
    stated = reference_values()["pysal_inequality"]["lorenz_1_2_3_4_5"]
    assert lorenz([3, 1, 2, 5, 4], np.ones(5))["held"].tolist() == pytest.approx(stated, abs=5e-9)


def test_kolm_pollak_of_distances() -> None:
    """The equal distance that is as bad, as inequalipy computes it."""
    stated = reference_values()["kolm_pollak_bads"]
    columns = stated["distance"], stated["population"]
    assert mean(*columns) == stated["mean"]
    assert effective_aversion(*columns, kappa=stated["alpha"]) == pytest.approx(1, rel=1e-12)
    for aversion, ede in stated["ede"].items():
        ours = kolm_pollak_ede(*columns, aversion=-float(aversion), better="less")
        assert ours == pytest.approx(ede, rel=1e-12), f"aversion {aversion}"


def test_palma_of_concstats() -> None:
    """R concstats counts whole units in the tails; split exactly, the ratio is half of that here."""
    stated = reference_values()["concstats_palma"]
    assert palma_share(stated["x"], np.ones(5), whole_places=True) == pytest.approx(stated["palma"], abs=5e-7)
    assert palma_share(stated["x"], np.ones(5)) == pytest.approx(4 / 3, rel=1e-12)
