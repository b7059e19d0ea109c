"""How a unit (objective, constraint, measure, summary) is declared, found and bound to its parameters.

A unit's name in a scenario is the name of its file (objectives, constraints) or function (measures,
summaries); its keyword-only arguments are its parameters, its docstring is its documentation.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import ArrayLike

F = TypeVar("F", bound=Callable[..., Any])

LISTED = 40
"""Most known names that a message lists."""

ROOMS = {
    "objective": "planner.principles",
    "constraint": "planner.rules",
    "measure": "planner.indicators",
    "summary": "planner.indicators",
}
PLURALS = {
    "objectives": "objective",
    "constraints": "constraint",
    "measures": "measure",
    "summaries": "summary",
}


@dataclass(frozen=True, eq=False)
class Unit:
    """One objective, constraint, measure or summary, with all that it declares of itself."""

    kind: str
    name: str
    function: Callable[..., Any]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def module(self) -> ModuleType:
        """The file that holds the unit; its other halves stand there."""
        return importlib.import_module(self.function.__module__)

    @property
    def title(self) -> str:
        """First line of its docstring, in a planner's words."""
        return (inspect.getdoc(self.function) or self.name).splitlines()[0]

    @property
    def parameters(self) -> type[BaseModel]:
        """Strict model of its keyword-only arguments."""
        return _parameters(self)

    def bind(self, given: Mapping[str, Any], where: str = "") -> dict[str, Any]:
        """Return the parameters, checked, defaults filled in; every fault at once."""
        try:
            model = self.parameters.model_validate(dict(given))
        except ValidationError as error:
            raise InputFault(
                [self._fault(e, where) for e in error.errors(include_input=True, include_url=False)]
            ) from None
        return {name: getattr(model, name) for name in type(model).model_fields}

    def _fault(self, error: Any, where: str) -> Fault:  # noqa: ANN401 - pydantic_core has its own type for it
        key = ".".join(str(part) for part in error["loc"])
        known = list(self.parameters.model_fields)
        if error["type"] == "extra_forbidden":
            return unknown(f"parameter of {self.kind} `{self.name}`", key, known, where)
        message = f"`{self.name}.{key}`: {error['msg'].lower()}"
        if error["type"] != "missing":
            message += f" (got {error['input']!r})"
        return Fault(message, where)

    def half(self, name: str) -> Callable[..., Any] | None:
        """Another half of the unit in the same file, such as `evaluate`."""
        return getattr(self.module, name, None)


@cache
def _parameters(unit: Unit) -> type[BaseModel]:
    own = {
        name: p
        for name, p in inspect.signature(unit.function).parameters.items()
        if p.kind is inspect.Parameter.KEYWORD_ONLY
    }
    # only the parameters' annotations: those of the tables may not be importable here
    holder = type("holder", (), {"__annotations__": {name: p.annotation for name, p in own.items()}})
    types = get_type_hints(holder, vars(unit.module), include_extras=True)
    fields: dict[str, Any] = {
        name: (types[name], ... if p.default is inspect.Parameter.empty else p.default)
        for name, p in own.items()
    }
    config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
    return create_model(f"{unit.name}_parameters", __config__=config, **fields)


_UNITS: dict[tuple[str, str], Unit] = {}


def _declare(kind: str, by_file: bool, facts: Mapping[str, Any]) -> Callable[[F], F]:
    def register(function: F) -> F:
        name = function.__module__.rpartition(".")[2] if by_file else function.__name__
        _UNITS[kind, name] = Unit(kind, name, function, dict(facts))
        return function

    return register


def objective(*, unit: str, reference: str) -> Callable[[F], F]:
    """Declare `formulate` of a principle: the unit of its value and its source."""
    return _declare("objective", True, {"unit": unit, "reference": reference})


def constraint(*, unit: str, reference: str = "", always: bool = False) -> Callable[[F], F]:
    """Declare `formulate` of a rule: the unit of its violation; `always` when every plan keeps it."""
    return _declare("constraint", True, {"unit": unit, "reference": reference, "always": always})


def measure(
    *,
    unit: str,
    better: Literal["more", "less"],
    reference: str = "",
    weight: Literal["need", "residents", "served", "places"] = "need",
    scope: Literal["service", "all"] = "service",
    signed: bool = False,
    limits: tuple[float, float] | None = None,
    extensive: bool = False,
    needs: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """Declare a measure: a value for each cell, told by a function of the view.

    Parameters
    ----------
    unit
        `1`, `service`, `service/person`, `travel` (of the service's limit), or any other word as it is.
    better
        Whether `more` or `less` of it is better.
    reference
        Its source.
    weight
        Whom a cell stands for: those in `need`, `residents`, those `served`, or one for each of `places`.
    scope
        `service` (told for each service) or `all` (told once for all services).
    signed
        It may be negative, as a change may: indices of inequality are not valid for it.
    limits
        The least and the greatest value that it can take.
    extensive
        An amount of the place that depends on how places are drawn: told as a total only.
    needs
        Tables that the view must have: `pairs`, `earlier`.
    """
    return _declare("measure", False, {**locals()})


def summary(
    *,
    unit: Literal["same", "1", "weights"],
    reference: str = "",
    axioms: tuple[str, ...] = (),
    limits: tuple[float, float] = (float("-inf"), float("inf")),
    goods_only: bool = False,
    not_negative: bool = False,
    instead: str = "",
) -> Callable[[F], F]:
    """Declare a summary of `(values, weights)`, for some `(…, ranking)`; the function gets clean arrays.

    The declared function refuses what is missing, infinite or not valid for it, leaves out the places
    where nobody is, and tells NaN where nobody is left. It also takes `better` (`more` or `less`).

    Parameters
    ----------
    unit
        `same` as the measure's, `1`, or `weights` (of the weights: people).
    reference
        Its source.
    axioms
        Among `scale`, `translation`, `transfer`, `replication`, `anonymity`, `zero_if_equal`,
        `decomposition`; the tests hold it to each.
    limits
        The least and the greatest value that it can take.
    goods_only, not_negative
        Refuse a quantity of which less is better; refuse negative values.
    instead
        The summary that is right for what this one refuses.
    """
    facts = {**locals()}

    def register(function: F) -> F:
        known = {**facts, "ranked": "ranking" in inspect.signature(function).parameters}
        return _declare("summary", False, known)(_guarded(function, known))

    return register


def _guarded[G: Callable[..., Any]](function: G, facts: Mapping[str, Any]) -> G:
    directed = "better" in inspect.signature(function).parameters

    @wraps(function)
    def guarded(*columns: ArrayLike, better: str = "more", **given: object) -> float:
        from planner.distribution import admit  # noqa: PLC0415 - NumPy is slow to import

        clean = admit(function.__name__, facts, columns, better)
        if directed:
            given["better"] = better
        return float(function(*clean, **given)) if len(clean[0]) else float("nan")

    return cast("G", guarded)


def units(kind: str) -> dict[str, Unit]:
    """All units of a kind, by name, after importing every file of their room."""
    room = importlib.import_module(ROOMS[kind])
    for info in pkgutil.iter_modules(room.__path__):
        importlib.import_module(f"{room.__name__}.{info.name}")
    return {name: unit for (k, name), unit in sorted(_UNITS.items()) if k == kind}


def find(kind: str, name: str, where: str = "") -> Unit:
    """The unit of that name, or a fault that names the nearest one."""
    known = units(kind)
    if name not in known:
        raise InputFault(unknown(kind, name, list(known), where))
    return known[name]


def unknown(what: str, name: str, known: list[str], where: str = "") -> Fault:
    """Fault for a name that is not known, with the nearest one that is."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    message = f"unknown {what} `{name}`" + (f"; did you mean `{near[0]}`?" if near else "")
    listed = ", ".join(known[:LISTED]) + (" …" if len(known) > LISTED else "")
    return Fault(message, where, f"known: {listed}" if known else "it takes no parameters")
