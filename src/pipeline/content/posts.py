"""Posts: one Markdown file, or one page bundle (`foo/index.md` with its images), known by its path below the locale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from pipeline.content.front_matter import FrontMatter, read_front_matter
from pipeline.content.meta import Meta, read_meta
from pipeline.content.tree import SUFFIX, key_of, markdown_files
from pipeline.errors import ContentError

__all__ = ["Collection", "Post", "parse_post", "read_post", "read_posts", "read_some"]


@dataclass(frozen=True, slots=True)
class Post:
    """One post in one locale. `text` is the whole file as it is (line ends and byte order mark included)."""

    key: str
    file: PurePosixPath
    path: Path
    text: str
    front: FrontMatter
    meta: Meta

    @property
    def body(self) -> str:
        """The Markdown after the front matter."""
        return self.text[self.front.body :]

    @property
    def digest(self) -> str:
        """A name for the text: the same for the same text only."""
        return text_digest(self.text)

    @property
    def body_line(self) -> int:
        """The line (from 1) of the file on which the body starts."""
        return lines(self.text[: self.front.body]) + 1

    @property
    def bundle(self) -> Path | None:
        """The directory whose other files belong to this post, for a page bundle."""
        return self.path.parent if self.file.name == f"index{SUFFIX}" and len(self.file.parts) > 1 else None


@dataclass(frozen=True, slots=True)
class Collection:
    """The posts of a directory by key, what could not be read (`problems`), and to which posts that belongs (`faults`:
    by key, or by directory with a slash at its end, `/` for all).
    """

    posts: Mapping[str, Post] = field(default_factory=dict)
    problems: tuple[ContentError, ...] = ()
    faults: Mapping[str, ContentError] = field(default_factory=dict)

    def fault(self, key: str) -> ContentError | None:
        """Why it is not known what this post holds, although it is there, or may be."""
        if not self.faults:
            return None  # asked of every part of every pair
        parts = key.split("/")
        above = ["/", *("/".join(parts[:depth]) + "/" for depth in range(1, len(parts)))]
        return next((self.faults[name] for name in [key, *above] if name in self.faults), None)


def read_posts(directory: Path, read: Callable[[Path, Path], Post] | None = None) -> Collection:
    """Every post below `directory`, hidden directories left out. An unreadable one is a problem, never a failure.
    `read` takes the place of `read_post`.
    """
    files, problems = markdown_files(directory)
    return read_some(directory, (path.relative_to(directory) for path in files), problems, read)


def read_some(
    directory: Path,
    files: Iterable[Path],
    problems: Iterable[ContentError] = (),
    read: Callable[[Path, Path], Post] | None = None,
) -> Collection:
    """As if these files, named from `directory`, were all that is below it; `problems` are known already."""
    read = read or read_post
    posts: dict[str, Post] = {}
    problems = list(problems)
    for file in files:
        try:
            post = read(directory, file)
            if post.key in posts:
                raise ContentError(
                    f"is the same post as {posts[post.key].path}.",
                    path=directory / file,
                    remedy="Rename or remove one of them.",
                )
            posts[post.key] = post
        except ContentError as error:
            problems.append(error)
    problems.sort(key=lambda error: str(error.path))
    faults = {_belongs_to(directory, Path(error.path)): error for error in reversed(problems) if error.path}
    return Collection(posts, tuple(problems), faults)


def read_post(directory: Path, file: Path | PurePosixPath) -> Post:
    """One post. Raises ContentError with the file, the line, the cause and what to do."""
    return parse_post(directory, file, read_text(directory / file))


def read_text(path: Path) -> str:
    """A whole file (line ends and byte order mark included). Raises ContentError as `read_post` does."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ContentError(
            f"cannot be read: {error.strerror}.", path=path, remedy="Check the file and its permissions."
        ) from error
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ContentError(
            f"is not UTF-8: byte 0x{raw[error.start]:02x} at offset {error.start}.",
            path=path,
            line=lines(raw[: error.start].decode("utf-8")) + 1,
            remedy="Save the file as UTF-8.",
        ) from error


def text_digest(text: str) -> str:
    """A name for a text: the same for the same text only."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def parse_post(directory: Path, file: Path | PurePosixPath, text: str) -> Post:
    """The post that `text` would be in that file. Raises ContentError as `read_post` does."""
    path, name = directory / file, PurePosixPath(*file.parts)
    front = read_front_matter(text, path)
    return Post(post_key(name), name, path, text, front, read_meta(text, front, path))


def post_key(file: PurePosixPath) -> str:
    """`posts/foo` for posts/foo.md and for posts/foo/index.md; `_index` pages keep their name."""
    return key_of(str(file))


def _belongs_to(directory: Path, path: Path) -> str:
    """The key of a file, or the name of a directory with a slash at its end."""
    name = PurePosixPath(path.relative_to(directory))
    return post_key(name) if name.suffix == SUFFIX and not path.is_dir() else f"{name}/".removeprefix("./") or "/"


def lines(text: str) -> int:
    """How many line ends a text has, of whatever kind."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")
