"""Translation services on loopback that speak the real protocols, as strictly as the real ones, and fail when told to.

    with LibreTranslateServer(translate=str.upper) as server:
        ... server.url, server.requests

`faults` is a list from which each translation request takes the first (None: answer soundly); `fault_when` decides by
the request instead; both are in tests.engines.faults.
"""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.engines.faults import Fault, reply

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Asked:
    """One translation request, as it came."""

    texts: list[str]
    source: str
    target: str
    path: str
    headers: dict[str, str]
    body: str = ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    owner: EngineServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class EngineServer:
    """What both services share: start, stop, records, faults."""

    def __init__(
        self,
        translate: Translate = lambda text: f"译{text}",
        *,
        faults: Sequence[Fault | None] = (),
        fault_when: Callable[[Asked], Fault | None] = lambda asked: None,
    ) -> None:
        self.translate = translate
        self.faults = list(faults)
        self.fault_when = fault_when
        self.requests: list[Asked] = []
        self.paths: list[str] = []
        self.connections = 0
        self.in_flight = self.most_in_flight = 0
        self.stopping = threading.Event()
        self.lock = threading.Lock()

    handler: type[_Handler]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), self.handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def texts(self) -> list[str]:
        """Every text that was asked for, in the order of arrival."""
        return [text for asked in self.requests for text in asked.texts]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    extra = 0
    asked: Asked

    def setup(self) -> None:
        super().setup()
        with self.server.owner.lock:
            self.server.owner.connections += 1

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def begin(self, asked: Asked) -> None:
        """Record the request, then fail or serve it."""
        self.asked, self.extra = asked, 0
        owner = self.server.owner
        with owner.lock:
            owner.requests.append(asked)
            fault = owner.faults.pop(0) if owner.faults else None
            owner.in_flight += 1
            owner.most_in_flight = max(owner.most_in_flight, owner.in_flight)
        try:
            fault = fault or owner.fault_when(asked)
            if fault:
                fault(self)
            else:
                self.serve()
        finally:
            with owner.lock:
                owner.in_flight -= 1

    def serve(self) -> None:
        raise NotImplementedError

    def counted(self, answers: list[str]) -> list[str]:
        """The answers, with as many more or fewer as a fault wants."""
        return (answers + ["多余"] * self.extra)[: len(answers) + self.extra]


class _LibreHandler(_Handler):
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


class _GoogleHandler(_Handler):
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
