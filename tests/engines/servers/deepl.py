"""DeepL's API: https://developers.deepl.com/docs/api-reference/translate and …/glossaries (v2)."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.engines.faults import reply
from tests.engines.servers.base import Asked, EngineServer, Handler, Translate

SOURCES = {"EN", "DE", "ZH", "JA", "PT"}
TARGETS = {"EN-GB", "EN-US", "DE", "ZH", "ZH-HANS", "ZH-HANT", "JA", "PT-BR", "PT-PT"}
FORMAL = {"DE", "JA", "PT-BR", "PT-PT"}
PARAMETERS = {
    "text",
    "source_lang",
    "target_lang",
    "context",
    "show_billed_characters",
    "split_sentences",
    "preserve_formatting",
    "formality",
    "model_type",
    "glossary_id",
    "tag_handling",
}


class _DeepLHandler(Handler):
    server: Any

    def say(self, status: int, answer: object) -> None:
        reply(self, status, json.dumps(answer, ensure_ascii=False), "application/json")

    def error(self, status: int, message: str, detail: str = "") -> None:
        self.say(status, {"message": message, **({"detail": detail} if detail else {})})

    def allowed(self) -> bool:
        """Whether the key is where it has to be: in the header, and nowhere else."""
        owner: DeepLServer = self.server.owner
        owner.paths.append(f"{self.command} {self.path}")
        if self.headers.get("Authorization") == f"DeepL-Auth-Key {owner.key}" and "?" not in self.path:
            return True
        self.error(403, "Forbidden", f"no such key as {self.headers.get('Authorization')}")
        return False

    def do_GET(self) -> None:
        owner: DeepLServer = self.server.owner
        if not self.allowed():
            return None
        if self.path == "/v2/glossaries":
            return self.say(200, {"glossaries": list(owner.glossaries.values())})
        return self.error(405 if self.path == "/v2/translate" else 404, "Method not allowed")

    def do_DELETE(self) -> None:
        owner: DeepLServer = self.server.owner
        if self.allowed():
            found = owner.glossaries.pop(self.path.removeprefix("/v2/glossaries/"), None)
            if found:
                reply(self, 204, "", "application/json")
            else:
                self.error(404, "Glossary not found")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if not self.allowed():
            return None
        if self.headers.get("Content-Type", "").split(";")[0] != "application/json":
            return self.error(415, "Unsupported media type")
        if len(body.encode()) > 128 * 1024:
            return self.error(413, "Request Entity Too Large")
        data = json.loads(body)
        if self.path == "/v2/glossaries":
            return self.glossary(data)
        if urlsplit(self.path).path != "/v2/translate":
            return self.error(404, "Not found")
        texts = data.get("text") if isinstance(data.get("text"), list) else []
        source, target = data.get("source_lang", ""), data.get("target_lang", "")
        return self.begin(Asked(texts, source, target, self.path, dict(self.headers), body))

    def glossary(self, data: dict[str, Any]) -> None:
        owner: DeepLServer = self.server.owner
        if set(data) != {"name", "source_lang", "target_lang", "entries", "entries_format"}:
            return self.error(400, "Bad request", "Parameter missing or unknown")
        if len(owner.glossaries) >= owner.most_glossaries:
            return self.error(456, "Quota exceeded", "Maximum number of glossaries reached")
        lines = [line.split("\t") for line in data["entries"].splitlines()]
        if not lines or any(len(line) != 2 or not all(map(str.strip, line)) for line in lines):
            return self.error(400, "Bad request", "Invalid glossary entries provided")
        owner.made += 1
        identity = f"glossary-{owner.made}"
        owner.glossaries[identity] = {
            "glossary_id": identity,
            "name": data["name"],
            "ready": True,
            "source_lang": data["source_lang"].lower(),
            "target_lang": data["target_lang"].lower(),
            "creation_time": "2026-01-01T00:00:00.000Z",
            "entry_count": len(lines),
        }
        owner.entries[identity] = dict(lines)
        return self.say(201, owner.glossaries[identity])

    def serve(self) -> None:
        owner: DeepLServer = self.server.owner
        data = json.loads(self.asked.body)
        problem = owner.problem(data)
        if problem:
            return self.error(*problem)
        terms = owner.entries.get(data.get("glossary_id", ""), {})
        answers = self.counted([owner.answer(text, terms, xml="tag_handling" in data) for text in data["text"]])
        translations = [
            {"detected_source_language": "EN", "text": text, "billed_characters": len(text)} for text in answers
        ]
        return self.say(200, {"translations": translations})


class DeepLServer(EngineServer):
    """`/v2/translate` and `/v2/glossaries`, for those who have the `key`. `void` is how it writes empty tags."""

    handler = _DeepLHandler

    def __init__(
        self,
        translate: Translate = lambda text: f"译{text}",
        *,
        key: str = "deepl-key",
        void: Callable[[str], str] = lambda name: f"<{name}/>",
        most_glossaries: int = 1000,
        **rest: Any,
    ) -> None:
        super().__init__(translate, **rest)
        self.key = key
        self.void = void
        self.most_glossaries = most_glossaries
        self.glossaries: dict[str, dict[str, Any]] = {}
        self.entries: dict[str, dict[str, str]] = {}
        self.made = 0

    def problem(self, data: dict[str, Any]) -> tuple[int, str] | None:
        """What the real service finds wrong with a request."""
        texts = data.get("text")
        checks = {
            f"Parameter unknown: {sorted(set(data) - PARAMETERS)}": set(data) <= PARAMETERS,
            "Parameter 'text' not specified.": isinstance(texts, list) and texts and all(texts),
            "Too many texts in request.": isinstance(texts, list) and len(texts) <= 50,
            "Value for 'target_lang' not supported.": str(data.get("target_lang")).upper() in TARGETS,
            "Value for 'source_lang' not supported.": str(data.get("source_lang", "EN")).upper() in SOURCES,
            "'formality' is not supported for given 'target_lang'.": data.get("formality") not in {"more", "less"}
            or data["target_lang"].upper() in FORMAL,
            "Value for 'model_type' not supported.": data.get("model_type")
            in {None, "quality_optimized", "prefer_quality_optimized", "latency_optimized"},
        }
        for message, fine in checks.items():
            if not fine:
                return 400, message
        if "glossary_id" in data:
            glossary = self.glossaries.get(data["glossary_id"])
            if glossary is None:
                return 404, "Glossary not found"
            pair = (data.get("source_lang", "").lower(), data["target_lang"].lower().split("-")[0])
            if pair != (glossary["source_lang"], glossary["target_lang"]):
                return 400, "Glossary does not match the languages"
        if data.get("tag_handling") == "xml" and not all(map(_sound, data["text"])):
            return 400, "Tag handling parsing failed, please check input."
        return None

    def answer(self, text: str, terms: dict[str, str], *, xml: bool) -> str:
        """The words between the tags translated, and those of the glossary as it says."""
        if not xml:
            return self.known(text, terms)
        parts = re.split(r"(<[^>]*>)", text)
        for number, part in enumerate(parts):
            if number % 2:
                parts[number] = self.void(part[1:-2].strip()) if part.endswith("/>") else part
            elif part.strip():
                parts[number] = html.escape(self.known(html.unescape(part), terms), quote=False)
        return "".join(parts)

    def known(self, text: str, terms: dict[str, str]) -> str:
        translated = self.translate(text)
        for term, wanted in terms.items():
            translated = translated.replace(term, wanted)
        return translated


def _sound(text: str) -> bool:
    try:
        ET.fromstring(f"<all>{text}</all>")
    except ET.ParseError:
        return False
    return True
