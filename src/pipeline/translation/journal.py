"""Every answer of an engine, kept as it arrives, so that a run that was killed pays for nothing twice.

`.pipeline/journal/answers.jsonl`: a first line that says what the file is, then one JSON object a line. A line is
appended by one write to a file opened for appending, so several processes can share it; each write starts a line of its
own, so half a line that a dying process left spoils nothing but itself. The texts are not in it: an answer's key is a
digest of what was asked. Answers are, so the file is as confidential as the posts.

An answer is of use until its draft is written. So a file that has grown large is pruned when it is opened, by a process
that has it for itself: of what is a month old, of what was answered anew, and of the oldest if it is still too large.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, get_ident
from types import TracebackType
from typing import Any, Self

from pipeline.config import EngineSettings
from pipeline.translation.engines import Request

__all__ = ["Answers", "Journal", "answer_key", "relevant"]

logger = logging.getLogger(__name__)

_HEADER = b'{"journal":"pipeline.translation","version":1}'
_START = b'{"key":"'
_LARGE, _LARGEST = 8 * 2**20, 64 * 2**20  # bytes
_MONTH = 30 * 86_400
_ASIDE = 5
# How an engine is reached and how fast, what it costs, and where its key is, say nothing about what it answers.
_IRRELEVANT = {
    "account_env",
    "api_key_env",
    "characters_per_minute",
    "concurrency",
    "currency",
    "instructions",  # it is their text that counts
    "max_characters",
    "price",
    "requests_per_second",
    "retries",
    "timeout",
}


def relevant(settings: EngineSettings) -> dict[str, Any]:
    """What of an engine's settings decides its answers."""
    return settings.model_dump(mode="json", exclude=_IRRELEVANT, exclude_defaults=True)


def answer_key(
    name: str, settings: Mapping[str, Any], languages: tuple[str, str], request: Request, more: Sequence[object] = ()
) -> str:
    """The digest under which the answer of the engine `name` to `request` is kept.

    `settings` are the `relevant` ones, `more` is what else decides the answer. Leave `before` and `after` empty for an
    engine that does not read them.
    """
    parts = [name, settings, *languages, request.text, request.before, request.after, *more]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One answer; `line` is how it is written, and `at` when it was (seconds since 1970)."""

    key: str
    text: str
    at: float
    line: bytes


class Answers:
    """Answers of engines that are kept in memory. `added` are the new ones, as (key, text, engine)."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._answers = dict(known)
        self.added: list[tuple[str, str, str]] = []

    def get(self, key: str) -> str | None:
        """The answer kept under `key`, if there is one."""
        return self._answers.get(key)

    def add(self, key: str, text: str, engine: str) -> None:
        """Keep an answer."""
        self._answers[key] = text
        self.added.append((key, text, engine))


class Journal:
    """The answers in one directory, which is made when it is needed. Threads and processes may share it.

    A file that is foreign, of another version or damaged is renamed and not used. A journal that cannot be read or
    written is a warning: the run goes on without.
    """

    def __init__(self, directory: Path, *, now: Callable[[], float] = time.time) -> None:
        """`now` is for tests."""
        self.path = directory / "answers.jsonl"
        self._now = now
        self._answers: dict[str, str] = {}
        self._file: int | None = None
        self._lock = Lock()
        try:
            self._open()
        except OSError as error:
            logger.warning("%s cannot be used, so this run's answers are not kept: %s.", self.path, error.strerror)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: str) -> str | None:
        """The answer kept under `key`, if there is one."""
        return self._answers.get(key)

    def add(self, key: str, text: str, engine: str) -> None:
        """Keep an answer; it is on its way to the disk when this returns."""
        self._answers[key] = text
        with self._lock:  # nobody writes to a number that has been given to another file
            if self._file is None:
                return
            try:
                os.write(self._file, b"\n" + _line(key, engine, text, self._now()))
            except OSError as error:
                logger.warning("%s cannot be written, so answers are no longer kept: %s.", self.path, error.strerror)
                self._close()

    def close(self) -> None:
        """Stop keeping answers. Those that are known stay known."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = _opened(self.path)
        found = _read(self.path)
        if found is None:
            self._set_aside()
            self.close()
            self._file, found = _opened(self.path), []
        kept = _pruned(found, self._now())
        if len(kept) < len(found) and _alone(self._file):
            _replace(self.path, kept)
            self.close()
            self._file = _opened(self.path)
        self._answers = {entry.key: entry.text for entry in found}

    def _set_aside(self) -> None:
        number = 1
        while (aside := self.path.with_name(f"answers.{number}.set-aside")).exists():
            number += 1
        self.path.rename(aside)
        logger.warning("%s is damaged or not a journal of this version. It is now %s.", self.path, aside.name)
        asides = sorted(self.path.parent.glob("answers.*.set-aside"), key=lambda path: path.stat().st_mtime)
        for old in asides[:-_ASIDE]:
            old.unlink()


def _opened(path: Path) -> int:
    """The journal, made if there is none, open for appending and marked as in use."""
    while True:
        _create(path)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0))
        _lock(file, alone=False)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        os.close(file)  # somebody has put another file into its place


def _lock(file: int, *, alone: bool) -> bool:
    """Mark a file as in use, or as in use by us alone; whether that could be done."""
    try:
        import fcntl
    except ImportError:  # Windows: nobody knows who else is at it
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
    except OSError:
        return False
    return True


def _alone(file: int) -> bool:
    return _lock(file, alone=True)


def _create(path: Path) -> None:
    """Make a journal with nothing but its first line, unless there is one: nobody ever sees it without that line."""
    if path.exists():
        return
    fresh = _beside(path)
    fresh.write_bytes(_HEADER + b"\n")
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # another process was faster
    finally:
        fresh.unlink()


def _replace(path: Path, entries: Sequence[_Entry]) -> None:
    fresh = _beside(path)
    fresh.write_bytes(b"\n".join([_HEADER, *(entry.line for entry in entries)]))
    fresh.replace(path)


def _beside(path: Path) -> Path:
    """A name for a file that only this thread writes."""
    return path.with_name(f".{path.name}.{os.getpid()}.{get_ident()}.tmp")


def _pruned(entries: Sequence[_Entry], now: float) -> Sequence[_Entry]:
    """The entries that are worth their place; all of them unless it is worth the work."""
    size = sum(len(entry.line) + 1 for entry in entries)
    if size <= _LARGE:
        return entries
    kept: list[_Entry] = []
    seen: set[str] = set()
    left = _LARGEST * 3 // 4
    for entry in reversed(entries):
        if entry.key not in seen and entry.at > now - _MONTH and left > 0:
            seen.add(entry.key)
            kept.append(entry)
            left -= len(entry.line) + 1
    freed = size - sum(len(entry.line) + 1 for entry in kept)
    return kept[::-1] if freed > size // 4 or size > _LARGEST else entries


def _read(path: Path) -> list[_Entry] | None:
    """The answers in a journal, in the order in which they were kept; None if the file is not to be trusted."""
    header, *lines = path.read_bytes().split(b"\n")
    if header != _HEADER:
        return None
    entries: list[_Entry] = []
    for line in lines:
        if not line:
            continue
        entry = _entry(line)
        if entry is None:
            return None
        if entry:
            entries.append(entry)
    return entries


def _line(key: str, engine: str, text: str, at: float) -> bytes:
    data = {"key": key, "engine": engine, "text": text, "at": int(at), "sum": zlib.crc32(f"{key}{text}".encode())}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _entry(line: bytes) -> _Entry | tuple[()] | None:
    """An answer; empty for a line that was cut off; None for one that no journal has written."""
    try:
        data = json.loads(line)
    except ValueError:
        return () if line.startswith(_START) or _START.startswith(line) else None
    match data:
        case {"key": str(key), "text": str(text), "sum": int(total)} if zlib.crc32(f"{key}{text}".encode()) == total:
            at = data.get("at", 0)
            return _Entry(key, text, at if isinstance(at, int) else 0, line)
    return None
