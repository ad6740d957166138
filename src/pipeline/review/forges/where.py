"""Which forge, which repository: read from a remote's address."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Where", "where"]

_URL = re.compile(r"(?P<scheme>https?|ssh|git)://(?:[^@/]+@)?(?P<host>[^/:]+)(?P<port>:\d+)?/(?P<path>.+)")
_SCP = re.compile(r"(?:[^@/]+@)?(?P<host>[^/:]+):(?P<path>[^/].*)")


@dataclass(frozen=True, slots=True)
class Where:
    """`host` with its port, `path` such as owner/name; `web` is the address for credentials, empty unless http(s)."""

    host: str
    path: str
    web: str = ""

    @property
    def owner(self) -> str:
        """The first part of the path."""
        return self.path.split("/")[0]


def where(url: str) -> Where | None:
    """None for an address that is a directory."""
    match = _URL.fullmatch(url)
    if match:
        host = match["host"] + (match["port"] or "")
        web = f"{match['scheme']}://{host}" if match["scheme"].startswith("http") else ""
        return Where(host, _path(match["path"]), web)
    match = _SCP.fullmatch(url)
    return Where(match["host"], _path(match["path"])) if match and "\\" not in url else None


def _path(text: str) -> str:
    return text.strip("/").removesuffix(".git")
