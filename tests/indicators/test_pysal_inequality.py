from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.catalogue import find

VECTORS = 200


def vectors() -> list[np.ndarray]:
    """Return 200 vectors of 2 to 60 positive values, some with ties."""
    stream = np.random.default_rng(2024)
    found = []
    for k in range(VECTORS):
        values = stream.lognormal(0, stream.uniform(0.1, 2), int(stream.integers(2, 60)))
        found.append(np.ceil(values * 4) / 4 if k % 3 == 0 else values)
    return found


def told(name: str, values: np.ndarray, **given: float) -> float:
    """Return our figure with one person in each place."""
    return find("summary", name).function(values, np.ones(len(values)), **given)


@pytest.mark.filterwarnings("ignore")
def test_agreement_with_pysal_inequality() -> None:
    """Gini, Theil, Atkinson and Schutz agree with PySAL inequality 1.2 to 1e-12 on 200 vectors."""
    inequality = pytest.importorskip("inequality", minversion="1.2")
    for values in vectors():
        assert told("gini", values) == pytest.approx(inequality.gini.Gini(values).g, rel=0, abs=1e-12)
        assert told("theil_t", values) == pytest.approx(
            float(inequality.theil.Theil(values).T), rel=0, abs=1e-12
        )
        for aversion in (0.5, 1):
            theirs = float(inequality.atkinson.atkinson(values, aversion))
            assert told("atkinson", values, aversion=aversion) == pytest.approx(theirs, rel=0, abs=1e-12)
        schutz = inequality.schutz.Schutz(pd.DataFrame({"y": values}), "y")
        assert told("hoover", values) == pytest.approx(float(schutz.distance), rel=0, abs=1e-12)
