"""The built files, as they are sent: only while they are what was planned."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from pipeline.errors import PublishError
from pipeline.publishing.manifest import Entry

__all__ = ["changed_meanwhile", "encoded", "read_checked"]


def encoded(source: Path, entry: Entry) -> bytes:
    """What is stored of a built file: its content, compressed if the entry says so. Errors as `read_checked`."""
    data = read_checked(source, entry)
    return gzip.compress(data, compresslevel=9, mtime=0) if entry.encoding == "gzip" else data


def read_checked(source: Path, entry: Entry) -> bytes:
    """The content of a built file, if it is still the one that was planned; else PublishError."""
    try:
        data = source.read_bytes()
    except OSError as error:
        raise changed_meanwhile(source) from error
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise changed_meanwhile(source)
    return data


def changed_meanwhile(source: Path) -> PublishError:
    """The error for a file that is not any more what was planned."""
    return PublishError(
        "changed while it was being published.",
        path=source,
        remedy="Let the build finish, then publish again.",
    )
