"""What can go wrong, told so that a planner can mend it; one exit code each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: where it stands, what is wrong, what to do next."""

    message: str
    where: str = ""
    hint: str = ""

    def __str__(self) -> str:
        """Return ``where: message`` and, on a line of its own, the hint."""
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n    → {self.hint}" if self.hint else head


class PlannerError(Exception):
    """Something that the user is told in words, never as a traceback."""

    exit_code = 70

    def __init__(self, faults: Fault | Iterable[Fault] | str) -> None:
        """Keep every fault; a plain string is one fault without a place."""
        if isinstance(faults, str):
            faults = Fault(faults)
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class InputFault(PlannerError):  # noqa: N818 - what it is, in a word
    """The scenario or a layer has to be mended (exit code 2)."""

    exit_code = 2


class Infeasible(PlannerError):  # noqa: N818 - what it is, in a word
    """No plan keeps every rule; the faults say which rule would have to give (exit code 3)."""

    exit_code = 3


class NoPlan(PlannerError):  # noqa: N818 - what it is, in a word
    """The search was stopped before it found a plan (exit code 4)."""

    exit_code = 4


class Stopped(NoPlan):
    """The user stopped the search before it found a plan (exit code 4)."""


class MachineFault(PlannerError):  # noqa: N818 - what it is, in a word
    """Disk, permission, memory: the machine, not the question (exit code 5)."""

    exit_code = 5


class PlanRefused(PlannerError):  # noqa: N818 - what it is, in a word
    """The checker found that a plan does not keep what it says (exit code 6)."""

    exit_code = 6
