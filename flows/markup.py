"""Text that others wrote, safe inside the Markdown of an artifact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from urllib.parse import quote

__all__ = ["code", "key", "link", "plain", "table"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~&$])")
_LONGEST = 200


def plain(text: object) -> str:
    """One line of text in which nothing is markup."""
    line = " ".join(str(text).split())
    line = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    return _SPECIAL.sub(r"\\\1", line)


def code(text: object) -> str:
    """A path or a command. A pipe would end a cell of a table, a backtick the code."""
    return f"`{' '.join(str(text).split())}`".replace("|", "¦") if "`" not in str(text) else plain(text)


def link(text: object, url: str) -> str:
    """A link, if the address is of the web; else the text."""
    if not re.match(r"https?://", url):
        return plain(text)
    return f"[{plain(text)}]({quote(url, safe=':/?#@%=&+,;~-._')})"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table; the cells are Markdown already."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(columns)} |", "|" + " --- |" * len(columns), *lines]


def key(kind: str, name: str) -> str:
    """A key of an artifact: small letters, digits and dashes, and another one for every name.

    A slash is two dashes. What a name loses on the way is made up for by a piece of its digest.
    """
    short = re.sub(r"[^a-z0-9]+", lambda gap: "--" if gap[0] == "/" else "-", name.lower())[:80].strip("-")
    if short.replace("--", "/") != name:
        short = f"{short}-{sha256(name.encode()).hexdigest()[:8]}".strip("-")
    return f"{kind}-{short}"
