"""Services that deep-translator knows: MyMemory, Microsoft Translator, Baidu Translate."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.engines.faults import reply
from tests.engines.servers.base import Asked, EngineServer, Handler, Translate

QUOTA = (
    "MYMEMORY WARNING: YOU USED ALL AVAILABLE FREE TRANSLATIONS FOR TODAY. NEXT AVAILABLE IN  09 HOURS 57 MINUTES"
    " 02 SECONDS VISIT HTTPS://MYMEMORY.TRANSLATED.NET/DOC/USAGELIMITS.PHP TO TRANSLATE MORE"
)


def _query(path: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(path).query, keep_blank_values=True).items()}


class _JsonHandler(Handler):
    server: Any

    def say(self, answer: object, status: int = 200) -> None:
        reply(self, status, json.dumps(answer, ensure_ascii=False), "application/json; charset=utf-8")

    def body(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()


class _MyMemoryHandler(_JsonHandler):
    def do_GET(self) -> None:
        owner: MyMemoryServer = self.server.owner
        owner.paths.append(self.path)
        query = _query(self.path)
        if urlsplit(self.path).path != "/get":
            return reply(self, 404, "<h1>Not Found</h1>", "text/html")
        source, _, target = query.get("langpair", "").partition("|")
        return self.begin(Asked([query.get("q", "")], source, target, self.path, dict(self.headers)))

    def notice(self, status: int | str, text: str, **more: Any) -> None:
        """A message of the service: status 200, in place of a translation."""
        self.say(
            {
                "responseData": {"translatedText": text, "match": 0},
                "quotaFinished": None,
                "responseDetails": text,
                "responseStatus": status,
                "matches": "",
                **more,
            }
        )

    def serve(self) -> None:
        owner: MyMemoryServer = self.server.owner
        (text,) = self.asked.texts
        if not text:
            return self.notice("403", "NO QUERY SPECIFIED. EXAMPLE REQUEST: GET?Q=HELLO&LANGPAIR=EN|IT")
        if len(text.encode()) > 500:
            return self.notice("403", "QUERY LENGTH LIMIT EXCEEDED. MAX ALLOWED QUERY : 500 CHARS")
        if self.asked.source not in owner.codes or self.asked.target not in owner.codes:
            return self.notice("403", f"'{self.asked.target}' IS AN INVALID TARGET LANGUAGE . EXAMPLE: LANGPAIR=EN|IT")
        answers = self.counted([owner.translate(line) for line in text.split("\n")])
        match = {"segment": "something else", "translation": "别的东西", "match": 0.6}
        return self.say(
            {
                "responseData": {"translatedText": "\n".join(answers), "match": 0.85},
                "quotaFinished": False,
                "responseDetails": "",
                "responseStatus": 200,
                "matches": [match],
            }
        )


class MyMemoryServer(EngineServer):
    """MyMemory's `/get`."""

    handler = _MyMemoryHandler
    codes = frozenset({"en-GB", "zh-CN", "zh-TW", "de-DE"})


class _MicrosoftHandler(_JsonHandler):
    def error(self, status: int, code: int, message: str) -> None:
        self.say({"error": {"code": code, "message": message}}, status)

    def do_GET(self) -> None:
        owner: MicrosoftServer = self.server.owner
        owner.paths.append(self.path)
        if urlsplit(self.path).path != "/languages" or _query(self.path).get("api-version") != "3.0":
            return self.error(404, 404000, "Not found.")
        known = {code: {"name": name, "nativeName": name, "dir": "ltr"} for code, name in owner.languages.items()}
        return self.say({"translation": known})

    def do_POST(self) -> None:
        owner: MicrosoftServer = self.server.owner
        owner.paths.append(self.path)
        body = self.body()
        query = _query(self.path)
        if urlsplit(self.path).path != "/translate":
            return self.error(404, 404000, "Not found.")
        if query.get("api-version") != "3.0":
            return self.error(400, 400021, "The API version parameter is missing or invalid.")
        if self.headers.get("Ocp-Apim-Subscription-Key") != owner.key or "key" in str(query).lower():
            return self.error(
                401, 401000, f"The request is not authorized: {self.headers.get('Ocp-Apim-Subscription-Key')}."
            )
        if self.headers.get("Ocp-Apim-Subscription-Region", "") != owner.region:
            return self.error(401, 401000, "The request is not authorized because of its region.")
        texts = [item["text"] for item in json.loads(body)]
        return self.begin(Asked(texts, query.get("from", ""), query.get("to", ""), self.path, dict(self.headers), body))

    def serve(self) -> None:
        owner: MicrosoftServer = self.server.owner
        if self.asked.target not in {code.lower() for code in owner.languages}:
            return self.error(400, 400036, "The target language is not valid.")
        if len(self.asked.texts) > 1000 or sum(map(len, self.asked.texts)) > 50_000:
            return self.error(400, 400077, "The maximum request size has been exceeded.")
        answers = self.counted([owner.translate(text) for text in self.asked.texts])
        return self.say([{"translations": [{"text": text, "to": self.asked.target}]} for text in answers])


class MicrosoftServer(EngineServer):
    """Microsoft Translator's `/translate` and `/languages`, version 3.0."""

    handler = _MicrosoftHandler

    def __init__(
        self,
        translate: Translate = lambda text: f"译{text}",
        *,
        key: str = "microsoft-key",
        region: str = "",
        **rest: Any,
    ) -> None:
        super().__init__(translate, **rest)
        self.key = key
        self.region = region
        self.languages = {
            "en": "English",
            "de": "German",
            "zh-Hans": "Chinese Simplified",
            "zh-Hant": "Chinese Traditional",
        }


class _BaiduHandler(_JsonHandler):
    def error(self, code: str, message: str) -> None:
        self.say({"error_code": code, "error_msg": message})

    def do_POST(self) -> None:
        owner: BaiduServer = self.server.owner
        owner.paths.append(self.path)
        body = self.body()
        if urlsplit(self.path).path != "/api/trans/vip/translate":
            return reply(self, 404, "<h1>Not Found</h1>", "text/html")
        if len(self.path) > 2000:
            return reply(self, 414, "<h1>Request-URI Too Large</h1>", "text/html")
        form = {**_query(self.path), **_query(f"?{body}")}
        texts = form.get("q", "").split("\n")
        return self.begin(Asked(texts, form.get("from", ""), form.get("to", ""), self.path, dict(self.headers), body))

    def serve(self) -> None:
        owner: BaiduServer = self.server.owner
        form = {**_query(self.path), **_query(f"?{self.asked.body}")}
        text = form.get("q", "")
        signed = f"{owner.account}{text}{form.get('salt', '')}{owner.key}"
        if not all(form.get(name) for name in ("q", "from", "to", "appid", "salt", "sign")):
            return self.error("54000", "PARAM_FROM_TO_OR_Q_EMPTY")
        if form["appid"] != owner.account:
            return self.error("52003", f"UNAUTHORIZED USER {form['appid']}")
        if form["sign"] != hashlib.md5(signed.encode()).hexdigest():
            return self.error("54001", "Invalid Sign")
        if form["to"] not in owner.codes or form["from"] not in owner.codes:
            return self.error("58001", "INVALID_TO_PARAM")
        if len(text.encode()) > 6000:
            return self.error("54006", "QUERY TOO LONG")
        lines = [line for line in text.split("\n") if line.strip()]
        answers = self.counted([owner.translate(line) for line in lines])
        pairs = [{"src": line, "dst": answer} for line, answer in zip([*lines, ""], answers, strict=False)]
        return self.say({"from": form["from"], "to": form["to"], "trans_result": pairs})


class BaiduServer(EngineServer):
    """Baidu's `/api/trans/vip/translate`, with signed requests; its errors have status 200."""

    handler = _BaiduHandler
    codes = frozenset({"en", "zh", "cht", "de", "jp"})

    def __init__(
        self,
        translate: Translate = lambda text: f"译{text}",
        *,
        account: str = "baidu-account",
        key: str = "baidu-key",
        **rest: Any,
    ) -> None:
        super().__init__(translate, **rest)
        self.account = account
        self.key = key
