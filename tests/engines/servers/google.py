"""Google's page for simple phones."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.engines.faults import reply
from tests.engines.servers.base import Asked, EngineServer, Handler, Translate


class _GoogleHandler(Handler):
    server: Any

    def do_GET(self) -> None:
        owner: GoogleServer = self.server.owner
        owner.paths.append(self.path)
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if parts.path != "/m" or len(self.path) > owner.longest_path:
            return reply(self, 414 if parts.path == "/m" else 404, "<title>Error</title>", "text/html")
        return self.begin(
            Asked([query.get("q", "")], query.get("sl", ""), query.get("tl", ""), self.path, dict(self.headers))
        )

    def do_POST(self) -> None:
        reply(self, 405, "<title>Error 405 (Method Not Allowed)!!1</title>", "text/html")

    def serve(self) -> None:
        owner: GoogleServer = self.server.owner
        text = self.asked.texts[0]
        if len(text) >= 5000 or self.asked.target not in owner.codes or self.asked.source not in owner.codes:
            return reply(self, 400, "<title>Error 400 (Bad Request)!!1</title>", "text/html")
        lines = self.counted([owner.translate(line) for line in text.split("\n")])
        result = owner.break_.join(html.escape(line) for line in lines)
        page = (
            "<!DOCTYPE html><html><head><title>Google Translate</title></head><body>"
            '<div class="root-container"><form action="/m"><input type="text" name="q"></form>'
            f'<div class="result-container">{result}</div><div class="links-container"></div></div></body></html>'
        )
        return reply(self, 200, page, "text/html; charset=utf-8")


class GoogleServer(EngineServer):
    """Google's page for simple phones, `/m?tl=…&sl=…&q=…`. Put `server.page` into an engine's `url`."""

    handler = _GoogleHandler
    codes = frozenset({"en", "de", "zh-CN", "zh-TW"})

    def __init__(self, translate: Translate = lambda text: f"译{text}", *, break_: str = "\n", **rest: Any) -> None:
        super().__init__(translate, **rest)
        self.break_ = break_
        self.longest_path = 16_000

    @property
    def page(self) -> str:
        return f"{self.url}/m"

    @property
    def lines(self) -> list[str]:
        """Every line that was asked for."""
        return [line for text in self.texts for line in text.split("\n")]
