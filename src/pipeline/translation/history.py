"""A post as it was translated in earlier commits: an English edit that is taken back finds its Chinese again."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from pipeline.content import Post, read_front_matter
from pipeline.content.meta import Meta
from pipeline.errors import ContentError
from pipeline.translation.document import Document
from pipeline.translation.memory import Memory

__all__ = ["past_memory"]

log = logging.getLogger(__name__)

_COMMITS = 40
_SECONDS = 20.0


def past_memory(root: Path, target: Path, snapshot: Path, key: str, field_names: Sequence[str]) -> Memory:
    """The segments of a translation and its snapshot in the latest commits that changed them, the newest first.

    Empty if `root` is no git checkout. Nothing is written.
    """
    memory = Memory()
    paths = [str(PurePosixPath(path.relative_to(root))) for path in (target, snapshot)]
    try:
        versions = list(_versions(root, paths))
    except (OSError, subprocess.SubprocessError) as error:
        log.debug("there is no history of %s: %s", key, error)
        return memory
    for text, english in dict.fromkeys(versions):
        try:
            memory.add(_document(english, key, snapshot, field_names), _document(text, key, target, field_names))
        except ContentError as error:
            log.debug("a version of %s is left out: %s", key, error)
    return memory


def _versions(root: Path, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(translation, snapshot) at each commit that has both."""
    commits = _git(root, ["log", f"--max-count={_COMMITS}", "--format=%H", "--", *paths]).decode().split()
    names = [f"{commit}:./{path}" for commit in commits for path in paths]
    blobs = list(_blobs(_git(root, ["cat-file", "--batch"], "\n".join([*names, ""]).encode()))) if names else []
    for text, english in zip(blobs[::2], blobs[1::2], strict=True):
        if text is not None and english is not None:
            yield text, english


def _git(root: Path, arguments: Sequence[str], data: bytes = b"") -> bytes:
    return subprocess.run(
        ["git", "-C", str(root), *arguments], input=data, capture_output=True, check=True, timeout=_SECONDS
    ).stdout


def _blobs(answer: bytes) -> Iterator[str | None]:
    """The contents in the answer of `git cat-file --batch`; None for what is not there or is no text."""
    position = 0
    while position < len(answer):
        end = answer.index(b"\n", position)
        header = answer[position:end].split(b" ")
        position = end + 1
        if header[-1] == b"missing" or len(header) != 3:
            yield None
            continue
        size = int(header[2])
        data = answer[position : position + size]
        position += size + 1
        try:
            yield data.decode("utf-8") if header[1] == b"blob" else None
        except UnicodeDecodeError:
            yield None


def _document(text: str, key: str, path: Path, field_names: Sequence[str]) -> Document:
    post = Post(key, PurePosixPath(path.name), path, text, read_front_matter(text, path), Meta())
    return Document.of(post, field_names)
