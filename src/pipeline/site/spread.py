"""Work on many things at once, by processes that are copies of this one and so need not be told anything."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

__all__ = ["spread"]

# With fewer things than these a process, starting it would cost more than it saves.
_FEW = 32

_T = TypeVar("_T")
_R = TypeVar("_R")
_work: tuple[Callable[[Any], Any], Sequence[Any]] = (repr, ())  # what a copy of this process finds in its memory


def spread(
    function: Callable[[_T], _R], things: Sequence[_T], *, ready: Callable[[], bool] = lambda: True
) -> Iterator[tuple[_T, _R]]:
    """Each of the things with what the function makes of it, in order; on all processors where that pays.

    A result has to be picklable. What a process cannot do, with whatever error, is done again here, and fails here.
    `ready` is called before processes are made, and says whether they may be.
    """
    global _work
    _work = (function, things)
    count = min(_processors(), len(things) // _FEW)
    pool = _pool(count) if count > 1 and _may_fork() and ready() else None
    if pool is None:
        yield from ((thing, function(thing)) for thing in things)
        return
    with pool:
        for thing, (done, result) in zip(things, pool.imap(_do, range(len(things))), strict=True):
            yield thing, result if done else function(thing)


def _pool(count: int) -> Pool | None:
    """So many copies of this process; None where they cannot be."""
    import multiprocessing

    try:
        return multiprocessing.get_context("fork").Pool(count, _begin)
    except (ImportError, OSError):  # some containers have no shared memory
        return None


def _do(number: int) -> tuple[bool, Any]:
    function, things = _work
    try:
        return True, function(things[number])
    except (PipelineError, OSError):
        return False, None


def _begin() -> None:
    """Ctrl-C is for the process that waits for this one; and what was copied is not searched for rubbish."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def _may_fork() -> bool:
    """A copy of a process has only the thread that made it, and the locks that others held stay locked."""
    return sys.platform == "linux" and threading.active_count() == 1


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
