"""Pages that stand in for a text that has not been written yet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["placeholder"]

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_NOTICE = re.compile(
    r"""\bto\ be\ translated\b|\b(?:not|n't|has't)\ (?:yet\ )?(?:been\ )?translated\b|\buntranslated\b
    |\btranslation\ (?:is\ )?(?:pending|missing|coming|needed|in\ progress)|\bcoming\ soon\b|\bwork\ in\ progress\b
    |^\W*(?:todo|tbd|wip|placeholder)\b
    |待翻译|等待(?:被)?翻译|(?:尚未|还未|未被|暂未|还没有?)(?:被)?(?:完成)?翻译|暂无(?:中文|翻译|译文)|翻译中|正在翻译
    |敬请期待|即将(?:推出|发布|到来|上线)|建设中|未完待续|待补充|待完善""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_NO_PROSE = re.compile(
    r"""^[ \t>]*(```+|~~~+).*?(?:^[ \t>]*\1|\Z)|`[^`\n]+`|\$\$.*?\$\$|\{\{[<%].*?[>%]\}\}|<!--.*?-->
    |<[^<>\n]*>|\]\([^)\n]*\)|https?://\S+""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
# A text of which less is in its own language is still the other language's; a notice makes that likelier.
_OWN, _OWN_DESPITE_NOTICE = 0.2, 0.5
_SHORT = 400


def placeholder(body: str, locale: str, other: str | None = None) -> str:
    """Why a page is a placeholder, or nothing. `body` is its Markdown, `other` that of the same page in the language
    that it is a translation of, or that translates it.
    """
    lines = _lines(body)
    text = sum(map(_size, lines))
    notice = _NOTICE.search(body)
    if notice and text < _SHORT:
        stub = other is None or (_only_notices(lines) and not _only_notices(_lines(other)))
        if stub or text < 0.5 * max(_length(other or ""), 1):
            return f"a placeholder: “{notice[0].strip()}”"
    if other is not None:
        theirs = _length(other)
        if lines and body.split() == other.split():
            return "the text is the same in both languages"
        if theirs > _SHORT and text < 0.08 * theirs:
            return "hardly any text" if text else "no text"
    share = _own_share(lines, locale)
    if share is not None and share < (_OWN_DESPITE_NOTICE if notice else _OWN):
        return "the text is in another language" + (f", with a notice: “{notice[0].strip()}”" if notice else "")
    return ""


def _own_share(lines: Iterable[str], locale: str) -> float | None:
    """How much of the text is in the script of its language; None where scripts do not tell, or there is no text."""
    language = locale.split("-")[0]
    own = whole = 0
    for line in lines:
        if _NOTICE.search(line):
            continue
        han, kana, words = (len(pattern.findall(line)) for pattern in (_HAN, _KANA_HANGUL, _WORD))
        east = bool(kana) or (han > 0 and 4 * han >= words)
        if not east and words < 3:
            continue  # names and terms are the same in every language
        size = _size(line)
        whole += size
        if language == "zh":
            own += size if east and not kana else 0
        elif language in {"ja", "ko"}:
            own += size if east else 0
        else:
            own += 0 if east else size
    return own / whole if whole else None


def _only_notices(lines: Iterable[str]) -> bool:
    return all(_NOTICE.search(line) for line in lines)


def _length(body: str) -> int:
    return sum(map(_size, _lines(body)))


def _size(line: str) -> int:
    """Characters, a Han one counted as two and a half."""
    return len(line) + len(_HAN.findall(line)) * 3 // 2


@lru_cache(maxsize=64)
def _lines(body: str) -> tuple[str, ...]:
    """The lines that have words in them: without code, formulas, markup and addresses."""
    prose = _NO_PROSE.sub(" ", body)
    return tuple(line for line in (line.strip() for line in prose.splitlines()) if any(map(str.isalpha, line)))
