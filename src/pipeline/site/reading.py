"""Reading the posts of a site: a file whose size and times are as they were is not opened."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.content import Meta, Post, read_post
from pipeline.content.stored import StoredPost
from pipeline.content.tree import key_of
from pipeline.site.cache import Cache, Damaged
from pipeline.taken import TICK

__all__ = ["Reader", "head_of", "read_anew", "stat_of", "stat_or_none"]

_DATES = ("date", "lastmod", "publish_date", "expiry_date")
_LISTS = ("categories", "tags", "aliases", "series")


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
        self._fresh: dict[str, tuple[str, str]] = {}
        self._seen: set[str] = set()
        self._metas: dict[str, Meta] = {}

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
            self._seen.add(name)
            facts = known[1]
        else:
            facts = _facts(read_post(directory, file))
            if time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > TICK:
                self._fresh[name] = (stat, facts)
        try:
            return _stored(directory, file, facts, self._meta)
        except (ValueError, TypeError, AttributeError) as error:
            raise Damaged(f"{self._cache.path}: {error}") from error

    def keep(self) -> None:
        """Hand what was found to the cache."""
        gone = [name for name in self._known if name not in self._seen and name not in self._fresh]
        self._cache.keep_posts(self._fresh, gone)

    def _meta(self, text: str) -> Meta:
        """A snapshot has the same fields as its source, as a rule."""
        found = self._metas.get(text)
        if found is None:
            self._metas[text] = found = _restored(json.loads(text))
        return found


def read_anew(directory: Path, file: Path) -> StoredPost:
    """The post in a file, as a Reader gives it. Raises ContentError as `read_post` does."""
    return _stored(directory, file, _facts(read_post(directory, file)), lambda text: _restored(json.loads(text)))


def _stored(directory: Path, file: Path, facts: str, meta: Callable[[str], Meta]) -> StoredPost:
    digest, _, rest = facts.partition(" ")
    begin, _, fields = rest.partition(" ")
    name = file.as_posix()
    return StoredPost(key_of(name), os.fspath(directory), name, meta(fields), fields, digest, int(begin))


def head_of(post: Post) -> tuple[int, str]:
    """Where the body of a post begins, and its fields as JSON."""
    meta = post.meta.model_dump(exclude_defaults=True)
    meta |= {name: meta[name].isoformat() for name in _DATES if name in meta}
    return post.front.body, json.dumps(meta)


def _facts(post: Post) -> str:
    """`digest begin fields`."""
    begin, fields = head_of(post)
    return f"{post.digest} {begin} {fields}"


def _restored(values: dict[str, Any]) -> Meta:
    values |= {name: _date(values[name]) for name in _DATES if name in values}
    values |= {name: tuple(values[name]) for name in _LISTS if name in values}
    return Meta.model_construct(**values)


def _date(text: str) -> dt.date:
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
