"""The same for many paths at once, until one fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Event, Lock
from typing import TypeVar

__all__ = ["Progress", "Steps", "in_parallel"]

Progress = Callable[[int, int], None]
Result = TypeVar("Result")


class Steps:
    """Counts what is done, and says so, one call at a time."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        """`progress(done, total)` is called for every step."""
        self._total = total
        self._progress = progress
        self._done = 0
        self._lock = Lock()

    def done(self, count: int = 1) -> None:
        """So many more are done."""
        if not count:
            return
        with self._lock:
            self._done += count
            if self._progress:
                self._progress(self._done, self._total)


def in_parallel(
    paths: Sequence[str], work: Callable[[str], Result], concurrency: int, steps: Steps, results: dict[str, Result]
) -> None:
    """Put what `work` gives for each path into `results`.

    The first fault stops the others after the path they are at, and is raised.
    """
    waiting = iter(paths)
    stop, turn = Event(), Lock()

    def run() -> None:
        while not stop.is_set():
            with turn:
                path = next(waiting, None)
            if path is None:
                return
            try:
                results[path] = work(path)
                steps.done()
            except BaseException:
                stop.set()
                raise

    workers = min(concurrency, len(paths))
    if not workers:
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="publish") as pool:
        try:
            for future in [pool.submit(copy_context().run, run) for _ in range(workers)]:
                future.result()
        finally:
            stop.set()
