"""Which files of a directory are posts: found whatever links, names and permissions there are, and nothing left out
without a word, because a post that is overlooked looks like one that was deleted.
"""

from __future__ import annotations

import os
import stat
import sys
import unicodedata
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import ContentError
from pipeline.taken import scanned

__all__ = ["NOT_TEXT", "SUFFIX", "Folder", "Tree", "escaped", "is_text", "key_of", "looked_at", "markdown_files"]

SUFFIX = ".md"
NOT_TEXT = "has a name that is not text."


class Folder(NamedTuple):
    """The names of its posts' files and, four for each, what tells that one has changed: its size, the times of its
    modification and change in nanoseconds, and its inode.
    """

    names: list[str]
    numbers: array[int]


Tree = dict[str, Folder]  # by their names below a directory, each with a slash at its end; "" is the directory itself


def markdown_files(directory: Path) -> tuple[list[Path], list[ContentError]]:
    """The Markdown files below `directory` in order, and what stands in the way of others.

    Hidden files and directories are left out; links are followed. A `directory` that does not exist has no files.
    """
    problems: list[ContentError] = []
    files = list(_walk(directory, directory, (), problems)) if os.path.lexists(directory) else []
    return sorted(files), problems


def looked_at(directory: Path) -> Tree | None:
    """The files of `markdown_files`, none of which is read. A `directory` that does not exist has no folders.

    None where something is unusual, a problem or a link to a directory, and `markdown_files` has to look closer.
    """
    found: Tree = {}
    left = [""] if os.path.lexists(directory) else []
    try:
        while left:
            above = left.pop()
            names: list[str] = []
            numbers: list[int] = []
            with scanned(f"{directory}/{above}") as entries:
                for entry in entries:
                    name = entry.name
                    if name.startswith("."):
                        continue
                    if entry.is_dir():
                        if entry.is_symlink():
                            return None
                        left.append(f"{above}{name}/")
                    elif name.endswith(SUFFIX):
                        status = entry.stat()
                        if not stat.S_ISREG(status.st_mode):
                            return None
                        names.append(name)
                        numbers += status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & sys.maxsize
            if names:
                if not is_text("".join((above, *names))):
                    return None
                found[above] = Folder(names, array("q", numbers))
    except OSError:
        return None
    return found


def key_of(name: str) -> str:
    """`posts/foo` for posts/foo.md and for posts/foo/index.md; `_index` pages keep their name."""
    return name.removesuffix(f"/index{SUFFIX}") if name.endswith(f"/index{SUFFIX}") else name.removesuffix(SUFFIX)


def _walk(top: Path, directory: Path, above: tuple[str, ...], problems: list[ContentError]) -> Iterator[Path]:
    here = os.path.realpath(directory)
    if here in above:
        problems.append(ContentError("is a link that leads in a circle.", path=directory, remedy="Remove it."))
        return
    try:
        with os.scandir(directory) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        problems.append(_unreadable(directory, error))
        return
    for entry in entries:
        path = directory / entry.name
        if entry.name.startswith("."):
            continue
        if path.is_dir() if entry.is_symlink() else entry.is_dir():
            yield from _walk(top, path, (*above, here), problems)
        elif entry.name.endswith(SUFFIX):
            problem = _fault(top, path, entry)
            if problem:
                problems.append(problem)
            else:
                yield path


def _fault(top: Path, path: Path, entry: os.DirEntry[str]) -> ContentError | None:
    """What keeps a Markdown file from being a post."""
    name = path.relative_to(top)
    if not is_text(str(name)):
        return ContentError(NOT_TEXT, path=top / escaped(str(name)), remedy="Rename it.")
    if path.is_file():
        return None
    if entry.is_symlink():
        return ContentError("is a link that leads nowhere.", path=path, remedy="Mend the link, or remove it.")
    return ContentError("is not a file.", path=path, remedy="Remove it, or give it another name.")


def is_text(name: str) -> bool:
    """Whether a name, which may be any bytes, is text without control characters."""
    return name.isprintable() or all(unicodedata.category(character) not in {"Cc", "Cs"} for character in name)


def escaped(name: str) -> str:
    """A name that is not, as it can be printed."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


def _unreadable(directory: Path, error: OSError) -> ContentError:
    return ContentError(
        f"cannot be read: {error.strerror}.", path=directory, remedy="Check the directory and its permissions."
    )
