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

    __slots__ = ("_begin", "_digest", "_directory", "fields")
    _begin: int
    _digest: str
    _directory: Path
    fields: str

    def __init__(
        self,
        key: str,
        directory: Path,
        file: PurePosixPath,
        path: Path,
        meta: Meta,
        fields: str,
        digest: str,
        begin: int,
    ) -> None:
        """`path` is `file` below `directory`; `fields` is `meta` as text; the body follows after `begin` characters."""
        known = {"key": key, "file": file, "path": path, "meta": meta, "fields": fields}
        for name, value in {**known, "_directory": directory, "_digest": digest, "_begin": begin}.items():
            object.__setattr__(self, name, value)  # as any frozen dataclass does

    @property
    def text(self) -> str:
        """Read anew. Raises ContentError if it is another by now."""
        return _text(self.path, self._digest)

    @property
    def front(self) -> FrontMatter:
        """Read anew, as `text`."""
        return parse_post(self._directory, self.file, self.text).front

    @property
    def body(self) -> str:
        """The Markdown after the front matter, read anew."""
        return self.text[self._begin :]

    @property
    def body_line(self) -> int:
        """The line (from 1) of the file on which the body starts."""
        return lines(self.text[: self._begin]) + 1

    @property
    def digest(self) -> str:
        """The name of its text."""
        return self._digest

    def __reduce__(self) -> tuple[object, ...]:
        known = (self.key, self._directory, self.file, self.path, self.meta, self.fields, self._digest, self._begin)
        return StoredPost, known


def loaded(post: Post) -> Post:
    """A post with its text, which it then need not read. Raises ContentError if it is another by now."""
    return parse_post(post._directory, post.file, post.text) if isinstance(post, StoredPost) else post


@lru_cache(maxsize=8)  # an article is asked for its text more than once, and for its source's
def _text(path: Path, digest: str) -> str:
    text = read_text(path)
    if text_digest(text) != digest:
        raise ContentError("was changed while the site was built.", path=path, remedy="Build again.")
    return text
