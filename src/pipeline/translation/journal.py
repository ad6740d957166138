"""Every answer of an engine, kept as it arrives, so that a run that was killed pays for nothing twice.

`.pipeline/journal/answers.jsonl`: a first line that says what the file is, then one JSON object a line. A line is
appended by one write to a file opened for appending, so several processes can share it; each write starts a line of its
own, so half a line that a dying process left spoils nothing but itself. The texts are not in it: an answer's key is a
digest of what was asked. Answers are, so the file is as confidential as the posts.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.config import EngineSettings
from pipeline.translation.engines import Request

__all__ = ["Journal", "answer_key"]

logger = logging.getLogger(__name__)

_HEADER = b'{"journal":"pipeline.translation","version":1}'
_START = b'{"key":"'
# How an engine is reached and how fast, and where its key is, say nothing about what it answers.
_IRRELEVANT = {
    "api_key_env",
    "concurrency",
    "max_characters",
    "requests_per_second",
    "retries",
    "timeout",
}


def answer_key(name: str, settings: EngineSettings, languages: tuple[str, str], request: Request) -> str:
    """The digest under which the answer of the engine `name` to `request` is kept.

    Leave `before` and `after` empty for an engine that does not read them.
    """
    relevant = settings.model_dump(mode="json", exclude=_IRRELEVANT, exclude_defaults=True)
    parts = [name, relevant, *languages, request.text, request.before, request.after]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:40]


class Journal:
    """The answers in one directory, which is made when it is needed. Threads and processes may share it.

    A file that is foreign, of another version or damaged is renamed and not used. A journal that cannot be read or
    written is a warning: the run goes on without.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / "answers.jsonl"
        self._answers: dict[str, str] = {}
        self._file: int | None = None
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
        if self._file is None:
            return
        try:
            os.write(self._file, b"\n" + _line(key, engine, text))
        except OSError as error:
            logger.warning("%s cannot be written, so answers are no longer kept: %s.", self.path, error.strerror)
            self.close()

    def close(self) -> None:
        """Stop keeping answers. Those that are known stay known."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        found = _read(self.path)
        if found is None:
            self._set_aside()
            found = {}
        self._answers = found
        _create(self.path)
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0))

    def _set_aside(self) -> None:
        number = 1
        while (aside := self.path.with_name(f"answers.{number}.set-aside")).exists():
            number += 1
        self.path.rename(aside)
        logger.warning("%s is damaged or not a journal of this version. It is now %s.", self.path, aside.name)


def _create(path: Path) -> None:
    """Make a journal with nothing but its first line, unless there is one: nobody ever sees it without that line."""
    if path.exists():
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    fresh.write_bytes(_HEADER + b"\n")
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # another process was faster
    finally:
        fresh.unlink()


def _read(path: Path) -> dict[str, str] | None:
    """The answers in a journal by their keys, the latest of each; None if the file is not to be trusted."""
    try:
        header, *lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return {}
    if header != _HEADER:
        return None
    answers: dict[str, str] = {}
    for line in lines:
        if not line:
            continue
        entry = _entry(line)
        if entry is None:
            return None
        if entry:
            answers[entry[0]] = entry[1]
    return answers


def _line(key: str, engine: str, text: str) -> bytes:
    data = {"key": key, "engine": engine, "text": text, "sum": zlib.crc32(f"{key}{text}".encode())}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _entry(line: bytes) -> tuple[str, str] | tuple[()] | None:
    """Key and answer; empty for a line that was cut off; None for one that no journal has written."""
    try:
        data = json.loads(line)
    except ValueError:
        return () if line.startswith(_START) or _START.startswith(line) else None
    match data:
        case {"key": str(key), "text": str(text), "sum": int(total)} if zlib.crc32(f"{key}{text}".encode()) == total:
            return key, text
    return None
