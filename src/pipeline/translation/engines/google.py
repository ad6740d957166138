"""Google Translate's page for simple phones, through deep-translator: no account, and no promise to be there."""

from __future__ import annotations

import re

from pipeline.translation.engines.base import Capabilities
from pipeline.translation.engines.deep import Call, DeepTranslatorEngine
from pipeline.translation.engines.faults import EngineError
from pipeline.translation.engines.languages import code_of, unsupported

__all__ = ["GoogleEngine"]

_CHINESE = {"Hans": "zh-CN", "Hant": "zh-TW"}
_ALIASES = {"he": "iw", "jv": "jw", "nb": "no", "nn": "no", "fil": "tl"}
_RESULT = re.compile(r"""class=["'](?:result-container|t0)["']""")
_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)


class GoogleEngine(DeepTranslatorEngine):
    """The default engine. `url` replaces the address of the page."""

    module = "deep_translator.google"
    cls = "GoogleTranslator"
    address = "https://translate.google.com/m"
    # The library wants fewer than 5000 characters. More texts in a request would save little and risk more:
    # when the count of lines is wrong, all of them are asked for again.
    capabilities = Capabilities(max_characters=4999, max_texts=100, tags=("xml", "bracket"))

    def language(self, tag: str) -> str:
        """Google's code of a BCP 47 tag (zh-CN, zh-TW, pt, iw …); ConfigError when it has none."""
        from deep_translator.constants import GOOGLE_LANGUAGES_TO_CODES

        code = code_of(tag, GOOGLE_LANGUAGES_TO_CODES.values(), _CHINESE, _ALIASES)
        if code is None:
            raise unsupported(self.name, tag)
        return code

    def answer(self, call: Call) -> str:
        """The page with line breaks as line feeds, which is what the library keeps."""
        reply = self.client.send(call.method, call.url, params=call.params, redirects=True)
        self.client.check(reply)
        if not _RESULT.search(reply.text):
            raise EngineError(
                f"{self.name} answered with a page that holds no translation.",
                remedy="Open the address in a browser: it may ask for a login or a check.",
            )
        return _BREAK.sub("\n", reply.text)
