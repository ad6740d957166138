"""As much of S3 as a publish needs, in memory, quickly, with its requests counted.

Prints its address; for each line that it reads it prints how many requests came since the last one.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sys
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

PAGE = 1000


class S3(asyncio.Protocol):
    """HTTP/1.1 by hand: a framework would cost more than the tools that are measured."""

    objects: ClassVar[dict[str, tuple[bytes, str, str]]] = {}
    count = 0

    def __init__(self) -> None:
        self._received = bytearray()
        self._body = -1
        self._continued = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._received += data
        while True:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._received[:end].decode("latin-1")
            found = re.search(r"(?im)^content-length: *(\d+)", head)
            length = int(found[1]) if found else 0
            if not self._continued and re.search(r"(?im)^expect: *100", head):
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                self._continued = True
            if len(self._received) < end + 4 + length:
                return
            body = bytes(self._received[end + 4 : end + 4 + length])
            del self._received[: end + 4 + length]
            self._continued = False
            S3.count += 1
            self._answer(head, body)

    def _answer(self, head: str, body: bytes) -> None:
        first, *rest = head.split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        address = urlsplit(target)
        query = parse_qs(address.query, keep_blank_values=True)
        key = unquote(address.path).lstrip("/").partition("/")[2]
        if method == "PUT":
            self._put(key, body, headers)
        elif method == "POST" and "delete" in query:
            for name in re.findall(rb"<Key>(.*?)</Key>", body):
                S3.objects.pop(name.decode().replace("&amp;", "&"), None)
            self._send(200, b"<DeleteResult/>")
        elif method == "DELETE":
            S3.objects.pop(key, None)
            self._send(204, b"")
        elif key:
            self._get(key, method)
        else:
            self._list(query)

    def _put(self, key: str, body: bytes, headers: dict[str, str]) -> None:
        if headers.get("x-amz-decoded-content-length"):
            body = _unchunked(body)
        stored = S3.objects.get(key)
        if headers.get("if-none-match") and stored:
            self._send(412, b"<Error><Code>PreconditionFailed</Code></Error>")
            return
        if (expected := headers.get("if-match")) and (not stored or stored[1] != expected):
            code, status = (b"PreconditionFailed", 412) if stored else (b"NoSuchKey", 404)
            self._send(status, b"<Error><Code>" + code + b"</Code></Error>")
            return
        etag = f'"{hashlib.md5(body).hexdigest()}"'
        kept = body if key.startswith(".pipeline/") else b""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        S3.objects[key] = (kept, etag, f"<Size>{len(body)}</Size><LastModified>{now}</LastModified>")
        self._send(200, b"", ETag=etag)

    def _get(self, key: str, method: str) -> None:
        stored = S3.objects.get(key)
        if stored:
            self._send(200, stored[0] if method == "GET" else b"", ETag=stored[1])
        else:
            self._send(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def _list(self, query: dict[str, list[str]]) -> None:
        prefix = query.get("prefix", [""])[0]
        after = query.get("continuation-token", query.get("start-after", query.get("marker", [""])))[0]
        names = sorted(name for name in S3.objects if name.startswith(prefix) and name > after)
        page = names[:PAGE]
        items = "".join(
            f"<Contents><Key>{escape(name)}</Key><ETag>{escape(S3.objects[name][1])}</ETag>{S3.objects[name][2]}"
            "<StorageClass>STANDARD</StorageClass></Contents>"
            for name in page
        )
        more = len(names) > PAGE
        token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        text = (
            '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>bench</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(page)}</KeyCount>"
            f"<MaxKeys>{PAGE}</MaxKeys><IsTruncated>{str(more).lower()}</IsTruncated>{token}{items}</ListBucketResult>"
        )
        self._send(200, text.encode())

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Content-Type: application/xml"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines.append("Last-Modified: Mon, 23 Nov 2026 04:05:06 GMT")
        self._transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def _unchunked(body: bytes) -> bytes:
    """The data of aws-chunked: hex length, CRLF, data, CRLF, … and a trailer."""
    found, at = bytearray(), 0
    while True:
        end = body.index(b"\r\n", at)
        length = int(body[at:end].split(b";")[0], 16)
        if not length:
            return bytes(found)
        found += body[end + 2 : end + 2 + length]
        at = end + 2 + length + 2


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(S3, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(S3.count, flush=True)
        S3.count = 0


if __name__ == "__main__":
    asyncio.run(main())
