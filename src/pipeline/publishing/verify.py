"""Comparing what is stored with what the manifest says, object by object."""

from __future__ import annotations

import logging
from dataclasses import replace

from pipeline.publishing.manifest import Entry, Stamp
from pipeline.publishing.published import Published
from pipeline.publishing.stores import Listed, Store

__all__ = ["verified"]

logger = logging.getLogger(__name__)


def verified(store: Store, known: Published) -> Published:
    """`known` with the paths that have drifted, found by one listing (a request for each thousand objects).

    Missing objects, and objects of another size or ETag than was written, have drifted. Headers are not listed, so
    a change of those alone is not found. Objects that the manifest does not know are somebody else's.
    """
    manifest = known.manifest
    stored = {found.path: found for found in store.listing()}
    retired = {path: old for path, old in manifest.retired.items() if path in stored}
    entries = {**manifest.objects, **{path: old.entry for path, old in retired.items()}}
    drifted = frozenset(
        path
        for path, entry in entries.items()
        if not _is_same(stored.get(path), entry, manifest.stamps.get(path, Stamp()))
    )
    strangers = stored.keys() - entries.keys() - manifest.unsettled
    if strangers:
        logger.warning("%s holds %d objects that no manifest knows; they are left alone.", store.name, len(strangers))
    return replace(known, manifest=replace(manifest, retired=retired), drifted=drifted)


def _is_same(found: Listed | None, entry: Entry, stamp: Stamp) -> bool:
    if found is None:
        return False
    if stamp.etag:
        return found.etag.strip('"') == stamp.etag.strip('"')
    return bool(entry.encoding) or found.size == entry.size
