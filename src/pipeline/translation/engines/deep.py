"""deep-translator's classes, mended.

The library sends every text over a new connection without a timeout, shares state between calls (so between threads),
answers None for texts that are the same in both languages, takes the notices of a service for translations, and lets
raw exceptions through. Here each of its objects serves one call at a time, and what its modules know as `requests`
hands their calls to our own client; an engine looks at each answer before the library does.
"""

from __future__ import annotations

import importlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from pipeline.config import EngineSettings
from pipeline.translation.engines.base import Capabilities
from pipeline.translation.engines.faults import EngineBusy, EngineError, EngineRefused
from pipeline.translation.engines.http import HttpClient
from pipeline.translation.engines.lines import join_lines, split_lines
from pipeline.translation.engines.pool import Pool

__all__ = ["Call", "DeepTranslatorEngine", "read_json"]


@dataclass(frozen=True, slots=True)
class Call:
    """What the library wants to send."""

    method: str
    url: str
    params: Mapping[str, Any]
    headers: Mapping[str, str] | None = None
    json: Any = None


@dataclass(frozen=True, slots=True)
class _Page:
    """What the library reads of an answer."""

    text: str
    status_code: int = 200

    def json(self) -> Any:
        return json.loads(self.text)

    def close(self) -> None:
        """There is nothing to close."""


_answer: ContextVar[Callable[[Call], str] | None] = ContextVar("answer", default=None)
_installing = Lock()


class _Requests:
    """Stands in for the module `requests` inside one module of deep-translator.

    Only calls that an engine of ours makes are diverted; other users of the library in this process notice nothing.
    """

    def __init__(self, real: Any) -> None:
        self._real = real

    def get(self, url: str, **rest: Any) -> Any:
        return self._send("GET", url, **rest)

    def post(self, url: str, **rest: Any) -> Any:
        return self._send("POST", url, **rest)

    def _send(self, method: str, url: str, **rest: Any) -> Any:
        answer = _answer.get()
        if answer is None:
            return self._real.request(method, url, **rest)
        call = Call(method, url, rest.get("params") or {}, rest.get("headers"), rest.get("json"))
        return _Page(answer(call))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class DeepTranslatorEngine(ABC):
    """An engine made of one class of deep-translator. Texts of a request are joined by line feeds."""

    module: str
    cls: str
    address: str
    capabilities: Capabilities

    def __init__(self, name: str, settings: EngineSettings) -> None:
        """`url` replaces the address; the path of the service may be left out."""
        self.name = name
        self.url = self.address
        if settings.url:
            bare = not urlsplit(settings.url).path.strip("/")
            self.url = settings.url.rstrip("/") + urlsplit(self.address).path if bare else settings.url
        self.client = HttpClient(name, self.url, settings.timeout)
        self._pool = cache(self._new_pool)

    @abstractmethod
    def language(self, tag: str) -> str:
        """The library's code of a BCP 47 tag; ConfigError when it has none."""

    @abstractmethod
    def answer(self, call: Call) -> str:
        """Send what the library wants to send; the answer, in a form that it reads soundly.

        Raises EngineError when the answer holds no translation, and what `HttpClient` raises.
        """

    def arguments(self) -> Mapping[str, Any]:
        """What the library's class is told beside the languages."""
        return {}

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """One request; the blanks around each text are kept. Raises EngineBusy, EngineRefused, EngineError."""
        joined = join_lines(texts)
        answer = self._ask(joined, source, target) if joined else ""
        return split_lines(self.name, texts, answer)

    def _ask(self, text: str, source: str, target: str) -> str:
        from deep_translator import exceptions as library

        token = _answer.set(self.answer)
        try:
            with self._pool(source, target).take() as translator:
                answer = translator.translate(text)
        except library.TooManyRequests:
            raise EngineBusy(f"{self.name} is being asked too often.") from None
        except (library.LanguageNotSupportedException, library.InvalidSourceOrTargetLanguage):
            raise EngineRefused(
                f"{self.name} does not translate from {source} to {target}.", remedy="Choose another engine for it."
            ) from None
        except EngineError:
            raise
        except Exception as error:  # noqa: BLE001  the library raises whatever it meets; its message may hold a key
            raise EngineError(f"{self.name} gave no translation: {type(error).__name__}.") from None
        finally:
            _answer.reset(token)
        return text if answer is None else str(answer)  # None: nothing in it to translate

    def _new_pool(self, source: str, target: str) -> Pool[Any]:
        cls = getattr(_module(self.module), self.cls)

        def make() -> Any:
            translator = cls(source=source, target=target, **self.arguments())
            translator._base_url = self.url
            return translator

        return Pool(make)


def read_json(name: str, text: str) -> Mapping[str, Any]:
    """The object in an answer; EngineError when it is none."""
    try:
        data: Any = json.loads(text)
    except ValueError:
        data = None
    if not isinstance(data, Mapping):
        raise EngineError(f"{name} answered with something that is not JSON.", remedy="Check its `url`.")
    return data


def _module(name: str) -> Any:
    """A module of deep-translator with its `requests` replaced, once."""
    module: Any = importlib.import_module(name)
    with _installing:
        if not isinstance(module.requests, _Requests):
            module.requests = _Requests(module.requests)
    return module
