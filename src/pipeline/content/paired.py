"""A translation and its snapshot change together, even when the process is killed between the two.

The new snapshot is written first under a pending name that carries the digest of the new translation; the
translation is replaced; the pending file takes its place. Whoever comes next after a kill can tell from the digest
whether the translation was replaced, and finishes or forgets the change.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.files import write_atomic

__all__ = ["finish_pending", "remove_pair", "write_pair"]

_SUFFIX = ".pending"


def write_pair(directory: Path, file: str, text: bytes, snapshot: bytes) -> bool:
    """Write `directory/file` and `directory/.source/file`; False, with nothing touched, if both are so already."""
    target, beside = directory / file, directory / ".source" / file
    if _holds(target, text) and _holds(beside, snapshot):
        return False
    pending = beside.with_name(f".{beside.name}.{_digest(text)}{_SUFFIX}")
    write_atomic(pending, snapshot)
    write_atomic(target, text)
    pending.replace(beside)
    return True


def finish_pending(directory: Path) -> None:
    """Finish or forget the changes that a killed process left below `directory`."""
    source = directory / ".source"
    for pending in sorted(source.rglob(f".*{_SUFFIX}")) if source.is_dir() else []:
        name, digest = pending.name[1 : -len(_SUFFIX)].rsplit(".", 1)
        beside = pending.with_name(name)
        target = directory / beside.relative_to(source)
        if target.is_file() and _digest(target.read_bytes()) == digest:
            pending.replace(beside)
        else:
            pending.unlink()


def remove_pair(directory: Path, file: str) -> None:
    """Remove a translation and its snapshot, and the directories that are empty then."""
    for top, path in ((directory, directory / file), (directory / ".source", directory / ".source" / file)):
        path.unlink(missing_ok=True)
        for parent in path.parents:
            if parent == top or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
