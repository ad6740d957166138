"""LibreTranslate's JSON API."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.engines.faults import reply
from tests.engines.servers.base import Asked, EngineServer, Handler, Translate


class _LibreHandler(Handler):
    server: Any

    def error(self, status: int, message: str) -> None:
        reply(self, status, json.dumps({"error": message}), "application/json")

    def do_GET(self) -> None:
        owner: LibreTranslateServer = self.server.owner
        owner.paths.append(self.path)
        if self.path != "/languages" or owner.languages is None:
            return self.error(404, "Not Found")
        known = [{"code": code, "name": code, "targets": sorted(owner.languages)} for code in owner.languages]
        return reply(self, 200, json.dumps(known), "application/json")

    def do_POST(self) -> None:
        owner: LibreTranslateServer = self.server.owner
        owner.paths.append(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path != "/translate":
            return reply(self, 405, "<h1>Method Not Allowed</h1>", "text/html")
        if self.headers.get("Content-Type", "").split(";")[0] != "application/json":
            return self.error(400, "Invalid request: missing q parameter")
        data = json.loads(body)
        texts = data.get("q") if isinstance(data.get("q"), list) else [data.get("q")]
        return self.begin(Asked(texts, data.get("source"), data.get("target"), self.path, dict(self.headers), body))

    def serve(self) -> None:
        owner: LibreTranslateServer = self.server.owner
        data = json.loads(self.asked.body)
        problem = owner.problem(data)
        if problem:
            return self.error(*problem)
        texts = data["q"] if isinstance(data["q"], list) else [data["q"]]
        answers = self.counted([_improved(text, owner.translate(text)) for text in texts])
        answer: object = answers if isinstance(data["q"], list) else answers[0]
        return reply(self, 200, json.dumps({"translatedText": answer}), "application/json")


class LibreTranslateServer(EngineServer):
    """LibreTranslate's `/translate` and `/languages`; `languages=None` is a server without the latter."""

    handler = _LibreHandler

    def __init__(
        self,
        translate: Translate = lambda text: f"译{text}",
        *,
        languages: Sequence[str] | None = ("en", "de", "zh-Hans", "zh-Hant"),
        key: str = "",
        characters: int = 0,
        batch: int = 0,
        **rest: Any,
    ) -> None:
        super().__init__(translate, **rest)
        self.languages = list(languages) if languages is not None else None
        self.key = key
        self.characters = characters
        self.batch = batch

    def problem(self, data: dict[str, Any]) -> tuple[int, str] | None:
        """What the real server finds wrong with a request, in its order and words."""
        if self.key and data.get("api_key", "") != self.key:
            if data.get("api_key"):
                return 403, f"Invalid API key: {data['api_key']}"
            return 400, "Please contact the server operator to get an API key"
        for name in ("q", "source", "target"):
            if not data.get(name):
                return 400, f"Invalid request: missing {name} parameter"
        texts = data["q"] if isinstance(data["q"], list) else [data["q"]]
        for size, limit in ((len(texts), self.batch), (sum(map(len, texts)), self.characters)):
            if limit and size > limit:
                return 400, f"Invalid request: request ({size}) exceeds text limit ({limit})"
        known = self.languages if self.languages is not None else ["en", "zh", "zt"]
        for code in (data["source"], data["target"]):
            if code not in known:
                return 400, f"{code} is not supported"
        if data.get("format", "text") not in {"text", "html"}:
            return 400, f"{data['format']} format is not supported"
        return None


def _improved(text: str, translated: str) -> str:
    """The real server ends a translation as its source ends, ignorant of full-width punctuation."""
    stops = "!?.,;"
    if text[-1:] in stops and translated[-1:] != text[-1:]:
        return (translated[:-1] if translated[-1:] in stops else translated) + text[-1:]
    return translated[:-1] if translated[-1:] in stops and text[-1:] not in stops else translated
