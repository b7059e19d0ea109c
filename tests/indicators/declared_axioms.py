"""What each axiom means, as a check of any declared summary on one distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.catalogue import Unit

CLOSE = {"rel": 1e-7, "abs": 1e-9, "nan_ok": True}


@dataclass(frozen=True)
class Town:
    """Values in eighths, people, a ranking with ties, groups, and what is done to them."""

    values: np.ndarray
    people: np.ndarray
    ranking: np.ndarray
    group: np.ndarray
    order: np.ndarray
    factor: float
    shift: float
    better: str


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Draw towns of two to eight places, some with equal values and ranks."""
    size = draw(st.integers(2, 8))
    lists = {
        "values": st.integers(0, 24).map(lambda n: n / 8), "people": st.integers(1, 60),
        "ranking": st.integers(0, 5), "group": st.integers(0, 2),
    }  # fmt: skip
    drawn = {name: np.array(draw(st.lists(of, min_size=size, max_size=size))) for name, of in lists.items()}
    return Town(
        **drawn,
        order=np.array(draw(st.permutations(range(size)))),
        factor=draw(st.sampled_from([0.25, 0.5, 2.0, 64.0])),
        shift=draw(st.sampled_from([0.5, 1.0, 7.0])),
        better=draw(st.sampled_from(["more", "less"])),
    )


def tell(unit: Unit, town: Town, values: np.ndarray, people: np.ndarray | None = None) -> float:
    """Tell the summary of other values, or of other people, in the same town."""
    ranking = [town.ranking] if unit.facts["ranked"] else []
    return told(unit, town.better, values, town.people if people is None else people, *ranking)


def told(unit: Unit, better: str, *columns: np.ndarray) -> float:
    """Tell the summary; a summary of goods is told of goods."""
    return unit.function(*columns, better="more" if unit.facts["goods_only"] else better)


def level(unit: Unit) -> bool:
    """Whether it says how much people have, not how far they are apart."""
    return unit.facts["unit"] == "same" and "zero_if_equal" not in unit.facts["axioms"]


def scale(unit: Unit, town: Town) -> None:
    """Change the unit of the values: an amount is told in the new unit, an index stays."""
    factor = town.factor if unit.facts["unit"] == "same" else 1.0
    assert tell(unit, town, town.values * town.factor) == pytest.approx(
        factor * tell(unit, town, town.values), **CLOSE
    )


def translation(unit: Unit, town: Town) -> None:
    """Add the same to everybody: a level moves with it, a distance stays."""
    shift = town.shift if level(unit) else 0.0
    assert tell(unit, town, town.values + town.shift) == pytest.approx(
        tell(unit, town, town.values) + shift, **CLOSE
    )


def transfer(unit: Unit, town: Town) -> None:
    """Take from one who has more to give to one who has less: never looks worse (Pigou–Dalton)."""
    rich, poor = int(town.values.argmax()), int(town.values.argmin())
    people = town.people.astype(float)
    gap = town.values[rich] - town.values[poor]
    moved = gap * people[rich] * people[poor] / (people[rich] + people[poor]) / 2
    after = town.values.copy()
    after[rich] -= moved / people[rich]
    after[poor] += moved / people[poor]
    change = tell(unit, town, after) - tell(unit, town, town.values)
    more_is_better = level(unit) and (town.better == "more" or unit.facts["goods_only"])
    loss = -change if more_is_better else change
    assert np.isnan(loss) or loss <= 1e-9


def replication(unit: Unit, town: Town) -> None:
    """Two such towns are told as one, and so is a place cut in two."""
    whole = tell(unit, town, town.values)
    ranking = [town.ranking] if unit.facts["ranked"] else []
    columns = [town.values, town.people, *ranking]
    assert told(unit, town.better, *(np.tile(c, 2) for c in columns)) == pytest.approx(whole, **CLOSE)
    assert tell(unit, town, town.values, town.people * 3) == pytest.approx(whole, **CLOSE)
    cut = [np.append(c, c[0]) for c in columns]
    cut[1] = np.append(town.people, town.people[0] / 2.0)
    cut[1][0] = town.people[0] / 2.0
    assert told(unit, town.better, *cut) == pytest.approx(whole, **CLOSE)


def anonymity(unit: Unit, town: Town) -> None:
    """Who is in which row does not matter."""
    ranking = [town.ranking[town.order]] if unit.facts["ranked"] else []
    mixed = told(unit, town.better, town.values[town.order], town.people[town.order], *ranking)
    assert mixed == pytest.approx(tell(unit, town, town.values), **CLOSE)


def zero_if_equal(unit: Unit, town: Town) -> None:
    """When all have the same, nothing is unequal."""
    for same in (town.values[0], 0.0, 0.1, 1e-9, 3e8):
        assert tell(unit, town, np.full(len(town.values), same)) == pytest.approx(0, abs=1e-9 * max(same, 1))


def decomposition(unit: Unit, town: Town) -> None:
    """Within and between groups are all of it, and between is the index of the groups' means."""
    split = unit.half(f"{unit.name}_parts")
    assert split is not None, f"`{unit.name}` declares a decomposition and has no `{unit.name}_parts`"
    parts = split(town.values, town.people, town.group)
    assert parts.within + parts.between == pytest.approx(tell(unit, town, town.values), **CLOSE)
    means = {
        g: np.average(town.values[town.group == g], weights=town.people[town.group == g])
        for g in set(town.group)
    }
    smooth = np.array([means[g] for g in town.group])
    assert parts.between == pytest.approx(tell(unit, town, smooth), **CLOSE)
    for group, own in parts.groups.items():
        mine = town.group == group
        assert own == pytest.approx(told(unit, town.better, town.values[mine], town.people[mine]), **CLOSE)


AXIOMS: dict[str, Callable[[Unit, Town], None]] = {
    axiom.__name__: axiom
    for axiom in (scale, translation, transfer, replication, anonymity, zero_if_equal, decomposition)
}
