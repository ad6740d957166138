"""Telling CloudFront which addresses have changed. The site is published by then, so nothing here fails it."""

from __future__ import annotations

import logging
import posixpath
import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pipeline.publishing.headers import IMMUTABLE
from pipeline.publishing.manifest import Manifest
from pipeline.publishing.plan import Action

if TYPE_CHECKING:
    from pipeline.config import PublishSettings

__all__ = ["collapsed", "invalidate", "stale_addresses"]

logger = logging.getLogger(__name__)

_WAIT = {"Delay": 10, "MaxAttempts": 60}


def invalidate(actions: Sequence[Action], before: Manifest, settings: PublishSettings) -> str:
    """Have the distribution forget what changed; what was asked for, or why it could not be. Empty: nothing to ask.

    `before` is the manifest that stood before the actions.
    """
    cdn = settings.cloudfront
    paths = collapsed((f"{cdn.path}{path}" for path in stale_addresses(actions, before)), cdn.max_paths)
    if not cdn.distribution or not paths:
        return ""
    try:
        client = _client(settings)
        batch: Any = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": uuid.uuid4().hex}
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
    return f"CloudFront was told of {len(paths)} path{'s' if len(paths) != 1 else ''} ({number})"


def stale_addresses(actions: Iterable[Action], before: Manifest) -> list[str]:
    """The paths whose old content, or whose absence, a cache may hold. What never changes is not among them."""
    found = []
    for action in actions:
        known = before.objects.get(action.path)
        immutable = known is not None and known.cache_control == IMMUTABLE
        if action.kind != "keep" and not (immutable and action.kind == "delete"):
            found.append(f"/{action.path}")
    return found if before.objects or before.unsettled else []


def collapsed(paths: Iterable[str], most: int) -> list[str]:
    """At most `most` paths for CloudFront that cover `paths`: as they are, or with a wildcard for a directory.

    A page `/a/index.html` is also known as `/a/`, and a cache may hold it under either name.
    """
    found = {quote(name, safe="/-_.~!$&'()+,;=:@") for path in paths for name in _names(path)}
    while len(found) > most:
        depth = max(_depth(path) for path in found)
        if depth <= 1:
            return ["/*"]
        found = {_upwards(path) if _depth(path) == depth else path for path in found}
        covering = {path[:-1] for path in found if path.endswith("*")}
        found = {path for path in found if not any(path != f"{top}*" and path.startswith(top) for top in covering)}
    return sorted(found)


def _names(path: str) -> tuple[str, ...]:
    return (path, path.removesuffix("index.html")) if path.endswith("/index.html") else (path,)


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
