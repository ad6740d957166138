"""Bare addresses as links: GFM's autolink extension, with ends that fit Chinese text.

https://github.github.com/gfm/#autolinks-extension- lets an address run up to the next blank. Beside Chinese there is
none, so an address here also ends where a CJK character or full-width punctuation begins, and may start after one.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

__all__ = ["ADDRESS", "autolinks", "trimmed"]

# Kana, Han, Hangul, their punctuation, full-width forms, and the quotation marks and dashes that Chinese shares.
_CJK = (
    "\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
)
_END = rf"\s<>{_CJK}“”‘’…—"
_REST = re.compile(rf"://[A-Za-z0-9\[][^{_END}]*+")
# Anywhere in a text.
ADDRESS = re.compile(rf"(?<![A-Za-z0-9])(?i:https?|ftp){_REST.pattern}")
_WWW = re.compile(rf"www\.[A-Za-z0-9](?=[^{_END}.]*\.)[^{_END}]*+")
_MAIL_NAME = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.+-_"
_MAIL_HOST = re.compile(r"@[A-Za-z0-9-]+(?:\.[A-Za-z0-9_-]+)*\.[A-Za-z][A-Za-z0-9-]*(?<![-_])")
_BEFORE = re.compile(rf"[\s*_~(\[“‘—{_CJK}]")


def autolinks(md: MarkdownIt) -> None:
    """Add the rules to a parser. They make `link_open`, `text`, `link_close` with `info == "auto"`."""
    md.inline.add_terminator_char("w")
    md.inline.ruler.push("autolink_address", _address)
    md.inline.ruler.push("autolink_www", _www)
    md.inline.ruler.push("autolink_mail", _mail)


def _address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it's signature)
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    pending = state.pending[-5:].lower()
    scheme = next((name for name in ("https", "http", "ftp") if pending.endswith(name)), "")
    start = state.pos - len(scheme)
    before = state.src[max(start - 1, 0) : start]
    if not scheme or (before.isascii() and before.isalnum()):
        return False
    rest = _REST.match(state.src, state.pos, state.posMax)
    return rest is not None and _link(state, len(scheme), rest[0], "")


def _www(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if silent or state.linkLevel or not state.src.startswith("www.", state.pos):
        return False
    if state.pos and not _BEFORE.match(state.src[state.pos - 1]):
        return False
    match = _WWW.match(state.src, state.pos, state.posMax)
    return match is not None and _link(state, 0, match[0], "http://")


def _mail(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if silent or state.linkLevel or state.src[state.pos] != "@":
        return False
    name = len(state.pending) - len(state.pending.rstrip(_MAIL_NAME))
    if not name or state.pending[-1] == "." or state.src[max(state.pos - name - 1, 0)] == "/":
        return False
    host = _MAIL_HOST.match(state.src, state.pos, state.posMax)
    return host is not None and _link(state, name, host[0], "mailto:")


def _link(state: StateInline, behind: int, ahead: str, scheme: str) -> bool:
    """Push a link over the last `behind` characters of the pending text and `ahead` of the source."""
    start = state.pos - behind
    address = trimmed(state.src[start : state.pos] + ahead)
    if len(address) <= behind:
        return False
    target = state.md.normalizeLink(scheme + address)
    if not state.md.validateLink(target):
        return False
    state.pending = state.pending[: len(state.pending) - behind]
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": target}
    state.push("text", "", 0).content = address
    closing = state.push("link_close", "a", -1)
    opening.markup = closing.markup = "linkify"
    opening.info = closing.info = "auto"
    state.pos = start + len(address)
    return True


def trimmed(address: str) -> str:
    """Without the punctuation that ends a sentence rather than an address."""
    end, unpaired = len(address), address.count(")") - address.count("(")
    while end:
        last = address[end - 1]
        if last == ")" and unpaired > 0:
            unpaired -= 1
        elif last == ";":
            start = address.rfind("&", 0, end)
            if start < 0 or not address[start + 1 : end - 1].isalnum():
                break
            end = start + 1
        elif last not in "?!.,:*_~'\"[]":
            break
        end -= 1
    return address[:end]
