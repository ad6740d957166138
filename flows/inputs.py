"""What a site is made from, told by content: the same in every clone, whatever the times of its files are."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b, sha1
from pathlib import Path

import pipeline
from pipeline.config import Settings

__all__ = ["inputs"]

_FOLDERS = ("content", "static", "theme")
_SKIPPED = {".git", "__pycache__"}
# Of the settings, those that are of no account for what is built and how it is stored. Any other counts.
_ELSEWHERE: Mapping[str, bool | set[str]] = {
    "engines": True,
    "prefect": True,
    "publish": {"target", "endpoint_url", "region", "profile", "concurrency"},
    "translation": {"engine", "journal", "max_characters"},
}
_PATIENCE = 60  # seconds
_CHUNK = 2**18  # bytes
# A file as `git ls-files` knows it: tracked, as it was added, neither a link nor a repository, nor to be left alone.
_AS_ADDED = re.compile(rb"H 100(?:644|755) ([0-9a-f]+) 0\t(.+)", re.DOTALL)


def inputs(settings: Settings) -> dict[str, str]:
    """Digests of the `content` with static files, theme and history, of the `configuration` and of the `program`.

    In a checkout only what differs from it is read, and of the other files nothing but the size.
    """
    return {
        "content": _digest([*_content(settings.root), _history(settings.root)]),
        "configuration": _digest([settings.model_dump_json(exclude=_ELSEWHERE)]),
        "program": _digest(_program()),
    }


def _content(root: Path) -> Iterator[str]:
    known = _known_to_git(root)
    for name, path in (file for folder in _FOLDERS for file in _below(str(root / folder), folder)):
        try:
            # A filter of git's may have written something else than it keeps: of another size, as far as is known.
            yield f"{name} {os.stat(path).st_size} {known.get(name) or _blob(path)}"  # noqa: PTH116 - as in _blob
        except OSError as error:
            yield f"{name} cannot be read: {error.strerror}"


def _program() -> Iterator[str]:
    """Our package by its content, Python and the libraries by their versions, which their folders are named after."""
    yield platform.python_version()
    for folder in sorted(Path(path) for path in sys.path if path.endswith("-packages")):
        yield from sorted(path.name for path in folder.glob("*.dist-info"))
    for name, path in _below(str(Path(pipeline.__file__).parent), ""):
        yield f"{name} {_blob(path)}"


def _history(root: Path) -> str:
    """The last commit that touched the content: pages show when a text was changed, and all that is known of it."""
    commit = _git(root, "log", "-1", "--format=%H", "--", "content")
    return (commit + _git(root, "rev-parse", "--is-shallow-repository")).decode()


def _known_to_git(root: Path) -> dict[str, str]:
    """What git calls the content of those files that are as they were added; none of them is read."""
    found: dict[str, str] = {}
    changed: set[str] = set()
    shown = _git(root, "ls-files", "-z", "-v", "--stage", "--cached", "--modified", "--", *_FOLDERS)
    for line in filter(None, shown.split(b"\0")):
        if match := _AS_ADDED.fullmatch(line):
            found[os.fsdecode(match[2])] = match[1].decode()
        else:
            changed.add(os.fsdecode(line.partition(b"\t")[2]))
    return {name: blob for name, blob in found.items() if name not in changed}


def _below(directory: str, name: str, above: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Every file by name and path, in order, also behind links that do not lead in a circle.

    What cannot be listed counts as a file.
    """
    here = os.path.realpath(directory)
    if here in above:
        return
    try:
        with os.scandir(directory) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        yield name, directory
        return
    for entry in entries:
        if entry.name in _SKIPPED:
            continue
        if entry.is_dir():
            yield from _below(entry.path, f"{name}/{entry.name}", (*above, here))
        else:
            yield f"{name}/{entry.name}", entry.path


def _blob(path: str) -> str:
    """The name that git gives a file's content, whether it is in a repository or not."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a Path of each would take longer than reading it
        digest = sha1(b"blob %d\0" % os.fstat(file.fileno()).st_size, usedforsecurity=False)
        while data := file.read(_CHUNK):
            digest.update(data)
    return digest.hexdigest()


def _git(root: Path, *arguments: str) -> bytes:
    """What git says; nothing where there is no repository, or no git."""
    try:
        return subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, check=True, timeout=_PATIENCE
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return b""


def _digest(lines: Iterable[str]) -> str:
    digest = blake2b(digest_size=16)
    for line in lines:
        digest.update(line.encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()
