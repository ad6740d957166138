"""A small website in front of a bucket, as a CDN or S3's own website endpoint would be.

It reads every object from the S3 server when it is asked for it and keeps nothing, so what it shows is what was
published, with the headers that were stored.
"""

from __future__ import annotations

import email.utils
import shutil
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from pipeline.publishing.paths import PRIVATE

__all__ = ["Website", "key_of"]

_STORED = (
    "Content-Type",
    "Content-Length",
    "Content-Range",
    "Content-Encoding",
    "Content-Language",
    "Content-Disposition",
    "Cache-Control",
    "Accept-Ranges",
    "Expires",
    "ETag",
    "Last-Modified",
)
_NOT_MODIFIED = {"Cache-Control", "Expires", "ETag", "Last-Modified"}

# The local server wants to see credentials, and takes any.
_AUTHORIZATION = {"Authorization": "AWS local:local"}


class Website(ThreadingHTTPServer):
    """Serves one bucket of the S3 server at `s3` (host, port) on a free port of loopback."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, s3: tuple[str, int], bucket: str, port: int = 0) -> None:
        """Listens at once; `serve_forever` answers."""
        super().__init__(("127.0.0.1", port), _Handler)
        self.s3 = s3
        self.bucket = bucket

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader who went away is no error."""


def key_of(address: str) -> str | None:
    """The key that a request's path (percent-encoded) means; None for one that is never served.

    Those are paths that are not UTF-8, hold `..`, empty parts or control characters, or lie where the manifest is.
    """
    try:
        path = unquote_to_bytes(address.encode("latin-1")).decode("utf-8")
    except UnicodeError:
        return None
    if not path.startswith("/") or "\\" in path or any(ord(character) < 0x20 for character in path):
        return None
    parts = path[1:].removesuffix("/").split("/")
    if path != "/" and any(part in {"", ".", "..", PRIVATE} for part in parts):
        return None
    return path[1:] + "index.html" if path.endswith("/") else path[1:]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "pipeline"
    sys_version = ""
    timeout = 30
    server: Website

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """The terminal belongs to whoever started the server."""

    def _answer(self) -> None:
        address, _, query = self.path.partition("?")
        key = key_of(address)
        try:
            if key is None:
                self._not_found("")
                return
            ranged = {"Range": self.headers["Range"]} if "Range" in self.headers else {}
            found = self._fetch(key, ranged)
            if location := found.headers["x-amz-website-redirect-location"]:
                self._redirect(location, HTTPStatus.MOVED_PERMANENTLY)
            elif found.status < HTTPStatus.MULTIPLE_CHOICES:
                self._found(found)
            elif found.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                self.send_response(found.status)
                self._send_headers([("Content-Length", "0")])
            elif found.status != HTTPStatus.NOT_FOUND:
                self._plain(HTTPStatus.BAD_GATEWAY, "The S3 server refused to answer.")
            elif not address.endswith("/") and self._fetch(f"{key}/index.html", method="HEAD").status == HTTPStatus.OK:
                self._redirect(f"{quote(f'/{key}/')}?{query}".removesuffix("?"))
            else:
                self._not_found(key)
        except (OSError, HTTPException):
            self.close_connection = True

    def _fetch(self, key: str, headers: dict[str, str] | None = None, *, method: str = "") -> HTTPResponse:
        connection = HTTPConnection(*self.server.s3, timeout=30)
        connection.request(
            method or self.command, quote(f"/{self.server.bucket}/{key}"), headers={**_AUTHORIZATION, **(headers or {})}
        )
        return connection.getresponse()

    def _found(self, found: HTTPResponse) -> None:
        if found.status == HTTPStatus.OK and self._is_fresh(found):
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self._send_headers((name, value) for name, value in _stored(found) if name in _NOT_MODIFIED)
        else:
            self._send(found.status, found)

    def _is_fresh(self, found: HTTPResponse) -> bool:
        """Whether the reader has this object already (RFC 9110, 13.1)."""
        known = self.headers.get("If-None-Match")
        if known is not None:
            tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
            return "*" in tags or found.headers["ETag"] in tags
        since, changed = (
            email.utils.parsedate_tz(value or "")
            for value in (self.headers.get("If-Modified-Since"), found.headers["Last-Modified"])
        )
        return bool(since and changed and email.utils.mktime_tz(changed) <= email.utils.mktime_tz(since))

    def _not_found(self, key: str) -> None:
        """Answer with the 404 page of the nearest directory above that has one."""
        parts = key.split("/")[:-1]
        for depth in range(len(parts), -1, -1):
            page = self._fetch("/".join([*parts[:depth], "404.html"]))
            if page.status == HTTPStatus.OK:
                self._send(HTTPStatus.NOT_FOUND, page)
                return
        self._plain(HTTPStatus.NOT_FOUND, "There is no such page.")

    def _redirect(self, location: str, status: HTTPStatus = HTTPStatus.FOUND) -> None:
        self.send_response(status)
        self._send_headers([("Location", location), ("Content-Length", "0")])

    def _plain(self, status: HTTPStatus, text: str) -> None:
        body = f"{text}\n".encode()
        self.send_response(status)
        self._send_headers([("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send(self, status: int, found: HTTPResponse) -> None:
        self.send_response(status)
        self._send_headers(_stored(found))
        if self.command != "HEAD":
            shutil.copyfileobj(found, self.wfile)

    def _send_headers(self, headers: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> None:
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()


def _stored(found: HTTPResponse) -> Iterator[tuple[str, str]]:
    return ((name, found.headers[name]) for name in _STORED if name in found.headers)
