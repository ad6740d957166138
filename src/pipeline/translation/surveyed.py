"""What the last survey found, in one file below .pipeline/: a digest of the rest in its first line, then two lines of
JSON, then the names of all files, and what else tells that they have changed.

What is needed to give an answer again is read at once, and what tells which posts have changed where some have.
"""

from __future__ import annotations

import json
import logging
from array import array
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.content.tree import Folder, Tree, key_of, looked_at
from pipeline.files import write_atomic
from pipeline.places import Places
from pipeline.translation.state import PostState

if TYPE_CHECKING:
    from pipeline.config import Settings

__all__ = ["Basis", "Listing", "Surveyed", "kept_of"]

log = logging.getLogger(__name__)


class _Basis(NamedTuple):
    root: Path
    source: str
    targets: tuple[str, ...]
    fields: tuple[str, ...]


class Basis(_Basis, Places):
    """All of the settings that the states of posts depend on."""

    @classmethod
    def of(cls, settings: Settings) -> Basis:
        """What is among `settings`."""
        return cls(settings.root, settings.source, tuple(settings.targets), tuple(settings.translation.fields))

    def trees(self) -> list[Tree] | None:
        """What is in each of its directories now; None where one of them holds something unusual."""
        trees = [looked_at(directory) for directory in self.directories]
        usual = [tree for tree in trees if tree is not None]
        return usual if len(usual) == len(trees) else None

    def listing(self) -> Listing | None:
        """The same, in one piece."""
        trees = self.trees()
        return Listing.of(trees) if trees else None

    @classmethod
    def last(cls, root: Path) -> Basis:
        """The one that the last survey had. Raises OSError, and ValueError or TypeError where the file is damaged."""
        with _path(root).open("rb") as file:
            file.readline()
            return cls._kept(json.loads(file.readline()))

    @classmethod
    def _kept(cls, head: Sequence[Any]) -> Basis:
        _program, _given, (root, source, targets, fields), _unsure = head
        return cls(Path(root), source, tuple(targets), tuple(fields))


class Listing(NamedTuple):
    """The files of some directories: their names, none of which has control characters, and their numbers."""

    names: bytes
    numbers: bytes

    @classmethod
    def of(cls, trees: Sequence[Tree]) -> Listing:
        """What was `looked_at`."""
        names = [["\0".join((folder, *found.names)) for folder, found in tree.items()] for tree in trees]
        numbers = b"".join(found.numbers.tobytes() for tree in trees for found in tree.values())
        return cls("\2".join("\1".join(tree) for tree in names).encode(), numbers)

    def followed_by(self, trees: Sequence[Tree]) -> Listing:
        """With those of further directories."""
        if not trees:
            return self
        more = Listing.of(trees)
        return Listing(self.names + b"\2" + more.names, self.numbers + more.numbers)

    def trees(self) -> list[Tree]:
        """What it is of."""
        left = memoryview(self.numbers).cast("q")
        trees = []
        for tree in self.names.decode().split("\2"):
            found: Tree = {}
            for line in tree.split("\1") if tree else ():
                folder, *files = line.split("\0")
                found[folder] = Folder(files, array("q", left[: 4 * len(files)]))
                left = left[4 * len(files) :]
            trees.append(found)
        return trees


class Surveyed(NamedTuple):  # as `pipeline status` is there sooner than with dataclasses
    """The states of all posts, in order, with what they were found by.

    `program` found them. `given` tells the pipeline.toml and the variables that the basis is from, or is empty;
    `unsure` are the keys of posts whose states are to be found anew whatever their files look like; `files` are those
    of the directories of the basis.
    """

    program: str
    given: str
    basis: Basis
    unsure: frozenset[str]
    states: list[PostState]
    files: Listing

    @classmethod
    def read(cls, root: Path, program: str) -> Surveyed | None:
        """What is known of the site below `root`; None, if another program found it, or it cannot be read."""
        path = _path(root)
        try:
            digest, _, data = path.read_bytes().partition(b"\n")
            if digest != _digest(data):
                raise ValueError("it is damaged")
            head, columns, names, numbers = data.split(b"\n", 3)
            by, given, _, unsure = found = json.loads(head)
            if by != program:
                return None
            states = [*map(PostState._make, zip(*json.loads(columns), strict=True))]
            return cls(program, given, Basis._kept(found), frozenset(unsure), states, Listing(names, numbers))
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, RecursionError) as error:
            log.info("%s is left aside: %s", path, error)
        return None

    def keep(self) -> None:
        """Write it. Where nothing can be written, all posts are read the next time."""
        basis = (str(self.basis.root), self.basis.source, self.basis.targets, self.basis.fields)
        head = _json([self.program, self.given, basis, sorted(self.unsure)])
        columns = _json([*zip(*self.states, strict=True)])  # which are read in half the time of rows
        data = b"\n".join((head, columns, *self.files))
        path = _path(self.basis.root)
        try:
            write_atomic(path, _digest(data) + b"\n" + data)
        except OSError as error:
            log.info("%s cannot be written: %s", path, error)

    def holds(self, files: Listing) -> bool:
        """The answer to give again: no file has changed, and no post is to be looked at whatever its files are."""
        return not self.unsure and self.files == files

    def changed(self, trees: Sequence[Tree]) -> set[str]:
        """The keys of the posts of which a file is new, gone, or another."""
        return {
            key_of(folder + name)
            for was, now in zip(self.files.trees(), trees, strict=True)
            for folder in was.keys() | now.keys()
            if was.get(folder) != now.get(folder)
            for name, _ in _files(was.get(folder)) ^ _files(now.get(folder))
        }


def kept_of(root: Path) -> int:
    """How many bytes are kept of a site; none before its first survey."""
    try:
        return _path(root).stat().st_size
    except OSError:
        return 0


def _path(root: Path) -> Path:
    return root / ".pipeline" / "states"


def _files(folder: Folder | None) -> set[tuple[str, bytes]]:
    if folder is None:
        return set()
    data = folder.numbers.tobytes()
    size = 4 * folder.numbers.itemsize
    return {(name, data[size * place : size * (place + 1)]) for place, name in enumerate(folder.names)}


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).hexdigest().encode()
