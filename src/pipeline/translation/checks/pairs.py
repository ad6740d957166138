"""Brackets and quotation marks that come in pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Page

__all__ = ["pairs"]

_PAIRS: dict[str, str] = {
    pair[0]: pair[1] for pair in ("()", "（）", "[]", "［］", "【】", "《》", "「」", "『』", "“”", "〈〉", "｛｝")
}
_OPENS = {closing: opening for opening, closing in _PAIRS.items()}
_WIDTHS = str.maketrans("（）［］｛｝", "()[]{}")
_MARKS = re.compile("[" + re.escape("".join(_PAIRS) + "".join(_OPENS)) + "]")
# `1)` and `a)` number things; `:)` smiles; `[0, 1)` is an interval; `Ctrl-]` is a key.
_NUMBERING = re.compile(r"(?:^|[\s，；。、：])\w{1,3}$")
_NO_PAIR = re.compile(
    r"[:;]-?[()](?!\w)|[\[(]\s*[-\d.∞]+\s*[,，]\s*[-\d.+∞]+\s*[\])]|\b(?:ctrl|alt|shift|cmd|[cm])[-+][\[\](){}]",
    re.IGNORECASE,
)


def pairs(page: Page) -> Iterator[Found]:
    """Marks without their other half, and pairs of which one half is full-width. What the source does is right."""
    known = {line: text for group in page.groups for line, text in [(group.line, page.words(group.source))]}
    for unit in page.document.units:
        source = known.get(unit.line, "")
        for stretch in page.texts_of(unit):
            text = _NO_PAIR.sub(lambda match: "\0" * len(match[0]), stretch.text)
            for offset, message, remedy in _faults(text):
                mark = text[offset].translate(_WIDTHS)
                plain = _NO_PAIR.sub("", source).translate(_WIDTHS)
                other = _PAIRS.get(mark) or _OPENS.get(mark, "")
                if plain.count(mark) == plain.count(other.translate(_WIDTHS)):
                    yield Found(stretch.line_at(offset), message, remedy)


def _faults(text: str) -> Iterator[tuple[int, str, str]]:
    """(offset, message, remedy) of each mark that has no fitting other half."""
    stack: list[tuple[str, int]] = []
    twisted = text.count("“") > text.count("”")  # else one quotation is inside another
    for match in _MARKS.finditer(text):
        mark, at = match[0], match.start()
        if twisted and mark == "“" and stack and stack[-1][0] == mark:
            stack.pop()
            yield at, "`“` stands where a quotation ends.", "Write `”`."
        elif mark in _PAIRS:
            stack.append((mark, at))
        else:
            yield from _closed(mark, at, stack, text)
    yield from (_open(*left) for left in stack)


def _closed(mark: str, at: int, stack: list[tuple[str, int]], text: str) -> Iterator[tuple[int, str, str]]:
    """Take what a closing mark closes off the stack."""
    wanted = _OPENS[mark]
    if stack and stack[-1][0].translate(_WIDTHS) == wanted.translate(_WIDTHS):
        opening = stack.pop()[0]
        if opening != wanted:
            what = f"`{opening}` is closed by `{mark}`: one is full-width, the other is not."
            yield at, what, f"Close it with `{_PAIRS[opening]}`."
    elif any(one == wanted for one, _ in stack):
        while stack[-1][0] != wanted:
            yield _open(*stack.pop())
        stack.pop()
    elif mark not in ")）" or not _NUMBERING.search(text[:at]):
        yield at, f"`{mark}` closes what nothing opened.", f"Add `{wanted}`, or remove it."


def _open(mark: str, offset: int) -> tuple[int, str, str]:
    return offset, f"`{mark}` is never closed.", f"Add `{_PAIRS[mark]}`, or remove it."
