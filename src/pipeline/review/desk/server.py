"""The desk's web server: loopback only, and only for the page that it serves itself.

Every request must name this host, must not come from another page, and (but for the page's own three files) must carry
the token, which only who started the desk knows. So no other page in the browser can read or drive it.
"""

from __future__ import annotations

import errno
import hmac
import json
import logging
import secrets
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import PipelineError
from pipeline.review.desk.desk import Conflict, Desk

__all__ = ["DeskServer", "serve_desk"]

log = logging.getLogger(__name__)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/desk.js": ("desk.js", "text/javascript; charset=utf-8"),
    "/row.js": ("row.js", "text/javascript; charset=utf-8"),
    "/desk.css": ("desk.css", "text/css; charset=utf-8"),
}
_LARGEST = 1 << 20  # bytes of a request


class DeskServer:
    """A desk at an address of its own."""

    def __init__(self, desk: Desk, port: int = 0) -> None:
        """Take the port (0 is any free one). Raises PipelineError if another program has it."""
        self.desk = desk
        self.token = secrets.token_urlsafe(24)
        try:
            self._server = _Server(("127.0.0.1", port), partial(_Handler, self))
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
            reason = "is taken by another program" if error.errno == errno.EADDRINUSE else "may not be used"
            raise PipelineError(f"port {port} {reason}.", remedy="Name another with --port.") from error

    @property
    def hosts(self) -> frozenset[str]:
        """What a request may call this server."""
        port = self._server.server_port
        return frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    @property
    def url(self) -> str:
        """The page, with the token behind the `#`, which a browser sends to nobody."""
        return f"http://127.0.0.1:{self._server.server_port}/#{self.token}"

    def serve(self) -> None:
        """Answer until `close`."""
        self._server.serve_forever(poll_interval=0.1)

    def close(self) -> None:
        """Stop answering, and let go of the port."""
        self._server.shutdown()
        self._server.server_close()


def serve_desk(desk: Desk, *, port: int = 0, ready: Callable[[str], None] | None = None) -> None:
    """Serve until Ctrl-C. `ready` is told the address."""
    server = DeskServer(desk, port)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        if ready:
            ready(server.url)
        thread.join()
    except KeyboardInterrupt:
        log.debug("stopped by the keyboard")
    finally:
        server.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


class _Refused(Exception):
    """A request that is not answered."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def __init__(self, desk_server: DeskServer, *args: object) -> None:
        self._desk_server = desk_server
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """The page's files."""
        self._answered(self._file)

    def do_POST(self) -> None:
        """Something to be done: the body is JSON, and so is the answer."""
        self._answered(self._action)

    def _answered(self, act: Callable[[], tuple[bytes, str]]) -> None:
        try:
            self._admit()
            data, kind = act()
        except _Refused as refused:
            self.close_connection = True  # what is left of its body is not read
            self._send(refused.status, json.dumps({"error": str(refused)}).encode(), "application/json")
        else:
            self._send(HTTPStatus.OK, data, kind)

    def _admit(self) -> None:
        """Raise _Refused for what does not come from the desk's own page."""
        hosts = self._desk_server.hosts
        if self.headers.get("Host") not in hosts:
            raise _Refused(HTTPStatus.MISDIRECTED_REQUEST, "The desk is at 127.0.0.1.")
        origin = self.headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}" for host in hosts}:
            raise _Refused(HTTPStatus.FORBIDDEN, "Other pages may not use the desk.")
        if self.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
            raise _Refused(HTTPStatus.FORBIDDEN, "Other pages may not use the desk.")

    def _file(self) -> tuple[bytes, str]:
        found = _PAGE.get(urlsplit(self.path).path)
        if found is None:
            raise _Refused(HTTPStatus.NOT_FOUND, "There is no such page.")
        return (files("pipeline.review.desk") / "page" / found[0]).read_bytes(), found[1]

    def _action(self) -> tuple[bytes, str]:
        given = self.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self._desk_server.token}".encode()):
            raise _Refused(HTTPStatus.UNAUTHORIZED, "Open the address that `pipeline review` printed.")
        action = _ACTIONS.get(urlsplit(self.path).path)
        if action is None:
            raise _Refused(HTTPStatus.NOT_FOUND, "There is no such action.")
        name, wanted = action
        try:
            done = getattr(self._desk_server.desk, name)(**self._arguments(wanted))
        except Conflict as error:
            raise _Refused(HTTPStatus.CONFLICT, f"{error.message} {error.remedy}") from error
        except PipelineError as error:
            raise _Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"{error.message} {error.remedy}".strip()) from error
        except OSError as error:
            raise _Refused(HTTPStatus.INTERNAL_SERVER_ERROR, f"A file: {error.strerror}.") from error
        return json.dumps(done, ensure_ascii=False).encode(), "application/json"

    def _arguments(self, wanted: dict[str, type]) -> dict[str, Any]:
        if self.headers.get_content_type() != "application/json":
            raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "JSON is needed.")
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            raise _Refused(HTTPStatus.LENGTH_REQUIRED, "A length is needed.") from None
        if not 0 <= length <= _LARGEST:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That is too long.")
        try:
            sent = json.loads(self.rfile.read(length))
        except ValueError:
            raise _Refused(HTTPStatus.BAD_REQUEST, "This is not JSON.") from None
        if not isinstance(sent, dict) or {name: type(value) for name, value in sent.items()} != wanted:
            raise _Refused(HTTPStatus.BAD_REQUEST, f"An object with {', '.join(wanted) or 'nothing'} is needed.")
        return sent

    def _send(self, status: HTTPStatus, data: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(data))),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", _POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Nothing is printed: a request is nobody's business."""


_DRAFT: dict[str, type] = {"locale": str, "post": str}
_SHOWN: dict[str, type] = {**_DRAFT, "version": str}
_ROW: dict[str, type] = {**_SHOWN, "row": str}
# Path → the desk's function, and the names and types of what it takes.
_ACTIONS: dict[str, tuple[str, dict[str, type]]] = {
    "/api/drafts": ("drafts", {}),
    "/api/draft": ("draft", _DRAFT),
    "/api/edit": ("edit", {**_ROW, "text": str}),
    "/api/accept": ("accept", {**_ROW, "accepted": bool}),
    "/api/suggest": ("suggest", {**_ROW, "engine": str}),
    "/api/approve": ("approve", _SHOWN),
}
