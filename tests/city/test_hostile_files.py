"""Hundreds of hostile files, thousands of spoilt ones: told in words, nothing dies, hangs, opens or calls."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import socket
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hostile_files import ENDINGS, command, contents, marks, sound, spoilt

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 20.0
"""Seconds after which a batch, whatever its files, counts as hung."""
MUTATIONS = int(os.environ.get("PLANNER_MUTATIONS", "700"))
"""Spoilt files in one run; 5,000 on request."""
BATCH = 100


def read(folder: Path, files: list[Path], *before: str) -> list[dict[str, Any]]:
    """Read files in one caged child; it neither dies nor hangs, and answers for each."""
    start, environment = command(folder, files)
    limit = None if before else LONGEST * 3
    done = subprocess.run([*before, *start], env=environment, capture_output=True, timeout=limit, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    assert b"Traceback" not in done.stderr
    answers = json.loads((folder / "answer.json").read_text("utf-8"))
    assert len(answers) == len(files)
    for answer in answers:
        assert {"fault", "machine", "columns"} & set(answer)
        assert "Traceback" not in json.dumps(answer)
    return answers


def hostile(folder: Path, port: int) -> list[Path]:
    """Write every hostile content under every ending."""
    secret = folder / "secret.csv"
    secret.write_text("id,people\nthe-secret-word,1\n", "utf-8")
    inside = folder / "in"
    inside.mkdir()
    files = []
    for number, content in enumerate(contents(secret, port)):
        for ending in ENDINGS:
            files.append(inside / f"{number}{ending}")
            files[-1].write_bytes(content)
    return files


@pytest.mark.slow
def test_hostile_files_are_told_in_words(tmp_path: Path) -> None:
    """Hostile files: one message or a table for each, no connection, no other file read or changed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        files = hostile(tmp_path, listener.getsockname()[1])
        assert len(files) >= 300
        before = marks(tmp_path)
        answers = read(tmp_path / "answers", files)
        listener.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listener.accept()
    assert {path: mark for path, mark in marks(tmp_path).items() if "/answers/" not in path} == before
    refused = [answer for answer in answers if "fault" in answer]
    assert len(refused) >= len(files) // 2
    read_back = [path.read_bytes() for path in (tmp_path / "answers").iterdir() if path.suffix == ".arrow"]
    assert not [content for content in read_back if b"the-secret-word" in content]


@pytest.mark.slow
def test_spoilt_files_are_read_or_refused(tmp_path: Path) -> None:
    """Seeded changes of sound files of every format: none kills the reader, and none makes it hang."""
    rng = random.Random(7)  # noqa: S311 - changes, not secrets
    good = [(path, path.read_bytes()) for path in sound(tmp_path)]
    spoil = tmp_path / "spoilt"
    for batch in range(0, MUTATIONS, BATCH):
        files = []
        spoil.mkdir()
        for number in range(min(BATCH, MUTATIONS - batch)):
            path, content = good[(batch + number) % len(good)]
            files.append(spoil / f"{number}{path.suffix}")
            files[-1].write_bytes(spoilt(content, rng))
            for beside in (".shx", ".dbf", ".prj") if path.suffix == ".shp" else ():
                shutil.copy(path.with_suffix(beside), files[-1].with_suffix(beside))
        before = marks(spoil)
        read(tmp_path / f"answers-{batch}", files)
        assert marks(spoil) == before
        shutil.rmtree(spoil)
        shutil.rmtree(tmp_path / f"answers-{batch}")


@pytest.mark.slow
def test_the_reader_opens_and_calls_nothing_else(tmp_path: Path) -> None:
    """Seen by the system: what the child opens for hostile files, a clean run opens too; it calls nobody."""
    trace = shutil.which("strace")
    if trace is None:
        pytest.skip("strace is not installed")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        files = hostile(tmp_path, listener.getsockname()[1])
    good = sound(tmp_path)
    seen = {}
    for name, asked in (("clean", good), ("hostile", files)):
        log = tmp_path / f"{name}.log"
        options = ["-f", "-qq", "-s", "400", "-e", "trace=openat,open,connect", "-o", str(log)]
        probe = subprocess.run([trace, *options, "true"], capture_output=True, check=False)
        if probe.returncode:
            pytest.skip("tracing is not allowed here")
        read(tmp_path / f"answers-{name}", asked, trace, *options)
        text = log.read_text("utf-8", "replace")
        assert not re.findall(r"connect\(\d+, \{sa_family=AF_INET", text)
        opened = {
            path
            for path, end in re.findall(r'open(?:at)?\((?:AT_FDCWD, )?"([^"]*)"[^=]*= (-?\d+)', text)
            if end[0] != "-"
        }
        seen[name] = {path for path in opened if not path.startswith(("/proc/", "/sys/", "/dev/"))}
    own = (str(tmp_path / "in"), str(tmp_path / "answers-hostile"))
    code = re.compile(
        r"\.(py|pyc|so|so\.[\d.]+|json|db|pth|toml|cfg)$|/__pycache__|/site-packages|/lib/python"
    )
    beyond = {
        path for path in seen["hostile"] - seen["clean"] if not path.startswith(own) and not code.search(path)
    }
    assert not beyond
    assert str(good[0]) in seen["clean"]  # the trace tells what is opened
    assert str(tmp_path / "secret.csv") not in seen["hostile"]
