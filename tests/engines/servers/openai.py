"""The chat completions of OpenAI's API: https://platform.openai.com/docs/api-reference/chat/create."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from tests.engines.faults import reply
from tests.engines.servers.base import Asked, EngineServer, Handler, Translate

PARAMETERS = {
    "model",
    "messages",
    "temperature",
    "top_p",
    "seed",
    "n",
    "stop",
    "max_tokens",
    "max_completion_tokens",
    "response_format",
    "reasoning_effort",
    "user",
}


class _OpenAIHandler(Handler):
    server: Any

    def error(self, status: int, message: str, code: str = "", param: str | None = None) -> None:
        kind = "insufficient_quota" if code == "insufficient_quota" else "invalid_request_error"
        error = {"message": message, "type": kind, "param": param, "code": code or None}
        reply(self, status, json.dumps({"error": error}), "application/json")

    def do_GET(self) -> None:
        self.server.owner.paths.append(f"GET {self.path}")
        self.error(405, "Not allowed to GET on /v1/chat/completions.", "method_not_supported")

    def do_POST(self) -> None:
        owner: OpenAIServer = self.server.owner
        owner.paths.append(f"POST {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path != "/v1/chat/completions":
            return self.error(404, f"Invalid URL (POST {self.path})")
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if owner.key and key != owner.key:
            return self.error(401, f"Incorrect API key provided: {key}.", "invalid_api_key")
        data = json.loads(body)
        asked = _texts(data)
        return self.begin(Asked(asked, "", data.get("model", ""), self.path, dict(self.headers), body))

    def serve(self) -> None:
        owner: OpenAIServer = self.server.owner
        data = json.loads(self.asked.body)
        problem = owner.problem(data)
        if problem:
            return self.error(*problem)
        answers = self.counted([owner.translate(text) for text in self.asked.texts])
        said = json.dumps(
            {"translations": [{"id": number, "text": text} for number, text in enumerate(answers, 1)]},
            ensure_ascii=False,
        )
        reason = "stop"
        if owner.most_characters and len(said) > owner.most_characters:
            said, reason = said[: owner.most_characters], "length"
        return self.say(owner.speak(said), reason)

    def say(self, content: str | None, reason: str = "stop", refusal: str | None = None) -> None:
        """A whole completion with this message."""
        message = {"role": "assistant", "content": content, "refusal": refusal}
        completion = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": "a-model",
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
        reply(self, 200, json.dumps(completion), "application/json")


def _texts(data: dict[str, Any]) -> list[str]:
    try:
        return [item["text"] for item in json.loads(data["messages"][-1]["content"])["texts"]]
    except (LookupError, TypeError, ValueError):
        return []


class OpenAIServer(EngineServer):
    """`/v1/chat/completions`. Put `server.base` into an engine's `url`.

    `formats` are the response formats that this server knows; `most_characters` is where answers are cut off; `room` is
    the context window, in characters; `speak` changes what the model says.
    """

    handler = _OpenAIHandler

    def __init__(
        self,
        translate: Translate = lambda text: f"译{text}",
        *,
        key: str = "",
        formats: Sequence[str] = ("text", "json_object", "json_schema"),
        temperatures: bool = True,
        most_characters: int = 0,
        room: int = 0,
        speak: Callable[[str], str] = lambda said: said,
        **rest: Any,
    ) -> None:
        super().__init__(translate, **rest)
        self.key = key
        self.formats = formats
        self.temperatures = temperatures
        self.most_characters = most_characters
        self.room = room
        self.speak = speak

    @property
    def base(self) -> str:
        return f"{self.url}/v1"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(asked.body) for asked in self.requests]

    def problem(self, data: dict[str, Any]) -> tuple[int, str, str, str] | None:
        """What the real service finds wrong with a request."""
        unknown = sorted(set(data) - PARAMETERS)
        if unknown:
            return 400, f"Unrecognized request argument supplied: {unknown[0]}", "unknown_parameter", unknown[0]
        if data.get("model") != "a-model":
            return 404, f"The model `{data.get('model')}` does not exist.", "model_not_found", "model"
        messages = data.get("messages")
        if not isinstance(messages, list) or not messages:
            return 400, "Missing required parameter: 'messages'.", "missing_required_parameter", "messages"
        for message in messages:
            if message.get("role") not in {"system", "developer", "user", "assistant"}:
                return 400, "Invalid value for 'role'.", "invalid_value", "messages"
            if not isinstance(message.get("content"), str):
                return 400, "Invalid type for 'content'.", "invalid_type", "messages"
        if "temperature" in data and not self.temperatures:
            return 400, "Unsupported value: 'temperature' does not support 0 with this model.", "", "temperature"
        if self.room and sum(len(message["content"]) for message in messages) > self.room:
            return 400, f"This model's maximum context length is {self.room}.", "context_length_exceeded", "messages"
        return self._format_problem(data.get("response_format"), messages)

    def _format_problem(self, form: Any, messages: list[dict[str, str]]) -> tuple[int, str, str, str] | None:
        if form is None:
            return None
        kind = form.get("type")
        if kind not in self.formats:
            supported = ", ".join(f"'{name}'" for name in self.formats)
            return 400, f"'response_format.type' must be one of {supported}.", "", "response_format.type"
        if kind == "json_object" and not any("json" in message["content"].lower() for message in messages):
            return 400, "'messages' must contain the word 'json' in some form.", "", "messages"
        if kind == "json_schema":
            named = form.get("json_schema", {})
            if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", str(named.get("name", ""))):
                return 400, "Invalid 'response_format.json_schema.name'.", "", "response_format"
            if named.get("strict") and not _strict(named.get("schema")):
                return 400, "Invalid schema for response_format.", "", "response_format"
        return None


def _strict(schema: Any) -> bool:
    """Whether a schema keeps to what `strict` asks for: every object closed, every property required."""
    match schema:
        case {"type": "object", "properties": dict(properties)}:
            closed = schema.get("additionalProperties") is False
            return (
                closed and set(schema.get("required", ())) == set(properties) and all(map(_strict, properties.values()))
            )
        case {"type": "array", "items": items}:
            return _strict(items)
        case {"type": "string" | "integer" | "number" | "boolean"}:
            return True
    return False
