"""Text without its markup, short texts from long ones, and how long a text takes to read."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from markdown_it.token import Token

__all__ = ["clipped", "minutes_to_read", "plain"]

_WIDTH = 240
_WORDS_PER_MINUTE = 230
_CHARACTERS_PER_MINUTE = 400
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"\w+")
_CJK_RUN = re.compile(f"{_CJK.pattern}+")
_SENTENCE_END = re.compile(r"[。！？；]|[.!?](?=[\s”’\")\]])")
_SHOWN = frozenset({"text", "text_special", "code_inline", "math_inline", "math_inline_double"})
_BREAKS = frozenset({"softbreak", "hardbreak"})


def clipped(text: str, width: int = _WIDTH) -> str:
    """The text cut to `width` columns (a Chinese character takes two): after a sentence if one ends in the second
    half, else between two words or Chinese characters, with an ellipsis.
    """
    text = " ".join(text.split())
    end = _index_of_column(text, width)
    if end >= len(text):
        return text
    head = text[:end]
    ends = [match.end() for match in _SENTENCE_END.finditer(head + text[end : end + 1]) if match.end() <= end]
    if ends and ends[-1] > end // 2:
        return head[: ends[-1]]
    if text[end].isalnum() and not _CJK.match(text[end]):
        boundary = max(head.rfind(" "), *(match.end() for match in _CJK.finditer(head)), 0)
        head = head[:boundary] if boundary > end // 2 else head
    return head.rstrip(" ,;:，、；：（(“‘—-") + "…"


def minutes_to_read(text: str) -> int:
    """Minutes, at least 1: words of alphabets and Chinese characters are counted apart.

    Words are what is between blanks, as everywhere; beside Chinese characters, that would be their punctuation, too.
    """
    rest, runs = (text, 0) if text.isascii() else _CJK_RUN.subn(" ", text)
    characters = len(text) - len(rest) + runs
    words = len(_WORD.findall(rest) if runs else rest.split())
    return max(1, math.ceil(words / _WORDS_PER_MINUTE + characters / _CHARACTERS_PER_MINUTE))


def plain(tokens: Sequence[Token]) -> str:
    """The text of inline tokens, without markup, images and notes."""
    parts = []
    for token in tokens:
        if token.type in _SHOWN:
            parts.append(token.content)
        elif token.type in _BREAKS:
            parts.append(" ")
    return "".join(parts)


def _index_of_column(text: str, width: int) -> int:
    columns = 0
    for index, character in enumerate(text):
        columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if columns > width:
            return index
    return len(text)
