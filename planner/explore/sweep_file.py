"""The sweep file: which keys of a scenario are varied, over which values, and in which design."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationError, model_validator
from scipy.stats import qmc

from planner.errors import Fault, InputFault
from planner.scenario.faults import tell
from planner.scenario.layers import Name, Strict
from planner.scenario.paths import Fence, project_of
from planner.scenario.source import read_source
from planner.scenario.yaml import parse

MOST = 2000
"""Scenarios of a sweep: a folder of runs stays one that people can look through."""


class Range(Strict):
    """Figures from one to another."""

    from_: Annotated[float, Field(alias="from")]
    """The first."""
    to: float
    """The last."""
    steps: Annotated[int, Field(ge=2, le=MOST)] | None = None
    """How many, ends included; a Latin hypercube draws between the ends and needs none."""
    log: bool = False
    """In equal ratios rather than in equal steps; both ends are above 0 then."""
    whole: bool = False
    """Rounded to whole numbers."""

    @model_validator(mode="after")
    def _sensible(self) -> Range:
        if self.from_ >= self.to:
            raise ValueError(f"`from` ({self.from_:g}) has to be below `to` ({self.to:g})")
        if self.log and self.from_ <= 0:
            raise ValueError("`log` needs figures above 0")
        return self

    def at(self, share: float) -> float | int:
        """Figure at a share of the way."""
        if self.log:
            found = self.from_ * (self.to / self.from_) ** share
        else:
            found = self.from_ + share * (self.to - self.from_)
        return round(found) if self.whole else float(f"{found:.12g}")


class Seeds(Strict):
    """Seeds 1, 2, 3 and so on."""

    seeds: Annotated[int, Field(ge=1, le=MOST)]
    """How many."""


class Sweep(Strict):
    """Many scenarios out of one."""

    name: Name | None = None
    """What the sweep is called; the name of the file where none is given."""
    scenario: Name
    """The scenario file that is varied, relative to this file."""
    vary: Annotated[
        dict[Name, Annotated[list[Any], Field(min_length=1, max_length=MOST)] | Range | Seeds],
        Field(min_length=1),
    ]
    """Keys of the scenario, such as `budget.capital`, each with its values: a list, `{from, to, steps}`, or
    `{seeds: 20}`."""
    design: Literal["grid", "together", "latin_hypercube"] = "grid"
    """`grid`: every combination; `together`: the first values of all keys, then the second, and so on;
    `latin_hypercube`: `draws` combinations that cover each key evenly."""
    draws: Annotated[int, Field(ge=2, le=MOST)] | None = None
    """Scenarios of a Latin hypercube."""
    seed: Annotated[int, Field(ge=0)] = 0
    """The same seed draws the same scenarios."""
    set: dict[Name, Any] = Field(default={})
    """Values put over the scenario in all of them, such as `solver.threads: 1`."""

    @model_validator(mode="after")
    def _fits(self) -> Sweep:
        drawn = self.design == "latin_hypercube"
        if drawn != (self.draws is not None):
            message = "`draws` says how many" if drawn else "`draws` belongs to `design: latin_hypercube`"
            raise ValueError(f"{message} scenarios: " + ("add it" if drawn else "leave it out"))
        endless = [k for k, v in self.vary.items() if isinstance(v, Range) and v.steps is None and not drawn]
        if endless:
            raise ValueError(f"`vary.{endless[0]}` needs `steps`: how many figures from one end to the other")
        if self.design == "together" and len({len(listed(values)) for values in self.vary.values()}) > 1:
            told = ", ".join(f"{key}: {len(listed(values))}" for key, values in self.vary.items())
            raise ValueError(f"`design: together` takes as many values of each key (got {told})")
        if twice := set(self.vary) & set(self.set):
            raise ValueError(f"`{min(twice)}` stands under `vary` and under `set`: leave it in one")
        if self.count > MOST:
            raise ValueError(f"these are {self.count:,} scenarios, and a sweep takes up to {MOST:,}")
        return self

    @property
    def count(self) -> int:
        """Scenarios of the sweep."""
        if self.draws is not None:
            return self.draws
        sizes = [len(listed(values)) for values in self.vary.values()]
        return sizes[0] if self.design == "together" else int(np.prod(sizes, dtype=object))

    def scenarios(self) -> list[dict[str, Any]]:
        """Value by key of each scenario, in order."""
        keys = list(self.vary)
        if self.design == "latin_hypercube":
            shares = qmc.LatinHypercube(len(keys), rng=self.seed).random(self.count)
            return [dict(zip(keys, self._drawn(row), strict=True)) for row in shares.tolist()]
        values = [listed(self.vary[key]) for key in keys]
        rows = zip(*values, strict=True) if self.design == "together" else itertools.product(*values)
        return [dict(zip(keys, row, strict=True)) for row in rows]

    def _drawn(self, shares: list[float]) -> list[Any]:
        return [drawn(values, share) for values, share in zip(self.vary.values(), shares, strict=True)]


def listed(values: list[Any] | Range | Seeds) -> list[Any]:
    """Values of a key, one by one."""
    if isinstance(values, Seeds):
        return list(range(1, values.seeds + 1))
    if isinstance(values, Range):
        steps = values.steps or 2
        return [values.at(k / (steps - 1)) for k in range(steps)]
    return values


def drawn(values: list[Any] | Range | Seeds, share: float) -> Any:  # noqa: ANN401 - whatever the file says
    """Value of a key at a share of the way through its values."""
    if isinstance(values, Range):
        return values.at(share)
    each = listed(values)
    return each[min(int(share * len(each)), len(each) - 1)]


def read_sweep(path: Path) -> tuple[Sweep, Path]:
    """Read a sweep file.

    Returns
    -------
    The sweep, and the scenario file that it varies.

    Raises
    ------
    InputFault
        Everything that has to be mended, each fault with file, line and key.
    """
    root = parse(read_source(path, path.name), path.name)
    plain = root.plain()
    try:
        sweep = Sweep.model_validate(plain)
    except ValidationError as error:
        raise InputFault(tell(error, Sweep, plain, root)) from None
    home = path.absolute().parent
    found = Fence(project_of(home)).find(sweep.scenario, home)
    if isinstance(found, str):
        raise InputFault(Fault(found, f"{root.child('scenario').place} scenario"))  # type: ignore[union-attr]
    return sweep, Path(found)
