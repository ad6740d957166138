"""How fast an engine may be asked."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

__all__ = ["Pace"]


class Pace:
    """Spaces requests out to at most `per_second` (0: no limit), across all threads that share it."""

    def __init__(self, per_second: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = clock()
        self._lock = Lock()

    def wait(self) -> None:
        """Return when the next request may go out."""
        while True:
            with self._lock:
                now = self._clock()
                delay = self._next - now
                if delay <= 0:
                    self._next = now + self._interval
                    return
            self._sleep(delay)

    def pause(self, seconds: float) -> None:
        """Let nobody ask before `seconds` have passed: the engine said so."""
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)
