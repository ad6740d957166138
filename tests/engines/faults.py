"""Ways in which a server on loopback can fail one request. Each takes the handler and answers, or does not."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

Fault = Callable[[Any], None]

HTML = "<!doctype html><title>Sign in</title><h1>Welcome to the hotel's network</h1>"


def reply(
    handler: BaseHTTPRequestHandler, status: int, body: str | bytes, kind: str, headers: dict[str, str] | None = None
) -> None:
    """A whole, sound HTTP answer."""
    data = body.encode() if isinstance(body, str) else body
    handler.send_response(status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)


def status(code: int, body: str = '{"error": "no"}', **headers: str) -> Fault:
    """An answer with this status; `Retry_After="1"` sets that header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: reply(handler, code, body, "application/json", named)


def html(code: int = 200) -> Fault:
    """A web page, where none was asked for."""
    return lambda handler: reply(handler, code, HTML, "text/html; charset=utf-8")


def raw(body: str | bytes, kind: str = "application/json") -> Fault:
    """Any body, with status 200."""
    return lambda handler: reply(handler, 200, body, kind)


def hang(handler: Any) -> None:
    """Silence, until the server is stopped."""
    handler.server.owner.stopping.wait(60)
    handler.close_connection = True


def trickle(handler: Any) -> None:
    """An answer that never ends, a byte at a time."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    handler.close_connection = True
    try:
        while not handler.server.owner.stopping.wait(0.02):
            handler.wfile.write(b" ")
            handler.wfile.flush()
    except OSError:
        pass  # the client has had enough


def reset(handler: Any) -> None:
    """The connection breaks (RST) before any answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def half_body(handler: Any) -> None:
    """Less than Content-Length promised, then the end."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"translatedText": ["')
    handler.close_connection = True


def wrong_count(by: int) -> Fault:
    """The right answer with `by` texts too many, or too few."""

    def fault(handler: Any) -> None:
        handler.extra = by
        handler.serve()

    return fault
