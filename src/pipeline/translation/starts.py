"""What the live translation was when a draft was begun, so that nobody's later correction of it is undone.

`.pipeline/starts/<locale>/<file>`: a copy, kept until the draft is approved. Without it nothing is compared.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.config import Settings
from pipeline.content import Post
from pipeline.files import write_atomic
from pipeline.translation.code import merged_lines

__all__ = ["forget_start", "keep_start", "with_later_edits"]


def keep_start(settings: Settings, locale: str, draft: str, target: str) -> None:
    """Remember the translation that the draft (by its file) takes the place of."""
    write_atomic(_path(settings, locale, draft), target.encode())


def forget_start(settings: Settings, locale: str, draft: Post) -> None:
    """The draft is no more."""
    _path(settings, locale, str(draft.file)).unlink(missing_ok=True)


def with_later_edits(settings: Settings, locale: str, draft: Post, target: Post) -> str | int:
    """The draft's text with what was changed in the live translation meanwhile, or the line of that where it cannot be
    brought together.
    """
    try:
        start = _path(settings, locale, str(draft.file)).read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return draft.text
    if start == target.text:
        return draft.text
    merged, lost = merged_lines(start, target.text, draft.text)
    if lost is None:
        return merged
    known = set(start.splitlines())
    fresh = [(number, line) for number, line in enumerate(target.text.splitlines(), 1) if line not in known]
    there = set(merged.splitlines())
    return next((number for number, line in fresh if line not in there), merged)


def _path(settings: Settings, locale: str, file: str) -> Path:
    return settings.work / "starts" / locale / file
