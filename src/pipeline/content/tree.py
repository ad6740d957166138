"""Which files of a directory are posts: found whatever links, names and permissions there are, and nothing left out
without a word, because a post that is overlooked looks like one that was deleted.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import ContentError

__all__ = ["SUFFIX", "markdown_files"]

SUFFIX = ".md"


def markdown_files(directory: Path) -> tuple[list[Path], list[ContentError]]:
    """The Markdown files below `directory` in order, and what stands in the way of others.

    Hidden files and directories are left out; links are followed. A `directory` that does not exist has no files.
    """
    problems: list[ContentError] = []
    files = list(_walk(directory, directory, (), problems)) if os.path.lexists(directory) else []
    return sorted(files), problems


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
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in str(name)):
        shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(name))
        return ContentError("has a name that is not text.", path=top / shown, remedy="Rename it.")
    if path.is_file():
        return None
    if entry.is_symlink():
        return ContentError("is a link that leads nowhere.", path=path, remedy="Mend the link, or remove it.")
    return ContentError("is not a file.", path=path, remedy="Remove it, or give it another name.")


def _unreadable(directory: Path, error: OSError) -> ContentError:
    return ContentError(
        f"cannot be read: {error.strerror}.", path=directory, remedy="Check the directory and its permissions."
    )
