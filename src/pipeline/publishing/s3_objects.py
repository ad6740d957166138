"""What S3 is told about an object, and how a large one is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.publishing.manifest import Entry, Stamp
from pipeline.publishing.source import changed_meanwhile

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["headers_of", "put_in_parts"]

_PART = 16 * 2**20  # bytes
_PARTS = 10_000  # S3 allows no more
_NAMES = {
    "content-disposition": "ContentDisposition",
    "content-language": "ContentLanguage",
    "expires": "Expires",
}
METADATA = "x-amz-meta-"


def headers_of(entry: Entry) -> dict[str, Any]:
    """The arguments of put_object and its like for an entry's headers."""
    found: dict[str, Any] = {"ContentType": entry.content_type, "CacheControl": entry.cache_control}
    if entry.encoding:
        found["ContentEncoding"] = entry.encoding
    if entry.redirect:
        found["WebsiteRedirectLocation"] = entry.redirect
    metadata = {}
    for name, value in entry.headers:
        if name.lower().startswith(METADATA):
            metadata[name.lower().removeprefix(METADATA)] = value
        else:
            found[_NAMES[name.lower()]] = value
    if metadata:
        found["Metadata"] = metadata
    return found


def put_in_parts(client: S3Client, bucket: str, key: str, source: Path, entry: Entry) -> Stamp:
    """A multipart upload; it is given up, with PublishError, if the file is not the one that was planned.

    Its ETag says nothing of the content, so the digest is stored as `x-amz-meta-sha256`.
    """
    headers = headers_of(entry)
    headers["Metadata"] = {**headers.get("Metadata", {}), "sha256": entry.sha256}
    upload = client.create_multipart_upload(Bucket=bucket, Key=key, **headers)["UploadId"]
    here: Any = {"Bucket": bucket, "Key": key, "UploadId": upload}
    digest = hashlib.sha256()
    try:
        parts: list[Any] = []
        with source.open("rb") as file:
            for number, data in enumerate(_parts(file, entry.size), 1):
                digest.update(data)
                sent = client.upload_part(**here, PartNumber=number, Body=data)
                parts.append({"PartNumber": number, "ETag": sent["ETag"]})
        if digest.hexdigest() != entry.sha256:
            raise changed_meanwhile(source)
        done = client.complete_multipart_upload(**here, MultipartUpload={"Parts": parts})
    except OSError as error:
        _give_up(client, here)
        raise changed_meanwhile(source) from error
    except BaseException:
        _give_up(client, here)
        raise
    return Stamp(done.get("ETag", ""), done.get("VersionId", ""))


def _parts(file: BinaryIO, size: int) -> Iterator[bytes]:
    length = max(_PART, -(-size // _PARTS))
    while data := file.read(length):
        yield data


def _give_up(client: S3Client, here: Any) -> None:
    """What is left of it costs money; where this fails too, the bucket's lifecycle has to remove it."""
    with suppress(Exception):
        client.abort_multipart_upload(**here)
