"""A few threads that work through tasks while more are added."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextvars import copy_context
from queue import SimpleQueue
from threading import Condition, Thread
from typing import Generic, TypeVar

__all__ = ["Crew"]

T = TypeVar("T")
R = TypeVar("R")


class Crew(Generic[T, R]):
    """Runs `work` on tasks in up to `threads` daemon threads: one that hangs keeps nobody from leaving."""

    def __init__(self, work: Callable[[T], R], threads: int) -> None:
        self._work = work
        self._most = threads
        self._threads: list[Thread] = []
        self._tasks: deque[T] = deque()
        self._changed = Condition()
        self._done: SimpleQueue[tuple[T, R | BaseException]] = SimpleQueue()
        self._open = 0
        self._stopped = False

    def put(self, *tasks: T, first: bool = False) -> None:
        """Add tasks, behind or before those that wait. `work` may call this too."""
        with self._changed:
            self._open += len(tasks)
            if first:
                self._tasks.extendleft(reversed(tasks))
            else:
                self._tasks.extend(tasks)
            self._changed.notify(len(tasks))
            while len(self._threads) < min(self._most, self._open):
                # Whoever collects the logs of a run tells by the context whose they are.
                thread = Thread(target=copy_context().run, args=(self._run,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def results(self) -> Iterator[tuple[T, R]]:
        """Tasks with their results, as they are done, until none is open. What `work` raises is raised here."""
        try:
            while self._open:
                task, result = self._done.get()
                with self._changed:
                    self._open -= 1
                if isinstance(result, BaseException):
                    raise result
                yield task, result
        finally:
            with self._changed:
                self._stopped = True
                self._changed.notify_all()

    def _next(self) -> T | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._tasks)
            return None if self._stopped else self._tasks.popleft()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            try:
                self._done.put((task, self._work(task)))
            except BaseException as error:  # noqa: BLE001  raised again by the thread that reads the results
                self._done.put((task, error))
