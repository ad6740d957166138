"""MyMemory, through deep-translator: no account, and a few thousand characters a day.

https://mymemory.translated.net/doc/spec.php
"""

from __future__ import annotations

import html
import json
import re

from pipeline.translation.engines.base import Capabilities
from pipeline.translation.engines.deep import Call, DeepTranslatorEngine, read_json
from pipeline.translation.engines.faults import EngineBusy, EngineError, EngineRefused
from pipeline.translation.engines.languages import code_of, unsupported

__all__ = ["MyMemoryEngine"]

_CHINESE = {"Hans": "zh-CN", "Hant": "zh-TW"}
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
_NEXT = re.compile(r"NEXT AVAILABLE IN\s+(\d+) HOURS? (\d+) MINUTES? (\d+) SECONDS?")
_DAY = 86_400.0


class MyMemoryEngine(DeepTranslatorEngine):
    """One text a request: this is a translation memory, and finds nothing for several at once."""

    module = "deep_translator.mymemory"
    cls = "MyMemoryTranslator"
    address = "https://api.mymemory.translated.net/get"
    capabilities = Capabilities(max_characters=499, max_texts=1, tags=("xml", "bracket"))

    def language(self, tag: str) -> str:
        """A code with a region (en-GB, zh-CN, zh-TW, de-DE …), which is what the service wants; ConfigError if none."""
        from deep_translator.constants import MY_MEMORY_LANGUAGES_TO_CODES

        named = sorted(MY_MEMORY_LANGUAGES_TO_CODES.items(), key=lambda item: len(item[0]), reverse=True)
        defaults = {code.partition("-")[0]: code for _, code in named}  # `french`, rather than `belgian french`
        code = code_of(tag, [code for _, code in named], _CHINESE, defaults)
        if code is None:
            raise unsupported(self.name, tag)
        return code

    def answer(self, call: Call) -> str:
        """The answer, once its notices are told from its translations: all of them come with status 200."""
        reply = self.client.send(call.method, call.url, params=call.params)
        self.client.check(reply)
        data = read_json(self.name, reply.text)
        found = data.get("responseData")
        text = found.get("translatedText") if isinstance(found, dict) else None
        status, said = str(data.get("responseStatus", "200")), str(data.get("responseDetails") or text or "")
        if status == "429" or data.get("quotaFinished") is True or str(text).startswith("MYMEMORY WARNING"):
            raise EngineBusy(f"{self.name} gives no more free translations today.", retry_after=_seconds(said))
        if status != "200":
            fault = EngineRefused if status == "403" and "LANGUAGE" in said.upper() else EngineError
            raise fault(f"{self.name} refused: {said.strip(' .').lower()[:200]}.")
        if not isinstance(text, str) or not text.strip():
            raise EngineError(f"{self.name} has no translation of this text.")
        return json.dumps({"responseData": {"translatedText": _unescaped(text, str(call.params.get("q", "")))}})


def _seconds(notice: str) -> float:
    match = _NEXT.search(notice)
    return float(match[1]) * 3600 + float(match[2]) * 60 + float(match[3]) if match else _DAY


def _unescaped(text: str, source: str) -> str:
    """Without the character references that people's entries in the memory are full of."""
    return text if _ENTITY.search(source) else _ENTITY.sub(lambda match: html.unescape(match[0]), text)
