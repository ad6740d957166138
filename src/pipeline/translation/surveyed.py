"""What the last survey found, in one file below .pipeline/: a digest of the rest in its first line, then two lines of
JSON, then the names of all files, and what else tells that they have changed.

What is needed to give an answer again is read at once, and what tells which posts have changed where some have.
"""

from __future__ import annotations

import json
import logging
from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.content.tree import Folder, Tree, key_of
from pipeline.files import write_atomic
from pipeline.places import Places
from pipeline.translation.state import PostState

if TYPE_CHECKING:
    from pipeline.config import Settings

__all__ = ["Basis", "Surveyed"]

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


class Surveyed(NamedTuple):  # as `pipeline status` is there sooner than with dataclasses
    """The states of all posts, in order, with what they were found by.

    `program` found them. `given` tells the pipeline.toml and the variables that the basis is from, or is empty;
    `unsure` are the keys of posts whose states are to be found anew whatever their files look like; `names` and
    `numbers` are those of all files.
    """

    program: str
    given: str
    basis: Basis
    unsure: frozenset[str]
    states: list[PostState]
    names: bytes
    numbers: bytes

    @classmethod
    def of(
        cls,
        program: str,
        given: str,
        basis: Basis,
        unsure: Iterable[str],
        states: list[PostState],
        trees: Sequence[Tree],
    ) -> Surveyed:
        """What is to be known next time; `trees` are of the directories of the basis."""
        return cls(program, given, basis, frozenset(unsure), states, *_written(trees))

    @classmethod
    def read(cls, root: Path, program: str) -> Surveyed | None:
        """What is known of the site below `root`; None, if another program found it, or it cannot be read."""
        path = _path(root)
        try:
            digest, _, data = path.read_bytes().partition(b"\n")
            if digest != _digest(data):
                raise ValueError("it is damaged")
            head, columns, names, numbers = data.split(b"\n", 3)
            by, given, (root_, source, targets, fields), unsure = json.loads(head)
            if by != program:
                return None
            states = [*map(PostState._make, zip(*json.loads(columns), strict=True))]
            basis = Basis(Path(root_), source, tuple(targets), tuple(fields))
            return cls(program, given, basis, frozenset(unsure), states, names, numbers)
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
        data = b"\n".join((head, columns, self.names, self.numbers))
        path = _path(self.basis.root)
        try:
            write_atomic(path, _digest(data) + b"\n" + data)
        except OSError as error:
            log.info("%s cannot be written: %s", path, error)

    def holds(self, trees: Sequence[Tree]) -> bool:
        """The answer to give again: no file has changed, and no post is to be looked at whatever its files are."""
        return not self.unsure and (self.names, self.numbers) == _written(trees)

    def changed(self, trees: Sequence[Tree]) -> set[str]:
        """The keys of the posts of which a file is new, gone, or another."""
        return {
            key_of(folder + name)
            for was, now in zip(_read(self.names, self.numbers), trees, strict=True)
            for folder in was.keys() | now.keys()
            if was.get(folder) != now.get(folder)
            for name, _ in _files(was.get(folder)) ^ _files(now.get(folder))
        }


def _path(root: Path) -> Path:
    return root / ".pipeline" / "states"


def _files(folder: Folder | None) -> set[tuple[str, bytes]]:
    if folder is None:
        return set()
    data = folder.numbers.tobytes()
    size = 4 * folder.numbers.itemsize
    return {(name, data[size * place : size * (place + 1)]) for place, name in enumerate(folder.names)}


def _written(trees: Sequence[Tree]) -> tuple[bytes, bytes]:
    """The names of all files, which have no control characters, and their numbers."""
    names = [["\0".join((folder, *found.names)) for folder, found in tree.items()] for tree in trees]
    numbers = b"".join(found.numbers.tobytes() for tree in trees for found in tree.values())
    return "\2".join("\1".join(tree) for tree in names).encode(), numbers


def _read(names: bytes, numbers: bytes) -> Iterator[Tree]:
    """The trees that were `_written`."""
    left = memoryview(numbers).cast("q")
    for tree in names.decode().split("\2"):
        found: Tree = {}
        for line in tree.split("\1") if tree else ():
            folder, *files = line.split("\0")
            found[folder] = Folder(files, array("q", left[: 4 * len(files)]))
            left = left[4 * len(files) :]
        yield found


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).hexdigest().encode()
