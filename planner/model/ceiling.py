"""A ceiling on memory, where the system has one: what is more is refused, so that it can be told in words."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate

from planner import catalogue
from planner.errors import Fault, MachineFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

GIGA = 1e9
SMALLER = (
    "ask a smaller question (fewer sites, shorter limits of travel, `judge_by: neighbourhoods`), "
    "or use a machine with more memory"
)


@contextmanager
def ceiling(gigabytes: float | None) -> Iterator[None]:
    """Let this process hold at most so much memory meanwhile.

    Parameters
    ----------
    gigabytes
        The most that the process may hold, all it holds already included [GB]; no ceiling where None, or
        where the system cannot tell and hold it (it can on Linux).

    Raises
    ------
    MachineFault
        When memory runs out, whether there is a ceiling or not.
    """
    lift = _set(gigabytes) if gigabytes is not None else _nothing
    try:
        yield
    except MemoryError:
        lift()
        raise ran_out(gigabytes) from None
    finally:
        lift()


def under_ceiling[**P, T](
    action: Callable[Concatenate[Problem, Scenario, P], T],
) -> Callable[Concatenate[Problem, Scenario, P], T]:
    """Make an action keep its scenario's `solver.memory_gb`."""

    @wraps(action)
    def kept(problem: Problem, scenario: Scenario, /, *rest: P.args, **more: P.kwargs) -> T:
        for kind in ("objective", "constraint"):
            catalogue.units(kind)  # read now: Python that runs out of memory while it compiles says anything
        with ceiling(scenario.solver.memory_gb):
            return action(problem, scenario, *rest, **more)

    return kept


def ran_out(gigabytes: float | None) -> MachineFault:
    """Say that memory ran out, and what to do."""
    if gigabytes is None:
        return MachineFault(Fault("the machine ran out of memory", hint=SMALLER))
    message = f"the {gigabytes:g} GB of memory that the scenario allows are used up"
    return MachineFault(Fault(message, hint=f"raise `solver.memory_gb`, {SMALLER}"))


def _nothing() -> None:
    """Nothing to lift."""


def _set(gigabytes: float) -> Callable[[], None]:
    """Set the ceiling; return what lifts it. What is mapped but not held does not count."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not on Windows

        page = os.sysconf("SC_PAGE_SIZE")
        mapped, held = (int(word) * page for word in Path("/proc/self/statm").read_text().split()[:2])
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = mapped + max(int(gigabytes * GIGA) - held, 0)
        allowed = [limit for limit in (most, soft, hard) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_AS, (min(allowed), hard))
        return lambda: resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    return _nothing
