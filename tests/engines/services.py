"""Every engine that talks to a service, with a server of that service and the settings to reach it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.engines.helpers import real
from tests.engines.servers import (
    BaiduServer,
    DeepLServer,
    GoogleServer,
    LibreTranslateServer,
    MicrosoftServer,
    MyMemoryServer,
    OpenAIServer,
)
from tests.engines.servers.base import EngineServer

KEY = "s3cret-KEY-0815"
ACCOUNT = "account-4711"


@dataclass(frozen=True)
class Service:
    """`keyed` are arguments of the server that make it want KEY; `env` is where the engine finds that."""

    kind: str
    server: Callable[..., EngineServer]
    settings: dict[str, Any] = field(default_factory=dict)
    keyed: dict[str, Any] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)

    def serve(self, *arguments: Any, **rest: Any) -> Any:
        return self.server(*arguments, **self.keyed, **rest)

    def engine(self, server: Any, **settings: Any) -> Any:
        """The engine with its settings; the variables of `env` must be set."""
        url = server.base if isinstance(server, OpenAIServer) else server.url
        return real(self.kind, **{"url": url, "requests_per_second": 1e9, **self.settings, **settings})


SERVICES = {
    service.kind: service
    for service in (
        Service("google", GoogleServer),
        Service("libretranslate", LibreTranslateServer, {"api_key_env": "LT_KEY"}, {"key": KEY}, {"LT_KEY": KEY}),
        Service("deepl", DeepLServer, {}, {"key": KEY}, {"DEEPL_AUTH_KEY": KEY}),
        Service("microsoft", MicrosoftServer, {}, {"key": KEY}, {"MICROSOFT_API_KEY": KEY}),
        Service(
            "baidu",
            BaiduServer,
            {},
            {"key": KEY, "account": ACCOUNT},
            {"BAIDU_APPKEY": KEY, "BAIDU_APPID": ACCOUNT},
        ),
        Service("openai", OpenAIServer, {"model": "a-model", "api_key_env": "LLM_KEY"}, {"key": KEY}, {"LLM_KEY": KEY}),
        Service("mymemory", MyMemoryServer),
    )
}
