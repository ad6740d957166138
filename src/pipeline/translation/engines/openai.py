"""A language model behind any OpenAI-compatible endpoint: OpenAI itself, Ollama, vLLM, llama.cpp and others.

The package `openai` writes the requests and reads the answers; they are sent by our own client, which bounds every wait
and never repeats by itself. https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import hashlib
import importlib
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import SecretStr

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError
from pipeline.translation.engines.base import Capabilities, Request
from pipeline.translation.engines.faults import EngineBusy, EngineError, EngineRefused
from pipeline.translation.engines.http import HttpClient, Reply
from pipeline.translation.engines.keys import read_key, without_key
from pipeline.translation.engines.languages import read_tag, unsupported
from pipeline.translation.engines.prompt import SCHEMA, question, read_reply, task

__all__ = ["OpenAIEngine"]

logger = logging.getLogger(__name__)

_KEY = "OPENAI_API_KEY"
_URL = "https://api.openai.com/v1"
_NAMES = {"zh-Hans": "Simplified Chinese (zh-Hans)", "zh-Hant": "Traditional Chinese (zh-Hant)", "en": "English"}
# What to ask an answer to be, the strictest first; what a server does not know is asked for once.
_FORMATS: tuple[dict[str, Any], ...] = (
    {"type": "json_schema", "json_schema": {"name": "translations", "strict": True, "schema": SCHEMA}},
    {"type": "json_object"},
    {},
)
_FORMAT_WORDS = ("response_format", "json_schema", "json_object", "schema", "grammar", "structured")


class OpenAIEngine:
    """The `model` at `url`, which is OpenAI's own by default. A server of one's own needs no key.

    `instructions` is a file with the style; `options` are further parameters of the requests.
    """

    def __init__(self, name: str, settings: EngineSettings) -> None:
        """Raises ConfigError without a `model`, for instructions that cannot be read, and without OpenAI's key."""
        if not settings.model:
            raise ConfigError(
                f"the engine `{name}` needs the name of a model.", remedy=f'Add `model = "…"` to [engines.{name}].'
            )
        self.name = name
        self._settings = settings
        self._instructions = _read(name, settings.instructions)
        told = hashlib.sha256(task("", "", {}, "", self._instructions).encode()).hexdigest()
        # Local models are slow, and have little room: what is too much for them is lost to them without a word.
        self.capabilities = Capabilities(settings.max_characters or 4000, 20, ("xml", "bracket"), fingerprint=told)
        self._url = (settings.url or _URL).rstrip("/").removesuffix("/chat/completions")
        # Only OpenAI itself gets a key that nobody has configured for this address.
        variable = settings.api_key_env or ("" if settings.url else _KEY)
        self._key = read_key(name, variable) if variable else None
        self._http = HttpClient(name, self._url, settings.timeout)
        self._terms: dict[str, str] = {}
        self._format = 0
        self._temperate = "temperature" not in settings.options
        self._lock = Lock()
        self._made: Any = None

    def language(self, tag: str) -> str:
        """zh-Hans or zh-Hant for Chinese, else the tag itself; ConfigError when it is none."""
        wanted = read_tag(tag)
        if wanted.language != "zh":
            return tag
        if not wanted.chinese:
            raise unsupported(self.name, tag)
        return f"zh-{wanted.chinese}"

    def use_terms(self, terms: Mapping[str, str]) -> None:
        """Tell the model of those terms that occur in a text."""
        self._terms = dict(terms)

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """As `translate_in_context`, without context."""
        return self.translate_in_context([Request(text) for text in texts], source=source, target=target)

    def translate_in_context(self, requests: Sequence[Request], *, source: str, target: str) -> list[str]:
        """One request, or a second one at first, where the server lacks a parameter.

        Raises EngineBusy, EngineRefused, EngineError.
        """
        whole = "\n".join(request.text for request in requests).casefold()
        terms = {term: wanted for term, wanted in self._terms.items() if term.casefold() in whole}
        system = task(_named(source), _named(target), terms, self._settings.formality, self._instructions)
        messages = [{"role": "system", "content": system}, {"role": "user", "content": question(requests)}]
        while True:
            form, temperate = self._format, self._temperate
            try:
                completion = self._complete(messages, _FORMATS[form], temperate=temperate)
            except (EngineBusy, EngineRefused):
                raise
            except EngineError as error:
                if not self._asks_for_less(str(error), form, temperate=temperate):
                    raise
                continue
            return read_reply(self.name, self._content(completion), len(requests))

    def _asks_for_less(self, said: str, form: int, *, temperate: bool) -> bool:
        """Whether a refusal was about a parameter that we can do without; it is not sent again."""
        if temperate and "temperature" in said:
            self._temperate = False
            return True
        if form + 1 < len(_FORMATS) and any(word in said for word in _FORMAT_WORDS):
            self._format = max(self._format, form + 1)
            logger.info("%s does not know the answer's format %s.", self.name, _FORMATS[form]["type"])
            return True
        return False

    def _complete(self, messages: list[dict[str, str]], form: dict[str, Any], *, temperate: bool) -> Any:
        from openai import OpenAIError

        parameters: dict[str, Any] = {"model": self._settings.model, "messages": messages}
        if form:
            parameters["response_format"] = form
        if temperate:
            parameters["temperature"] = 0
        try:
            return self._client().chat.completions.create(**parameters, extra_body=dict(self._settings.options))
        except OpenAIError as error:  # older versions of the package wrap what its transport raises
            if isinstance(error.__cause__, EngineError):
                raise error.__cause__ from None
            raise EngineError(f"{self.name} cannot be asked: {type(error).__name__}.") from None

    def _client(self) -> Any:
        """The package's client, made when it is first needed: importing it takes a while."""
        with self._lock:
            if self._made is None:
                from openai import DefaultHttpxClient, OpenAI

                transport: Any = _Transport(self.name, self._key, self._http)
                self._made = OpenAI(
                    api_key=self._key.get_secret_value() if self._key else "none",
                    base_url=self._url,
                    max_retries=0,
                    http_client=DefaultHttpxClient(transport=transport),
                )
            return self._made

    def _content(self, completion: Any) -> str:
        """What the model said, if it could finish."""
        try:
            choice = completion.choices[0]
            reason, content = choice.finish_reason, choice.message.content
            refusal = getattr(choice.message, "refusal", None)
        except (AttributeError, TypeError, LookupError):
            raise EngineError(f"{self.name} answered without a message.") from None
        if reason == "length":
            raise EngineError(
                f"the answer of {self.name} was cut off at the model's limit.",
                remedy="Give the model more room, or lower `max_characters`.",
            )
        if refusal or reason == "content_filter":
            raise EngineError(f"{self.name} will not translate this text.")
        if not isinstance(content, str):
            raise EngineError(f"{self.name} answered without a text.")
        return content


class _Transport:
    """Sends the package's requests through our own client, for httpx of whichever version the package has."""

    def __init__(self, name: str, key: SecretStr | None, http: HttpClient) -> None:
        self._name = name
        self._key = key
        self._http = http

    def handle_request(self, request: Any) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = request.headers["Authorization"]
        reply = self._http.send(request.method, str(request.url), data=request.read(), headers=headers)
        self._check(reply)
        httpx = importlib.import_module(type(request).__module__.partition(".")[0])
        content = without_key(reply.text, self._key).encode()  # which the package may log
        return httpx.Response(reply.status, content=content, headers={"Content-Type": "application/json"})

    def close(self) -> None:
        """There is nothing to close."""

    def _check(self, reply: Reply) -> None:
        """Raise the fault that an answer stands for."""
        try:
            answer: Any = json.loads(reply.text)
        except ValueError:
            answer = None
        error = answer.get("error", answer) if isinstance(answer, Mapping) else None
        said, code = (error, "") if isinstance(error, str) else _message(error)
        said = without_key(said, self._key).strip(" .\n")[:200]
        if code == "insufficient_quota":
            raise EngineRefused(f"{self._name} refused: {said}.", remedy="See to the account, or add another engine.")
        if reply.status == 404:
            raise EngineRefused(
                f"{self._name} answered 404" + (f": {said}." if said else "."), remedy="Check its `url` and `model`."
            )
        self._http.check(reply, said)
        if not isinstance(answer, Mapping):
            raise EngineError(f"{self._name} answered with something that is not JSON.", remedy="Check its `url`.")


def _named(code: str) -> str:
    return _NAMES.get(code, f"the language with the BCP 47 tag {code}")


def _message(error: object) -> tuple[str, str]:
    """What an error of a server says, and its code."""
    if not isinstance(error, Mapping):
        return "", ""
    return str(error.get("message") or error.get("detail") or ""), str(error.get("code") or "")


def _read(name: str, path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(
            f"the instructions of the engine `{name}` cannot be read.",
            path=path,
            remedy=f"Check `instructions` in [engines.{name}]; save the file as UTF-8.",
        ) from None
