"""A small web server for a site that is being written: pages from a directory, and word of every new build."""

from __future__ import annotations

import errno
import mimetypes
import re
import threading
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from pipeline.errors import BuildError, PipelineError
from pipeline.site.policy import POLICY
from pipeline.site.preview_pages import OWN, error_page, preview_page

__all__ = ["Preview"]

_PREFIX = "/_pipeline/"
_HEARTBEAT = 15.0
_HOST = re.compile(r"(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?", re.IGNORECASE)
_TYPES = {".xml": "application/xml", ".svg": "image/svg+xml", ".js": "text/javascript", ".webp": "image/webp"}
_TYPES |= {".avif": "image/avif", ".woff2": "font/woff2", ".txt": "text/plain", ".md": "text/markdown"}
_TYPES |= {".json": "application/json", ".webmanifest": "application/manifest+json", ".ico": "image/vnd.microsoft.icon"}


class Preview:
    """Serves a directory on the loopback interface. While `failure` is set, every page shows it instead; `warnings` are
    shown at the foot of every page.

    `policy` is the Content-Security-Policy of its files, which may be set anew at any time.
    """

    def __init__(self, directory: Path, port: int) -> None:
        """Take the port (0 is any free one). Raises BuildError if another program has it."""
        self.directory = directory
        self.policy = POLICY
        self._changed = threading.Condition()
        self._builds = 0
        self._failure: PipelineError | None = None
        self._warnings: tuple[PipelineError, ...] = ()
        self._closing = False
        try:
            self._server = _Server(("127.0.0.1", port), partial(_Handler, self))
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
            reason = "is taken by another program" if error.errno == errno.EADDRINUSE else "may not be used"
            raise BuildError(f"port {port} {reason}.", remedy="Name another with --port.") from error
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    @property
    def url(self) -> str:
        """Address of the home page, without a slash at its end."""
        return f"http://localhost:{self._server.server_port}"

    @property
    def failure(self) -> PipelineError | None:
        """What is wrong with the newest build."""
        return self._failure

    @property
    def warnings(self) -> tuple[PipelineError, ...]:
        """What the newest build found that a person should mend."""
        return self._warnings

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def announce(self, failure: PipelineError | None = None, warnings: tuple[PipelineError, ...] = ()) -> None:
        """There is a new build, with these warnings, or none because of this: open pages load themselves again."""
        with self._changed:
            self._failure = failure
            self._warnings = warnings
            self._builds += 1
            self._changed.notify_all()

    def wait_for_news(self, seen: int | None) -> int | None:
        """The number of the newest build as soon as it is not `seen`, or after a while; None when closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._builds != seen, timeout=_HEARTBEAT)
            return None if self._closing else self._builds

    def close(self) -> None:
        """Stop answering, and let go of the port."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A reader's open event stream must not hold up the end of the program.
    block_on_close = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, preview: Preview, *args: object) -> None:
        self._preview = preview
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """A file of the site, or one of our own addresses."""
        if not _HOST.fullmatch(self.headers.get("Host", "localhost")):
            # A page elsewhere whose name was made to lead here (DNS rebinding) may not read drafts.
            self._answer(HTTPStatus.MISDIRECTED_REQUEST, b"Ask for localhost.\n", "text/plain; charset=utf-8")
            return
        path = unquote(urlsplit(self.path).path)
        if path == f"{_PREFIX}events":
            self._stream()
        elif own := OWN.get(path.removeprefix(_PREFIX)) if path.startswith(_PREFIX) else None:
            self._answer(HTTPStatus.OK, own[1], f"{own[0]}; charset=utf-8")
        elif self._preview.failure and path.endswith(("/", ".html")):
            self._answer(
                HTTPStatus.INTERNAL_SERVER_ERROR, error_page(self._preview.failure), "text/html; charset=utf-8"
            )
        else:
            self._file(path)

    def do_HEAD(self) -> None:
        """As GET, without the content."""
        self.do_GET()

    def _file(self, path: str) -> None:
        root = self._preview.directory.resolve()
        try:
            file = (root / path.lstrip("/")).resolve()
            if not file.is_relative_to(root):
                raise FileNotFoundError
            if file.is_dir() and not path.endswith("/"):
                self._redirect(f"{quote(path)}/")
                return
            if path.endswith("/"):
                file /= "index.html"
            data, status = file.read_bytes(), HTTPStatus.OK
        except (OSError, ValueError):
            file, data, status = *self._not_found(path), HTTPStatus.NOT_FOUND
        kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind == "application/xml":
            kind += "; charset=utf-8"
        shown = preview_page(data, self._preview.warnings) if file.suffix == ".html" else data
        self._answer(status, shown, kind, self._preview.policy)

    def _not_found(self, path: str) -> tuple[Path, bytes]:
        """The 404 page of the nearest folder that has one."""
        folder = self._preview.directory
        parts = [part for part in path.split("/") if part not in {"", ".", ".."}]
        for depth in range(len(parts), -1, -1):
            try:
                return Path("404.html"), folder.joinpath(*parts[:depth], "404.html").read_bytes()
            except (OSError, ValueError):
                continue
        return Path("404.txt"), b"Not found\n"

    def _stream(self) -> None:
        """Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): a number a build."""
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        seen: int | None = None
        try:
            while (newest := self._preview.wait_for_news(seen)) is not None:
                self.wfile.write(b": still here\n\n" if newest == seen else b"data: %d\n\n" % newest)
                self.wfile.flush()
                seen = newest
        except OSError:
            return  # the reader has gone

    def _redirect(self, location: str) -> None:
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: HTTPStatus, data: bytes, kind: str, policy: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Nothing is printed: the caller is told of builds, and a request is nobody's business."""
