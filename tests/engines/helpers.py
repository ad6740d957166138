"""Doubles and shorthands for the tests of engines."""

from __future__ import annotations

import threading
import time as real_time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from pipeline.config import EngineSettings
from pipeline.translation.dispatch import Answer, Dispatcher, Request
from pipeline.translation.engines import Capabilities, make_engine
from pipeline.translation.engines.http import HttpClient


class FakeTime:
    """A clock that only sleeping moves, for any number of threads."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds
            self.slept.append(seconds)

    @property
    def waits(self) -> dict[str, Any]:
        return {"clock": self.clock, "sleep": self.sleep, "random": lambda: 1.0}


class FakeEngine:
    """An engine in memory. `answer` gets the texts of a request and may raise."""

    def __init__(
        self,
        answer: Callable[[Sequence[str]], list[str]] = lambda texts: [f"译{text}" for text in texts],
        *,
        name: str = "fake",
        characters: int = 1000,
        texts: int = 10,
    ) -> None:
        self.name = name
        self.capabilities = Capabilities(characters, texts, ("xml",))
        self.answer = answer
        self.packs: list[list[str]] = []

    def language(self, tag: str) -> str:
        return tag

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        self.packs.append(list(texts))
        return self.answer(texts)

    @property
    def texts(self) -> list[str]:
        return [text for pack in self.packs for text in pack]


def dispatcher(
    *engines: Any,
    time: FakeTime | None = None,
    target: str = "zh-CN",
    journal: Any = None,
    terms: Any = None,
    budget: Any = None,
    **settings: Any,
):
    """A dispatcher over engines, or (engine, settings) pairs, that never really sleeps."""
    chain = [
        engine if isinstance(engine, tuple) else (engine, EngineSettings(**{"concurrency": 1, **settings}))
        for engine in engines
    ]
    waits = (time or FakeTime()).waits
    return Dispatcher(chain, source="en", target=target, journal=journal, terms=terms, budget=budget, **waits)


def real(kind: str, **settings: Any):
    """A real engine with its settings."""
    chosen = EngineSettings(**{"timeout": 60.0, "concurrency": 1, **settings})
    return make_engine(kind, chosen), chosen


@contextmanager
def impatient(server: Any, seconds: float, *, times: int | None = None) -> Iterator[None]:
    """Until the end, requests for translations wait `seconds` for their answer: the first few, or all of them.

    For servers that do not answer these. Whatever is answered may take the time that a busy machine needs. A request
    that was given up has come to the server before the next is sent.
    """
    send, left = HttpClient.send, times

    def sent(client: HttpClient, method: str, url: str, **rest: Any) -> Any:
        nonlocal left
        if left == 0 or "/languages" in url:
            return send(client, method, url, **rest)
        left = None if left is None else left - 1
        there, patience = len(server.requests), client._timeout
        client._timeout = seconds
        try:
            return send(client, method, url, **rest)
        finally:
            client._timeout = patience
            deadline = real_time.monotonic() + 60
            while len(server.requests) == there:
                assert real_time.monotonic() < deadline, "the request has not come to the server"
                real_time.sleep(0.001)

    with mock.patch.object(HttpClient, "send", sent):
        yield


def ask(dispatch: Dispatcher, texts: Sequence[str], **rest: Any) -> list[Answer]:
    """Translate plain texts."""
    return dispatch.translate([Request(text) for text in texts], **rest)


def texts_of(answers: Sequence[Answer]) -> list[str | None]:
    return [answer.text for answer in answers]


def raising(error: BaseException) -> Any:
    """For FakeEngine: every request fails so."""

    def answer(texts):
        raise error

    return answer
