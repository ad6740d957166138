"""Where a site is published to: one narrow seam."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from pipeline.errors import StoreError
from pipeline.publishing.manifest import Entry, Past, Stamp

__all__ = ["InertStore", "Listed", "Store", "Stored", "UnreachableError"]


class UnreachableError(StoreError):
    """The store cannot be reached at all, so there is no use in asking it anything else."""

    passing = True


@dataclass(frozen=True, slots=True)
class Stored:
    """An object that was read; `version` (an ETag) changes whenever its content does."""

    data: bytes
    version: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing shows it: its path, its size in bytes as it is stored, and its ETag."""

    path: str
    size: int
    etag: str


class Store(Protocol):
    """A place for objects, known by their paths. Every method raises StoreError with the cause and the remedy."""

    @property
    def name(self) -> str:
        """The target, as a person would write it."""

    @property
    def requests(self) -> int:
        """How many requests were sent so far, repeated ones included."""

    @property
    def is_tree(self) -> bool:
        """Whether a path cannot be a file and a directory at once."""

    @property
    def history(self) -> Literal["versions", "links", "copies"]:
        """What an earlier release costs: nothing (`versions`: the store has them; `links`), or a request an object."""

    def read(self, path: str) -> Stored | None:
        """An object, or None if there is none."""

    def swap(self, path: str, data: bytes, *, expected: str | None) -> str:
        """Write JSON if the object still has the version `expected` (None: if there is none); return its version.

        Raises ConflictError, with nothing written, if somebody else wrote it meanwhile.
        """

    def refuses_stale_writes(self) -> bool:
        """Whether `swap` keeps its word. False if it need not; StoreError if it should and does not."""

    def put(self, path: str, source: Path, entry: Entry) -> Stamp:
        """Store the file `source` under `path`, with the headers of `entry`, whose digest it must have."""

    def keep(self, path: str, copy: str, stamp: Stamp) -> bool:
        """Copy an object to `copy` if it is the one of that stamp; False if it is another, or gone."""

    def restore(self, path: str, past: Past) -> Stamp:
        """Make `path` what it was in the past, from the store's own version or from the copy that was kept."""

    def delete(self, paths: Sequence[str]) -> None:
        """Remove objects, in as few requests as can be. One that is not there is no error."""

    def listing(self) -> Iterable[Listed]:
        """All objects that are stored, whoever stored them; not the manifest and the kept copies."""

    def close(self) -> None:
        """Release connections."""


@dataclass(frozen=True, slots=True)
class InertStore:
    """Reads from a store and changes nothing in it."""

    inner: Store

    @property
    def name(self) -> str:
        """The store's."""
        return self.inner.name

    @property
    def requests(self) -> int:
        """The store's."""
        return self.inner.requests

    @property
    def is_tree(self) -> bool:
        """The store's."""
        return self.inner.is_tree

    @property
    def history(self) -> Literal["versions", "links", "copies"]:
        """The store's."""
        return self.inner.history

    def read(self, path: str) -> Stored | None:
        """As the store does."""
        return self.inner.read(path)

    def swap(self, path: str, data: bytes, *, expected: str | None) -> str:  # noqa: ARG002
        """Change nothing."""
        return expected or ""

    def refuses_stale_writes(self) -> bool:
        """Nothing is written, so nothing is asked."""
        return False

    def put(self, path: str, source: Path, entry: Entry) -> Stamp:  # noqa: ARG002
        """Change nothing."""
        return Stamp()

    def keep(self, path: str, copy: str, stamp: Stamp) -> bool:  # noqa: ARG002
        """Change nothing."""
        return True

    def restore(self, path: str, past: Past) -> Stamp:  # noqa: ARG002
        """Change nothing."""
        return past.stamp

    def delete(self, paths: Sequence[str]) -> None:
        """Change nothing."""

    def listing(self) -> Iterable[Listed]:
        """As the store does."""
        return self.inner.listing()

    def close(self) -> None:
        """As the store does."""
        self.inner.close()
