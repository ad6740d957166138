"""A translation and its snapshot change together, even when the process is killed between the two.

The new snapshot is written first under a pending name that carries the digest of the new translation; the
translation is replaced; the pending file takes its place. Whoever comes next after a kill can tell from the digest
whether the translation was replaced, and finishes or forgets the change. A lock on the directory, which the system
takes away from a process that dies, keeps others from finishing what is not abandoned.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.files import write_atomic

try:
    import fcntl
except ImportError:  # Windows: there one process at a time is the user's business
    fcntl = None  # type: ignore[assignment]

__all__ = ["finish_pending", "remove_pair", "replace_text", "write_pair"]

_SUFFIX = ".pending"


def write_pair(directory: Path, file: str, text: bytes, snapshot: bytes) -> bool:
    """Write `directory/file` and `directory/.source/file`; False, with nothing touched, if both are so already.

    Raises OSError; then, as after a kill, `finish_pending` leaves the old pair or the new one.
    """
    target, beside = directory / file, directory / ".source" / file
    if _holds(target, text) and _holds(beside, snapshot):
        return False
    with _alone(directory):
        _finish(directory, beside.parent)
        pending = beside.with_name(f".{beside.name}.{_digest(text)}{_SUFFIX}")
        write_atomic(pending, snapshot)
        write_atomic(target, text)
        pending.replace(beside)
    return True


def replace_text(directory: Path, file: str, before: bytes, after: bytes) -> bool:
    """Write `directory/file`, whose snapshot stays, if it still holds `before`; False, with nothing touched, if not."""
    with _alone(directory):
        if not _holds(directory / file, before):
            return False
        write_atomic(directory / file, after)
        return True


def finish_pending(directory: Path) -> None:
    """Finish or forget the changes that a killed process left below `directory`."""
    if (directory / ".source").is_dir():
        with _alone(directory):
            for parent, _, _ in sorted(os.walk(directory / ".source")):
                _finish(directory, Path(parent))


def remove_pair(directory: Path, file: str) -> None:
    """Remove a translation and its snapshot, and the directories that are empty then. A kill may leave the snapshot,
    which means nothing without the translation.
    """
    for top, path in ((directory, directory / file), (directory / ".source", directory / ".source" / file)):
        path.unlink(missing_ok=True)
        for parent in path.parents:
            if parent == top or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()


def _finish(directory: Path, parent: Path) -> None:
    source = directory / ".source"
    for pending in sorted(parent.glob(f".*{_SUFFIX}")) if parent.is_dir() else []:
        name, digest = pending.name[1 : -len(_SUFFIX)].rsplit(".", 1)
        beside = pending.with_name(name)
        target = directory / beside.relative_to(source)
        if target.is_file() and _digest(target.read_bytes()) == digest:
            pending.replace(beside)
        else:
            pending.unlink()


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Nobody else writes pairs below `directory` meanwhile."""
    if fcntl is None:
        yield
        return
    directory.mkdir(parents=True, exist_ok=True)
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
