"""How many requests may be under way at once: as many as the engine bears, up to what is configured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

__all__ = ["Slot", "Window"]

_FIRST = 8


class Slot:
    """The place of one request. `generation` counts the times that the window had been narrowed when it was taken."""

    __slots__ = ("generation",)

    def __init__(self, generation: int) -> None:
        self.generation = generation


class Window:
    """Halved when the engine is too busy, and widened again by each success: by one until the first time that it was
    halved, later by one for every windowful (RFC 5681 does so with packets).
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._width = float(min(_FIRST, most))
        self._taken = 0
        self._generation = 0
        self._changed = Condition()

    @property
    def width(self) -> int:
        """How many may be under way now."""
        return int(self._width)

    @contextmanager
    def slot(self) -> Iterator[Slot]:
        """A place for the length of a `with` block, once there is one."""
        with self._changed:
            self._changed.wait_for(lambda: self._taken < self.width)
            self._taken += 1
            slot = Slot(self._generation)
        try:
            yield slot
        finally:
            with self._changed:
                self._taken -= 1
                self._changed.notify_all()

    def widen(self) -> None:
        """A request was answered."""
        with self._changed:
            step = 1 / self._width if self._generation else 1.0
            self._width = min(float(self._most), self._width + step)
            self._changed.notify_all()

    def narrow(self, slot: Slot) -> bool:
        """A request was too much. Of those that were under way together, only the first one counts, which is True."""
        with self._changed:
            if slot.generation != self._generation:
                return False
            self._generation += 1
            self._width = max(1.0, self._width / 2)
            return True
