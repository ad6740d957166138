"""LibreTranslate's JSON API: a server of one's own, or a hosted one.

https://github.com/LibreTranslate/LibreTranslate: `POST /translate` with a list of texts, `GET /languages`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError
from pipeline.translation.engines.base import Capabilities
from pipeline.translation.engines.faults import EngineBusy, EngineError, EngineRefused
from pipeline.translation.engines.http import HttpClient, Reply
from pipeline.translation.engines.keys import read_key, without_key
from pipeline.translation.engines.languages import read_tag, unsupported

__all__ = ["LibreTranslateEngine"]

# What a server calls a language, newest name first.
_NAMES = {
    "zh-Hans": ("zh-Hans", "zh"),
    "zh-Hant": ("zh-Hant", "zt"),
    "pt-BR": ("pt-BR", "pb", "pt"),
    "nb": ("nb", "no"),
}
_REFUSALS = ("API key", "is not supported", "is not available")  # as a 400, which also stands for a text too long
_FULL_STOPS = "。！？；，、：…"


class LibreTranslateEngine:
    """A LibreTranslate server at `url`; the key, if it wants one, is in the variable that `api_key_env` names."""

    def __init__(self, name: str, settings: EngineSettings) -> None:
        """Raises ConfigError without a usable `url`, and when the key's variable is empty."""
        if not settings.url:
            raise ConfigError(
                f"the engine `{name}` needs the address of its server.",
                remedy=f'Add `url = "http://localhost:5000"` to [engines.{name}].',
            )
        self.name = name
        # The public server takes 2000 characters; one of one's own takes what its owner says.
        self.capabilities = Capabilities(settings.max_characters or 2000, 50, ("bracket", "xml"))
        self._url = settings.url.rstrip("/").removesuffix("/translate")
        self._client = HttpClient(name, self._url, settings.timeout)
        self._key = read_key(name, settings.api_key_env) if settings.api_key_env else None
        self._offers: dict[str, set[str]] | None = None

    def language(self, tag: str) -> str:
        """The newest name of a language (zh-Hans, zh-Hant, de …); the server's own is found when it is asked."""
        wanted = read_tag(tag)
        if wanted.language == "zh":
            if not wanted.chinese:
                raise unsupported(self.name, tag)
            return f"zh-{wanted.chinese}"
        return "pt-BR" if (wanted.language, wanted.region) == ("pt", "BR") else wanted.language

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """One request. Raises EngineBusy, EngineRefused, EngineError."""
        source, target = self._server_names(source, target)
        payload: dict[str, Any] = {"q": list(texts), "source": source, "target": target, "format": "text"}
        if self._key:
            payload["api_key"] = self._key.get_secret_value()
        answer = self._json(self._client.send("POST", f"{self._url}/translate", json=payload))
        found = answer.get("translatedText") if isinstance(answer, Mapping) else None
        if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
            said = self._said(answer)
            raise EngineError(f"{self.name} answered without a list of translations" + (f": {said}" if said else "."))
        if len(found) != len(texts):
            raise EngineError(f"{self.name} answered {len(texts)} texts with {len(found)}.")
        return [_tidy(text, translated) for text, translated in zip(texts, found, strict=True)]

    def _server_names(self, source: str, target: str) -> tuple[str, str]:
        """What this server calls the two languages; EngineRefused when it does not translate between them."""
        if self._offers is None:
            self._offers = self._languages()  # several threads may ask at first; the answers are the same
        offers = self._offers
        if not offers:  # a server that does not say
            return _NAMES.get(source, (source,))[-1], _NAMES.get(target, (target,))[-1]
        ours = next((name for name in _NAMES.get(source, (source,)) if name in offers), "")
        theirs = next((name for name in _NAMES.get(target, (target,)) if name in offers.get(ours, ())), "")
        if not ours or not theirs:
            raise EngineRefused(
                f"{self.name} does not translate from {source} to {target}.",
                remedy=f"It knows {', '.join(sorted(offers))}. Install the language there, or use another engine.",
            )
        return ours, theirs

    def _languages(self) -> dict[str, set[str]]:
        """Targets by source language; empty when the server has no such list."""
        try:
            answer = self._json(self._client.send("GET", f"{self._url}/languages"))
            return {item["code"]: {*item.get("targets", ())} - {item["code"]} for item in answer}
        except EngineBusy:
            raise
        except (EngineError, LookupError, TypeError, AttributeError):
            return {}

    def _json(self, reply: Reply) -> Any:
        """The answer; the fault that it tells of, or that it is none."""
        try:
            answer = json.loads(reply.text)
        except ValueError:
            self._client.check(reply)
            raise EngineError(
                f"{self.name} answered with something that is not JSON.",
                remedy="Check that `url` is the address of a LibreTranslate server.",
            ) from None
        said = self._said(answer)
        if reply.status == 400 and any(words in said for words in _REFUSALS):
            raise EngineRefused(f"{self.name} refused: {said}.", remedy="Check the key and the languages.")
        self._client.check(reply, said)
        return answer

    def _said(self, answer: object) -> str:
        error = answer.get("error") if isinstance(answer, Mapping) else None
        return without_key(str(error), self._key).strip(" .\n")[:200] if error else ""


def _tidy(text: str, translated: str) -> str:
    """Without the ASCII stop that the server copies from the source behind a full-width one, as in `你好。.`."""
    last, ended = text.rstrip()[-1:], translated.rstrip()
    copied = len(ended) > 1 and ended[-1] == last and last in ".!?;," and ended[-2] in _FULL_STOPS
    return ended[:-1] if copied else translated
