"""The manifest that is published: read and doubted, and marked when a publish was broken off."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from pipeline.errors import ConflictError, PipelineError, PublishError
from pipeline.publishing.manifest import Entry, Manifest
from pipeline.publishing.paths import MANIFEST_PATH
from pipeline.publishing.stores import Store
from pipeline.publishing.wire import UntrustedManifestError, parse_manifest, to_bytes

__all__ = ["Published", "mark_unsettled", "read_published", "read_releases"]

logger = logging.getLogger(__name__)

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Published:
    """The published manifest, and the version of it that the store holds (None: there is none).

    `trusted` if it was read, and not made up from a listing. `drifted` are paths that were looked at, and hold
    something else than the manifest says.
    """

    manifest: Manifest
    version: str | None
    trusted: bool = True
    drifted: frozenset[str] = frozenset()


def read_published(store: Store, wanted: Mapping[str, Entry], *, adopt: bool = False) -> Published:
    """What is published, in one request if the manifest is there and whole.

    Otherwise the store is listed: of the `wanted` paths, those that are there are unsettled. Everything else that is
    there may belong to somebody else, and never enters a manifest, so it is never deleted. If that is most of what is
    there, and no manifest of ours ever stood there, PublishError is raised unless `adopt` says that it is meant.
    """
    stored = store.read(MANIFEST_PATH)
    ours = False
    if stored:
        try:
            return Published(parse_manifest(stored.data, alike=wanted), stored.version)
        except UntrustedManifestError as doubt:
            ours = doubt.ours
            logger.warning("The manifest in %s is not used: %s. The site is uploaded again.", store.name, doubt)
    there = {found.path for found in store.listing()}
    others = there.difference(wanted)
    if len(others) * 2 > len(there) and not ours and not adopt:
        raise PublishError(
            f"{store.name} holds {len(others)} objects that were not published from here, such as {min(others)!r}.",
            remedy="Mend [publish] `target`; if the site belongs among them, say --adopt, and they are left alone.",
        )
    if others:
        logger.warning("%s holds %d objects that no manifest knows; they are left alone.", store.name, len(others))
    unsettled = Manifest(unsettled=frozenset(there.intersection(wanted)))
    return Published(unsettled, stored.version if stored else None, trusted=False)


def read_releases(store: Store) -> Published:
    """The published manifest, which has to be there and whole; else PublishError."""
    stored = store.read(MANIFEST_PATH)
    if stored is None:
        raise PublishError(f"nothing is published in {store.name}.", remedy="Publish the site first.")
    try:
        return Published(parse_manifest(stored.data), stored.version)
    except UntrustedManifestError as doubt:
        raise PublishError(
            f"the manifest in {store.name} cannot be used: {doubt}.", remedy="Publish again, which makes a new one."
        ) from doubt


def mark_unsettled(store: Store, paths: Collection[str]) -> None:
    """Note in the published manifest that `paths` may hold anything, so that the next publish writes them again.

    As well as it can be done: a store that fails here has already failed the publish, with a better message.
    """
    try:
        for _ in range(_ATTEMPTS):
            stored = store.read(MANIFEST_PATH)
            if stored is None:
                return  # the next publish lists the store
            manifest = parse_manifest(stored.data)
            marked = replace(manifest, unsettled=manifest.unsettled.union(paths))
            try:
                store.swap(MANIFEST_PATH, to_bytes(marked), expected=stored.version)
            except ConflictError:
                continue
            return
    except (PipelineError, UntrustedManifestError) as error:
        logger.debug("The broken-off publish could not be noted in %s: %s", store.name, error)
