"""The build of a run in a process of its own, which has one thread and can therefore be copied onto all processors.

A process with Prefect in it has threads. This module is what the other one runs (`python -m flows.apart`), and must not
import Prefect. The arguments go there, and what becomes of them comes back, as pickles through pipes. The run holds the
other end of the process's standard input: when it is closed, by whatever end of the run, the kernel ends the process
and its copies.
"""

from __future__ import annotations

import logging
import os
import pickle
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from logging.handlers import QueueHandler
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from pipeline import site
from pipeline.config import CONFIG_NAME, Settings
from pipeline.errors import BuildError, PipelineError
from pipeline.site import BuildReport
from pipeline.site.output import MARKER

if TYPE_CHECKING:
    from pipeline.site.shards import Spread

__all__ = ["build"]

FEW = 100  # posts in all languages; for fewer, the start of a process takes longer than all processors save
GRACE = 1.0  # seconds in which a process that is told to end may remove what it has not finished
_LONGEST = 4096  # bytes that arrive in one piece, whoever else writes into the same pipe


def build(
    settings: Settings,
    *,
    out: Path | None = None,
    drafts: bool = False,
    base_url: str | None = None,
    now: datetime | None = None,
    spread: Spread | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> BuildReport:
    """`pipeline.site.build`, where it pays in a process of its own: same result, same errors, same log.

    With `spread` it stays here, where the way to its workers is. Any error that is not a PipelineError is a
    RuntimeError with the traceback as its text.
    """
    told: dict[str, Any] = {"out": out, "drafts": drafts, "base_url": base_url, "now": now}
    if spread or not _pays(settings, out or settings.public, drafts=drafts):
        return site.build(settings, **told, spread=spread, progress=progress)
    command = [sys.executable, "-P", "-m", __name__]
    # In a group of its own it does not hear of Ctrl-C: the run does, and decides.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0)
    given, said = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    try:
        with suppress(BrokenPipeError):  # how the process has ended says more
            pickle.dump((settings, told, logging.getLogger("pipeline").getEffectiveLevel()), given)
            given.flush()
        return _outcome(process, said, progress)
    except BaseException:
        _stop(process)
        raise
    finally:
        said.close()
        with suppress(BrokenPipeError):
            given.close()


def _pays(settings: Settings, out: Path, *, drafts: bool) -> bool:
    """Whether enough posts are newer than the site, or all are to be made anew; by the times of files, which is wrong
    at times, and then costs time only. Nowhere but on Linux may a process be copied.
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        return False
    built = _changed(out / MARKER)
    if any(_changed(path) > built for path in (settings.root / CONFIG_NAME, *(settings.root / "theme").rglob("*"))):
        built = 0.0
    folders = [settings.content(settings.source), *map(settings.content, settings.targets)]
    folders += [settings.drafts(locale) for locale in settings.targets if drafts]
    fresh = (post for folder in folders for post in _posts(folder) if _changed(post) > built)
    return next(islice(fresh, FEW - 1, None), None) is not None


def _posts(folder: Path) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".source"]
        yield from (f"{parent}/{name}" for name in names if name.endswith(".md"))


def _changed(path: Path | str) -> float:
    try:
        return os.stat(path).st_mtime  # noqa: PTH116 - of every post
    except OSError:
        return 0.0


def _outcome(
    process: subprocess.Popen[bytes], said: IO[bytes], progress: Callable[[int, int], None] | None
) -> BuildReport:
    """What became of it, once the process has ended."""
    outcome: object = None
    for what in _messages(said):
        if isinstance(what, tuple):
            if progress:
                progress(*what)
        elif isinstance(what, logging.LogRecord):
            _log(what)
        else:
            outcome = what
    code = process.wait()
    if isinstance(outcome, BuildReport):
        return outcome
    if isinstance(outcome, Exception):
        raise outcome
    raise BuildError(
        f"the process that builds has ended without a word, with {code}.",
        remedy="Look whether the machine ran out of memory.",
    )


def _messages(said: IO[bytes]) -> Iterator[object]:
    with suppress(EOFError, pickle.UnpicklingError):  # a process that is killed may leave half a message
        while True:
            yield pickle.load(said)  # noqa: S301 - from our own process


def _log(record: logging.LogRecord) -> None:
    logger = logging.getLogger(record.name)
    if logger.isEnabledFor(record.levelno):
        logger.handle(record)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Have it end, and its copies with it; also where it has ended already."""
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class _Tells(QueueHandler):
    """Sends records as messages, from the copies of the process too; a long one is cut."""

    def __init__(self, pipe: int) -> None:
        super().__init__(queue=cast("Any", None))
        self.pipe = pipe

    def enqueue(self, record: logging.LogRecord) -> None:
        if len(data := pickle.dumps(record)) > _LONGEST:
            record.msg = record.message = f"{str(record.msg)[: _LONGEST // 8]} …"
            data = pickle.dumps(record)
        os.write(self.pipe, data)


def _end_with_the_run() -> None:
    """Have the kernel send SIGIO, which ends whoever does not handle it, to all copies when standard input closes."""
    import fcntl

    fcntl.fcntl(0, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:  # it is closed already
        sys.exit(1)


def _main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # or else what it has not finished would stay
    pipe = os.dup(1)
    os.dup2(2, 1)  # whatever prints must not print among the messages
    settings, told, level = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the run
    _end_with_the_run()
    logging.getLogger().addHandler(_Tells(pipe))
    logging.getLogger("pipeline").setLevel(level)

    def progress(done: int, total: int) -> None:
        os.write(pipe, pickle.dumps((done, total)))

    outcome: BuildReport | Exception
    try:
        outcome = site.build(settings, **told, progress=progress)
    except PipelineError as error:
        outcome = error
    except Exception:  # noqa: BLE001 - to be raised where somebody sees it
        outcome = RuntimeError(traceback.format_exc())
    with os.fdopen(pipe, "wb") as said:
        pickle.dump(outcome, said)


if __name__ == "__main__":
    _main()
