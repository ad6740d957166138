"""Traditional characters in a Simplified text, by OpenCC's tables, which know words such as 乾坤 and 瞭望."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Page
from pipeline.translation.typography import HAN, is_simplified

__all__ = ["traditional"]

_HAN = re.compile(f"[{HAN}]")
_KANA = re.compile("[\u3041-\u30ff]")
# Characters that the table of 2013 gave back to Simplified, for names.
_BOTH = frozenset("昇陞甦堃喆淼犇龢邨迺菉蒐甯氾絜頫脩濬")
# Languages and places under their own names.
_NAMES = re.compile(
    "日本語|(?:繁體|正體|簡體)(?:中文|字)?|中文[（(](?:繁體|臺灣|台灣)[）)]|[臺台]灣|中文（香港）|粵語|韓國語"
)


def traditional(page: Page) -> Iterator[Found]:
    """One finding for each line with such characters."""
    if not is_simplified(page.language):
        return
    if not any(_changes(character) for character in set(_HAN.findall(page.post.text))):
        return
    for stretch in page.stretches:
        text = _NAMES.sub(lambda match: "\0" * len(match[0]), stretch.text)
        if not any(_changes(character) for character in text) or _KANA.search(text):
            continue
        simplified = _converter().convert(text)
        if len(simplified) != len(text):  # a word became another: character by character, then
            simplified = "".join(_converter().convert(character)[:1] for character in text)
        found: dict[int, dict[str, str]] = {}
        for offset, (one, other) in enumerate(zip(text, simplified, strict=True)):
            if one != other and one not in _BOTH and _HAN.match(one):
                found.setdefault(stretch.line_at(offset), {})[one] = other
        for line, characters in found.items():
            shown = "、".join(characters)
            instead = "、".join(characters.values())
            yield Found(line, f"{shown} is Traditional.", f"Write {instead}.", instead)


@cache
def _changes(character: str) -> bool:
    return bool(_HAN.match(character)) and _converter().convert(character) != character


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
