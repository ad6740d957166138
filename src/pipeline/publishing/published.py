"""The manifest that is published: read and doubted, and marked when a publish was broken off."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace

from pipeline.errors import ConflictError, PipelineError
from pipeline.publishing.manifest import Manifest, UntrustedManifestError, parse_manifest
from pipeline.publishing.paths import MANIFEST_PATH
from pipeline.publishing.stores import Store

__all__ = ["Published", "mark_unsettled", "read_published"]

logger = logging.getLogger(__name__)

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Published:
    """The published manifest, and the version of it that the store holds (None: there is none)."""

    manifest: Manifest
    version: str | None


def read_published(store: Store, wanted: Collection[str]) -> Published:
    """What is published, in one request if the manifest is there and whole.

    Otherwise the store is listed: of the `wanted` paths, those that are there are unsettled. Everything else that is
    there may belong to somebody else, and never enters a manifest, so it is never deleted.
    """
    stored = store.read(MANIFEST_PATH)
    if stored:
        try:
            return Published(parse_manifest(stored.data), stored.version)
        except UntrustedManifestError as doubt:
            logger.warning("The manifest in %s is not used: %s. The site is uploaded again.", store.name, doubt)
    there = set(store.paths())
    if others := len(there.difference(wanted)):
        logger.warning("%s holds %d objects that no manifest knows; they are left alone.", store.name, others)
    return Published(Manifest(unsettled=frozenset(there.intersection(wanted))), stored.version if stored else None)


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
                store.swap(MANIFEST_PATH, marked.to_bytes(), expected=stored.version)
            except ConflictError:
                continue
            return
    except (PipelineError, UntrustedManifestError) as error:
        logger.debug("The broken-off publish could not be noted in %s: %s", store.name, error)
