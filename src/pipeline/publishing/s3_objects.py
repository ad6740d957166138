"""What S3 is told about an object, and how a large one is sent."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.publishing.manifest import Entry, Stamp
from pipeline.publishing.source import changed_meanwhile

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["METADATA", "goes_in_parts", "headers_of", "put_in_parts"]

_IN_PARTS = 32 * 2**20  # bytes from which a file is sent in parts
_PART = 16 * 2**20
_PARTS = 10_000  # S3 allows no more
_NAMES = {
    "content-disposition": "ContentDisposition",
    "content-language": "ContentLanguage",
    "expires": "Expires",
}
METADATA = "x-amz-meta-"


def goes_in_parts(entry: Entry) -> bool:
    """Whether an object is large enough to be sent in parts; what is compressed is in memory anyway."""
    return entry.size >= _IN_PARTS and not entry.encoding


def headers_of(entry: Entry) -> dict[str, Any]:
    """The arguments of put_object and its like for an entry's headers.

    The ETag of what was sent in parts says nothing of the content, so the digest is stored as `x-amz-meta-sha256`.
    """
    found: dict[str, Any] = {"ContentType": entry.content_type, "CacheControl": entry.cache_control}
    if entry.encoding:
        found["ContentEncoding"] = entry.encoding
    if entry.redirect:
        found["WebsiteRedirectLocation"] = entry.redirect
    metadata = {"sha256": entry.sha256} if goes_in_parts(entry) else {}
    for name, value in entry.headers:
        if name.lower().startswith(METADATA):
            metadata[name.lower().removeprefix(METADATA)] = value
        else:
            found[_NAMES[name.lower()]] = value
    if metadata:
        found["Metadata"] = metadata
    return found


def put_in_parts(client: S3Client, bucket: str, key: str, source: Path, entry: Entry) -> Stamp:
    """A multipart upload, of which the server compares each part's checksum with what arrives.

    It is given up, with PublishError, if the file is not the one that was planned.
    """
    upload = client.create_multipart_upload(Bucket=bucket, Key=key, **headers_of(entry))["UploadId"]
    here: Any = {"Bucket": bucket, "Key": key, "UploadId": upload}
    digest = hashlib.sha256()
    try:
        parts: list[Any] = []
        with source.open("rb") as file:
            for number, data in enumerate(_parts(file, entry.size), 1):
                digest.update(data)
                checksum = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
                sent = client.upload_part(**here, PartNumber=number, Body=data, ContentMD5=checksum)
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
