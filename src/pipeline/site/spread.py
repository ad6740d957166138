"""Work on many things at once, by processes that are copies of this one and so need not be told anything."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["spread"]

# With fewer things than these a process, starting it would cost more than it saves.
_FEW = 32
# Until copies are made anew. What a copy has looked at it no longer shares with this process, for objects are counted
# where they are: one that looked at everything would take all its memory once more.
_ROUND = 64
_PIPE = 1 << 20  # bytes that wait while this process is busy with a thing of its own
_NUMBER = 4  # bytes

_T = TypeVar("_T")
_R = TypeVar("_R")


def spread(
    function: Callable[[_T], _R], things: Sequence[_T], *, ready: Callable[[], bool] = lambda: True
) -> Iterator[tuple[_T, _R]]:
    """Each of the things with what the function makes of it, as soon as it is made; on all processors where that pays.

    A result has to be picklable. What a copy cannot do, for whatever reason, is done again here, and fails here.
    `ready` is called before copies are made, which is more than once, and says whether they may be.
    """
    helpers = min(_processors(), len(things) // _FEW) - 1
    if helpers < 1 or not _may_fork():
        yield from ((thing, function(thing)) for thing in things)
        return
    gc.freeze()  # or else a search for rubbish would write into what is shared
    try:
        for start in range(0, len(things), _ROUND):
            some = things[start : start + _ROUND]
            _give_back()
            for number, result in _round(function, some, helpers if ready() else 0):
                yield some[number], result
    finally:
        gc.unfreeze()


def _round(function: Callable[[_T], _R], things: Sequence[_T], helpers: int) -> Iterator[tuple[int, _R]]:
    """The number of each thing, and what was made of it, here and by so many copies of this process."""
    queue, numbers = os.pipe()
    copies: dict[Connection, int] = {}
    left = set(range(len(things)))
    try:
        with os.fdopen(numbers, "wb") as all_numbers:
            all_numbers.write(b"".join(number.to_bytes(_NUMBER, "big") for number in left))
        for _ in range(helpers):
            _make_copy(function, things, queue, copies)
        for number in _taken(queue):
            left.discard(number)
            yield number, function(things[number])
            for done, result in _received(copies, 0):
                left.discard(done)
                yield done, result
        while copies:
            for done, result in _received(copies, None):
                left.discard(done)
                yield done, result
        for number in sorted(left):
            yield number, function(things[number])
    finally:
        os.close(queue)
        for connection in list(copies):
            _end(copies, connection)


def _make_copy(
    function: Callable[[Any], Any], things: Sequence[Any], queue: int, copies: dict[Connection, int]
) -> None:
    """One more, by what it is heard of."""
    from multiprocessing.connection import Pipe

    ours, its = Pipe(duplex=False)
    with contextlib.suppress(OSError, ImportError, AttributeError):  # a system may have no such pipes, or allow no more
        import fcntl

        fcntl.fcntl(its.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
    try:
        process = os.fork()
    except OSError:  # no more processes, or no memory for one
        ours.close()
        its.close()
        return
    if process == 0:
        _work(function, things, queue, its, [ours, *copies])
    its.close()
    copies[ours] = process


def _work(
    function: Callable[[Any], Any], things: Sequence[Any], queue: int, its: Connection, others: Sequence[Connection]
) -> NoReturn:
    """The life of a copy. When nobody hears it any more, it ends; and Ctrl-C is for the process that it belongs to."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for connection in others:
            connection.close()
        for number in _taken(queue):
            try:
                result = function(things[number])
            except Exception:  # noqa: BLE001, S112 (the process it belongs to will see it, too)
                continue
            its.send((number, result))
    except BaseException:  # noqa: BLE001 (there is nothing above)
        os._exit(1)
    os._exit(0)


def _taken(queue: int) -> Iterator[int]:
    """The numbers that this process is the first to take."""
    while data := os.read(queue, _NUMBER):
        yield int.from_bytes(data, "big")


def _received(copies: dict[Connection, int], patience: float | None) -> list[tuple[int, Any]]:
    """What copies have made, if any has within so many seconds (None: forever); forgets those that have ended."""
    from multiprocessing.connection import wait

    received = []
    ready = set(wait(list(copies), patience)) if copies else set()
    for connection in [one for one in copies if one in ready]:
        try:
            received.append(connection.recv())
        except Exception:  # noqa: BLE001 (it has ended; or was killed in the middle of a word)
            _end(copies, connection)
    return received


def _end(copies: dict[Connection, int], connection: Connection) -> None:
    process = copies.pop(connection)
    connection.close()
    with contextlib.suppress(OSError):
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _give_back() -> None:
    """Memory that this process does not use any more, and that copies of it would have, too."""
    with contextlib.suppress(ImportError, AttributeError, OSError):  # only the C library of GNU is asked for it
        import ctypes

        ctypes.CDLL(None).malloc_trim(0)


def _may_fork() -> bool:
    """A copy of a process has only the thread that made it, and the locks that others held stay locked."""
    return sys.platform == "linux" and threading.active_count() == 1


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
