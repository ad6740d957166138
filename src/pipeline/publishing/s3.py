"""An S3 bucket as a store, at AWS or at any server that speaks its API."""

from __future__ import annotations

import base64
import ipaddress
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from pipeline.errors import ConfigError, ConflictError
from pipeline.publishing.manifest import Entry
from pipeline.publishing.paths import PRIVATE
from pipeline.publishing.s3_errors import code_of, explain
from pipeline.publishing.stores import Stored, read_checked

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from pipeline.config import PublishSettings

__all__ = ["S3Store", "connect"]

_BATCH = 1000  # keys in one DeleteObjects request
_STREAMED = 16 * 2**20  # bytes from which a file is not held in memory
_ATTEMPTS = 4  # of one request, before a fault counts
_SWAPS = 5  # of one conditional write that meets another at the same moment


class S3Store:
    """The objects below a prefix of a bucket."""

    def __init__(
        self, client: S3Client, bucket: str, prefix: str = "", *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """`prefix` has no slash at its ends. `sleep` waits between attempts of a conditional write."""
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._sleep = sleep
        self._requests = 0
        self._counting = Lock()
        client.meta.events.register("before-send.s3", self._count)

    @property
    def name(self) -> str:
        """`s3://bucket/prefix`."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    @property
    def requests(self) -> int:
        """HTTP requests sent, each attempt counted."""
        return self._requests

    def read(self, path: str) -> Stored | None:
        """GET; None for a key that is not there."""
        from botocore.exceptions import ClientError

        with self._explained():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + path)
                return Stored(answer["Body"].read(), answer["ETag"])
            except ClientError as error:
                if code_of(error) == "NoSuchKey":
                    return None
                raise

    def swap(self, path: str, data: bytes, *, expected: str | None) -> str:
        """PUT with If-Match, or with If-None-Match; 409 (two at the same moment) is tried again."""
        from botocore.exceptions import ClientError

        condition: dict[str, Any] = {"IfNoneMatch": "*"} if expected is None else {"IfMatch": expected}
        with self._explained():
            for attempt in range(_SWAPS):
                try:
                    return self._client.put_object(
                        Bucket=self._bucket,
                        Key=self._prefix + path,
                        Body=data,
                        ContentType="application/json",
                        CacheControl="private, no-store",
                        **condition,
                    )["ETag"]
                except ClientError as error:
                    code = code_of(error)
                    if code in {"PreconditionFailed", "412", "NoSuchKey"}:
                        break
                    if code not in {"ConditionalRequestConflict", "OperationAborted", "409"}:
                        raise
                    self._sleep(0.2 * 2**attempt)
        # A repeated request may have met its own first attempt, whose answer was lost on the way.
        stored = self.read(path)
        if stored and stored.data == data:
            return stored.version
        raise ConflictError(f"{self.name} was changed by another publisher.")

    def put(self, path: str, source: Path, entry: Entry) -> None:
        """PUT, with a checksum that the server compares with what arrives."""
        if entry.size < _STREAMED:
            self._put(path, read_checked(source, entry), entry)
            return
        with self._explained(), source.open("rb") as body:
            self._put(path, body, entry)

    def delete(self, paths: Sequence[str]) -> None:
        """One request for each thousand."""
        for start in range(0, len(paths), _BATCH):
            keys = [{"Key": self._prefix + path} for path in paths[start : start + _BATCH]]
            with self._explained():
                answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True})  # type: ignore[typeddict-item]
            for refused in answer.get("Errors", []):
                raise explain(f"{refused.get('Code')}: {refused.get('Message')}", refused.get("Code", ""), self.name)

    def paths(self) -> Iterator[str]:
        """Every key below the prefix, a thousand for a request."""
        with self._explained():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            for page in pages:
                for found in page.get("Contents", []):
                    path = found["Key"].removeprefix(self._prefix)
                    if not path.startswith(f"{PRIVATE}/"):
                        yield path

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _put(self, path: str, body: Any, entry: Entry) -> None:
        with self._explained():
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._prefix + path,
                Body=body,
                ContentType=entry.content_type,
                CacheControl=entry.cache_control,
                ChecksumSHA256=base64.b64encode(bytes.fromhex(entry.sha256)).decode(),
            )

    def _count(self, **_: object) -> None:
        with self._counting:
            self._requests += 1

    @contextmanager
    def _explained(self) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        try:
            yield
        except (BotoCoreError, ClientError, ResponseParserError, RecursionError) as error:
            raise explain(error, code_of(error), self.name) from error


def connect(
    settings: PublishSettings,
    bucket: str,
    prefix: str,
    *,
    env: Mapping[str, str] = os.environ,
    attempts: int = _ATTEMPTS,
) -> S3Store:
    """A store for a bucket; sends nothing yet.

    Credentials are found as the AWS tools find them. A server on loopback is not AWS: without a `profile` and without
    credentials in the environment it is given invented ones, and neither files nor AWS services are asked for any.
    """
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    endpoint = settings.endpoint_url or env.get("AWS_ENDPOINT_URL_S3") or env.get("AWS_ENDPOINT_URL") or None
    local = endpoint is not None and _is_loopback(endpoint)
    options: dict[str, Any] = {
        "retries": {"mode": "standard", "total_max_attempts": attempts},
        "max_pool_connections": settings.concurrency,
        "connect_timeout": 10,
        "read_timeout": 60,
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
        "s3": {"addressing_style": "path" if endpoint else "auto"},
    }
    if local:
        options |= {"proxies": {}, "use_fips_endpoint": False, "use_dualstack_endpoint": False}
    invented = local and not settings.profile and not env.get("AWS_ACCESS_KEY_ID")
    try:
        if invented:
            unset = (None, None, None, None)
            nowhere = (None, None, os.devnull, None)
            session = botocore.session.Session(
                session_vars={"profile": unset, "config_file": nowhere, "credentials_file": nowhere}
            )
            session.set_credentials("local", "local")
        else:
            session = botocore.session.Session(profile=settings.profile or None)
        region = settings.region or (None if endpoint is None else session.get_config_variable("region") or "us-east-1")
        client = session.create_client("s3", region_name=region, endpoint_url=endpoint, config=Config(**options))
    except (BotoCoreError, ValueError) as error:
        raise ConfigError(
            f"[publish] cannot be used to reach s3://{bucket}: {error}.",
            remedy="Mend `profile`, `region` or `endpoint_url` there, or the AWS configuration files.",
        ) from error
    return S3Store(cast("S3Client", client), bucket, prefix)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
