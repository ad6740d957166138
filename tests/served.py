"""A built site as a CDN sends it: compressed, with the headers that publishing gives its files, under the policy."""

from __future__ import annotations

import gzip
import threading
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, unquote, urlsplit

from pipeline.publishing.headers import cache_control, content_type
from pipeline.site.policy import POLICY

__all__ = ["Served"]

_PACKED = ("text/", "application/json", "application/manifest+json", "application/xml", "image/svg+xml")


class Served:
    """Serves a directory on loopback until the end of the `with` block. Its `url` is known before anything is built."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, directory: Path, *args: object) -> None:
        self._directory = directory
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        name = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
        status = HTTPStatus.OK
        if name and (self._directory / name).is_dir():
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", f"{quote(path)}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if not (self._directory / name).is_file():
            name, status = "404.html", HTTPStatus.NOT_FOUND
        data = (self._directory / name).read_bytes()
        kind = content_type(name)
        self.send_response(status)
        if kind.startswith(_PACKED) and "gzip" in self.headers.get("Accept-Encoding", ""):
            data = gzip.compress(data, 6, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", cache_control(name))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_HEAD = do_GET

    def log_message(self, *args: object) -> None:
        pass
