"""The manifest as JSON, with a line for each object. It is the only thing a publish reads, so it is believed only when
it is whole: the right format, a checksum that fits, and paths that are safe to write and to delete.

Objects are written and read one by one, and headers, of which there are few kinds, once: a site of a hundred thousand
pages has to fit into memory.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.errors import PublishError
from pipeline.publishing.manifest import NO_STAMP, Entry, Manifest, Past, Release, Retired, Stamp
from pipeline.publishing.paths import fault_of

__all__ = ["UntrustedManifestError", "parse_manifest", "release_id", "to_bytes"]

_FORMAT = "multilingual-pipeline release"
_VERSION = 3
_BEGINNING = re.compile(rb'\{"format":"%b","version":(\d+),' % _FORMAT.encode())
_OBJECTS, _OBJECTS_END = b'"objects":{', b"\n},"  # no string in JSON holds a line break
_CHECKSUM = re.compile(rb',"checksum":"([0-9a-f]{64})"\}$')
_ROW = 200  # bytes, about
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
_TEXTS = ("release", "published", "by", "commit", "note")

# The headers of an entry: content type, cache control, encoding, redirect, others.
_Kind = tuple[str, str, str, str, tuple[tuple[str, str], ...]]


class UntrustedManifestError(Exception):
    """What is stored as the manifest is not one of ours, or not as it was written. The message says why.

    `ours` if it is one of ours that was damaged.
    """

    def __init__(self, message: str, *, ours: bool = False) -> None:
        super().__init__(message)
        self.ours = ours


def to_bytes(manifest: Manifest) -> bytes:
    """As UTF-8 JSON that `parse_manifest` reads back."""
    written = io.BytesIO()
    written.seek(_ROW * len(manifest.objects))  # to grow step by step would leave holes in the memory
    written.write(b" ")
    written.seek(0)
    kinds: dict[_Kind, int] = {}
    written.write(_json({"format": _FORMAT, "version": _VERSION})[:-1] + b"," + _OBJECTS)
    separator = b"\n"
    for path in sorted(manifest.objects):
        row = _row(manifest.objects[path], manifest.stamps.get(path, NO_STAMP), kinds)
        written.write(separator + _json({path: row})[1:-1])
        separator = b",\n"
    rest = {
        "release": manifest.release,
        "published": manifest.published,
        "unsettled": sorted(manifest.unsettled),
        "retired": {
            path: [old.since, *_row(old.entry, manifest.stamps.get(path, NO_STAMP), kinds)]
            for path, old in manifest.retired.items()
        },
        "releases": [_release_json(release, kinds) for release in manifest.releases],
        "conditional": manifest.conditional,
        "kinds": [[*kind[:-1], dict(kind[-1])] for kind in kinds],
    }
    written.write(_OBJECTS_END + _json(rest)[1:-1])
    written.write(b',"checksum":"%b"}' % _digest(written.getbuffer()[: written.tell()]))
    written.truncate()
    return written.getvalue()


def parse_manifest(data: bytes, alike: Mapping[str, Entry] | None = None) -> Manifest:
    """Read what `to_bytes` wrote. Entries that are in `alike` too are taken from there, and so are in memory once.

    Raises UntrustedManifestError for anything else, and PublishError for a manifest of another version, which must not
    be overwritten by guessing.
    """
    beginning = _BEGINNING.match(data)
    if not beginning:
        raise UntrustedManifestError("another program wrote it", ours=_FORMAT.encode() in data)
    version = int(beginning[1])
    if version > _VERSION:
        raise PublishError(
            f"the published manifest has version {version}, and this program knows versions up to {_VERSION}.",
            remedy="Publish with the newer version of this program.",
        )
    found = _CHECKSUM.search(data, max(0, len(data) - 100))
    if version != _VERSION or not found or found[1] != _digest(memoryview(data)[: found.start()]):
        raise UntrustedManifestError("its checksum does not fit", ours=True)
    try:
        return _manifest(data, beginning.end(), found.start(), alike or {})
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise UntrustedManifestError(f"it is malformed ({error})", ours=True) from error


def release_id(objects: Mapping[str, Entry], now: datetime) -> str:
    """A name for a release that sorts by time and says what is in it: `20261123T040506Z-1f2e3d4c`."""
    digest = hashlib.sha256()
    for path in sorted(objects):
        entry = objects[path]
        digest.update(_json([path, entry.sha256, entry.size, *_kind_of(entry)]))
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest.hexdigest()[:8]}"


def _manifest(data: bytes, begin: int, end: int, alike: Mapping[str, Entry]) -> Manifest:
    begin += len(_OBJECTS)
    objects_end = data.rindex(_OBJECTS_END, begin, end)
    rest = _read(data[objects_end + len(_OBJECTS_END) : end])
    kinds = [_kind(kind) for kind in rest["kinds"]]
    objects: dict[str, Entry] = {}
    stamps: dict[str, Stamp] = {}
    for path, known, row in _matched(_rows(data, begin, objects_end), alike):
        entry = _entry(row, kinds)
        objects[_path(path)] = known if known == entry else entry
        _note(stamps, path, row)
    retired = {}
    for path, (since, *row) in rest["retired"].items():
        retired[_path(path)] = Retired(_entry(row, kinds), _moment(since))
        _note(stamps, path, row)
    return Manifest(
        _text(rest["release"]),
        _text(rest["published"]),
        objects,
        frozenset(_path(path) for path in rest["unsettled"]),
        stamps,
        retired,
        tuple(_release(release, kinds) for release in rest["releases"]),
        rest["conditional"] is True,
    )


def _rows(data: bytes, begin: int, end: int) -> Iterator[tuple[str, Any]]:
    while begin < end:
        begin += 1
        stop = data.find(b"\n", begin)
        yield from _read(data[begin:stop].removesuffix(b",")).items()
        begin = stop


def _matched(rows: Iterator[tuple[str, Any]], alike: Mapping[str, Entry]) -> Iterator[tuple[str, Entry | None, Any]]:
    """Each row with the entry of its path in `alike`. Both are in order; what is not is only not found."""
    others = iter(alike.items())
    path, entry = next(others, ("", None))
    for row_path, row in rows:
        while path < row_path and entry:
            path, entry = next(others, ("", None))
        yield (path, entry, row) if path == row_path else (row_path, None, row)


def _read(members: bytes) -> Any:
    """The members of an object, without its braces."""
    return json.loads("{" + members.decode("utf-8", "surrogatepass") + "}")


def _json(value: object) -> bytes:
    return _encode(value).encode("utf-8", "surrogatepass")


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def _digest(data: memoryview) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()


def _kind_of(entry: Entry) -> _Kind:
    return (entry.content_type, entry.cache_control, entry.encoding, entry.redirect, entry.headers)


def _row(entry: Entry, stamp: Stamp, kinds: dict[_Kind, int]) -> list[Any]:
    kind = kinds.setdefault(_kind_of(entry), len(kinds))
    return [entry.sha256, entry.size, kind, stamp.etag, stamp.version]


def _release_json(release: Release, kinds: dict[_Kind, int]) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(release, name) for name in (*_TEXTS, "uploaded", "deleted")}
    if release.made_from:
        found["made_from"] = release.made_from
    found["undo"] = {
        path: past and [past.kept, *_row(past.entry, past.stamp, kinds)] for path, past in release.undo.items()
    }
    return found


def _release(data: dict[str, Any], kinds: list[_Kind]) -> Release:
    back: dict[str, Past | None] = {}
    for path, past in data["undo"].items():
        if past is None:
            back[_path(path)] = None
        else:
            kept, *row = past
            back[_path(path)] = Past(_entry(row, kinds), _stamp(row), kept is True)
    texts = {name: _text(data[name]) for name in _TEXTS} | {"made_from": _text(data.get("made_from", ""))}
    return Release(**texts, uploaded=_number(data["uploaded"]), deleted=_number(data["deleted"]), undo=back)


def _path(path: Any) -> str:
    fault = fault_of(_text(path))
    if fault:
        raise ValueError(f"{path!r}: {fault}")
    return str(path)


def _kind(kind: Any) -> _Kind:
    *values, headers = kind
    content_type, cache_control, encoding, redirect = map(_header, values)
    if not all(_HEADER_NAME.fullmatch(name) for name in headers):
        raise ValueError("a header has no proper name")
    others = tuple(sorted((name, _header(value)) for name, value in headers.items()))
    return content_type, cache_control, encoding, redirect, others


def _entry(row: Any, kinds: list[_Kind]) -> Entry:
    digest, size, kind, _, _ = row
    if not re.fullmatch(r"[0-9a-f]{64}", _text(digest)):
        raise ValueError("a digest is not a SHA-256")
    return Entry(digest, _number(size), *kinds[_number(kind)])


def _stamp(row: Any) -> Stamp:
    *_, etag, version = row
    return Stamp(_text(etag), _text(version))


def _note(stamps: dict[str, Stamp], path: str, row: Any) -> None:
    stamp = _stamp(row)
    if stamp != NO_STAMP:
        stamps[path] = stamp


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
