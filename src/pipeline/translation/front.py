"""The front matter of a draft: the English's, with translated fields, and with what people changed in the translation.

A three-way merge by top-level key: what the English did not change stays as the translation has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.content import Post
from pipeline.translation.document import Document

__all__ = ["merge_front_matter"]

_KEY = re.compile(r"""^(?:([\w-]+)|"([^"\n]+)"|'([^'\n]+)')[ \t]*[:=]|^\[+([^\]\n]+)\]+""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Entry:
    start: int
    end: int
    text: str


def _entries(post: Post | None) -> dict[str, _Entry]:
    """Top-level keys (and TOML tables) with their lines. A comment belongs to the key before it."""
    if post is None:
        return {}
    text, front = post.text, post.front
    found = list(_KEY.finditer(text, front.start, front.end))
    ends = [*(match.start() for match in found[1:]), front.end][: len(found)]
    entries: dict[str, _Entry] = {}
    table = False
    for match, end in zip(found, ends, strict=True):
        table = table or bool(match[4])
        if table and not match[4] and entries:  # a key of a TOML table belongs to it
            name = next(reversed(entries))
            entries[name] = _Entry(entries[name].start, end, text[entries[name].start : end])
            continue
        name = next(group for group in match.groups() if group)
        entries[name] = _Entry(match.start(), end, text[match.start() : end])
    return entries


def merge_front_matter(
    new: Document, old: Document | None, base: Document | None, values: Mapping[int, str]
) -> tuple[str, list[str]]:
    """Everything before the body of a draft, and the keys on which English and translation disagree.

    `values` are the texts, as written, of the fields (by unit index) that are not kept.
    """
    post = new.post
    english = _entries(post)
    snapshot, target = _entries(old.post if old else None), _entries(base.post if base else None)
    if old is None or base is None or base.post.front.kind != post.front.kind:
        snapshot = target = {}
    parts = [post.text[: min((entry.start for entry in english.values()), default=post.front.end)]]
    conflicts = []
    for name, entry in english.items():
        ours = _replaced(new, entry, values)
        theirs, before = target.get(name), snapshot.get(name)
        if theirs is None:
            unchanged = before is not None and before.text == entry.text and bool(target)
            parts.append("" if unchanged else ours)
        elif before is not None and before.text == entry.text:
            parts.append(theirs.text)
        elif _holds_field(new, entry) or (before is not None and theirs.text == before.text):
            parts.append(ours)
        else:
            parts.append(theirs.text)
            conflicts.append(name)
    for name, theirs in target.items():
        if name not in english and (name not in snapshot or snapshot[name].text != theirs.text):
            parts.append(theirs.text)
    if post.front.kind:
        _close_line(parts, post)
    parts.append(post.text[post.front.end : post.front.body])
    return "".join(parts), conflicts


def _close_line(parts: list[str], post: Post) -> None:
    """An entry taken from the end of another file may lack its line end."""
    for index, part in enumerate(parts):
        if part and not part.endswith(("\n", "\r")):
            parts[index] = part + ("\r\n" if "\r\n" in post.text else "\n")


def _holds_field(new: Document, entry: _Entry) -> bool:
    return any(entry.start <= field.start < entry.end for field in new.fields.values())


def _replaced(new: Document, entry: _Entry, values: Mapping[int, str]) -> str:
    text = entry.text
    for index, field in sorted(new.fields.items(), key=lambda item: -item[1].start):
        if index in values and entry.start <= field.start < entry.end:
            text = text[: field.start - entry.start] + values[index] + text[field.end - entry.start :]
    return text
