"""Carrying out a plan: uploads in parallel, stage by stage, the manifest after them, deletions last.

The requests are the budget: one read, one manifest, and one more. Where nothing is deleted that third one claims the
paths before the first upload, so that a run killed in the middle leaves a note. Where something is, it tidies up after
the deletions, which have to wait for the manifest: only who has written that may delete.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.errors import ConflictError
from pipeline.publishing.journal import Journal
from pipeline.publishing.manifest import Entry, Manifest, Release, Retired, Stamp, kept_path, trimmed, undo
from pipeline.publishing.parallel import Steps, in_parallel
from pipeline.publishing.paths import MANIFEST_PATH
from pipeline.publishing.plan import Action
from pipeline.publishing.published import Published, mark_unsettled
from pipeline.publishing.stores import Store, UnreachableError
from pipeline.publishing.wire import to_bytes

if TYPE_CHECKING:
    from pipeline.config import PublishSettings

__all__ = ["Change", "act"]

logger = logging.getLogger(__name__)

_KEEP = 10  # releases, where keeping costs nothing


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done, and what it is called. `send(path)` brings one object to the store.

    `release` is None if the objects are those of the release that stands, and only what is stored is put right.
    """

    actions: Sequence[Action]
    objects: Mapping[str, Entry]
    release: Release | None
    now: datetime
    settings: PublishSettings
    send: Callable[[str], Stamp]

    @property
    def moment(self) -> str:
        """`now`, as manifests have it."""
        return self.now.isoformat(timespec="seconds")


def act(
    change: Change,
    *,
    store: Store,
    known: Published,
    progress: Callable[[int, int], None] | None = None,
    journal: Journal | None = None,
) -> None:
    """Bring `store` from what is `known` to what the change says.

    Raises StoreError, or ConflictError if somebody else wrote the manifest since it was read. What was touched until
    then is noted as unsettled in the manifest that stands.
    """
    uploads = [action for action in change.actions if action.kind == "upload"]
    gone = [action.path for action in change.actions if action.kind == "delete"]
    steps = Steps(len(change.actions), progress)
    conditional = known.manifest.conditional or store.refuses_stale_writes()
    version, claimed = known.version, False
    if journal and uploads and gone:
        journal.note(known.version, [action.path for action in change.actions if action.kind != "keep"])
    if uploads and known.trusted and not gone:
        version, claimed = _claim(store, known, [action.path for action in uploads]), True
    try:
        kept = _keep_copies(change, store, known.manifest)
        if store.is_tree:
            store.delete(_in_the_way(gone, uploads))
        stamps: dict[str, Stamp] = {}
        for _, stage in groupby(uploads, key=lambda action: action.stage):
            in_parallel([action.path for action in stage], change.send, change.settings.concurrency, steps, stamps)
        manifest, unused = _manifest(change, known.manifest, stamps, kept, keep=_kept_releases(change))
        manifest = replace(manifest, conditional=conditional)
        interim = replace(manifest, unsettled=frozenset(gone))
        version = store.swap(MANIFEST_PATH, to_bytes(interim), expected=version)
    except BaseException as error:
        lost = isinstance(error, ConflictError)
        if not isinstance(error, UnreachableError) and (lost or not claimed):
            mark_unsettled(store, [action.path for action in uploads])
        if lost:
            raise _lost(store) from error
        raise
    steps.done(sum(action.kind == "keep" for action in change.actions))
    _tidy(store, manifest, gone, unused, version)
    if journal:
        journal.clear()
    steps.done(len(gone))


def _claim(store: Store, known: Published, paths: Collection[str]) -> str:
    """Note, before anything is touched, what is going to be."""
    noted = replace(known.manifest, unsettled=known.manifest.unsettled.union(paths))
    try:
        return store.swap(MANIFEST_PATH, to_bytes(noted), expected=known.version)
    except ConflictError as error:
        raise _lost(store) from error


def _tidy(store: Store, manifest: Manifest, gone: Sequence[str], unused: Sequence[str], version: str) -> None:
    if not gone:
        store.delete(unused)
        return
    store.delete([*gone, *unused])
    try:
        store.swap(MANIFEST_PATH, to_bytes(manifest), expected=version)
    except ConflictError:
        logger.warning("Another publisher began in %s before this one had tidied up.", store.name)
        mark_unsettled(store, gone)


def _manifest(
    change: Change, before: Manifest, stamps: dict[str, Stamp], kept: frozenset[str], *, keep: int
) -> tuple[Manifest, list[str]]:
    """The manifest of the new release, and the kept copies that it has no use for."""
    gone = {action.path for action in change.actions if action.kind == "delete"}
    retired = {path: old for path, old in before.retired.items() if path not in change.objects and path not in gone}
    for action in change.actions:
        if action.reason == "no longer used":
            retired[action.path] = Retired(before.objects[action.path], change.moment)
    for path, stamp in before.stamps.items():
        if path in change.objects or path in retired:
            stamps.setdefault(path, stamp)
    if change.release is None:
        return replace(before, unsettled=frozenset(), stamps=stamps, retired=retired), []
    record = replace(change.release, undo=undo(before, change.objects, kept) if before.releases else {})
    manifest = Manifest(
        record.release,
        record.published,
        change.objects,
        stamps=stamps,
        retired=retired,
        releases=(*before.releases, record),
    )
    return trimmed(manifest, keep)


def _kept_releases(change: Change) -> int:
    """The current release counts as one that is kept, and is always listed."""
    return max(1, _KEEP if change.settings.keep is None else change.settings.keep + 1)


def _keep_copies(change: Change, store: Store, before: Manifest) -> frozenset[str]:
    """Copy what is going to be replaced or deleted, where the store has no versions; the paths that were copied."""
    wanted = change.settings.keep if change.settings.keep is not None else (_KEEP if store.history == "links" else 0)
    if change.release is None or not wanted or store.history == "versions" or not before.releases:
        return frozenset()
    paths = [path for path in before.objects if before.objects[path] != change.objects.get(path)]

    def keep(path: str) -> bool:
        entry = before.objects[path]
        return store.keep(path, kept_path(entry), before.stamps.get(path, Stamp()))

    copied: dict[str, bool] = {}
    in_parallel(paths, keep, change.settings.concurrency, Steps(0, None), copied)
    doubtful = [path for path, there in copied.items() if not there]
    if doubtful:
        logger.warning("%d objects were not as published and cannot be kept for a rollback.", len(doubtful))
    return frozenset(path for path, there in copied.items() if there)


def _in_the_way(gone: Sequence[str], uploads: Sequence[Action]) -> list[str]:
    """Files that have to make room for a directory, or the other way round."""
    files = {action.path for action in uploads}
    folders = {path[:at] for path in files for at, letter in enumerate(path) if letter == "/"}
    return [path for path in gone if path in folders or any(path.startswith(f"{file}/") for file in files)]


def _lost(store: Store) -> ConflictError:
    return ConflictError(
        f"another publisher changed {store.name} while this one was at work; nothing of theirs was deleted.",
        remedy="Let only one publish at a time. Publish again to bring the site to this state.",
    )
