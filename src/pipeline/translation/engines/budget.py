"""How much one run may send to engines."""

from __future__ import annotations

import logging
from threading import Lock

__all__ = ["Budget"]

logger = logging.getLogger(__name__)


class Budget:
    """At most `most` characters (0: no limit), for all dispatchers that share it."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._left = most
        self._told = False
        self._lock = Lock()

    @property
    def left(self) -> int | None:
        """Characters that may still be sent; None without a limit."""
        return self._left if self.most else None

    def take(self, characters: int) -> bool:
        """Set so many aside, if they are left. The first time that they are not is said."""
        with self._lock:
            if not self.most or characters <= self._left:
                self._left -= characters
                return True
            if not self._told:
                self._told = True
                logger.warning(
                    "This run may send %d characters to engines, and has: what is left waits for the next.", self.most
                )
            return False

    def give_back(self, characters: int) -> None:
        """They were not translated after all."""
        with self._lock:
            self._left += characters
