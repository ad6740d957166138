"""Where a service is: its address checked when it is configured, and looked up in a bounded time before it is asked."""

from __future__ import annotations

import socket
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

from pipeline.errors import ConfigError
from pipeline.translation.engines.faults import EngineUnreachable

__all__ = ["Host"]

_LOOKUP_SECONDS = 3.0
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Host:
    """The host of an engine's address. No message of it tells more of the address than its name."""

    def __init__(self, engine: str, url: str) -> None:
        """Raises ConfigError when `url` is no http(s) address."""
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            parts, port = urlsplit(""), 0
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigError(
                f"`url` in [engines.{engine}] is not an http(s) address.",
                remedy="Write it as in https://translate.example.org.",
            )
        self.name: str = parts.hostname
        self._engine = engine
        self._port = port
        self._found = False

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine, to which no proxy has a way."""
        return self.name in _LOOPBACK

    def look_up(self, seconds: float) -> None:
        """Find the host's address, once: the system's own lookup may take half a minute offline.

        Raises EngineUnreachable.
        """
        if self._found:
            return
        outcome: SimpleQueue[Exception | None] = SimpleQueue()

        def ask() -> None:
            try:
                socket.getaddrinfo(self.name, self._port)
                outcome.put(None)
            except (OSError, UnicodeError) as error:
                outcome.put(error)

        Thread(target=ask, daemon=True).start()
        try:
            failed = outcome.get(timeout=min(_LOOKUP_SECONDS, seconds)) is not None
        except Empty:
            failed = True
        if failed:
            raise EngineUnreachable(f"{self._engine} cannot be reached: no address is known for {self.name}.")
        self._found = True
