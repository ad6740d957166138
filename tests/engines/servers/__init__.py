"""Translation services on loopback that speak the real protocols, as strictly as the real ones, and fail when told to.

with LibreTranslateServer(translate=str.upper) as server:
    ... server.url, server.requests
"""

from tests.engines.servers.deepl import DeepLServer
from tests.engines.servers.google import GoogleServer
from tests.engines.servers.libretranslate import LibreTranslateServer

__all__ = ["DeepLServer", "GoogleServer", "LibreTranslateServer"]
