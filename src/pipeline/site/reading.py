"""Reading the posts of a site: a file whose size and times are as they were is not opened."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.content import Post, read_post
from pipeline.content.stored import StoredPost, fields_of, meta_of
from pipeline.content.tree import key_of
from pipeline.site.cache import Cache, Damaged
from pipeline.taken import TICK

__all__ = ["Reader", "head_of", "read_anew", "stat_of", "stat_or_none"]

_MANY = 512  # posts that are told to the cache at a time


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

    def read(self, directory: Path, file: Path) -> Post:
        """The post in a file. Raises ContentError as `read_post` does."""
        path = directory / file
        name = os.fspath(path)
        try:
            found = os.stat(name)  # noqa: PTH116 (of every post)
        except OSError:
            return read_post(directory, file)  # which says what is wrong
        stat = stat_of(found)
        known = self._known.get(name)
        if known and known[0] == stat:
            self._gone.discard(name)
            return self._restored(directory, file, known[1])
        facts = _facts(read_post(directory, file))
        if time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > TICK:
            self._keep(name, stat, facts)
        return _stored(directory, file, facts, self._same)

    def keep(self) -> None:
        """Hand what was found to the cache."""
        self._cache.keep_posts(self._fresh, self._gone)

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
