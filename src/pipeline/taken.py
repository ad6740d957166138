"""What tells that files are as they were, by their names, sizes and times: none of them is read."""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from pathlib import Path

import pipeline

__all__ = ["TICK", "exchanged", "program", "scanned", "taken_apart", "taken_by_each", "taken_down"]

# Nanoseconds for which the times of a file may stay the same through a change: those of the coarsest file systems.
TICK = 2_000_000_000
_BITS = 256  # so many that nobody finds other folders with the same sum


def taken_down(folders: Iterable[Path]) -> str | None:
    """A digest of the names, sizes, times and inodes of all files in some folders.

    None where a link leads elsewhere, or where a file goes while it is looked at. Raises OSError for what may not be
    looked at.
    """
    try:
        return _text(sum(_number(*found) for found in _looked_at(folders)))
    except _Unclear:
        return None


def taken_by_each(folders: Iterable[Path]) -> int | None:
    """What the files that are in these folders themselves add to `taken_down` of what holds them; None as there."""
    try:
        return sum(_number(*next(_looked_at([folder]))) for folder in folders)
    except _Unclear:
        return None


def exchanged(taken: str, before: int, after: int) -> str:
    """What was `taken_down`, where some folders added `before` to it and add `after` now."""
    return _text(int(taken, 16) - before + after)


def taken_apart(folders: Iterable[Path], suffix: str) -> tuple[str, dict[str, bytes]] | None:
    """As `taken_down`, but of files whose names end in `suffix` the digest tells the names alone: what else tells that
    one has changed comes with it, by path.
    """
    taken = 0
    apart: dict[str, bytes] = {}
    try:
        for folder, names, numbers in _looked_at(folders):
            rest: list[int] = []
            for place, name in enumerate(names):
                own = numbers[4 * place : 4 * place + 4]
                if name.endswith(suffix):
                    apart[f"{folder}/{name}"] = array("q", own).tobytes()
                else:
                    rest += own
            taken += _number(folder, names, rest)
    except _Unclear:
        return None
    return _text(taken), apart


class _Unclear(Exception):
    """What is there cannot be told by looking."""


def _looked_at(folders: Iterable[Path]) -> Iterator[tuple[str, list[str], list[int]]]:
    """Each folder with the names of its files, and four numbers of each of them."""
    left = [str(folder) for folder in folders if os.path.lexists(folder)]
    while left:
        folder = left.pop()
        names: list[str] = []
        numbers: list[int] = []
        try:
            with scanned(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name != "__pycache__":
                            left.append(f"{folder}/{entry.name}")
                    elif entry.is_symlink():
                        raise _Unclear
                    else:
                        found = entry.stat()
                        names.append(entry.name)
                        numbers += found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino & sys.maxsize
        except FileNotFoundError as error:
            raise _Unclear from error
        yield folder, names, numbers


def _number(folder: str, names: Iterable[str], numbers: Iterable[int]) -> int:
    """Of a folder: added up, they tell of all folders, in whatever order."""
    taken = blake2b("\0".join([folder, *names, "\0"]).encode("utf-8", "surrogateescape"), digest_size=_BITS // 8)
    taken.update(array("q", numbers))
    return int.from_bytes(taken.digest())


def _text(taken: int) -> str:
    return f"{taken % (1 << _BITS):x}"


@contextmanager
def scanned(folder: str) -> Iterator[Iterator[os.DirEntry[str]]]:
    """What is in a folder: from its handle, where that can be, the way to each file is not gone anew.

    Raises OSError.
    """
    if os.scandir not in os.supports_fd:
        with os.scandir(folder) as entries:
            yield entries
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with os.scandir(handle) as entries:
            yield entries
    finally:
        os.close(handle)


@cache
def program() -> str:
    """A name for the program, Python and the libraries as this process found them installed: their folder changes with
    any of them.
    """
    folders = [Path(path) for path in sys.path if path.endswith("-packages")]
    libraries = [(str(folder), folder.stat().st_mtime_ns) for folder in folders if folder.is_dir()]
    return repr((sys.version, pipeline.__version__, libraries, taken_down([Path(pipeline.__file__).parent])))
