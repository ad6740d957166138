"""A file is old or new, never half of either."""

import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from pipeline.files import write_atomic

WRITER = """
import itertools, sys
from pathlib import Path
from pipeline.files import write_atomic

path, versions = Path(sys.argv[1]), (b"a" * 8_000_000, b"b" * 8_000_000)
for number in itertools.count():
    write_atomic(path, versions[number % 2])
    if number == 1:
        print("writing", flush=True)
"""


def test_what_is_there_already_is_not_touched(tmp_path):
    path = tmp_path / "deep" / "post.md"
    assert write_atomic(path, b"one") is True
    os.utime(path, ns=(1, 1))
    assert write_atomic(path, b"one") is False
    assert path.stat().st_mtime_ns == 1
    assert write_atomic(path, b"two") is True
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_same_length_is_not_same_content(tmp_path):
    path = tmp_path / "post.md"
    write_atomic(path, b"abc")
    assert write_atomic(path, b"abd") is True


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path):
    ordinary = tmp_path / "ordinary"
    before = os.umask(0o027)
    try:
        ordinary.write_bytes(b"")
        write_atomic(tmp_path / "ours", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode) == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755, 0o444])
def test_a_replaced_file_keeps_its_permissions(tmp_path, mode):
    path = tmp_path / "post.md"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_what_a_link_leads_to_is_not_written(tmp_path):
    elsewhere, link = tmp_path / "elsewhere.md", tmp_path / "post.md"
    elsewhere.write_bytes(b"somebody's")
    link.symlink_to(elsewhere)
    write_atomic(link, b"ours")
    assert elsewhere.read_bytes() == b"somebody's"
    assert link.read_bytes() == b"ours"


def test_a_link_that_leads_nowhere_is_replaced(tmp_path):
    link = tmp_path / "post.md"
    link.symlink_to(tmp_path / "nowhere")
    write_atomic(link, b"ours")
    assert not link.is_symlink()
    assert not (tmp_path / "nowhere").exists()


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "post.md"
    path.write_bytes(b"old")

    def fail(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_directory_in_its_place_is_an_error(tmp_path):
    with pytest.raises(OSError):
        write_atomic(tmp_path, b"")


def test_killed_at_any_moment_the_file_is_whole(tmp_path):
    path = tmp_path / "post.md"
    for attempt in range(10):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
        assert process.stdout.readline()
        time.sleep(attempt * 0.0017)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert path.read_bytes() in (b"a" * 8_000_000, b"b" * 8_000_000)
    assert all(name.name.startswith(".") for name in tmp_path.iterdir() if name != path)
