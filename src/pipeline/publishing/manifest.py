"""A release, written down: every object's path, digest and headers, and how to get back to the releases before it.

Each release notes only what it changed, as the way back: the entry that a path had before, or that it had none. So one
object holds the published state and its history, and reading it is the one request of a publish with nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipeline.publishing.paths import KEPT

__all__ = [
    "NO_STAMP",
    "Entry",
    "Manifest",
    "Past",
    "Release",
    "Retired",
    "Stamp",
    "kept_path",
    "state_at",
    "trimmed",
    "undo",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One object: the SHA-256 of the built file in hex, its size in bytes, and the headers it is served with.

    With an `encoding` (gzip), what is stored is the file compressed. `redirect` is where S3's website sends the reader.
    `headers` are others that S3 stores: Content-Disposition, Content-Language, Expires, x-amz-meta-….
    """

    sha256: str
    size: int
    content_type: str
    cache_control: str
    encoding: str = ""
    redirect: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the store called an object when it was written: its ETag, and its version where the bucket has versions."""

    etag: str = ""
    version: str = ""


NO_STAMP = Stamp()


@dataclass(frozen=True, slots=True)
class Past:
    """An object of an earlier release; `kept` if there is a copy of it under its content's name."""

    entry: Entry
    stamp: Stamp = NO_STAMP
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Retired:
    """An object that no page needs any more, and that stays for those who have an old page open; `since` is ISO."""

    entry: Entry
    since: str


@dataclass(frozen=True, slots=True)
class Release:
    """One release: when (ISO, UTC), by whom, from which commit, what changed, and `undo`, the way to the one before.

    `undo` has, for each path that differs, the object before; None where there was none. `made_from` is what the
    publisher said of it: one who can tell what sites are made from need not build this one again.
    """

    release: str
    published: str
    by: str = ""
    commit: str = ""
    note: str = ""
    uploaded: int = 0
    deleted: int = 0
    undo: Mapping[str, Past | None] = field(default_factory=dict)
    made_from: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One published state of a site.

    `objects` is what is published, by path. `unsettled` are paths of which nobody knows what is stored there, because
    a publish was broken off: the next one settles them. `stamps` belong to `objects` and `retired`. `releases` are the
    last ones, the current one at the end. `conditional`: the store was seen to refuse a stale write.
    """

    release: str = ""
    published: str = ""
    objects: Mapping[str, Entry] = field(default_factory=dict)
    unsettled: frozenset[str] = frozenset()
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    retired: Mapping[str, Retired] = field(default_factory=dict)
    releases: tuple[Release, ...] = ()
    conditional: bool = False


def kept_path(entry: Entry) -> str:
    """Where a copy of an object is kept, by what is stored in it."""
    return f"{KEPT}/{entry.sha256}" + (f".{entry.encoding}" if entry.encoding else "")


def state_at(manifest: Manifest, release: str) -> dict[str, Past] | None:
    """The objects of one of the manifest's releases; None if it is not among them."""
    state = {path: Past(entry, manifest.stamps.get(path, NO_STAMP)) for path, entry in manifest.objects.items()}
    for record in reversed(manifest.releases):
        if record.release == release:
            return state
        for path, past in record.undo.items():
            if past is None:
                state.pop(path, None)
            else:
                state[path] = past
    return None


def undo(before: Manifest, objects: Mapping[str, Entry], kept: frozenset[str]) -> dict[str, Past | None]:
    """The way from `objects` back to the manifest `before`; of the paths in `kept` there are copies."""
    back: dict[str, Past | None] = {path: None for path in objects if path not in before.objects}
    for path, entry in before.objects.items():
        if entry != objects.get(path):
            back[path] = Past(entry, before.stamps.get(path, NO_STAMP), path in kept)
    return back


def trimmed(manifest: Manifest, keep: int) -> tuple[Manifest, list[str]]:
    """The manifest with its last `keep` releases, and the copies that only the others needed."""
    releases = manifest.releases[-keep:]
    if len(releases) < len(manifest.releases) and releases:
        releases = (replace(releases[0], undo={}), *releases[1:])
    left = set(_copies(releases))
    return replace(manifest, releases=releases), sorted(set(_copies(manifest.releases)) - left)


def _copies(releases: tuple[Release, ...]) -> Iterator[str]:
    for record in releases:
        yield from (kept_path(past.entry) for past in record.undo.values() if past and past.kept)
