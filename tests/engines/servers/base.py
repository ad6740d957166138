"""What all services on loopback share: start, stop, records, faults.

`faults` is a list from which each translation request takes the first (None: answer soundly); `fault_when` decides by
the request instead; both are in tests.engines.faults.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.engines.faults import Fault

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Asked:
    """One translation request, as it came."""

    texts: list[str]
    source: str
    target: str
    path: str
    headers: dict[str, str]
    body: str = ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    owner: EngineServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class EngineServer:
    """A service; `translate` is what it knows."""

    def __init__(
        self,
        translate: Translate = lambda text: f"译{text}",
        *,
        faults: Sequence[Fault | None] = (),
        fault_when: Callable[[Asked], Fault | None] = lambda asked: None,
    ) -> None:
        self.translate = translate
        self.faults = list(faults)
        self.fault_when = fault_when
        self.requests: list[Asked] = []
        self.paths: list[str] = []
        self.connections = 0
        self.in_flight = self.most_in_flight = 0
        self.stopping = threading.Event()
        self.lock = threading.Lock()

    handler: type[Handler]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), self.handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def texts(self) -> list[str]:
        """Every text that was asked for, in the order of arrival."""
        return [text for asked in self.requests for text in asked.texts]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    extra = 0
    asked: Asked

    def setup(self) -> None:
        super().setup()
        with self.server.owner.lock:
            self.server.owner.connections += 1

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def begin(self, asked: Asked) -> None:
        """Record the request, then fail or serve it."""
        self.asked, self.extra = asked, 0
        owner = self.server.owner
        with owner.lock:
            owner.requests.append(asked)
            fault = owner.faults.pop(0) if owner.faults else None
            owner.in_flight += 1
            owner.most_in_flight = max(owner.most_in_flight, owner.in_flight)
        try:
            fault = fault or owner.fault_when(asked)
            if fault:
                fault(self)
            else:
                self.serve()
        finally:
            with owner.lock:
                owner.in_flight -= 1

    def serve(self) -> None:
        raise NotImplementedError

    def counted(self, answers: list[str]) -> list[str]:
        """The answers, with as many more or fewer as a fault wants."""
        return (answers + ["多余"] * self.extra)[: len(answers) + self.extra]
