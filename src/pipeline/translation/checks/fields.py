"""Front matter: fields have the same types as in the source."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.markdown.source import breaks
from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Page

__all__ = ["fields"]

_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "yes or no"),
    ((int, float), "a number"),
    ((dt.date, dt.time), "a date"),
    (str, "text"),
    (Mapping, "a table"),
    (Sequence, "a list"),
)


def fields(page: Page) -> Iterator[Found]:
    """Fields whose type is another than in the source, and lists that lost an entry. An empty field has no type."""
    if page.source is None:
        return
    for name, ours, theirs in _shared(page.source.front.data, page.post.front.data, ""):
        one, other = _type(ours), _type(theirs)
        if one and other and one != other:
            what = f"`{name}` is {other} here ({_short(theirs)}), and {one} in the source ({_short(ours)})."
            yield Found(_line(page, name), what, f"Write {one}.")
        elif one == "a list" and one == other and len(ours) != len(theirs):
            what = f"`{name}` has {len(theirs)} entries here, and {len(ours)} in the source."
            yield Found(_line(page, name), what, "Compare them.", mild=True)


def _shared(ours: Mapping[str, Any], theirs: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any, Any]]:
    for key, value in ours.items():
        if key in theirs:
            yield f"{prefix}{key}", value, theirs[key]
            if isinstance(value, Mapping) and isinstance(theirs[key], Mapping):
                yield from _shared(value, theirs[key], f"{prefix}{key}.")


def _type(value: Any) -> str:
    if value is None or value == "":
        return ""
    return next((name for types, name in _TYPES if isinstance(value, types)), "")


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _line(page: Page, name: str) -> int:
    key = re.escape(name.rsplit(".", 1)[-1])
    front = page.post.front
    pattern = re.compile(rf"(?:^|(?<=\r))\s*[\"']?{key}[\"']?\s*[:=]", re.MULTILINE)
    match = pattern.search(page.post.text, front.start, front.end)
    return breaks(page.post.text[: match.end()]) + 1 if match else 1
