"""An S3 bucket as a store, at AWS or at any server that speaks its API."""

from __future__ import annotations

import base64
import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import cached_property
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import ConflictError, PublishError, StoreError
from pipeline.publishing.manifest import Entry, Past, Stamp, kept_path
from pipeline.publishing.paths import PRIVATE, PROBE_PATH, is_private
from pipeline.publishing.s3_errors import code_of, explain
from pipeline.publishing.s3_objects import goes_in_parts, headers_of, put_in_parts
from pipeline.publishing.source import encoded
from pipeline.publishing.stores import Listed, Stored

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from pipeline.publishing.s3_bulk import Bulk

__all__ = ["S3Store"]

logger = logging.getLogger(__name__)

_BATCH = 1000  # keys in one DeleteObjects request
_LARGE = 4 * 2**20  # bytes; of such files few are in memory at once
_LARGE_AT_ONCE = 2
_SWAPS = 5  # of one conditional write that meets another at the same moment
_STALE = {"PreconditionFailed", "412", "NoSuchKey", "404"}
_MEANWHILE = {"ConditionalRequestConflict", "OperationAborted", "409"}


class S3Store:
    """The objects below a prefix of a bucket."""

    is_tree = False

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        prefix: str = "",
        *,
        state: str = PRIVATE,
        lock: bool = True,
        is_aws: bool = False,
        bulk: Callable[[], Bulk | None] = lambda: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`prefix` has no slash at its ends. The manifest is kept below `state`; with `lock`, under conditions.

        `bulk` makes what uploads most files faster, if there is any; it is called once, by the first upload. `sleep`
        waits between attempts of a conditional write.
        """
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._state = state
        self._lock = lock
        self._is_aws = is_aws
        self._connect_bulk = bulk
        self._sleep = sleep
        self._requests = 0
        self._counting = Lock()
        self._large = BoundedSemaphore(_LARGE_AT_ONCE)
        self._versioned = False
        self._quoted = True  # whether the server compares ETags with their quotes
        client.meta.events.register("before-send.s3", self._count)

    @property
    def name(self) -> str:
        """`s3://bucket/prefix`."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    @property
    def requests(self) -> int:
        """HTTP requests sent, each attempt counted."""
        return self._requests

    @property
    def client(self) -> S3Client:
        """For questions about the bucket, which no other store can answer."""
        return self._client

    @property
    def bucket(self) -> str:
        """Its name."""
        return self._bucket

    @property
    def history(self) -> Literal["versions", "copies"]:
        """By the last answer of the bucket, which names a version or does not."""
        return "versions" if self._versioned else "copies"

    def read(self, path: str) -> Stored | None:
        """GET; None for a key that is not there."""
        from botocore.exceptions import ClientError

        with self._explained():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._key(path))
                self._versioned = answer.get("VersionId", "null") != "null"
                return Stored(answer["Body"].read(), answer["ETag"])
            except ClientError as error:
                if code_of(error) == "NoSuchKey":
                    return None
                raise

    def swap(self, path: str, data: bytes, *, expected: str | None) -> str:
        """PUT with If-Match, or with If-None-Match; 409 (two at the same moment) is tried again."""
        if not self._lock:
            return self._swap_if(path, data, {})[1]
        done, etag = self._swap_if(path, data, self._condition(expected))
        if done:
            return etag
        # A repeated request may have met its own first attempt, whose answer was lost on the way.
        stored = self.read(path)
        if stored and stored.data == data:
            return stored.version
        if stored and stored.version == expected and self._quoted:
            self._quoted = False  # Ceph compares the tag without its quotes
            done, etag = self._swap_if(path, data, self._condition(expected))
            if done:
                return etag
        raise ConflictError(f"{self.name} was changed by another publisher.")

    def refuses_stale_writes(self) -> bool:
        """AWS does; of another server it is tried, on a key that is never there."""
        from botocore.exceptions import ClientError

        if not self._lock:
            logger.warning("Without a lock, two publishers at once can overwrite each other's pages.")
            return False
        if self._is_aws:
            return True
        stale: dict[str, Any] = {"IfMatch": '"00000000000000000000000000000000"'}
        with self._explained():
            try:
                self._client.put_object(Bucket=self._bucket, Key=self._key(PROBE_PATH), Body=b"{}", **stale)
            except ClientError as error:
                if code_of(error) in _STALE:
                    return True
                raise
        self.delete([PROBE_PATH])
        raise StoreError(
            f"{self.name}: the server ignores conditions, so two publishers could overwrite each other's pages.",
            remedy="Use a server that knows If-Match, or see to it that only one publishes, and say --no-lock.",
        )

    def write_probe(self) -> None:
        """An object of no meaning, to see whether one can be written."""
        with self._explained():
            self._client.put_object(Bucket=self._bucket, Key=self._key(PROBE_PATH), Body=b"{}")

    def put(self, path: str, source: Path, entry: Entry) -> Stamp:
        """PUT, with a checksum that the server compares with what arrives; a large file in parts."""
        with self._large if entry.size > _LARGE else nullcontext():
            return self._put(self._key(path), source, entry)

    def keep(self, path: str, copy: str, stamp: Stamp) -> bool:
        """A server-side copy, headers and all."""
        from botocore.exceptions import ClientError

        condition: dict[str, Any] = {"CopySourceIfMatch": stamp.etag} if stamp.etag and self._quoted else {}
        with self._explained():
            try:
                source = {"Bucket": self._bucket, "Key": self._key(path)}
                self._client.copy_object(Bucket=self._bucket, Key=self._key(copy), CopySource=source, **condition)  # type: ignore[arg-type]
            except ClientError as error:
                if code_of(error) in _STALE:
                    return False
                raise
        return True

    def restore(self, path: str, past: Past) -> Stamp:
        """A server-side copy of the version, or of what was kept, with the headers of then."""
        if past.kept:
            source = {"Bucket": self._bucket, "Key": self._key(kept_path(past.entry))}
        else:
            version = past.stamp.version or "null"  # written before the bucket had versions
            source = {"Bucket": self._bucket, "Key": self._key(path), "VersionId": version}
        with self._explained():
            try:
                answer = self._client.copy_object(
                    Bucket=self._bucket,
                    Key=self._key(path),
                    CopySource=source,  # type: ignore[arg-type]
                    MetadataDirective="REPLACE",
                    **headers_of(past.entry),
                )
            except self._client.exceptions.ClientError as error:
                if code_of(error) not in {"NoSuchKey", "NoSuchVersion", "404"}:
                    raise
                raise PublishError(
                    f"{self.name}: {path!r} of that release is not there any more.",
                    remedy="Choose a later release, or build the site from its commit and publish that.",
                ) from error
        return Stamp(answer["CopyObjectResult"].get("ETag", ""), self._stamp(answer).version)

    def delete(self, paths: Sequence[str]) -> None:
        """One request for each thousand."""
        for start in range(0, len(paths), _BATCH):
            keys = [{"Key": self._key(path)} for path in paths[start : start + _BATCH]]
            with self._explained():
                answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True})  # type: ignore[typeddict-item]
            for refused in answer.get("Errors", []):
                raise explain(f"{refused.get('Code')}: {refused.get('Message')}", refused.get("Code", ""), self.name)

    def listing(self) -> Iterator[Listed]:
        """Every key below the prefix, a thousand for a request."""
        hidden = f"{self._prefix}{self._state}/"
        with self._explained():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            for page in pages:
                for found in page.get("Contents", []):
                    if not found["Key"].startswith(hidden) and found["Key"] != self._prefix:
                        yield Listed(found["Key"].removeprefix(self._prefix), found["Size"], found.get("ETag", ""))

    def close(self) -> None:
        """Close the connections."""
        with suppress(AttributeError):
            self._client.close()

    @cached_property
    def _bulk(self) -> Bulk | None:
        return self._connect_bulk()

    def _put(self, key: str, source: Path, entry: Entry) -> Stamp:
        if goes_in_parts(entry):
            with self._explained():
                return put_in_parts(self._client, self._bucket, key, source, entry)
        data = encoded(source, entry)
        if self._bulk and self._bulk.takes(entry):
            self._count()
            if stamp := self._bulk.put(key, data, entry):
                self._versioned |= bool(stamp.version)
                return stamp
        arguments = headers_of(entry)
        arguments["ChecksumSHA256"] = _checksum(data)
        with self._explained():
            return self._stamp(self._client.put_object(Bucket=self._bucket, Key=key, Body=data, **arguments))

    def _key(self, path: str) -> str:
        if is_private(path):
            return f"{self._prefix}{self._state}{path.removeprefix(PRIVATE)}"
        return self._prefix + path

    def _condition(self, expected: str | None) -> dict[str, str]:
        if expected is None:
            return {"IfNoneMatch": "*"}
        return {"IfMatch": expected if self._quoted else expected.strip('"')}

    def _swap_if(self, path: str, data: bytes, condition: dict[str, Any]) -> tuple[bool, str]:
        """Whether it was written, and under which ETag."""
        from botocore.exceptions import ClientError

        with self._explained():
            for attempt in range(_SWAPS):
                try:
                    answer = self._client.put_object(
                        Bucket=self._bucket,
                        Key=self._key(path),
                        Body=data,
                        ContentType="application/json",
                        CacheControl="private, no-store",
                        ChecksumSHA256=_checksum(data),
                        **condition,
                    )
                    return True, self._stamp(answer).etag
                except ClientError as error:
                    code = code_of(error)
                    if code in _STALE:
                        break
                    if code not in _MEANWHILE:
                        raise
                    self._sleep(0.2 * 2**attempt)
        return False, ""

    def _stamp(self, answer: Any) -> Stamp:
        version = answer.get("VersionId", "")
        self._versioned = version not in {"", "null"}
        return Stamp(answer.get("ETag", ""), version)

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


def _checksum(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
