"""Work on many things at once, by processes that are copies of this one and so need not be told anything."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["FEW", "in_parts", "may_fork", "spread"]

# With fewer things than these a process, starting it would cost more than it saves.
FEW = 32
# Another copy takes the place of one that has touched so many pages of memory, and has done so many things. What it has
# looked at it no longer shares with this process, for objects are counted where they are: one that looked at everything
# would take all that memory once more.
_TOUCHED, _DONE = 4_000, 24
_LEAST = 8  # for each copy, or else no other takes its place
_PIPE = 1 << 20  # bytes that wait while this process is busy with a thing of its own
_NUMBER = 4  # bytes

_T = TypeVar("_T")
_R = TypeVar("_R")


def spread(
    function: Callable[[_T], _R], things: Sequence[_T], *, ready: Callable[[], bool] = lambda: True, few: int = FEW
) -> Iterator[tuple[_T, _R]]:
    """Each of the things with what the function makes of it, as soon as it is made; on all processors where that pays.

    A result has to be picklable. What a copy cannot do, for whatever reason, is done again here, and fails here.
    `ready` is called before copies are made, which is more than once, and says whether they may be; with a `few` things
    a process, there are none. Where there were some, what was there then is frozen until somebody calls `gc.unfreeze`:
    who spreads one thing after the other would have to look through all of it each time.
    """
    helpers = min(_processors(), len(things) // few) - 1
    if helpers < 1 or not may_fork():
        yield from ((thing, function(thing)) for thing in things)
        return
    copies: dict[Connection, int] = {}
    left = set(range(len(things)))
    more = True  # that nobody has taken
    with TemporaryFile() as numbers:
        queue = numbers.fileno()  # of which each process takes the next, for they share the place that it is read at
        numbers.write(b"".join(number.to_bytes(_NUMBER, "big") for number in range(len(things))))
        numbers.seek(0)
        try:
            while left:
                while more and len(copies) < min(helpers, len(left) // min(few, _LEAST)) and ready():
                    if not _make_copy(function, things, queue, copies):
                        break
                own = next(_taken(queue), None)
                more = own is not None
                if own is not None:
                    left.discard(own)
                    yield things[own], function(things[own])
                elif not copies:  # some that were taken were not done
                    own = left.pop()
                    yield things[own], function(things[own])
                for number, result in _received(copies, 0 if own is not None else None):
                    left.discard(number)
                    yield things[number], result
        finally:
            for connection in list(copies):
                _end(copies, connection)
            _give_back()


def _make_copy(
    function: Callable[[Any], Any], things: Sequence[Any], queue: int, copies: dict[Connection, int]
) -> bool:
    """One more, by what it is heard of; False where there can be none."""
    from multiprocessing.connection import Pipe

    gc.collect()  # for what is frozen is not collected any more
    gc.freeze()  # or else a search for rubbish would write into what is shared
    _give_back()
    ours, its = Pipe(duplex=False)
    with contextlib.suppress(OSError, ImportError, AttributeError):  # a system may have no such pipes, or allow no more
        import fcntl

        fcntl.fcntl(its.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
    try:
        process = os.fork()
    except OSError:  # no more processes, or no memory for one
        ours.close()
        its.close()
        return False
    if process == 0:
        _work(function, things, queue, its, [ours, *copies])
    its.close()
    copies[ours] = process
    return True


def _work(
    function: Callable[[Any], Any], things: Sequence[Any], queue: int, its: Connection, others: Sequence[Connection]
) -> NoReturn:
    """The life of a copy. When nobody hears it any more, it ends; and Ctrl-C is for the process that it belongs to."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for connection in others:
            connection.close()
        for done, number in enumerate(_taken(queue), 1):
            try:
                result = function(things[number])
            except Exception:  # noqa: BLE001, S110 (the process it belongs to will see it, too)
                pass
            else:
                its.send((number, result))
            if done >= _DONE and _touched() > _TOUCHED:
                break
    except BaseException:  # noqa: BLE001 (there is nothing above)
        os._exit(1)
    os._exit(0)


def _touched() -> int:
    """How many pages of memory this process has touched first, since it was there."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


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


def in_parts(things: Sequence[_T], size: int) -> list[Sequence[_T]]:
    """Things that are too little work one by one, so many at a time."""
    return [things[start : start + size] for start in range(0, len(things), size)]


def may_fork() -> bool:
    """A copy of a process has only the thread that made it, and the locks that others held stay locked."""
    return sys.platform == "linux" and threading.active_count() == 1


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
