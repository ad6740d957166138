"""Baidu Translate, through deep-translator: an account and a key.

https://fanyi-api.baidu.com/doc/21
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.config import EngineSettings
from pipeline.translation.engines.base import Capabilities
from pipeline.translation.engines.deep import Call, DeepTranslatorEngine, read_json
from pipeline.translation.engines.faults import EngineBusy, EngineError, EngineRefused
from pipeline.translation.engines.keys import read_key, without_key
from pipeline.translation.engines.languages import code_of, unsupported

__all__ = ["BaiduEngine"]

_ACCOUNT, _KEY = "BAIDU_APPID", "BAIDU_APPKEY"
_CHINESE = {"Hans": "zh", "Hant": "cht"}
_ALIASES = {
    "ar": "ara",
    "bg": "bul",
    "da": "dan",
    "es": "spa",
    "et": "est",
    "fi": "fin",
    "fr": "fra",
    "ja": "jp",
    "ko": "kor",
    "sl": "slo",
    "sv": "swe",
    "vi": "vie",
}
# Errors come with status 200. https://fanyi-api.baidu.com/doc/21 has the list.
_PASSING = {"52001", "52002", "54003", "54005"}
_REFUSALS = {"52003", "54000", "54001", "54004", "58000", "58001", "58002", "90107"}


class BaiduEngine(DeepTranslatorEngine):
    """The account is in BAIDU_APPID (or `account_env` says where), the key in BAIDU_APPKEY (or `api_key_env`)."""

    module = "deep_translator.baidu"
    cls = "BaiduTranslator"
    address = "https://fanyi-api.baidu.com/api/trans/vip/translate"
    # 6000 bytes; one request a second for an account that nobody has verified.
    capabilities = Capabilities(max_characters=4000, max_texts=100, tags=("xml", "bracket"), per_second=1.0)

    def __init__(self, name: str, settings: EngineSettings) -> None:
        """Raises ConfigError without an account or a key, and for an address that is none."""
        super().__init__(name, settings)
        self._account = read_key(name, settings.account_env or _ACCOUNT)
        self._key = read_key(name, settings.api_key_env or _KEY)

    def arguments(self) -> Mapping[str, Any]:
        """The account and the key, which signs the requests and is not sent."""
        return {"appid": self._account.get_secret_value(), "appkey": self._key.get_secret_value()}

    def language(self, tag: str) -> str:
        """Baidu's code of a BCP 47 tag (zh, cht, jp, kor …); ConfigError when it has none."""
        from deep_translator.constants import BAIDU_LANGUAGE_TO_CODE

        # As a tag, cht is Cholón.
        codes = [code for code in BAIDU_LANGUAGE_TO_CODE.values() if code not in _CHINESE.values()]
        code = code_of(tag, codes, _CHINESE, _ALIASES)
        if code is None:
            raise unsupported(self.name, tag)
        return code

    def answer(self, call: Call) -> str:
        """The answer to the same parameters in the body: in the address, long texts do not arrive."""
        form = {name: str(value) for name, value in call.params.items()}
        reply = self.client.send(call.method, call.url, data=form)
        self.client.check(reply)
        data = read_json(self.name, reply.text)
        code = str(data.get("error_code", "52000"))
        if code == "52000":
            return reply.text
        said = f"{self.name} refused: {self._told(str(data.get('error_msg', '')))} ({code})"
        if code in _PASSING:
            raise EngineBusy(f"{said}.")
        if code in _REFUSALS:
            raise EngineRefused(f"{said}.", remedy="Check the account, its key, and the languages.")
        raise EngineError(f"{said}.")

    def _told(self, said: str) -> str:
        return without_key(without_key(said, self._key), self._account).strip(" .\n")[:200]
