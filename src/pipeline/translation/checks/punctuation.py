"""Chinese punctuation and typography: what `typography` would put right, and what only a person can decide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.translation import typography as rules
from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Page
from pipeline.translation.checks.stretches import Stretch
from pipeline.translation.typography import HAN

__all__ = ["punctuation", "typography"]

_NARROW = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B)}
# Not certain, so offered: (pattern, what is written, what it could be).
_OFFERS: tuple[tuple[re.Pattern[str], str, Callable[[str], str]], ...] = (
    (re.compile(rf"(?<=[{HAN}])\.(?=[{HAN}])"), "A half-width full stop stands", lambda _: "。"),
    (re.compile(rf"(?<=[A-Za-z0-9]), (?=[{HAN}])"), "A half-width comma stands", lambda _: "，"),
    (
        re.compile(rf"(?<=[{HAN}])[ ]?\([^()\n{HAN}]*[A-Za-z0-9][^()\n{HAN}]*\)(?=[{HAN}，。；：？！、])"),
        "Half-width brackets stand",
        lambda text: f"（{text.strip()[1:-1]}）",
    ),
    (re.compile(rf"(?<=[{HAN}])…(?!…)(?=[{HAN}“])"), "Half an ellipsis stands", lambda _: "……"),
    (re.compile(r"[０-９Ａ-Ｚａ-ｚ]+"), "Full-width letters or digits stand", lambda text: text.translate(_NARROW)),
)


def punctuation(page: Page) -> Iterator[Found]:
    """Half-width punctuation after Han, one finding a line."""
    yield from _changes(page, {"half-width": "Half-width punctuation stands after Han"})


def typography(page: Page) -> Iterator[Found]:
    """Ellipses, dashes, brackets, blanks and quotation marks, one finding a line and kind."""
    names = {
        "brackets": "Half-width brackets stand around Chinese",
        "ellipsis": "The Chinese ellipsis is ……",
        "dash": "The Chinese dash is ——",
        "blank": "A blank stands beside full-width punctuation",
    }
    yield from _changes(page, names)
    for stretch in _chinese(page):
        for start, end, what, instead in (*_offers(stretch.text), *_straight_quotes(stretch.text)):
            message = f"{what} in Chinese text: `{_around(stretch.text, start, end)}`."
            yield Found(stretch.line_at(start), message, f"Perhaps `{instead}`?", instead, mild=True)


def _offers(text: str) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, what, instead)."""
    for pattern, what, instead in _OFFERS:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), what, instead(match[0])


def _straight_quotes(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Pairs of `"` around Chinese; those of code, inches and an odd one out are no such pairs."""
    marks = [match.start() for match in re.finditer(r'(?<![=:,({\[\d])"', text)]
    if len(marks) % 2 or len(marks) != text.count('"'):
        return
    for start, end in zip(marks[::2], marks[1::2], strict=True):
        if re.search(f"[{HAN}]", text[start:end]):
            yield start, end + 1, "Straight quotation marks stand", f"“{_plain(text[start + 1 : end])}”"


def _changes(page: Page, names: dict[str, str]) -> Iterator[Found]:
    for stretch in _chinese(page):
        found: dict[tuple[int, str], list[rules.Change]] = {}
        for change in rules.changes(stretch.text, spacing=False):
            if change.name in names:
                found.setdefault((stretch.line_at(change.start), change.name), []).append(change)
        for (line, name), some in found.items():
            where = "`, `".join(_around(stretch.text, change.start, change.end) for change in some[:3])
            more = f" and {len(some) - 3} more" if len(some) > 3 else ""
            first = some[0]
            suggestion = _around(stretch.text, first.start, first.end, first.becomes)
            yield Found(line, f"{names[name]}: `{where}`{more}.", f"Write `{suggestion}`.", suggestion)


def _chinese(page: Page) -> Iterator[Stretch]:
    if page.language.lower().split("-")[0] == "zh":
        yield from (stretch for stretch in page.stretches if re.search(f"[{HAN}]", stretch.text))


def _around(text: str, start: int, end: int, instead: str | None = None) -> str:
    """A few characters on either side; tags are left out."""
    middle = text[start:end] if instead is None else instead
    return _plain(text[max(start - 4, 0) : start] + middle + text[end : end + 4]).strip()


def _plain(text: str) -> str:
    return re.sub("[\ue000-\ue003]", "", text)
