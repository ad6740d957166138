"""What TMX calls the tags of inline markup."""

from __future__ import annotations

import re

__all__ = ["CREATOR", "name_of", "type_of"]

CREATOR = "multilingual-pipeline"  # as a file's header names the tool that wrote it

# The values that the specification recommends for `type`; others begin with `x-`.
_TYPES = {"strong": "bold", "em": "italic", "link": "link", "image": "image"}
_NAMES = {kind: name for name, kind in _TYPES.items()}
# For files that say nothing of the type: what a tag's own code looks like.
_LOOKS = (
    (re.compile(r"!\["), "image"),
    (re.compile(r"\[\^"), "footnote"),
    (re.compile(r"\["), "link"),
    (re.compile(r"\*\*|__"), "strong"),
    (re.compile(r"[*_]"), "em"),
    (re.compile(r"`"), "code"),
    (re.compile(r"\$|\\[(\[]"), "math"),
    (re.compile(r"</?[A-Za-z]"), "html"),
)


def type_of(name: str) -> str:
    """The `type` of an element that stands for a tag."""
    return _TYPES.get(name, f"x-{name}")


def name_of(kind: str, code: str) -> str:
    """The name of a tag by its `type` and its own code; never empty."""
    if kind in _NAMES:
        return _NAMES[kind]
    if kind.startswith("x-") and len(kind) > 2:
        return kind[2:]
    return next((name for pattern, name in _LOOKS if pattern.match(code)), kind or "tag")
