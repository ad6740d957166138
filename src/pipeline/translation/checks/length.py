"""Length: a translation that is far shorter or longer than such texts are has lost or gained something."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Page

__all__ = ["length"]

# (from so many characters of source text on, shortest, longest): short texts vary more. Of 5,900 paragraphs that
# people translated, three are outside.
_LIMITS = ((120, 0.55, 1.8), (60, 0.45, 2.2), (40, 0.35, 3.0), (20, 0.25, 3.5))


def length(page: Page) -> Iterator[Found]:
    """Groups whose two sides differ too much in length."""
    for group in page.groups:
        if not page.finished(group):
            continue
        ours, theirs = _size(page.words(group.source)), _size(page.words(group.target))
        limits = next((limits for limits in _LIMITS if ours >= limits[0]), None)
        if limits is None:
            continue
        ratio = theirs / ours
        if ratio < limits[1]:
            what = f"This says about {ratio:.0%} of what the source says."
            yield Found(group.line, what, "Look for what is missing.")
        elif ratio > limits[2]:
            what = f"This is about {ratio:.1f} times as long as the source."
            yield Found(group.line, what, "Look for what was added or doubled.")


def _size(text: str) -> float:
    """Characters; a Han character says about as much as two and a half Latin ones."""
    return sum(2.5 if character >= "\u2e80" else 1.0 for character in text if not character.isspace())
