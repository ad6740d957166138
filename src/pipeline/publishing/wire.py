"""The manifest as JSON. It is the only thing a publish reads, so it is believed only when it is whole: the right
format, a checksum that fits, and paths that are safe to write and to delete.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.errors import PublishError
from pipeline.publishing.manifest import Entry, Manifest, Past, Release, Retired, Stamp
from pipeline.publishing.paths import fault_of

__all__ = ["UntrustedManifestError", "parse_manifest", "release_id", "to_bytes"]

_FORMAT = "multilingual-pipeline release"
_VERSION = 2
_REQUIRED = {"sha256", "size", "type", "cache"}
_OPTIONAL = {"encoding", "redirect", "headers"}
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")


class UntrustedManifestError(Exception):
    """What is stored as the manifest is not one of ours, or not as it was written. The message says why.

    `ours` if it is one of ours that was damaged.
    """

    def __init__(self, message: str, *, ours: bool = False) -> None:
        super().__init__(message)
        self.ours = ours


def to_bytes(manifest: Manifest) -> bytes:
    """As UTF-8 JSON that `parse_manifest` reads back."""
    body: dict[str, Any] = {
        "format": _FORMAT,
        "version": _VERSION,
        "release": manifest.release,
        "published": manifest.published,
        "objects": {path: _entry_json(entry) for path, entry in manifest.objects.items()},
        "unsettled": sorted(manifest.unsettled),
        "stamps": {path: [stamp.etag, stamp.version] for path, stamp in manifest.stamps.items()},
        "retired": {path: [old.since, _entry_json(old.entry)] for path, old in manifest.retired.items()},
        "releases": [_release_json(release) for release in manifest.releases],
        "conditional": manifest.conditional,
    }
    # The checksum goes last, so that nothing as long as the manifest has to be made twice.
    text = _json(body)
    checksum = hashlib.sha256(text).hexdigest()
    return text[:-1] + b',"checksum":"' + checksum.encode() + b'"}'


_CHECKSUM = re.compile(rb',"checksum":"([0-9a-f]{64})"\}$')


def parse_manifest(data: bytes) -> Manifest:
    """Read what `to_bytes` wrote.

    Raises UntrustedManifestError for anything else, and PublishError for a manifest of another version, which must not
    be overwritten by guessing.
    """
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UntrustedManifestError("it is not JSON", ours=_FORMAT.encode() in data) from error
    if not isinstance(body, dict) or body.get("format") != _FORMAT:
        raise UntrustedManifestError("another program wrote it")
    version = body.get("version")
    if isinstance(version, int) and version > _VERSION:
        raise PublishError(
            f"the published manifest has version {version}, and this program knows versions up to {_VERSION}.",
            remedy="Publish with the newer version of this program.",
        )
    found = _CHECKSUM.search(data)
    if version != _VERSION or not found or found[1] != _digest(data[: found.start()] + b"}"):
        raise UntrustedManifestError("its checksum does not fit", ours=True)
    try:
        return _manifest(body)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UntrustedManifestError(f"it is malformed ({error})", ours=True) from error


def release_id(objects: Mapping[str, Entry], now: datetime) -> str:
    """A name for a release that sorts by time and says what is in it: `20261123T040506Z-1f2e3d4c`."""
    digest = hashlib.sha256(_json({path: _entry_json(entry) for path, entry in objects.items()})).hexdigest()
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest[:8]}"


def _manifest(body: dict[str, Any]) -> Manifest:
    return Manifest(
        _text(body["release"]),
        _text(body["published"]),
        {_path(path): _entry(entry) for path, entry in body["objects"].items()},
        frozenset(_path(path) for path in body["unsettled"]),
        {_path(path): _stamp(stamp) for path, stamp in body["stamps"].items()},
        {_path(path): Retired(_entry(entry), _moment(since)) for path, (since, entry) in body["retired"].items()},
        tuple(_release(release) for release in body["releases"]),
        body["conditional"] is True,
    )


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8", "surrogatepass")


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()


def _entry_json(entry: Entry) -> dict[str, Any]:
    found: dict[str, Any] = {
        "sha256": entry.sha256,
        "size": entry.size,
        "type": entry.content_type,
        "cache": entry.cache_control,
    }
    if entry.encoding:
        found["encoding"] = entry.encoding
    if entry.redirect:
        found["redirect"] = entry.redirect
    if entry.headers:
        found["headers"] = dict(entry.headers)
    return found


def _release_json(release: Release) -> dict[str, Any]:
    return {
        "release": release.release,
        "published": release.published,
        "by": release.by,
        "commit": release.commit,
        "note": release.note,
        "uploaded": release.uploaded,
        "deleted": release.deleted,
        "undo": {
            path: past and [_entry_json(past.entry), past.stamp.etag, past.stamp.version, past.kept]
            for path, past in release.undo.items()
        },
    }


def _release(data: dict[str, Any]) -> Release:
    back: dict[str, Past | None] = {}
    for path, past in data["undo"].items():
        if past is None:
            back[_path(path)] = None
        else:
            entry, etag, version, kept = past
            back[_path(path)] = Past(_entry(entry), Stamp(_text(etag), _text(version)), kept is True)
    texts = {key: _text(data[key]) for key in ("release", "published", "by", "commit", "note")}
    return Release(**texts, uploaded=_number(data["uploaded"]), deleted=_number(data["deleted"]), undo=back)


def _path(path: Any) -> str:
    fault = fault_of(_text(path))
    if fault:
        raise ValueError(f"{path!r}: {fault}")
    return str(path)


def _entry(entry: Any) -> Entry:
    if not _REQUIRED <= set(entry) <= _REQUIRED | _OPTIONAL:
        raise ValueError("an entry has other keys than expected")
    if not re.fullmatch(r"[0-9a-f]{64}", _text(entry["sha256"])):
        raise ValueError("a digest is not a SHA-256")
    headers = entry.get("headers", {})
    if not all(_HEADER_NAME.fullmatch(name) for name in headers):
        raise ValueError("a header has no proper name")
    return Entry(
        entry["sha256"],
        _number(entry["size"]),
        _header(entry["type"]),
        _header(entry["cache"]),
        _header(entry.get("encoding", "")),
        _header(entry.get("redirect", "")),
        tuple(sorted((name, _header(value)) for name, value in headers.items())),
    )


def _stamp(stamp: Any) -> Stamp:
    etag, version = stamp
    return Stamp(_text(etag), _text(version))


def _moment(value: Any) -> str:
    if datetime.fromisoformat(_text(value)).tzinfo is None:
        raise ValueError("a time has no zone")
    return str(value)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a size is not a number of bytes")
    return value


def _header(value: Any) -> str:
    if not _HEADER_VALUE.fullmatch(_text(value)):
        raise ValueError("a header holds more than printable ASCII")
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a string")
    return value
