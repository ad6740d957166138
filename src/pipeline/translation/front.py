"""The front matter of a draft: the English's, with translated fields, and with what people changed in the translation.

A three-way merge by top-level key: what the English did not change stays as the translation has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.content import Post
from pipeline.translation.document import Document
from pipeline.translation.reuse import left_over

__all__ = ["merge_front_matter"]

_KEY = re.compile(
    r"""(?<=[\n\r])(?:(?:([\w-]+)|"([^"\n\r]+)"|'([^'\n\r]+)')[ \t]*[:=]|\[+([^\]\n\r]+)\]+)""",
)


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
        name = _unused(next(group for group in match.groups() if group), entries)
        entries[name] = _Entry(match.start(), end, text[match.start() : end])
    return entries


def _unused(name: str, entries: Mapping[str, _Entry]) -> str:
    """`[[menu]]` may come again and again."""
    number = 1
    while (numbered := f"{name} {number}" if number > 1 else name) in entries:
        number += 1
    return numbered


def merge_front_matter(
    new: Document,
    old: Document | None,
    base: Document | None,
    values: Mapping[int, str],
    marks: Mapping[int, str],
) -> tuple[str, list[str]]:
    """Everything before the body of a draft, and the keys on which English and translation disagree.

    `values` are the texts, as written, of the fields (by unit index) in the draft; `marks` the comments that some of
    them get.
    """
    if old is None or base is None:
        return _assembled(new, _english(new, values, marks), new), []
    if not (new.post.front.kind or old.post.front.kind):
        return base.text[: base.post.front.body], []  # only the translation has any
    if base.post.front.kind != new.post.front.kind:
        return _assembled(new, _english(new, values, marks), new), []
    ours, theirs = _entries(new.post), _entries(base.post)
    before = _entries(old.post) if old.post.front.kind == new.post.front.kind else {}
    parts = _english(new, values, marks)
    conflicts = []
    for name, entry in theirs.items():
        known = before.get(name)
        if name not in ours:
            if known is None or known.text != entry.text:  # the translation's own
                parts[name] = entry.text
        elif known is not None and known.text == ours[name].text and not _unfinished(new, ours[name], base, entry):
            parts[name] = entry.text
        elif not _holds_field(new, ours[name]) and (known is None or entry.text != known.text):
            parts[name] = entry.text
            if entry.text != ours[name].text:
                conflicts.append(name)
    for name, entry in ours.items():
        if name not in theirs and name in before and before[name].text == entry.text:
            del parts[name]  # the translation left it out
    return _assembled(
        new,
        _ordered(parts, list(before), list(ours), list(theirs)),
        _frame(new, old, base),
    ), conflicts


def _ordered(
    parts: Mapping[str, str],
    before: Sequence[str],
    ours: Sequence[str],
    theirs: Sequence[str],
) -> dict[str, str]:
    """The parts in the English's order, or in the translation's, if it has one of its own; those that are not in that
    one stand behind what they follow in the other.
    """
    moved = [name for name in theirs if name in before] != [name for name in before if name in theirs]
    first, second = (theirs, ours) if moved else (ours, theirs)
    names = [name for name in first if name in parts]
    for index, name in enumerate(second):
        if name in parts and name not in names:
            names.insert(
                max(
                    (names.index(other) + 1 for other in second[:index] if other in names),
                    default=0,
                ),
                name,
            )
    return {name: parts[name] for name in names}


def _english(new: Document, values: Mapping[int, str], marks: Mapping[int, str]) -> dict[str, str]:
    return {name: _replaced(new, entry, values, marks) for name, entry in _entries(new.post).items()}


def _frame(new: Document, old: Document, base: Document) -> Document:
    """Whose fences and first comments: the English's, if it has changed them."""
    return base if _edges(new) == _edges(old) else new


def _edges(document: Document) -> tuple[str, str]:
    post = document.post
    first = min((entry.start for entry in _entries(post).values()), default=post.front.end)
    return post.text[:first], post.text[post.front.end : post.front.body]


def _assembled(new: Document, parts: Mapping[str, str], frame: Document) -> str:
    start, end = _edges(frame)
    texts = [start, *parts.values()]
    if new.post.front.kind:
        _close_line(texts, new.post)
    return "".join([*texts, end])


def _close_line(parts: list[str], post: Post) -> None:
    """An entry taken from the end of another file may lack its line end."""
    for index, part in enumerate(parts):
        if part and not part.endswith(("\n", "\r")):
            parts[index] = part + ("\r\n" if "\r\n" in post.text else "\n")


def _unfinished(new: Document, ours: _Entry, base: Document, theirs: _Entry) -> bool:
    """A field of the translation is marked as untranslated, and something of the English still stands there."""
    marked = [index for index in _fields(base, theirs) if index in base.marks]
    return any(
        left_over(new.units[field], base.units[index])
        for index in marked
        if base.marks[index].kind == "untranslated"
        for field in _fields(new, ours)
    )


def _fields(document: Document, entry: _Entry) -> list[int]:
    return [index for index, field in document.fields.items() if entry.start <= field.start < entry.end]


def _holds_field(new: Document, entry: _Entry) -> bool:
    return bool(_fields(new, entry))


def _replaced(new: Document, entry: _Entry, values: Mapping[int, str], marks: Mapping[int, str]) -> str:
    text = entry.text
    for index, field in sorted(new.fields.items(), key=lambda item: -item[1].start):
        if not entry.start <= field.start < entry.end:
            continue
        start, end = field.start - entry.start, field.end - entry.start
        if index in marks:
            text = _marked(text, end, marks[index])
        text = text[:start] + values.get(index, text[start:end]) + text[end:]
    return text


def _marked(text: str, end: int, mark: str) -> str:
    """A comment at the end of the line on which a value ends, or on the next line after a value of whole lines."""
    if text[:end].endswith(("\n", "\r")):
        line_end = "\r\n" if text[:end].endswith("\r\n") else text[end - 1]
        return text[:end] + mark + line_end + text[end:]
    line = re.compile(r"[^\r\n]*").match(text, end)
    if line is None or mark in line[0]:
        return text
    return text[: line.end()] + " " + mark + text[line.end() :]
