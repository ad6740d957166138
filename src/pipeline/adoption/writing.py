"""Writing the new site: everything is compared with what is there before anything is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.files import write_atomic

__all__ = ["check_places", "write_all"]

Content = bytes | Path


def check_places(old: Path, root: Path) -> None:
    """Raises ConfigError when one site lies where the other is written or read."""
    ours = [root / name for name in ("content", "static", "drafts", "public", ".pipeline")]
    if root == old or root.is_relative_to(old) or any(old.is_relative_to(folder) for folder in ours):
        raise ConfigError(
            f"{root} and {old} are in each other's way: the old site is only read.",
            remedy="Name another directory: pipeline --root NEW adopt OLD.",
        )


def write_all(
    root: Path, files: Mapping[str, Content], progress: Callable[[int, int], None] | None = None
) -> tuple[int, int]:
    """Write `files` (path below `root` → its bytes, or the file to copy); returns how many were written, and how many
    were so already.

    Raises ConfigError, with nothing written, when another file that is not empty is in the way, and when a file cannot
    be read or written; running it again then goes on.
    """
    try:
        conflicts = [name for name, content in files.items() if _in_the_way(root / name, content)]
        if conflicts:
            more = f" and {len(conflicts) - 5} more" if len(conflicts) > 5 else ""
            raise ConfigError(
                f"{root} has other files where these would go: {', '.join(conflicts[:5])}{more}.",
                remedy="Nothing was written. Name an empty directory with --root, or move them away.",
            )
        written = 0
        for number, (name, content) in enumerate(files.items(), 1):
            written += write_atomic(root / name, _bytes(content))
            if progress:
                progress(number, len(files))
    except OSError as error:
        raise ConfigError(
            f"cannot be copied: {error.strerror}.",
            path=error.filename,
            remedy="Check permissions and free space, and run it again: it goes on where it stopped.",
        ) from error
    return written, len(files) - written


def _bytes(content: Content) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def _in_the_way(path: Path, content: Content) -> bool:
    """Something else is there; an empty file is nothing."""
    try:
        size = os.lstat(path).st_size
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        return True
    if not path.is_file() or path.is_symlink():
        return True
    if not size:
        return False
    expected = len(content) if isinstance(content, bytes) else content.stat().st_size
    return size != expected or path.read_bytes() != _bytes(content)
