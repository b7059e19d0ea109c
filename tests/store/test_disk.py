"""Failures of the disk are told in words, and leave nothing behind."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from run_writer import hidden, write

from planner import store
from planner.errors import MachineFault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[None]:
    """Mount a small disk in memory over a folder; skip where that is not allowed."""
    if os.name == "nt" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only an administrator can mount a disk")
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """A disk that fills up while writing: told with the file, nothing left, the old run untouched."""
    project = tmp_path / "full"
    with small_disk(project, "size=512k"):
        with store.new_run(project, "a-1", space=0) as folder:
            store.write_manifest(folder, {"finished": True})
        with pytest.raises(MachineFault) as caught, store.new_run(project, "a-1", space=0) as folder:
            (folder / "big.bin").write_bytes(bytes(2**20))
        assert str(caught.value).startswith("runs/a-1: the disk is full while writing runs/a-1/big.bin")
        assert store.find_finished(project, "a-1") is not None
        assert hidden(project) == []


def test_a_writer_that_hides_a_full_disk_is_seen_through(tmp_path: Path) -> None:
    """A library that fails on a full disk with an error of its own: still told as a full disk."""
    project = tmp_path / "full"
    with (
        small_disk(project, "size=512k"),
        pytest.raises(MachineFault, match="the disk is full while writing runs/a-1"),
        store.new_run(project, "a-1", space=0),
    ):
        raise RuntimeError("layer could not be closed")


def test_too_little_space_is_told_before_writing(tmp_path: Path) -> None:
    """Without room for the run nothing is begun, and the message says how much is missing."""
    words = r"MB are free, and about 1,0[0-9,]+ MB are needed"
    with pytest.raises(MachineFault, match=words), store.new_run(tmp_path, "a-1", space=2**50):
        pytest.fail("the run was begun")
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_read_only_disk_is_told(tmp_path: Path) -> None:
    """On a read-only disk: told, with what next."""
    project = tmp_path / "fixed"
    with small_disk(project, "size=512k,ro"), pytest.raises(MachineFault) as caught:
        write(project, "a-1")
    assert "the disk is read-only while writing runs" in str(caught.value)
    assert "copy the project to a folder that can be written" in str(caught.value)


def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    """Where permission is refused: told; asked of the system itself where we are not all-powerful."""
    if os.name == "nt" or os.geteuid() == 0:
        pytest.skip("an administrator is never refused")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(MachineFault, match="permission is refused while writing runs"):
            write(tmp_path, "a-1")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EMFILE])
def test_failures_of_the_disk_are_told_in_words(tmp_path: Path, number: int) -> None:
    """Each failure of the disk names the file below the project, never the way to it."""
    with pytest.raises(MachineFault) as caught, store.new_run(tmp_path, "a-1") as folder:
        raise OSError(number, "no", str(folder / "plan" / "need.csv"))
    assert "while writing runs/a-1/plan/need.csv" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    assert "→" in str(caught.value)
    assert caught.value.exit_code == 5


def test_a_file_outside_the_project_is_not_named(tmp_path: Path) -> None:
    """The way to a file outside the project is nobody's business; the run is named instead."""
    project = tmp_path / "project"
    project.mkdir()
    with pytest.raises(MachineFault) as caught, store.new_run(project, "a-1"):
        raise OSError(errno.EACCES, "no", str(tmp_path / "elsewhere.csv"))
    assert str(caught.value).startswith("permission is refused while writing runs/a-1\n")


def test_other_errors_of_the_system_stay_what_they_are(tmp_path: Path) -> None:
    """An error that is no failure of the disk is not dressed up as one."""
    with pytest.raises(FileNotFoundError), store.new_run(tmp_path, "a-1"):
        raise FileNotFoundError(errno.ENOENT, "no such file", "missing.csv")


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    """A file called `runs` is told and left alone."""
    (tmp_path / "runs").write_text("mine")
    with pytest.raises(MachineFault, match="a file stands where a folder should be"):
        write(tmp_path, "a-1")
    assert (tmp_path / "runs").read_text() == "mine"
