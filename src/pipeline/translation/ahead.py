"""The look at the files of a large site, begun before the commands are imported.

It takes half of the time of `pipeline status`, and imports a third. A copy of the process looks meanwhile, at one
directory after the other; this one joins it from the last directory on, as soon as it is there.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from mmap import mmap
from pathlib import Path
from typing import NamedTuple

from pipeline.content.tree import Tree, looked_at
from pipeline.translation.surveyed import Basis, Listing, kept_of

__all__ = ["Ahead", "begin", "begun"]

# Bytes that are kept of a site, those of about a thousand posts: fewer are looked at before a copy is made.
_LARGE = 200_000

_CLAIMS = 1 << 20  # which take no memory where there are fewer directories

_begun: list[Ahead] = []


class Ahead(NamedTuple):
    """A look that began at `started`, in nanoseconds since 1970, in a process; `answer` is the end of a pipe from it.
    `claims` has a byte for each directory, which tells that one of the two processes has taken it.
    """

    started: int
    process: int
    answer: int
    claims: mmap

    def listing(self, basis: Basis) -> Listing | None:
        """The files of the directories of `basis`; None where the copy has looked at others or ended before its time,
        or something is unusual.
        """
        directories = basis.directories
        # The first is the copy's in any case.
        behind = _look_at(directories, self.claims, range(len(directories) - 1, 0, -1))
        with os.fdopen(self.answer, "rb") as file:
            head, _, data = file.read().partition(b"\n")
        os.waitpid(self.process, 0)
        names, _, numbers = data.partition(b"\n")
        try:
            ahead, done, length = json.loads(head)
        except ValueError:
            return None
        left = len(directories) - done
        if ahead != [*map(str, directories)] or length != len(numbers) or behind is None or len(behind) < left:
            return None
        return Listing(names, numbers).followed_by(behind[:left][::-1])


def begin(arguments: Sequence[str]) -> None:
    """Look at the site that a command line is about to ask for the states of, where two processes are sooner."""
    match arguments:
        case ["status", *_]:
            root = Path()
        case ["--root", named, "status", *_]:
            root = Path(named)
        case _:
            return
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2 or kept_of(root) < _LARGE:
        return
    started, claims = time.time_ns(), mmap(-1, _CLAIMS)
    answer, told = os.pipe()
    process = os.fork()
    if process == 0:
        _look(root, told, claims)
    os.close(told)
    _begun.append(Ahead(started, process, answer, claims))


def begun() -> Ahead | None:
    """What was begun, once: later, files may have changed again."""
    return _begun.pop() if _begun else None


def _look(root: Path, told: int, claims: mmap) -> None:
    """In the copy, which says nothing but its answer, and ends."""
    try:
        gc.disable()
        for stream in range(3):  # whoever reads what the command says does not wait for this process
            os.close(stream)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        directories = Basis.last(root).directories
        trees = _look_at(directories, claims, range(len(directories)))
        if trees is not None:
            names, numbers = Listing.of(trees)
            head = json.dumps([[*map(str, directories)], len(trees), len(numbers)])
            with os.fdopen(told, "wb") as file:
                file.write(b"\n".join((head.encode(), names, numbers)))
    finally:
        os._exit(0)


def _look_at(directories: Sequence[Path], claims: mmap, order: Iterable[int]) -> list[Tree] | None:
    """Until the other process has taken the next one; None where something is unusual."""
    trees = []
    for number in order:
        if claims[number]:
            break
        claims[number] = 1  # where both do so at once, both look
        tree = looked_at(directories[number])
        if tree is None:
            return None
        trees.append(tree)
    return trees
