"""How fast an engine may be asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock

__all__ = ["Pace"]

_MINUTE = 60.0
_FASTER = 0.95  # after each success
_NEGLIGIBLE = 0.002


class Pace:
    """Spaces requests out to at most `per_second`, and to `per_minute` characters in any minute (0: no limit), across
    all threads that share it. A single request of more characters has a minute to itself.

    Where the engine refuses what is within these limits, its own are learnt: requests go out as fast as they have been
    answered since the last refusal, and then a little faster with each success.
    """

    def __init__(
        self, per_second: float, per_minute: int, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._most = per_minute
        self._clock = clock
        self._sleep = sleep
        self._next = self._since = clock()
        self._successes = 0
        self._learnt = 0.0
        self._sent: deque[tuple[float, int]] = deque()
        self._lock = Lock()

    def wait(self, characters: int = 0) -> None:
        """Return when the next request may go out."""
        while True:
            with self._lock:
                now = self._clock()
                delay = max(self._next, self._room(now, characters)) - now
                if delay <= 0:
                    self._next = now + max(self._interval, self._learnt)
                    if self._most:
                        self._sent.append((now, characters))
                    return
            self._sleep(delay)

    def succeed(self) -> None:
        """A request was answered."""
        with self._lock:
            self._successes += 1
            self._learnt = self._learnt * _FASTER if self._learnt > _NEGLIGIBLE else 0.0

    def refuse(self, seconds: float) -> None:
        """The engine is too busy: let nobody ask before `seconds` have passed."""
        with self._lock:
            now = self._clock()
            if self._successes:
                self._learnt = max(self._learnt, (now - self._since) / self._successes)
                self._since, self._successes = now, 0
            self._next = max(self._next, now + seconds)

    def _room(self, now: float, characters: int) -> float:
        """The moment from which so many characters more are within the limit."""
        if not self._most:
            return now
        while self._sent and self._sent[0][0] + _MINUTE <= now:
            self._sent.popleft()
        over = sum(count for _, count in self._sent) + characters - self._most
        moment = now
        for sent, count in self._sent:
            if over <= 0:
                break
            over, moment = over - count, sent + _MINUTE
        return moment
