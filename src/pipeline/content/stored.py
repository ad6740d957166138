"""Posts that were read before: what was found in their files is known; their text is read when it is asked for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path, PurePosixPath

from pipeline.content.front_matter import FrontMatter
from pipeline.content.meta import Meta
from pipeline.content.posts import Post, lines, parse_post, read_text, text_digest
from pipeline.errors import ContentError

__all__ = ["StoredPost", "loaded"]


class StoredPost(Post):
    """A post whose file has not changed since `digest`, `meta` and where its body begins were taken from it."""

    __slots__ = ("_begin", "_digest", "_file", "_folder", "_path", "fields")
    _begin: int
    _digest: str
    _file: str
    _folder: str
    _path: Path
    fields: str

    def __init__(self, key: str, folder: str, file: str, meta: Meta, fields: str, digest: str, begin: int) -> None:
        """`file` is below `folder`; `fields` is `meta` as text; the body follows after `begin` characters."""
        known = {"key": key, "meta": meta, "fields": fields}
        for name, value in {**known, "_folder": folder, "_file": file, "_digest": digest, "_begin": begin}.items():
            object.__setattr__(self, name, value)  # as any frozen dataclass does

    # Paths are made when they are asked for: of most posts that were read before nobody does.
    @property
    def path(self) -> Path:
        """Where it is."""
        try:
            return self._path
        except AttributeError:
            object.__setattr__(self, "_path", Path(self._folder, self._file))
            return self._path

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
        return StoredPost, (self.key, self._folder, self._file, self.meta, self.fields, self._digest, self._begin)


def loaded(post: Post) -> Post:
    """A post with its text, which it then need not read. Raises ContentError if it is another by now."""
    return parse_post(Path(post._folder), post.file, post.text) if isinstance(post, StoredPost) else post


@lru_cache(maxsize=8)  # an article is asked for its text more than once, and for its source's
def _text(path: Path, digest: str) -> str:
    text = read_text(path)
    if text_digest(text) != digest:
        raise ContentError("was changed while the site was built.", path=path, remedy="Build again.")
    return text
