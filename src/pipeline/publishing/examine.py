"""Trying the target before a publish does: each check says how it stands, or what to mend."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import PipelineError
from pipeline.publishing.paths import PROBE_PATH
from pipeline.publishing.published import read_releases
from pipeline.publishing.s3_errors import code_of
from pipeline.publishing.target import open_store

if TYPE_CHECKING:
    from pipeline.config import PublishSettings
    from pipeline.publishing.s3 import S3Store
    from pipeline.publishing.stores import Store

__all__ = ["examine_target"]

Check = tuple[str, bool, str]

_DENIED = {"AccessDenied", "403", "MethodNotAllowed", "NotImplemented", "501", "405"}


def examine_target(settings: PublishSettings, *, root: Path | None = None, site: Path | None = None) -> list[Check]:
    """What `(check, fine, says)` of credentials, region, listing, writing, conditions, versions, access and website.

    One small object is written to a bucket and deleted; a directory is looked at only. Nothing raises: a fault is a
    check that is not fine, and ends the list. A relative target counts from `root`; `site` is the built site.
    """
    checks: list[Check] = []
    try:
        where = root or Path.cwd()
        store = open_store(settings, root=where, site=site or where / "public")
        try:
            checks.extend(_checks(store))
        finally:
            store.close()
    except PipelineError as error:
        checks.append(("target", False, str(error)))
    return checks


def _checks(store: Store) -> Iterator[Check]:
    from pipeline.publishing.s3 import S3Store

    next(iter(store.listing()), None)
    if isinstance(store, S3Store):
        yield ("target", True, f"{store.name} answers, and takes these credentials")
        for check in (_region, _writing, _conditions, _versioning, _public_access, _website):
            yield check(store)
    else:
        yield _directory(Path(store.name))
    yield _release(store)


def _directory(path: Path) -> Check:
    there = next(place for place in (path, *path.parents) if place.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return ("target", True, f"{path} can be written to")
    return ("target", False, f"{there} cannot be written to. Change its permissions, or [publish] `target`")


def _region(store: S3Store) -> Check:
    ours = store.client.meta.region_name
    answer, unknown = _asked(lambda: store.client.head_bucket(Bucket=store.bucket), "the server does not say")
    theirs = answer and answer.get("BucketRegion")
    if not theirs or theirs == ours:
        return ("region", True, ours if theirs else f"{ours}; {unknown or 'the server does not say'}")
    return ("region", False, f"the bucket is in {theirs}, and asked for in {ours}. Set [publish] `region` to {theirs}")


def _writing(store: S3Store) -> Check:
    store.write_probe()
    store.delete([PROBE_PATH])
    return ("writing", True, "an object can be written and deleted")


def _conditions(store: S3Store) -> Check:
    try:
        store.refuses_stale_writes()
    except PipelineError as error:
        return ("conditional writes", False, str(error))
    return ("conditional writes", True, "known, so of two publishers one wins")


def _asked(question: Callable[[], Any], absent: str) -> tuple[Any, str]:
    """The answer of a configuration call, or why there is none."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return question(), ""
    except (ClientError, BotoCoreError) as error:
        code = code_of(error)
        if code in _DENIED:
            return None, f"these credentials or this server do not tell ({code})"
        return None, absent


def _versioning(store: S3Store) -> Check:
    answer, unknown = _asked(lambda: store.client.get_bucket_versioning(Bucket=store.bucket), "the server does not say")
    if answer is None:
        return ("versioning", True, unknown)
    if answer.get("Status") == "Enabled":
        return ("versioning", True, "on: releases can be rolled back at no cost")
    return ("versioning", True, "off: `rollback` needs it, or [publish] `keep`, which copies what is replaced")


def _public_access(store: S3Store) -> Check:
    answer, unknown = _asked(lambda: store.client.get_public_access_block(Bucket=store.bucket), "")
    if answer is None:
        return ("public access", True, unknown or "not blocked by the bucket: right for a website bucket without a CDN")
    if all(answer["PublicAccessBlockConfiguration"].values()):
        return ("public access", True, "blocked: readers have to come through a CDN")
    return ("public access", True, "partly blocked")


def _website(store: S3Store) -> Check:
    answer, unknown = _asked(
        lambda: store.client.get_bucket_website(Bucket=store.bucket),
        "none: right behind a CDN; without one, switch it on with index.html and 404.html",
    )
    if answer is None:
        return ("website", True, unknown)
    index = answer.get("IndexDocument", {}).get("Suffix", "")
    error = answer.get("ErrorDocument", {}).get("Key", "")
    fine = index == "index.html" and error.endswith("404.html")
    says = f"index document {index or 'none'!s}, error document {error or 'none'!s}"
    return ("website", fine, says if fine else f"{says}. Set them to index.html and 404.html")


def _release(store: Store) -> Check:
    try:
        manifest = read_releases(store).manifest
    except PipelineError as error:
        return ("release", True, str(error))
    unsettled = f"; {len(manifest.unsettled)} objects wait for a publish to finish" if manifest.unsettled else ""
    return ("release", not unsettled, f"{manifest.release}, {len(manifest.objects)} objects{unsettled}")
