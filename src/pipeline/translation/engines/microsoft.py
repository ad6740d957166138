"""Microsoft Translator, through deep-translator: an account with a key.

https://learn.microsoft.com/azure/ai-services/translator/text-translation/reference/v3/translate
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pipeline.config import EngineSettings
from pipeline.translation.engines.base import Capabilities
from pipeline.translation.engines.deep import Call, DeepTranslatorEngine
from pipeline.translation.engines.faults import EngineError, EngineRefused
from pipeline.translation.engines.keys import read_key, without_key
from pipeline.translation.engines.languages import read_tag, unsupported

__all__ = ["MicrosoftEngine"]

_KEY = "MICROSOFT_API_KEY"
_NO_SUCH_LANGUAGE = {400018, 400019, 400023, 400035, 400036}
_QUOTA = 403001


class MicrosoftEngine(DeepTranslatorEngine):
    """The key is in MICROSOFT_API_KEY or where `api_key_env` says; `region` is that of the resource, if it has one."""

    module = "deep_translator.microsoft"
    cls = "MicrosoftTranslator"
    address = "https://api.cognitive.microsofttranslator.com/translate"
    capabilities = Capabilities(max_characters=10_000, max_texts=100, tags=("xml", "bracket"))

    def __init__(self, name: str, settings: EngineSettings) -> None:
        """Raises ConfigError without a key, and for an address that is none."""
        super().__init__(name, settings)
        self._key = read_key(name, settings.api_key_env or _KEY)
        self._region = settings.region
        parts = urlsplit(self.url)
        self._root = f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/translate')}"
        self.url = f"{self._root}/translate?api-version=3.0"

    def arguments(self) -> Mapping[str, Any]:
        """The key and its region."""
        return {"api_key": self._key.get_secret_value(), "region": self._region or None}

    def language(self, tag: str) -> str:
        """zh-hans or zh-hant for Chinese, else the tag's language; the service's list is read when it is asked."""
        wanted = read_tag(tag)
        if wanted.language == "zh":
            if not wanted.chinese:
                raise unsupported(self.name, tag)
            return f"zh-{wanted.chinese}".lower()
        if (wanted.language, wanted.region) in {("pt", "PT"), ("fr", "CA")}:
            return f"{wanted.language}-{wanted.region}".lower()
        if wanted.language == "sr" or wanted.script:
            return f"{wanted.language}-{wanted.script or 'Cyrl'}".lower()
        return wanted.language

    def answer(self, call: Call) -> str:
        """Each line as a text of its own, which the service counts for us; the library knows of one alone."""
        url = self._root + call.url[call.url.index("/languages") :].strip() if "/languages" in call.url else call.url
        lines = str(call.json[0]["text"]).split("\n") if call.json else []
        reply = self.client.send(
            call.method,
            url,
            params=call.params,
            headers=call.headers,
            json=[{"text": line} for line in lines] if call.json else None,
        )
        try:
            data: Any = json.loads(reply.text)
        except ValueError:
            data = None
        self._check(reply.status, data)
        self.client.check(reply, self._said(data))
        if not call.json:
            if not isinstance(data, Mapping) or not isinstance(data.get("translation"), Mapping):
                raise EngineError(f"{self.name} answered without its list of languages.", remedy="Check its `url`.")
            return reply.text
        return json.dumps([{"translations": [{"text": "\n".join(self._texts(data, len(lines)))}]}])

    def _texts(self, data: object, count: int) -> Sequence[str]:
        try:
            texts = [item["translations"][0]["text"] for item in data] if isinstance(data, list) else None
        except (LookupError, TypeError):
            texts = None
        if texts is None or not all(isinstance(text, str) for text in texts):
            raise EngineError(f"{self.name} answered something that is not a list of translations.")
        if len(texts) != count:
            raise EngineError(f"{self.name} answered {count} texts with {len(texts)}.")
        return texts

    def _check(self, status: int, data: object) -> None:
        """The faults that the service tells apart by a code of its own."""
        error = data.get("error") if isinstance(data, Mapping) else None
        code = error.get("code") if isinstance(error, Mapping) else None
        if code in _NO_SUCH_LANGUAGE:
            raise EngineRefused(f"{self.name} refused: {self._said(data)}.", remedy="Check the languages.")
        if code == _QUOTA and status == 403:
            raise EngineRefused(f"{self.name} refused: {self._said(data)}.", remedy="See to the account's quota.")

    def _said(self, data: object) -> str:
        error = data.get("error") if isinstance(data, Mapping) else None
        said = str(error.get("message", "")) if isinstance(error, Mapping) else ""
        return without_key(said, self._key).strip(" .\n")[:200]
