"""Where a site is published to: one narrow seam, and how to get from a target to what implements it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.errors import ConfigError, PublishError, StoreError
from pipeline.publishing.manifest import Entry

if TYPE_CHECKING:
    from pipeline.config import PublishSettings

__all__ = ["InertStore", "Store", "Stored", "UnreachableError", "open_store", "read_checked"]


class UnreachableError(StoreError):
    """The store cannot be reached at all, so there is no use in asking it anything else."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object that was read; `version` (an ETag) changes whenever its content does."""

    data: bytes
    version: str


class Store(Protocol):
    """A place for objects, known by their paths. Every method raises StoreError with the cause and the remedy."""

    @property
    def name(self) -> str:
        """The target, as a person would write it."""

    @property
    def requests(self) -> int:
        """How many requests were sent so far, repeated ones included."""

    def read(self, path: str) -> Stored | None:
        """An object, or None if there is none."""

    def swap(self, path: str, data: bytes, *, expected: str | None) -> str:
        """Write JSON if the object still has the version `expected` (None: if there is none); return its version.

        Raises ConflictError, with nothing written, if somebody else wrote it meanwhile.
        """

    def put(self, path: str, source: Path, entry: Entry) -> None:
        """Store the file `source` under `path`, with the headers of `entry`, whose digest it must have."""

    def delete(self, paths: Sequence[str]) -> None:
        """Remove objects, in as few requests as can be. One that is not there is no error."""

    def paths(self) -> Iterable[str]:
        """The paths of all objects that are stored, whoever stored them."""

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

    def read(self, path: str) -> Stored | None:
        """As the store does."""
        return self.inner.read(path)

    def swap(self, path: str, data: bytes, *, expected: str | None) -> str:  # noqa: ARG002
        """Change nothing."""
        return expected or ""

    def put(self, path: str, source: Path, entry: Entry) -> None:
        """Change nothing."""

    def delete(self, paths: Sequence[str]) -> None:
        """Change nothing."""

    def paths(self) -> Iterable[str]:
        """As the store does."""
        return self.inner.paths()

    def close(self) -> None:
        """As the store does."""
        self.inner.close()


def read_checked(source: Path, entry: Entry) -> bytes:
    """The content of a built file, if it is still the one that was planned; else PublishError."""
    try:
        data = source.read_bytes()
    except OSError as error:
        raise _changed(source) from error
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise _changed(source)
    return data


def _changed(source: Path) -> PublishError:
    return PublishError(
        "changed while it was being published.",
        path=source,
        remedy="Let the build finish, then publish again.",
    )


def open_store(settings: PublishSettings, *, root: Path, site: Path) -> Store:
    """The store that `settings.target` names; a relative directory counts from `root`.

    Raises ConfigError if the target cannot be used, also if it and the directory `site` lie in one another.
    """
    target = settings.target.strip()
    if not target:
        raise ConfigError(
            "[publish] `target` is not set.", remedy='Set it to "s3://bucket", "s3://bucket/prefix" or a directory.'
        )
    scheme, separator, rest = target.partition("://")
    if separator and scheme.lower() != "s3":
        raise ConfigError(
            f"[publish] `target` is {target!r}, and `{scheme}://` is not known here.",
            remedy='Use "s3://bucket", "s3://bucket/prefix" or a directory.',
        )
    if separator:
        from pipeline.publishing.s3 import connect

        bucket, _, prefix = rest.partition("/")
        return connect(settings, bucket, prefix.strip("/"))

    from pipeline.publishing.directory import DirectoryStore

    path = (root / Path(target).expanduser()).resolve()
    if path.is_relative_to(site.resolve()) or site.resolve().is_relative_to(path):
        raise ConfigError(
            f"[publish] `target` is {target!r}, which holds the built site or lies in it.",
            remedy="Name a directory apart from the built site.",
        )
    return DirectoryStore(path)
