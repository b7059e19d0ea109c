"""Fixtures of the city's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tiny_city import Tiny

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """Return a tiny sound city."""
    return Tiny(tmp_path)
