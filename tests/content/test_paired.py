"""A translation and its snapshot change together, whenever the process is killed."""

import shutil
from pathlib import Path

import pytest

from pipeline.content import finish_pending, paired, remove_pair, write_pair

OLD, NEW = (b"old text", b"old source"), (b"new text", b"new source")


def pair(directory, file="posts/a.md"):
    return (directory / file).read_bytes(), (directory / ".source" / file).read_bytes()


class Killed(BaseException):
    """Stands for the end of the process: nothing after it runs."""


def test_both_are_written_or_nothing_is_touched(tmp_path):
    assert write_pair(tmp_path, "posts/a.md", *OLD) is True
    assert pair(tmp_path) == OLD
    assert write_pair(tmp_path, "posts/a.md", *OLD) is False
    assert write_pair(tmp_path, "posts/a.md", OLD[0], NEW[1]) is True
    assert pair(tmp_path) == (OLD[0], NEW[1])
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["a.md", "a.md"]


@pytest.mark.parametrize("step", [0, 1, 2])
@pytest.mark.parametrize("first", [True, False])
def test_killed_between_the_steps(tmp_path, monkeypatch, step, first):
    if not first:
        write_pair(tmp_path, "posts/a.md", *OLD)
    real_write, real_replace = paired.write_atomic, Path.replace
    written = []

    def write(path, data):
        if len(written) == step:
            raise Killed
        written.append(path)
        return real_write(path, data)

    def replace(path, target):
        if path.name.endswith(".pending"):
            raise Killed
        return real_replace(path, target)

    monkeypatch.setattr(paired, "write_atomic", write)
    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(Killed):
        write_pair(tmp_path, "posts/a.md", *NEW)
    monkeypatch.undo()
    finish_pending(tmp_path)
    if step == 2:
        assert pair(tmp_path) == NEW
    elif first:
        assert not (tmp_path / "posts/a.md").exists()
    else:
        assert pair(tmp_path) == OLD
    assert not list(tmp_path.rglob("*.pending"))
    finish_pending(tmp_path)
    write_pair(tmp_path, "posts/a.md", *NEW)
    assert pair(tmp_path) == NEW


def test_a_bundle_leaves_no_empty_directories(tmp_path):
    write_pair(tmp_path, "posts/deep/b/index.md", *OLD)
    (tmp_path / "posts" / "kept.png").write_bytes(b"")
    remove_pair(tmp_path, "posts/deep/b/index.md")
    assert sorted(path.name for path in tmp_path.rglob("*")) == [".source", "kept.png", "posts"]
    remove_pair(tmp_path, "posts/deep/b/index.md")


def test_nothing_is_pending_where_nothing_is(tmp_path):
    finish_pending(tmp_path / "zh")
    assert not (tmp_path / "zh").exists()
    shutil.rmtree(tmp_path)
