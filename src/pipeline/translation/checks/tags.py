"""Inline markup: bold, links, HTML, footnotes, shortcodes and images inside a block."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.markdown import Unit
from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Group, Page

__all__ = ["html_names", "tags"]

_HTML_NAME = re.compile(r"<\s*([A-Za-z][\w:-]*)")
_SAME = {"b": "strong", "i": "em", "del": "strike", "s": "strike", "strike": "strike"}
_EMPHASIS = frozenset({"em", "strong", "strike"})
_SEEN_TO = frozenset({"code", "math", "address", "url"})  # by the rules `code` and `urls`
# Delimiters that readers see as they are. Code has been taken out.
_STRAY = re.compile(r"\*\*|__(?=\S)|~~|\](?:\(|（)|^#{1,6}(?=\S)|`")


def tags(page: Page) -> Iterator[Found]:
    """Tags that are missing, added, or show as text."""
    for group in page.groups:
        if page.finished(group):
            if page.difference is not None:
                yield from _compared(group)
            yield from _stray(page, group)


def _compared(group: Group) -> Iterator[Found]:
    ours, theirs = _counted(group.source), _counted(group.target)
    for word, surplus in (("is missing", ours - theirs), ("is not in the source", theirs - ours)):
        for name, count in sorted(surplus.items()):
            times = f" ({count} times)" if count > 1 else ""
            remedy = (
                "Mark the same words as the source does." if name in _EMPHASIS else "Take over the source's markup."
            )
            yield Found(group.line, f"{_named(name)} {word}{times}.", remedy, mild=name in _EMPHASIS)


def _counted(units: Sequence[Unit]) -> Counter[str]:
    """How many tags of each kind; HTML that means the same as Markdown counts as that."""
    counts: Counter[str] = Counter()
    for unit in units:
        for piece in unit.pieces:
            if piece.kind not in {"open", "void"} or piece.name in _SEEN_TO or piece.source.startswith("<!--"):
                continue
            name = piece.name
            if name == "html":
                match = _HTML_NAME.match(piece.source)
                if not match:  # a closing tag without its opening one
                    continue
                tag = match[1].lower()
                name = _SAME.get(tag, tag if tag in _EMPHASIS else f"<{tag}>")
            elif name in {"footnote", "shortcode"}:
                name = f"{name} {piece.value}"
            counts[name] += 1
    return counts


def html_names(units: Sequence[Unit]) -> Counter[str]:
    """How often each HTML tag is opened."""
    matches = [_HTML_NAME.match(piece.source) for unit in units for piece in unit.pieces if piece.name == "html"]
    return Counter(match[1].lower() for match in matches if match)


def _named(name: str) -> str:
    words = {"em": "Emphasis (`*`)", "strong": "Bold (`**`)", "strike": "Strikethrough (`~~`)", "link": "A link"}
    words |= {"image": "An image", "break": "A hard line break"}
    return words.get(name, f"`{name}`")


def _stray(page: Page, group: Group) -> Iterator[Found]:
    """Markup that shows as text, unless the source shows it too."""
    shown = {match[0] for match in _STRAY.finditer(page.words(group.source))}
    for unit in group.target:
        for stretch in page.texts_of(unit):
            for match in _STRAY.finditer(stretch.text):
                if match[0] not in shown and not (match[0] == "](" and "]（" in shown):
                    what = f"`{match[0]}` shows as text."
                    remedy = "Put punctuation outside of the markup, and mark it with half-width characters."
                    yield Found(stretch.line_at(match.start()), what, remedy)
