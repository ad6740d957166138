"""A directory as a store: for a web server on the same machine, a mounted disk, or a look at the result."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from pipeline.errors import ConflictError, StoreError
from pipeline.files import write_atomic
from pipeline.publishing.manifest import Entry
from pipeline.publishing.paths import MANIFEST_PATH, PRIVATE, fault_of
from pipeline.publishing.stores import Stored, read_checked

__all__ = ["DirectoryStore"]


class DirectoryStore:
    """Objects are files, and a file appears whole or not at all. Headers are kept in the manifest only.

    `requests` counts operations, as a bucket would.
    """

    def __init__(self, root: Path) -> None:
        """`root` is made by the first write."""
        self._root = root
        self._requests = 0
        self._counting = Lock()

    @property
    def name(self) -> str:
        """The directory."""
        return str(self._root)

    @property
    def requests(self) -> int:
        """Operations so far."""
        return self._requests

    def read(self, path: str) -> Stored | None:
        """A file, or None."""
        with self._operation(path, private=True) as file:
            return _read(file)

    def swap(self, path: str, data: bytes, *, expected: str | None) -> str:
        """Compare and replace under a lock that ends with the process that holds it."""
        with self._operation(path, private=True) as file:
            file.parent.mkdir(parents=True, exist_ok=True)
            with _locked(file.parent / "lock"):
                stored = _read(file)
                if (stored.version if stored else None) != expected:
                    raise ConflictError(f"{self.name} was changed by another publisher.")
                write_atomic(file, data)
            return _version(data)

    def put(self, path: str, source: Path, entry: Entry) -> None:
        """Copy a file."""
        with self._operation(path) as file:
            write_atomic(file, read_checked(source, entry))

    def delete(self, paths: Sequence[str]) -> None:
        """Remove files, and the directories that this empties."""
        for path in paths:
            with self._operation(path) as file:
                with suppress(FileNotFoundError, NotADirectoryError):
                    file.unlink()
                for parent in file.relative_to(self._root).parents[:-1]:
                    try:
                        (self._root / parent).rmdir()
                    except OSError:
                        break

    def paths(self) -> Iterator[str]:
        """Every file's path."""
        with self._operation(MANIFEST_PATH, private=True):
            for folder, folders, names in os.walk(self._root):
                if Path(folder) == self._root and PRIVATE in folders:
                    folders.remove(PRIVATE)
                yield from ((Path(folder) / name).relative_to(self._root).as_posix() for name in names)

    def close(self) -> None:
        """Nothing is held."""

    @contextmanager
    def _operation(self, path: str, *, private: bool = False) -> Iterator[Path]:
        """The file of `path`, which never lies outside the directory; faults come out explained."""
        with self._counting:
            self._requests += 1
        file = self._root / path
        try:
            if not private and (fault := fault_of(path)):
                raise StoreError(f"{path!r} cannot be stored in {self.name}: {fault}.", remedy="Rename the file.")
            if not file.parent.resolve().is_relative_to(self._root.resolve()):
                raise StoreError(
                    "lies outside the target, because a directory above it is a link.",
                    path=file,
                    remedy="Remove the link.",
                )
            yield file
        except OSError as error:
            raise StoreError(
                f"cannot be published to: {error.strerror}.",
                path=error.filename or file,
                remedy="Check the directory, its permissions and the free space, then publish again.",
            ) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    import fcntl  # POSIX only

    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _read(file: Path) -> Stored | None:
    try:
        data = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Stored(data, _version(data))


def _version(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
