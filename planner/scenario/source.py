"""From a scenario file to its text: size, encoding and characters that YAML may hold."""

from __future__ import annotations

import codecs
import stat
from typing import TYPE_CHECKING

from planner.errors import Fault, InputFault, MachineFault
from planner.scenario.told import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 1 << 20
OTHER_ENCODINGS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
LINE_ENDS = "\n\r\t\x85"


def read_source(path: Path, shown: str) -> str:
    """Return the text of a scenario file.

    Parameters
    ----------
    path
        File to read.
    shown
        Its name in messages.

    Raises
    ------
    InputFault
        No such file, not a regular file, too large, not UTF-8, or characters that cannot be seen.
    MachineFault
        The file may not be read.
    """
    try:
        data = _data(path, shown)
    except OSError as error:
        raise MachineFault(Fault(f"cannot be read: {error.strerror or error}", shown)) from None
    text = _decode(data, shown)
    _refuse_invisible(text, shown)
    if not text.strip():
        hint = "`planner init DIR` writes an example to start from"
        raise InputFault(Fault("the file is empty", shown, hint))
    return text


def _data(path: Path, shown: str) -> bytes:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise InputFault(Fault(f"there is no such file{_nearest(path)}", shown)) from None
    if stat.S_ISDIR(status.st_mode):
        raise InputFault(Fault("this is a folder, not a scenario file", shown, "name a `.yaml` file"))
    if not stat.S_ISREG(status.st_mode):
        raise InputFault(Fault("this is not a regular file", shown, "name a `.yaml` file"))
    if status.st_size > LARGEST:
        hint = "put long tables in a CSV or GeoPackage layer and name it under `file`"
        raise InputFault(Fault("the file is larger than 1 MiB, more than a scenario needs", shown, hint))
    return path.read_bytes()


def _nearest(path: Path) -> str:
    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix in {".yaml", ".yml"}]
    except (OSError, ValueError):
        return ""
    return did_you_mean(path.name, names)


def _decode(data: bytes, shown: str) -> str:
    hint = "save it as UTF-8 (the usual setting of editors)"
    for mark, name in OTHER_ENCODINGS.items():
        if data.startswith(mark):
            raise InputFault(Fault(f"the file is written in {name}, not in UTF-8", shown, hint))
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        where = f"{shown}:{line}:{column}"
        message = f"the file is not UTF-8: byte 0x{data[error.start]:02x} is no character"
        raise InputFault(Fault(message, where, hint)) from None


def _refuse_invisible(text: str, shown: str) -> None:
    faults = []
    for number, line in enumerate(text.split("\n"), start=1):
        for column, c in enumerate(line, start=1):
            if (c < " " or "\x7f" <= c <= "\x9f" or c in "\ufffe\uffff") and c not in LINE_ENDS:
                message = f"a character that cannot be seen (U+{ord(c):04X})"
                faults.append(Fault(message, f"{shown}:{number}:{column}", "delete it"))
                break
    if faults:
        raise InputFault(faults[:20])
