"""Translation services on loopback that speak the real protocols, as strictly as the real ones, and fail when told to.

with LibreTranslateServer(translate=str.upper) as server:
    ... server.url, server.requests
"""

from tests.engines.servers.deep import BaiduServer, MicrosoftServer, MyMemoryServer
from tests.engines.servers.deepl import DeepLServer
from tests.engines.servers.google import GoogleServer
from tests.engines.servers.libretranslate import LibreTranslateServer
from tests.engines.servers.openai import OpenAIServer

__all__ = [
    "BaiduServer",
    "DeepLServer",
    "GoogleServer",
    "LibreTranslateServer",
    "MicrosoftServer",
    "MyMemoryServer",
    "OpenAIServer",
]
