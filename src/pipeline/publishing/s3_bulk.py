"""Uploading many small files: a compiled client takes a fraction of the CPU time that boto3's threads need."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pipeline.publishing.manifest import Entry, Stamp
from pipeline.publishing.s3_objects import METADATA

if TYPE_CHECKING:
    from obstore.store import S3Store as Client

__all__ = ["Bulk", "connect_bulk"]

logger = logging.getLogger(__name__)

_TIMEOUT = "60s"


class Bulk:
    """Sends one attempt of an upload. Faults are not explained here: boto3 is asked again, and it tells them apart."""

    def __init__(self, client: Client) -> None:
        """`client` does not repeat requests by itself, so that they can be counted."""
        self._client = client

    def takes(self, entry: Entry) -> bool:
        """It cannot store redirects, nor when something expires."""
        return not entry.redirect and "expires" not in dict(entry.headers)

    def put(self, key: str, data: bytes, entry: Entry) -> Stamp | None:
        """The stamp, or None if it did not work out, for whatever reason."""
        import obstore

        attributes = {"Content-Type": entry.content_type, "Cache-Control": entry.cache_control}
        if entry.encoding:
            attributes["Content-Encoding"] = entry.encoding
        attributes |= {name.removeprefix(METADATA): value for name, value in entry.headers}
        try:
            done = obstore.put(self._client, key, data, attributes=attributes, use_multipart=False)
        except Exception as error:  # noqa: BLE001 - there are many kinds, and the answer to each is the same
            logger.debug("%s is sent again: %s", key, error)
            return None
        return Stamp(done["e_tag"] or "", done["version"] or "")


def connect_bulk(
    bucket: str, *, region: str, endpoint: str | None, credentials: Callable[[], Any], concurrency: int
) -> Bulk | None:
    """A client for a bucket, with the credentials that boto3 has found; None if there is none for this machine."""
    try:
        from obstore.store import S3Store as Client
    except ImportError:
        return None

    options: dict[str, Any] = {
        "timeout": _TIMEOUT,
        "connect_timeout": "10s",
        "pool_max_idle_per_host": str(concurrency),
    }
    if endpoint and endpoint.startswith("http://"):
        options["allow_http"] = True
    try:
        client = Client(
            bucket,
            region=region,
            endpoint=endpoint,
            checksum_algorithm="SHA256",
            virtual_hosted_style_request=endpoint is None and "." not in bucket,
            credential_provider=credentials,
            client_options=options,  # type: ignore[arg-type]
            retry_config={"max_retries": 0},
        )
    except Exception as error:  # noqa: BLE001 - it is a convenience, and boto3 does the same
        logger.debug("Uploads go through boto3: %s", error)
        return None
    return Bulk(client)
