"""Any program as an engine: JSON lines on its stdin and stdout.

One object a line: `{"id": 1, "texts": […], "source": "en", "target": "zh-CN"}` is answered with `{"texts": […]}`, or
with `{"error": "why"}`, and `"retry_after": seconds` beside it when the same may work later. An answer that repeats the
`id` is checked by it. The program is started at the first request and keeps running; at the end of its stdin it should
end. What it writes to stderr is shown as it is.
"""

from __future__ import annotations

import json
import subprocess
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import IO, Any

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError
from pipeline.translation.engines.base import Capabilities
from pipeline.translation.engines.faults import EngineBusy, EngineError, EngineRefused, EngineTimeout
from pipeline.translation.engines.languages import read_tag

__all__ = ["CommandEngine"]

_PATIENCE = 2.0


class CommandEngine:
    """The program in `command`. It gets one request at a time; one that does not answer in `timeout` s is killed."""

    def __init__(self, name: str, settings: EngineSettings) -> None:
        """Raises ConfigError without a `command`."""
        if not settings.command:
            raise ConfigError(
                f"the engine `{name}` needs the program that translates.",
                remedy=f'Add `command = ["program", "argument"]` to [engines.{name}].',
            )
        self.name = name
        self.capabilities = Capabilities(settings.max_characters or 5000, 50, ("xml", "bracket"), needs_network=False)
        self._command = list(settings.command)
        self._timeout = settings.timeout
        self._lock = Lock()
        self._program: _Program | None = None
        self._id = 0

    def language(self, tag: str) -> str:
        """The tag itself, which the program is given; ConfigError when it is none."""
        read_tag(tag)
        return tag

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """One line to the program and one from it. Raises EngineBusy, EngineRefused, EngineError."""
        with self._lock:
            self._id += 1
            asked = {"id": self._id, "texts": list(texts), "source": source, "target": target}
            program = self._program or self._start()
            self._program = None  # until it has proved that it is in step with us
            try:
                answer = self._ask(program, json.dumps(asked, ensure_ascii=False).encode() + b"\n")
                data = self._object(answer, self._id)
            except EngineError:
                program.kill()
                raise
            self._program = program
        return self._texts(data, len(texts))

    def _ask(self, program: _Program, line: bytes) -> bytes:
        if not program.lines.empty():
            raise EngineBusy(f"the program of {self.name} wrote a line that nobody had asked for, or has ended.")
        try:
            program.write(line)
            answer = program.lines.get(timeout=self._timeout)
        except Empty:
            raise EngineTimeout(f"the program of {self.name} did not answer within {self._timeout:g} s.") from None
        except OSError:
            answer = b""
        if not answer.endswith(b"\n"):
            raise EngineBusy(f"the program of {self.name} ended without an answer.")
        return answer

    def _start(self) -> _Program:
        try:
            program = _Program(self._command)
        except OSError as error:
            raise EngineRefused(
                f"the program of {self.name} cannot be started: {error.strerror}.",
                remedy=f"Check `command` in [engines.{self.name}].",
            ) from None
        weakref.finalize(self, program.stop)
        return program

    def _object(self, answer: bytes, number: int) -> Mapping[str, Any]:
        try:
            data: Any = json.loads(answer)
        except ValueError:
            data = None
        if not isinstance(data, Mapping):
            raise EngineError(f"the program of {self.name} answered a line that is not a JSON object.")
        if data.get("id", number) != number:
            raise EngineBusy(f"the program of {self.name} answered another request than the last.")
        return data

    def _texts(self, data: Mapping[str, Any], count: int) -> list[str]:
        if data.get("error"):
            said = f"{self.name}: {str(data['error'])[:200]}"
            if "retry_after" in data:
                raise EngineBusy(said, retry_after=_seconds(data["retry_after"]))
            raise EngineError(said)
        texts = data.get("texts")
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise EngineError(f"the program of {self.name} answered without a list of `texts`.")
        if len(texts) != count:
            raise EngineError(f"the program of {self.name} answered {count} texts with {len(texts)}.")
        return texts


class _Program:
    """A running program, and the lines it writes; an empty line of bytes is its end."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lines: SimpleQueue[bytes] = SimpleQueue()
        if self._process.stdout:
            Thread(target=_read, args=(self._process.stdout, self.lines), daemon=True).start()

    def write(self, line: bytes) -> None:
        if self._process.stdin:
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self.stop()

    def stop(self) -> None:
        """Let it end by itself; make it, if it does not."""
        if self._process.stdin:
            with suppress(OSError):  # it may have ended, with our last line unread
                self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _read(stdout: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    with stdout:
        for line in stdout:
            lines.put(line)
    lines.put(b"")


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and value >= 0 else None
