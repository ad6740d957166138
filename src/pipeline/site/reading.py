"""Reading the posts of a site: a file whose size and times are as they were is not opened."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pipeline.content import Collection, Post, read_post
from pipeline.content.posts import read_some
from pipeline.content.stored import StoredPost, fields_of, meta_of
from pipeline.content.tree import key_of, markdown_files
from pipeline.errors import ContentError
from pipeline.site.cache import Cache, Damaged
from pipeline.site.spread import in_parts, spread
from pipeline.taken import TICK

__all__ = ["Reader", "head_of", "read_anew", "stat_of", "stat_or_none"]

_MANY = 512  # posts that are told to the cache at a time
_PART = 32  # posts that a process reads before it tells of them
_FEW = 8  # such parts, of which a process is worth starting


def stat_of(found: os.stat_result) -> str:
    """What tells that a file was changed."""
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def stat_or_none(path: Path | None) -> str:
    """The same of a file that may be missing: then `""`."""
    try:
        return stat_of(path.stat()) if path else ""
    except OSError:
        return ""


class Reader:
    """Takes the place of `read_post`, and remembers what it found."""

    def __init__(self, cache: Cache) -> None:
        """`cache` knows what was read before."""
        self._cache = cache
        self._known = cache.posts()
        self._gone = set(self._known)
        self._fresh: dict[str, tuple[str, str]] = {}
        self._texts: dict[str, str] = {}
        self._ahead: dict[str, StoredPost] = {}

    def posts(self, directory: Path) -> Collection:
        """Every post below `directory`, as `read_posts` has them."""
        found, problems = markdown_files(directory)
        files = [path.relative_to(directory) for path in found]
        self._read_ahead(directory, files)
        return read_some(directory, files, problems, self.read)

    def read(self, directory: Path, file: Path) -> Post:
        """The post in a file. Raises ContentError as `read_post` does."""
        name = _name(directory, file)
        if name in self._ahead:
            return self._ahead.pop(name)
        try:
            found = os.stat(name)  # noqa: PTH116 (of every post)
        except OSError:
            return read_post(directory, file)  # which says what is wrong
        known = self._known.get(name)
        if known and known[0] == stat_of(found):
            self._gone.discard(name)
            return self._restored(directory, file, known[1])
        return self._taken(directory, file, _read(directory, file, found))

    def _read_ahead(self, directory: Path, files: Sequence[Path]) -> None:
        """Those that no build has read, on all processors where that pays."""
        left = [file for file in files if _name(directory, file) not in self._known]
        for part, found in spread(partial(_read_part, directory), in_parts(left, _PART), few=_FEW):
            for file, fresh in zip(part, found, strict=True):
                if fresh:
                    self._ahead[_name(directory, file)] = self._taken(directory, file, fresh)

    def keep(self) -> None:
        """Hand what was found to the cache."""
        self._cache.keep_posts(self._fresh, self._gone)

    def _taken(self, directory: Path, file: Path, fresh: _Fresh) -> StoredPost:
        if fresh.settled:
            self._keep(_name(directory, file), fresh.stat, fresh.facts)
        return _stored(directory, file, fresh.facts, self._same)

    def _restored(self, directory: Path, file: Path, facts: str) -> StoredPost:
        try:
            post = _stored(directory, file, facts, self._same)
            meta_of(post.fields)  # which raises an error where it is damaged
        except (ValueError, TypeError, AttributeError) as error:
            raise Damaged(f"{self._cache.path}: {error}") from error
        return post

    def _same(self, text: str) -> str:
        """The same post of another language, and what a translation was made from, have names and fields in common."""
        return self._texts.setdefault(text, text)

    def _keep(self, name: str, stat: str, facts: str) -> None:
        self._gone.discard(name)
        self._fresh[name] = stat, facts
        if len(self._fresh) == _MANY:
            self._cache.keep_posts(self._fresh, ())
            self._fresh.clear()


class _Fresh(NamedTuple):
    """What was found in a file, and whether it had been as it is for long enough to be told from what it is next."""

    stat: str
    facts: str
    settled: bool


def _read(directory: Path, file: Path, found: os.stat_result) -> _Fresh:
    facts = _facts(read_post(directory, file))
    settled = time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > TICK
    return _Fresh(stat_of(found), facts, settled)


def _read_part(directory: Path, files: Sequence[Path]) -> list[_Fresh | None]:
    """Of each of some files; None where something is wrong, which is found and said again."""
    return [_read_or_none(directory, file) for file in files]


def _read_or_none(directory: Path, file: Path) -> _Fresh | None:
    try:
        return _read(directory, file, os.stat(_name(directory, file)))  # noqa: PTH116
    except (ContentError, OSError):
        return None


def _name(directory: Path, file: Path) -> str:
    return os.path.join(directory, file)  # noqa: PTH118 (of every post)


def read_anew(directory: Path, file: Path) -> StoredPost:
    """The post in a file, as a Reader gives it. Raises ContentError as `read_post` does."""
    return _stored(directory, file, _facts(read_post(directory, file)), str)


def _stored(directory: Path, file: Path, facts: str, same: Callable[[str], str]) -> StoredPost:
    digest, _, rest = facts.partition(" ")
    begin, _, fields = rest.partition(" ")
    name = file.as_posix()
    folder = same(os.fspath(directory))
    return StoredPost(same(key_of(name)), folder, same(name), same(fields), same(digest), int(begin))


def head_of(post: Post) -> tuple[int, str]:
    """Where the body of a post begins, and its fields as JSON."""
    return post.front.body, fields_of(post.meta)


def _facts(post: Post) -> str:
    """`digest begin fields`."""
    begin, fields = head_of(post)
    return f"{post.digest} {begin} {fields}"
