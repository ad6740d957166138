"""What is still English: marked by the pipeline, the same as the source, or a stretch in the midst of a translation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.markdown import Unit
from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Page
from pipeline.translation.checks.stretches import Stretch
from pipeline.translation.typography import HAN, stand_in

__all__ = ["english", "fuzzy", "untranslated"]

# Words that hold English sentences together; names and titles have few of them, and in capitals.
_GLUE = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by can for from has have if in is it its may not of on or our should so than that "
        "the their then there these they this to was we were when which while will with you your",
    )
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_HAN = re.compile(f"[{HAN}]")
_RUN = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[ ,]+[A-Za-z][A-Za-z'’-]*){4,}")
_QUOTED = re.compile(r"《[^》]*》|“[^”]*”|\"[^\"]*\"|「[^」]*」|『[^』]*』|（[^）]*）|\([^)]*\)|‘[^’]*’|'[^']*'")


def untranslated(page: Page) -> Iterator[Found]:
    """Units that are marked as untranslated, or say exactly what the source says."""
    for index, mark in sorted(page.document.marks.items()):
        if mark.kind == "untranslated":
            line = page.document.units[index].line
            yield Found(line, "This is still in the source language.", "Translate it and delete the mark.")
    for group in page.groups:
        same = page.finished(group) and group.simple and group.target[0].key == group.source[0].key
        if same and _prose(page, group.target[0]):
            yield Found(group.line, "This is the same as in the source.", "Translate it.")


def _prose(page: Page, unit: Unit) -> bool:
    """English words that are more than a name. A title is often a name."""
    words = _WORD.findall(page.words([unit]))
    glue = sum(word in _GLUE for word in words)
    if _HAN.search(unit.source) or unit.kind == "code":
        return False
    return glue >= 2 and len(words) >= 6 if unit.kind == "field" else glue >= 1 and len(words) >= 4


def fuzzy(page: Page) -> Iterator[Found]:
    """Units that were taken from a similar segment, and wait for somebody to adapt them."""
    for index, mark in sorted(page.document.marks.items()):
        if mark.kind == "fuzzy":
            what = f"This was taken from a segment that is {mark.score} % alike."
            yield Found(page.document.units[index].line, what, "Adapt it and delete the mark.")


def english(page: Page) -> Iterator[Found]:
    """English phrases between Han characters. Quotations, brackets and the texts of links may be English."""
    for group in page.groups:
        if not page.finished(group):
            continue
        for unit in group.target:
            for stretch in page.texts_of(unit):
                text = _QUOTED.sub(lambda match: "\0" * len(match[0]), _outside_links(stretch))
                if not _HAN.search(text):
                    continue
                for match in _RUN.finditer(text):
                    if sum(word in _GLUE for word in _WORD.findall(match[0])) >= 2:
                        what = f"“{_short(match[0])}” is still English."
                        yield Found(stretch.line_at(match.start()), what, "Translate it.")


def _outside_links(stretch: Stretch) -> str:
    """The text with that of links blotted out, which often is the title of an English page."""
    parts, depth = [], 0
    for piece in stretch.pieces:
        if piece.name == "link":
            depth += {"open": 1, "close": -1}.get(piece.kind, 0)
        text = piece.text if piece.kind == "text" else stand_in(piece)
        parts.append("\0" * len(text) if depth else text)
    return "".join(parts)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
