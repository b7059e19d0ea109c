"""A fault of ours, kept in a file, so that nobody has to read a traceback."""

from __future__ import annotations

import platform
import tempfile
import traceback


def write_crash(error: BaseException) -> str:
    """Write the traceback into a new file in the temporary folder; return its path, or why there is none."""
    text = "".join(traceback.format_exception(error))
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="planner-crash-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(f"Python {platform.python_version()} on {platform.platform()}\n\n{text}")
    except OSError as refused:
        return f"none could be written ({refused.strerror}); run again as `planner --debug …`"
    return file.name
