"""A translator for tests: every run of Latin letters becomes the same few Chinese characters each time."""

from __future__ import annotations

import re
import zlib

__all__ = ["pseudo_chinese"]

_HAN = (
    "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光"
)
_TAG = re.compile(r"(\[\[/?\d+/?\]\]|<[/]?\d+/?>)")
_STOPS = str.maketrans({".": "。", ",": "，", "!": "！", "?": "？", ":": "：", ";": "；"})


def pseudo_chinese(text: str) -> str:
    """`text` with its numbered tags, digits and blanks around them kept, and everything else in Chinese."""
    parts = _TAG.split(text)
    return "".join(part if index % 2 else _words(part) for index, part in enumerate(parts))


def _words(text: str) -> str:
    text = re.sub(r"[A-Za-z]+('[a-z]+)?", lambda match: _word(match[0]), text)
    text = re.sub(r"(?<=[^\W\d_])[ ]+(?=[^\W\d_])", "", text)
    return re.sub(r"[.,!?:;](?=\s|$)\s*", lambda match: match[0][0].translate(_STOPS), text)


def _word(word: str) -> str:
    number = zlib.crc32(word.lower().encode())
    return "".join(_HAN[number // len(_HAN) ** place % len(_HAN)] for place in range(2))
