"""The sessions beside this file are what a planner types and reads, replayed word for word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from replay import fits, replay, steps
from shared_cities import needs_cities


def _session(path: Path) -> Any:  # noqa: ANN401 - pytest's own kind
    """One session; one that plans a real city is slow, and needs it."""
    real = "$CITIES" in path.read_text(encoding="utf-8")
    return pytest.param(path, id=path.stem, marks=[pytest.mark.slow, needs_cities] if real else [])


@pytest.mark.parametrize("session", [_session(path) for path in sorted(Path(__file__).parent.glob("*.t"))])
def test_session_says_what_it_says_here(session: Path, tmp_path: Path) -> None:
    """Every command of the session ends and speaks as written down."""
    assert steps(session.read_text(encoding="utf-8")), f"{session.name} holds no command"
    wrong = replay(session, tmp_path)
    assert not wrong, "\n\n".join(wrong)


def test_replay_tells_what_differs(tmp_path: Path) -> None:
    """A session that expects other words, or another exit code, is told with its line."""
    session = tmp_path / "wrong.t"
    session.write_text(
        "Prose.\n\n  $ echo one\n  two\n  $ exit 3\n  $ echo a b c\n  a … c\n", encoding="utf-8"
    )
    wrong = replay(session, tmp_path)
    assert [part.splitlines()[0] for part in wrong] == ["wrong.t:3: $ echo one", "wrong.t:5: $ exit 3"]


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        (["a", "…", "z"], ["a", "b", "c", "z"], True),
        (["a", "…", "z"], ["a", "z"], True),
        (["a", "…"], ["b", "c"], False),
        (["1.5 of … m"], ["1x5 of 3 m"], False),
        ([], ["words"], False),
    ],
)
def test_ellipses_stand_for_lines_or_words(expected: list[str], found: list[str], same: bool) -> None:
    """A lone `…` stands for any lines, one within a line for any words, all else for itself."""
    assert fits(expected, found) is same
