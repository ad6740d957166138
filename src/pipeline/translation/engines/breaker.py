"""Gives up on an engine that fails again and again, and tries it again later."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Literal

__all__ = ["Breaker", "Pass"]

Pass = Literal["", "free", "trial"]

_STRIKES = 12
_FIRST_PAUSE, _LONGEST_PAUSE = 30.0, 600.0


class Breaker:
    """Closed, everything passes. Faults that say something about the engine open it, when no success is between them:
    then nothing passes for a while. After that, one request may try: its success closes the breaker, its failure keeps
    it open for twice as long.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.reason = ""
        self._clock = clock
        self._strikes = 0
        self._until = 0.0
        self._pause = _FIRST_PAUSE
        self._trial = False
        self._lock = Lock()

    @property
    def open(self) -> bool:
        """Whether the engine is left alone; `reason` says why."""
        return bool(self.reason)

    @property
    def ready(self) -> bool:
        """Whether a request may pass now."""
        return not self.reason or (not self._trial and self._clock() >= self._until)

    def enter(self) -> Pass:
        """Let a request pass: `free`, or as the one that tries. Empty if none may."""
        with self._lock:
            if not self.reason:
                return "free"
            if self._trial or self._clock() < self._until:
                return ""
            self._trial = True
            return "trial"

    def succeed(self, how: Pass) -> bool:
        """A request was answered. True if that has closed the breaker."""
        with self._lock:
            self._strikes = 0
            if how != "trial":
                return False
            self.reason, self._trial, self._pause = "", False, _FIRST_PAUSE
            return True

    def fail(self, how: Pass, weight: float, reason: str, seconds: float = 0.0) -> bool:
        """A request failed; `weight` from 0 to 1 says how surely that is the engine's own fault, and `seconds` how long
        it is known to last. True if that has opened the breaker.
        """
        with self._lock:
            self._strikes += round(weight * _STRIKES)
            if how == "trial":
                self._trial = False
                self._pause = min(_LONGEST_PAUSE, 2 * self._pause)
            elif self._strikes < _STRIKES or self.reason:
                return False
            opened = not self.reason
            self.reason = reason
            self._until = self._clock() + max(seconds, self._pause)
            return opened
