"""The random small questions of the checker's tests, for the tests of this room too."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "verify"))
