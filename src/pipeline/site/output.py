"""The directory a site is written to: only what differs is written, and only what is ours is removed.

What differs waits in a directory of its own until all of it is there, and is then renamed into its place. A marker file
says that a directory is ours, whether the last build into it came to its end, and which files each post made, so that
those of a post that cannot be read today can be kept.
"""

from __future__ import annotations

import filecmp
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pipeline.errors import BuildError
from pipeline.site.cache import Made
from pipeline.site.ledger import Ledger
from pipeline.site.permalinks import inside
from pipeline.site.reading import stat_of
from pipeline.site.staging import Staging

__all__ = ["MARKER", "Output", "Staged", "Written"]

MARKER = ".pipeline-site.json"
_FORMAT = 1
_WRITING, _COMPLETE = '"state": "writing"', '"state": "complete"'


@dataclass(frozen=True, slots=True)
class Written:
    """How many files a build wrote, found unchanged, and removed."""

    written: int
    unchanged: int
    removed: int


@dataclass(frozen=True, slots=True)
class Staged:
    """A file of the site that is ready: its content `waits`, or is in its place already."""

    path: str
    made_from: str
    waits: bool = False


@dataclass(slots=True)
class Output:
    """Collects what a site consists of, and brings a directory to it. Nothing in it is touched before `commit`.

    `known` is what its files were made from; what differs waits in `staging`, which need not be there. Of a directory
    that `is_as_known` nothing needs to be looked at.
    """

    directory: Path
    known: Mapping[str, Made] = field(default_factory=dict)
    staging: Path | None = None
    is_as_known: bool = False
    _copies: dict[str, Path] = field(default_factory=dict)
    _ledger: Ledger = field(default_factory=Ledger)
    _found: dict[str, str] | None = None
    _links: frozenset[str] = frozenset()
    _has_empty_folders: bool = False
    _waiting: Staging = field(init=False)

    def __post_init__(self) -> None:
        self._waiting = Staging(self.staging, self.directory)

    def add_if_same(self, path: str, made_from: str) -> bool:
        """The file that is there, if an earlier build made it from the same and nobody has touched it; errors as for
        `add`.
        """
        if not self.is_same(path, made_from):
            return False
        self._add(path, made_from)
        return True

    def is_same(self, path: str, made_from: str) -> bool:
        """Whether that file is there."""
        known = self.known.get(path)
        if known is None or not known.made_from == made_from != "":
            return False
        return self.is_as_known or self._files().get(path) == known.stat

    def add(self, path: str, data: bytes, made_from: str = "") -> None:
        """A file with this content. Raises BuildError if there is one of that name, or the name leaves the tree."""
        self.take(self.staged(path, made_from or blake2b(data, digest_size=12).hexdigest(), lambda: data))

    def staged(self, path: str, made_from: str, make: Callable[[], bytes]) -> Staged:
        """A file, for `take`; any process that is a copy of this one may ask for it. `make` is asked for its content
        unless an earlier build made it from the same.
        """
        return Staged(path, made_from) if self.is_same(path, made_from) else self._stage(path, make(), made_from)

    def take(self, staged: Staged) -> None:
        """Add a file that is ready. Errors as for `add`."""
        self._add(staged.path, staged.made_from, waits=staged.waits)

    def note(self, post: str, path: str) -> None:
        """A file belongs to a post, by `locale/key`."""
        self._ledger.note(post, path)

    def _stage(self, path: str, data: bytes, made_from: str) -> Staged:
        target = f"{self.directory}/{path}"  # of ten thousand files, a Path each takes its time
        try:
            same = os.stat(target).st_size == len(data) and Path(target).read_bytes() == data  # noqa: PTH116
        except OSError:
            same = False
        if same and not self._through_link(path):
            return Staged(path, made_from)
        with open(self._waiting.place(path), "wb") as file:  # noqa: PTH123
            file.write(data)
        return Staged(path, made_from, waits=True)

    def scratch(self, name: str) -> Path:
        """A new directory for what a build needs until its end."""
        folder = Path(self._waiting.place(name))
        folder.mkdir()
        return folder

    def discard(self) -> None:
        """Remove what waits, if anything does."""
        self._waiting.discard()

    def add_copy(self, path: str, source: Path) -> None:
        """A copy of a file; errors as for `add`."""
        try:
            made_from = f"{source} {stat_of(source.stat())}"
        except OSError:
            made_from = ""
        if not (made_from and self.add_if_same(path, made_from)):
            self._add(path, made_from)
            self._copies[path] = source

    def made(self) -> Iterator[tuple[str, Made]]:
        """What each file was made from that was not made from the same before; after `commit`."""
        for path, made_from in self._ledger.files():
            if made_from and not self.is_same(path, made_from):
                yield path, Made(made_from, stat_of(os.stat(f"{self.directory}/{path}")))  # noqa: PTH116

    def gone(self) -> list[str]:
        """The files of which it is known, and not known any more, what they are made from."""
        return [path for path in self.known if not self._ledger.made_from(path)]

    def has(self, path: str) -> bool:
        """Whether a file of that name was added."""
        return self._ledger.made_from(path) is not None

    def kept(self, posts: Iterable[str]) -> dict[str, list[str]]:
        """The files that the last build made for these posts, as it noted them."""
        noted = self._marker().get("posts")
        if not isinstance(noted, dict):
            return {}
        names = {post: noted[post] for post in posts if isinstance(noted.get(post), list)}
        return {post: [path for path in paths if inside(str(path))] for post, paths in names.items()}

    def commit(self, kept: Mapping[str, list[str]]) -> Written:
        """Write what differs, then remove what is neither part of the site nor `kept`: files of posts, by `locale/key`.

        Raises BuildError for a directory that is not ours, and where a file has the name of a folder.
        """
        self._check_folders()
        self._claim()
        for post, paths in kept.items():
            for path in paths:
                self.note(post, path)
        stale = self._stale({path for paths in kept.values() for path in paths})
        changed = [path for path in self._copies if not self._copied(path)]
        if changed or stale or self._has_waiting():
            self._set_state(_WRITING)
        for link in self._linked():
            (self.directory / link).unlink(missing_ok=True)
        for path in changed:
            self._waiting.put_copy(path, self._copies[path])
        written = len(changed) + self._put_all()
        for path in stale:
            if (self.directory / path).is_file():  # or else a folder is there now, or a file in its folder's place
                (self.directory / path).unlink(missing_ok=True)  # another build may be about it, too
        if stale or self._links or self._has_empty_folders:
            self._remove_empty_folders()
        self._mark(_COMPLETE, self._ledger.notes())
        return Written(written, len(self._ledger) - written, len(stale))

    def folders(self) -> set[Path]:
        """Where files will be written."""
        found = {(self.directory / path).parent for path in self._ledger.waiting()}
        return {self.directory, *found} if found else found

    def patch(self) -> int:
        """Write what differs, and leave all else as it is, in a directory that `is_as_known`: so many files."""
        if not self._has_waiting():
            return 0
        self._set_state(_WRITING)
        written = self._put_all()
        self._set_state(_COMPLETE)
        return written

    def _has_waiting(self) -> bool:
        return any(True for _ in self._ledger.waiting())

    def _put_all(self) -> int:
        """What waits, into its place: so many files."""
        written = 0
        for path in self._ledger.waiting():
            self._waiting.put(path)
            written += 1
        return written

    def check(self) -> None:
        """Raise BuildError unless the directory is empty, missing, or was made by an earlier build."""
        if self.directory.exists() and not self.directory.is_dir():
            raise BuildError("is a file, not a directory.", path=self.directory, remedy="Name another directory.")
        # The marker last: another build may begin just now, and puts it there before all else.
        if self.directory.is_dir() and any(self.directory.iterdir()) and not (self.directory / MARKER).is_file():
            raise BuildError(
                "holds files, and was not made by `pipeline build`, which would remove them.",
                path=self.directory,
                remedy="Name an empty directory, or empty this one yourself.",
            )

    def _check_folders(self) -> None:
        seen = {""}
        for path, _ in self._ledger.files():
            folder = path.rpartition("/")[0]
            while folder not in seen:
                seen.add(folder)
                if self.has(folder):
                    raise BuildError(
                        f"two things want to be /{folder}: a file, and a folder with /{path}.",
                        path=self._copies.get(folder) or self._copies.get(path),
                        remedy="Rename one of them.",
                    )
                folder = folder.rpartition("/")[0]

    def _claim(self) -> None:
        self.check()
        if not (self.directory / MARKER).is_file():
            self._mark(_WRITING, ())

    def _add(self, path: str, made_from: str, *, waits: bool = False) -> None:
        try:
            is_new = self._ledger.add(path, made_from, waits=waits) if inside(path) and path != MARKER else None
        except UnicodeEncodeError:
            is_new = None
        if is_new is None:
            raise BuildError(f"{path!r} is no name for a file of the site.", remedy="Rename what makes it.")
        if not is_new:
            raise BuildError(
                f"two things want to be /{path}.", path=self._copies.get(path), remedy="Rename one of them."
            )

    def _copied(self, path: str) -> bool:
        target = self.directory / path
        if not target.is_file() or self._through_link(path):
            return False
        return filecmp.cmp(self._copies[path], target, shallow=False)

    def _stale(self, kept: set[str]) -> list[str]:
        return sorted(path for path in self._files() if path != MARKER and path not in kept and not self.has(path))

    def _files(self) -> dict[str, str]:
        """The size and times of every file that is there, by path; looked at once, before anything is touched."""
        if self._found is None:
            self._found, links = {}, []
            left = [""]
            while left:
                folder = left.pop()
                try:
                    entries = list(os.scandir(self.directory / folder))
                except (FileNotFoundError, NotADirectoryError):
                    continue
                self._has_empty_folders |= not entries
                for entry in entries:
                    path = f"{folder}{entry.name}"
                    if entry.is_symlink():
                        links.append(path)
                    elif entry.is_dir():
                        left.append(f"{path}/")
                    else:
                        self._found[path] = stat_of(entry.stat())
            self._links = frozenset(links)
        return self._found

    def _linked(self) -> frozenset[str]:
        """Symbolic links in the directory: never ours, and what is behind them is not to be touched."""
        if not self.is_as_known:
            self._files()
        return self._links

    def _through_link(self, path: str) -> bool:
        links = self._linked()
        return bool(links) and any(path == link or path.startswith(f"{link}/") for link in links)

    def _remove_empty_folders(self) -> None:
        for folder, _, _ in os.walk(self.directory, topdown=False):
            if Path(folder) != self.directory and not any(Path(folder).iterdir()):
                Path(folder).rmdir()

    def _marker(self) -> dict[str, Any]:
        try:
            data = json.loads((self.directory / MARKER).read_bytes())
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    def _mark(self, state: str, posts: Iterable[tuple[str, list[str]]]) -> None:
        """The marker, with a line for the files of each post."""
        separator, waiting = "", Path(self._waiting.place(MARKER))
        with waiting.open("wb") as file:
            file.write(f'{{"format": {_FORMAT}, {state}, "posts": {{'.encode())
            for post, paths in posts:
                file.write(f"{separator}\n{_json(post)}: {_json(paths)}".encode())
                separator = ","
            file.write(b"}}\n")
        target = self.directory / MARKER
        if not (target.is_file() and filecmp.cmp(waiting, target, shallow=False)):
            self._waiting.put(MARKER)

    def _set_state(self, state: str) -> None:
        """In a marker that says all else as it is."""
        known = (self.directory / MARKER).read_bytes()
        other = _COMPLETE if state == _WRITING else _WRITING
        changed = known.replace(other.encode(), state.encode(), 1)
        if state.encode() in changed:
            Path(self._waiting.place(MARKER)).write_bytes(changed)
            self._waiting.put(MARKER)
        else:  # it is damaged
            self._mark(state, ())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
