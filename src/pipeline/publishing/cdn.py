"""Telling CloudFront which addresses have changed. The site is published by then, so nothing here fails it."""

from __future__ import annotations

import logging
import posixpath
import re
import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pipeline.publishing.headers import IMMUTABLE
from pipeline.publishing.manifest import Entry, Manifest
from pipeline.publishing.plan import Action

if TYPE_CHECKING:
    from pipeline.config import PublishSettings
    from pipeline.config.publishing import CloudFrontSettings

__all__ = ["collapsed", "invalidate"]

logger = logging.getLogger(__name__)

_WAIT = {"Delay": 10, "MaxAttempts": 60}


def invalidate(actions: Sequence[Action], before: Manifest, settings: PublishSettings) -> str:
    """Have the distribution forget what changed; what was asked for, or why it could not be. Empty: nothing to ask.

    `before` is the manifest that stood before the actions.
    """
    cdn = settings.cloudfront
    items = _items(_stale(actions, before), before, cdn)
    if not cdn.distribution or not items:
        return ""
    try:
        client = _client(settings)
        batch: Any = {"Paths": {"Quantity": len(items), "Items": items}, "CallerReference": uuid.uuid4().hex}
        asked = client.create_invalidation(DistributionId=cdn.distribution, InvalidationBatch=batch)
        number = asked["Invalidation"]["Id"]
        if cdn.wait:
            waiter = client.get_waiter("invalidation_completed")
            waiter.wait(DistributionId=cdn.distribution, Id=number, WaiterConfig=_WAIT)
    except Exception as error:  # noqa: BLE001 - whatever it is, the site is published
        logger.warning(
            "The site is published, but CloudFront was not told, and may show old pages for a while: %s", error
        )
        return "CloudFront was not told"
    return f"CloudFront was told of {len(items)} path{'s' if len(items) != 1 else ''} ({number})"


def _stale(actions: Iterable[Action], before: Manifest) -> list[str]:
    """The paths of which a cache may hold something old: not what is new, and not what never changes."""
    found = []
    for action in actions:
        known = before.objects.get(action.path)
        spent = action.kind == "delete" and known is not None and known.cache_control == IMMUTABLE
        if action.kind != "keep" and action.reason != "new" and not spent:
            found.append(action.path)
    return found


def _items(stale: Iterable[str], before: Manifest, cdn: CloudFrontSettings) -> list[str]:
    """What the distribution is asked to forget: addresses, or tags where there are too many of those."""
    tags = {path: _tag(before.objects.get(path), cdn.tag_header) for path in stale}
    addresses = {path: f"{cdn.path}/{path}" for path in tags}
    named = {f"#{tag}" for tag in tags.values() if tag}
    if len(named) < cdn.max_paths < len(_spelt(addresses.values())):
        left = [address for path, address in addresses.items() if not tags[path]]
        return [*sorted(named), *collapsed(left, cdn.max_paths - len(named))]
    return collapsed(addresses.values(), cdn.max_paths)


def _tag(entry: Entry | None, header: str) -> str:
    """The first of the tags with which an object is cached; empty if it has none."""
    value = dict(entry.headers).get(header.lower(), "") if entry else ""
    return value.partition(",")[0].strip()


def collapsed(paths: Iterable[str], most: int) -> list[str]:
    """At most `most` paths for CloudFront that cover `paths`: as they are, or with a wildcard for a directory.

    A page `/a/index.html` is also known as `/a/`, and a cache may hold it under either name.
    """
    found = _spelt(paths)
    while len(found) > most:
        depth = max(_depth(path) for path in found)
        if depth <= 1:
            return ["/*"]
        found = {_upwards(path) if _depth(path) == depth else path for path in found}
        covering = {path[:-1] for path in found if path.endswith("*")}
        found = {path for path in found if not any(path != f"{top}*" and path.startswith(top) for top in covering)}
    return sorted(found)


def _spelt(paths: Iterable[str]) -> set[str]:
    names = (name for path in paths for name in {path, re.sub("/index.html$", "/", path)})
    return {quote(name, safe="/-_.~!$&'()+,;=:@") for name in names}


def _depth(path: str) -> int:
    return path.removesuffix("*").rstrip("/").count("/")


def _upwards(path: str) -> str:
    return posixpath.dirname(path.removesuffix("*").rstrip("/")).rstrip("/") + "/*"


def _client(settings: PublishSettings) -> Any:
    from botocore.config import Config

    from pipeline.publishing.s3_connect import session_for

    endpoint = settings.cloudfront.endpoint_url or None
    config = Config(retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=10, read_timeout=60)
    session = session_for(settings, endpoint)
    return session.create_client("cloudfront", region_name="us-east-1", endpoint_url=endpoint, config=config)
