"""Bare addresses as links: GFM's autolink extension, with ends that fit Chinese text.

https://github.github.com/gfm/#autolinks-extension- lets an address run up to the next blank. Beside Chinese there is
none, so an address here also ends where a CJK character or full-width punctuation begins, and may start after one.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

__all__ = ["CJK", "autolinks"]

# Kana, Han, Hangul, their punctuation, full-width forms, and the quotation marks and dashes that Chinese shares.
CJK = "\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
_QUOTES = "“”‘’…—"
_END = rf"\s<>{CJK}{_QUOTES}"
_SCHEME = re.compile(r"(?:^|(?<=[^A-Za-z0-9]))(https?|ftp)$", re.IGNORECASE)
_REST = re.compile(rf"://[A-Za-z0-9\[][^{_END}]*")
_WWW = re.compile(rf"www\.[A-Za-z0-9][^{_END}]*\.[^{_END}]*")
_MAIL_NAME = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]*[A-Za-z0-9_+-]$")
_MAIL_HOST = re.compile(r"@[A-Za-z0-9-]+(?:\.[A-Za-z0-9_-]+)*\.[A-Za-z][A-Za-z0-9-]*(?<![-_])")
_BEFORE = re.compile(rf"[\s*_~(\[“‘—{CJK}]")


def autolinks(md: MarkdownIt) -> None:
    """Add the rules to a parser. They make `link_open`, `text`, `link_close` with `info == "auto"`."""
    md.inline.add_terminator_char("w")
    md.inline.ruler.push("autolink_address", _address)
    md.inline.ruler.push("autolink_www", _www)
    md.inline.ruler.push("autolink_mail", _mail)


def _address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it's signature)
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.pending)
    rest = _REST.match(state.src, state.pos, state.posMax)
    return bool(scheme and rest) and _link(state, scheme[1] if scheme else "", rest[0] if rest else "", "")


def _www(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if silent or state.linkLevel or not state.src.startswith("www.", state.pos):
        return False
    match = _WWW.match(state.src, state.pos, state.posMax)
    return bool(match) and _link(state, "", match[0] if match else "", "http://")


def _mail(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if silent or state.linkLevel or state.src[state.pos] != "@":
        return False
    name = _MAIL_NAME.search(state.pending)
    host = _MAIL_HOST.match(state.src, state.pos, state.posMax)
    return bool(name and host) and _link(state, name[0] if name else "", host[0] if host else "", "mailto:")


def _link(state: StateInline, behind: str, ahead: str, scheme: str) -> bool:
    """Push a link over the last `behind` characters of the pending text and `ahead` of the source."""
    start = state.pos - len(behind)
    if start > 0 and not _BEFORE.match(state.src[start - 1]):
        return False
    address = _trimmed(behind + ahead)
    if len(address) <= len(behind):
        return False
    target = state.md.normalizeLink(scheme + address)
    if not state.md.validateLink(target):
        return False
    state.pending = state.pending[: len(state.pending) - len(behind)]
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": target}
    state.push("text", "", 0).content = address
    closing = state.push("link_close", "a", -1)
    opening.markup = closing.markup = "linkify"
    opening.info = closing.info = "auto"
    state.pos = start + len(address)
    return True


def _trimmed(address: str) -> str:
    """Without the punctuation that ends a sentence rather than an address."""
    while address:
        last = address[-1]
        entity = re.search(r"&[A-Za-z0-9]+;$", address)
        if last in "?!.,:*_~'\"[]" or (last == ")" and address.count(")") > address.count("(")):
            address = address[:-1]
        elif last == ";" and entity:
            address = address[: entity.start()]
        else:
            break
    return address
