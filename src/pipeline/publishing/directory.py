"""A directory as a store: for a web server on the same machine, a mounted disk, or a look at the result."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Literal

from pipeline.errors import ConflictError, PublishError, StoreError
from pipeline.files import write_atomic
from pipeline.publishing.manifest import Entry, Past, Stamp, kept_path
from pipeline.publishing.paths import KEPT, MANIFEST_PATH, PRIVATE, fault_of, is_private
from pipeline.publishing.source import read_checked
from pipeline.publishing.stores import Listed, Stored

__all__ = ["DirectoryStore"]

_ABANDONED = 3600  # seconds


class DirectoryStore:
    """Objects are files, and a file appears whole or not at all. Headers are kept in the manifest only.

    `requests` counts operations, as a bucket would.
    """

    is_tree = True
    history: Literal["links"] = "links"

    def __init__(self, root: Path, *, state: str = PRIVATE) -> None:
        """`root` is made by the first write; the manifest is kept below `state` in it."""
        self._root = root
        self._state = state
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
        with self._operation(path, manifest=True) as file:
            return _read(file)

    def swap(self, path: str, data: bytes, *, expected: str | None) -> str:
        """Compare and replace under a lock that ends with the process that holds it."""
        with self._operation(path, manifest=True) as file:
            file.parent.mkdir(parents=True, exist_ok=True)
            with _locked(file.parent / "lock"):
                stored = _read(file)
                if (stored.version if stored else None) != expected:
                    raise ConflictError(f"{self.name} was changed by another publisher.")
                write_atomic(file, data)
            self._sweep()
            return _digest(data)

    def refuses_stale_writes(self) -> bool:
        """Always."""
        return True

    def put(self, path: str, source: Path, entry: Entry) -> Stamp:
        """Copy a file."""
        with self._operation(path) as file:
            self._write(file, read_checked(source, entry))
        return Stamp(entry.sha256)

    def keep(self, path: str, copy: str, stamp: Stamp) -> bool:
        """A second name for the same file, which costs no space; a copy where the disk knows no links."""
        with self._operation(path) as file, self._operation(copy) as kept:
            data = _read(file)
            if data is None or (stamp.etag and data.version != stamp.etag):
                return False
            kept.parent.mkdir(parents=True, exist_ok=True)
            if not kept.exists():
                try:
                    kept.hardlink_to(file)
                except FileExistsError:
                    pass
                except OSError:
                    shutil.copyfile(file, kept)
        return True

    def restore(self, path: str, past: Past) -> Stamp:
        """Copy what was kept back, if nobody changed it since."""
        with self._operation(kept_path(past.entry)) as kept, self._operation(path) as file:
            stored = _read(kept)
            if stored is None or stored.version != past.entry.sha256:
                raise PublishError(
                    f"{self.name}: {path!r} of that release is not there any more.",
                    remedy="Choose a later release, or build the site from its commit and publish that.",
                )
            self._write(file, stored.data)
        return Stamp(past.entry.sha256)

    def delete(self, paths: Sequence[str]) -> None:
        """Remove files, and the directories that this empties."""
        for path in paths:
            with self._operation(path) as file:
                with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
                    file.unlink()
                for parent in file.relative_to(self._root).parents[:-1]:
                    try:
                        (self._root / parent).rmdir()
                    except OSError:
                        break

    def listing(self) -> Iterator[Listed]:
        """Every file, with its digest for an ETag."""
        with self._operation(MANIFEST_PATH, manifest=True):
            for folder, folders, names in os.walk(self._root):
                if Path(folder) == self._root and self._state in folders:
                    folders.remove(self._state)
                for name in names:
                    file = Path(folder) / name
                    data = file.read_bytes()
                    yield Listed(file.relative_to(self._root).as_posix(), len(data), _digest(data))

    def close(self) -> None:
        """Nothing is held."""

    def _write(self, file: Path, data: bytes) -> None:
        """As `write_atomic`, but what a killed run leaves behind is not on the site."""
        before = _read(file)
        if before and before.data == data:
            return
        scratch = self._root / self._state / "scratch"
        scratch.mkdir(parents=True, exist_ok=True)
        temporary = scratch / secrets.token_hex(8)
        temporary.write_bytes(data)
        try:
            if before:
                temporary.chmod(stat.S_IMODE(file.stat().st_mode))
            file.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(file)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            if error.errno != errno.EXDEV:
                raise
            write_atomic(file, data)  # a disk is mounted inside the site

    def _sweep(self) -> None:
        """Remove what killed runs left behind, once nobody can be writing it."""
        limit = time.time() - _ABANDONED
        for path in (self._root / self._state / "scratch").glob("*"):
            with suppress(OSError):
                if path.stat().st_mtime < limit:
                    path.unlink()

    @contextmanager
    def _operation(self, path: str, *, manifest: bool = False) -> Iterator[Path]:
        """The file of `path`, which never lies outside the directory; faults come out explained."""
        with self._counting:
            self._requests += 1
        private = is_private(path)
        file = self._root / (self._state + path.removeprefix(PRIVATE) if private else path)
        try:
            free = manifest or path.startswith(f"{KEPT}/")
            if not (private and free) and (fault := fault_of(path)):
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
    return Stored(data, _digest(data))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
