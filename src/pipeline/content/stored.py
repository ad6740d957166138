"""Posts that were read before: what was found in their files is known; their text is read when it is asked for."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.content.front_matter import FrontMatter
from pipeline.content.meta import Meta
from pipeline.content.posts import Post, lines, parse_post, read_text, text_digest
from pipeline.errors import ContentError

__all__ = ["StoredPost", "fields_of", "loaded", "meta_of"]

_DATES = ("date", "lastmod", "publish_date", "expiry_date")
_LISTS = ("categories", "tags", "aliases", "series")
_EMPTY = Meta()


class StoredPost(Post):
    """A post whose file has not changed since `digest`, `meta` and where its body begins were taken from it.

    There are as many as a site has posts, two or three times: what is not needed to tell them apart is made when it is
    asked for.
    """

    __slots__ = ("_begin", "_digest", "_file", "_folder", "fields")
    _begin: int
    _digest: str
    _file: str
    _folder: str
    fields: str

    def __init__(self, key: str, folder: str, file: str, fields: str, digest: str, begin: int) -> None:
        """`file` is below `folder`; `fields` is `meta` as `fields_of` has it; the body follows after `begin`
        characters.
        """
        known = {"key": key, "_folder": folder, "_file": file, "fields": fields, "_digest": digest, "_begin": begin}
        for name, value in known.items():
            object.__setattr__(self, name, value)  # as any frozen dataclass does

    @property
    def meta(self) -> Meta:
        """Its front matter."""
        return meta_of(self.fields)

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self._folder, self._file)

    @property
    def file(self) -> PurePosixPath:
        """Its path below the directory of its locale."""
        return PurePosixPath(self._file)

    @property
    def text(self) -> str:
        """Read anew. Raises ContentError if it is another by now."""
        return _text(self.path, self._digest)

    @property
    def front(self) -> FrontMatter:
        """Read anew, as `text`."""
        return parse_post(Path(self._folder), self.file, self.text).front

    @property
    def body(self) -> str:
        """The Markdown after the front matter, read anew."""
        return self.text[self._begin :]

    @property
    def body_line(self) -> int:
        """The line (from 1) of the file on which the body starts."""
        return lines(self.text[: self._begin]) + 1

    @property
    def head(self) -> tuple[int, str]:
        """Where its body begins, and its fields as text, without a look at the file."""
        return self._begin, self.fields

    @property
    def digest(self) -> str:
        """The name of its text."""
        return self._digest

    def __reduce__(self) -> tuple[object, ...]:
        return StoredPost, (self.key, self._folder, self._file, self.fields, self._digest, self._begin)


def loaded(post: Post) -> Post:
    """A post with its text, which it then need not read. Raises ContentError if it is another by now."""
    return parse_post(Path(post._folder), post.file, post.text) if isinstance(post, StoredPost) else post


def fields_of(meta: Meta) -> str:
    """Front matter as JSON."""
    fields = meta.model_dump(exclude_defaults=True)
    return json.dumps(fields | {name: fields[name].isoformat() for name in _DATES if name in fields})


@lru_cache(maxsize=256)  # what is asked for of one post is asked for at about the same time
def meta_of(fields: str) -> Meta:
    """Front matter from JSON that it was `fields_of`. Raises ValueError, TypeError or AttributeError for other."""
    values: dict[str, Any] = json.loads(fields)
    values |= {name: _date(values[name]) for name in _DATES if name in values}
    values |= {name: _shared(tuple(values[name])) for name in _LISTS if name in values}
    return _EMPTY.model_copy(update=values)  # which takes half as long as to construct one


def _date(text: str) -> dt.date:
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


@lru_cache(maxsize=1024)  # many posts have the same
def _shared(values: tuple[str, ...]) -> tuple[str, ...]:
    return values


@lru_cache(maxsize=8)  # an article is asked for its text more than once, and for its source's
def _text(path: Path, digest: str) -> str:
    text = read_text(path)
    if text_digest(text) != digest:
        raise ContentError("was changed while the site was built.", path=path, remedy="Build again.")
    return text
