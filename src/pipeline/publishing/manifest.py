"""A release, written down: every object's path, digest and headers, as JSON stored beside the site.

The manifest is the only thing a publish reads, so it is believed only when it is whole: the right format, a checksum
that fits, and paths that are safe to write and to delete.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipeline.errors import PublishError
from pipeline.publishing.paths import fault_of

__all__ = ["Entry", "Manifest", "UntrustedManifestError", "parse_manifest", "release_id"]

_FORMAT = "multilingual-pipeline release"
_VERSION = 1
_ENTRY_KEYS = {"sha256", "size", "type", "cache"}
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")


class UntrustedManifestError(Exception):
    """What is stored as the manifest is not one of ours, or not as it was written. The message says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One object: the SHA-256 of its content in hex, its size in bytes, and the headers it is served with."""

    sha256: str
    size: int
    content_type: str
    cache_control: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One published state of a site.

    `objects` is what is published, by path. `unsettled` are paths of which nobody knows what is stored there, because
    a publish was broken off: the next one settles them.
    """

    release: str = ""
    published: str = ""
    objects: Mapping[str, Entry] = field(default_factory=dict)
    unsettled: frozenset[str] = frozenset()

    def to_bytes(self) -> bytes:
        """As UTF-8 JSON that `parse_manifest` reads back."""
        body: dict[str, Any] = {
            "format": _FORMAT,
            "version": _VERSION,
            "release": self.release,
            "published": self.published,
            "objects": _objects(self.objects),
            "unsettled": sorted(self.unsettled),
        }
        return _json({**body, "checksum": hashlib.sha256(_json(body)).hexdigest()})


def parse_manifest(data: bytes) -> Manifest:
    """Read what `to_bytes` wrote.

    Raises UntrustedManifestError for anything else, and PublishError for a manifest of a newer version, which must not
    be overwritten by guessing.
    """
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UntrustedManifestError("it is not JSON") from error
    if not isinstance(body, dict) or body.get("format") != _FORMAT:
        raise UntrustedManifestError("another program wrote it")
    version = body.get("version")
    if isinstance(version, int) and version > _VERSION:
        raise PublishError(
            f"the published manifest has version {version}, and this program knows versions up to {_VERSION}.",
            remedy="Publish with the newer version of this program.",
        )
    checksum = body.pop("checksum", None)
    if version != _VERSION or checksum != hashlib.sha256(_json(body)).hexdigest():
        raise UntrustedManifestError("its checksum does not fit")
    try:
        objects = {_path(path): _entry(entry) for path, entry in body["objects"].items()}
        unsettled = frozenset(_path(path) for path in body["unsettled"])
        return Manifest(_text(body["release"]), _text(body["published"]), objects, unsettled)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UntrustedManifestError(f"it is malformed ({error})") from error


def release_id(objects: Mapping[str, Entry], now: datetime) -> str:
    """A name for a release that sorts by time and says what is in it: `20261123T040506Z-1f2e3d4c`."""
    digest = hashlib.sha256(_json(_objects(objects))).hexdigest()
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest[:8]}"


def _objects(objects: Mapping[str, Entry]) -> dict[str, dict[str, str | int]]:
    return {
        path: {"sha256": entry.sha256, "size": entry.size, "type": entry.content_type, "cache": entry.cache_control}
        for path, entry in sorted(objects.items())
    }


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8", "surrogatepass")


def _path(path: Any) -> str:
    fault = fault_of(_text(path))
    if fault:
        raise ValueError(f"{path!r}: {fault}")
    return str(path)


def _entry(entry: Any) -> Entry:
    if set(entry) != _ENTRY_KEYS:
        raise ValueError("an entry has other keys than expected")
    size = entry["size"]
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise ValueError("a size is not a number of bytes")
    if not re.fullmatch(r"[0-9a-f]{64}", _text(entry["sha256"])):
        raise ValueError("a digest is not a SHA-256")
    return Entry(entry["sha256"], size, _header(entry["type"]), _header(entry["cache"]))


def _header(value: Any) -> str:
    if not _HEADER_VALUE.fullmatch(_text(value)):
        raise ValueError("a header holds more than printable ASCII")
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a string")
    return value
