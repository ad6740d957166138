"""deep-translator's classes, mended.

The library sends every text over a new connection without a timeout, shares state between calls (so between threads),
answers None for texts that are the same in both languages, and lets raw exceptions through. Here each of its objects
serves one call at a time, and what its modules know as `requests` hands their calls to our own client.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from pipeline.config import EngineSettings
from pipeline.translation.engines.base import Capabilities
from pipeline.translation.engines.faults import EngineBusy, EngineError
from pipeline.translation.engines.http import HttpClient
from pipeline.translation.engines.lines import join_lines, split_lines
from pipeline.translation.engines.pool import Pool

__all__ = ["DeepTranslatorEngine", "Page"]

_fetch: ContextVar[Callable[[str, Mapping[str, str]], Page] | None] = ContextVar("fetch", default=None)
_installing = Lock()


@dataclass(frozen=True, slots=True)
class Page:
    """What deep-translator reads of an answer."""

    text: str
    status_code: int = 200

    def close(self) -> None:
        """There is nothing to close."""


class _Requests:
    """Stands in for the module `requests` inside one module of deep-translator.

    Only calls that an engine of ours makes are diverted; other users of the library in this process notice nothing.
    """

    def __init__(self, real: Any) -> None:
        self._real = real

    def get(self, url: str, params: Mapping[str, str] | None = None, **rest: Any) -> Any:
        fetch = _fetch.get()
        return fetch(url, params or {}) if fetch else self._real.get(url, params=params, **rest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class DeepTranslatorEngine(ABC):
    """An engine made of one class of deep-translator. Texts of a request are joined by line feeds."""

    module: str
    cls: str
    address: str
    capabilities: Capabilities

    def __init__(self, name: str, settings: EngineSettings) -> None:
        self.name = name
        self._url = settings.url or self.address
        self._client = HttpClient(name, self._url, settings.timeout)
        self._pool = cache(self._new_pool)

    @abstractmethod
    def language(self, tag: str) -> str:
        """The library's code of a BCP 47 tag; ConfigError when it has none."""

    @abstractmethod
    def page(self, text: str) -> str:
        """The answer in the form that the library reads soundly; EngineError when it holds no translation."""

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """One request; the blanks around each text are kept. Raises EngineBusy, EngineRefused, EngineError."""
        joined = join_lines(texts)
        answer = self._ask(joined, source, target) if joined else ""
        return split_lines(self.name, texts, answer)

    def _ask(self, text: str, source: str, target: str) -> str:
        from deep_translator import exceptions as library

        token = _fetch.set(self._get)
        try:
            with self._pool(source, target).take() as translator:
                answer = translator.translate(text)
        except library.TooManyRequests:
            raise EngineBusy(f"{self.name} is being asked too often.") from None
        except (library.BaseError, library.RequestError, library.ServerException) as error:
            raise EngineError(f"{self.name} gave no translation: {type(error).__name__}.") from None
        finally:
            _fetch.reset(token)
        return text if answer is None else str(answer)  # None: nothing in it to translate

    def _get(self, url: str, params: Mapping[str, str]) -> Page:
        reply = self._client.send("GET", url, params=params, redirects=True)
        self._client.check(reply)
        return Page(self.page(reply.text))

    def _new_pool(self, source: str, target: str) -> Pool[Any]:
        cls = getattr(_module(self.module), self.cls)

        def make() -> Any:
            translator = cls(source=source, target=target)
            translator._base_url = self._url
            return translator

        return Pool(make)


def _module(name: str) -> Any:
    """A module of deep-translator with its `requests` replaced, once."""
    module: Any = importlib.import_module(name)
    with _installing:
        if not isinstance(module.requests, _Requests):
            module.requests = _Requests(module.requests)
    return module
