"""Blocks: what the source has and the translation lacks, or the other way round.

`skeleton.difference` decides whether anything is wrong at all. If it says so, the rules `structure`, `tags`, `code`
and `urls` each name their part of it; people may merge, split and add paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from pipeline.content import Post
from pipeline.markdown import Unit
from pipeline.markdown.skeleton import skeleton
from pipeline.markdown.spans import positioned_dialect
from pipeline.translation.checks.code import code, inline_code
from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Group, Page
from pipeline.translation.checks.tags import html_names, tags
from pipeline.translation.checks.urls import addresses, urls

__all__ = ["structure"]

_FREE = frozenset({"paragraph", "field"})
_LEAVES = frozenset({"paragraph_open", "heading_open", "dt_open"})
_REMEDY = "Restore it, or say in an ignore comment why it should differ."


def structure(page: Page) -> Iterator[Found]:
    """Blocks that are missing, added or of another kind."""
    if page.difference is None:
        return
    found = list(_units(page)) or list(_frames(page))
    yield from found
    if not found and all(group.simple for group in page.groups) and not _told(page):
        line, words = page.difference
        if _same_in_dialect(page):
            what = "Markup shows as text where plain CommonMark is spoken, on forges for instance."
            yield Found(line or 1, what, "Move punctuation out of the bold text, or put a blank beside it.", mild=True)
        else:
            yield Found(line or 1, f"There is {words}.", _REMEDY)


def _told(page: Page) -> bool:
    """Another rule names the difference, or has nothing against it."""
    if any(True for rule in (tags, urls, code) for _ in rule(page)):
        return True
    return any(
        inline_code(group.source) != inline_code(group.target)
        or {address for _, address in addresses(group.source[0])} != {a for _, a in addresses(group.target[0])}
        or html_names(group.source) != html_names(group.target)
        or (group.target[0].kind in {"code", "html"} and group.source[0].source != group.target[0].source)
        for group in page.groups
    )


def _same_in_dialect(page: Page) -> bool:
    md = positioned_dialect()
    ours, theirs = (skeleton(post.body, md) for post in (page.source or page.post, page.post))
    return [entry for _, entry in ours] == [entry for _, entry in theirs]


def _units(page: Page) -> Iterator[Found]:
    """Missing and surplus leaves of the block structure."""
    lacking = [group for group in page.groups if not group.target]
    for line, beside in groupby(lacking, key=lambda group: group.line):
        missing = [unit for group in beside for unit in group.source]
        first = f"The {_kind(missing[0])} “{_short(missing[0])}” (line {missing[0].line} of the source)"
        more = f" and {len(missing) - 1} blocks after it are" if missing[1:] else " is"
        mild = all(unit.kind == "field" for unit in missing)
        yield Found(line, f"{first}{more} missing here.", _REMEDY, mild=mild)
    for alone, groups in groupby(page.groups, key=lambda group: not group.source):
        run = list(groups)
        added = [unit for group in run for unit in group.target if unit.kind not in _FREE]
        if alone and added:
            more = f", nor {len(added) - 1} blocks after it" if added[1:] else ""
            yield Found(added[0].line, f"The source has no such {_kind(added[0])} here{more}.", _REMEDY, mild=True)
        for group in run:
            if group.simple:
                yield from _kinds(group)


def _kinds(group: Group) -> Iterator[Found]:
    (ours,), (theirs,) = group.source, group.target
    if (ours.kind, ours.path) != (theirs.kind, theirs.path):
        what = f"A {_place(theirs)} stands for a {_place(ours)} (line {ours.line} of the source)."
        yield Found(theirs.line, what, "Give it the same place and level as in the source.")


def _frames(page: Page) -> Iterator[Found]:
    """What units do not show: rules, list types, alignment, containers. Leaves are left out."""
    body = [group for group in page.groups if not any(unit.kind == "field" for unit in (*group.source, *group.target))]
    if page.source is None or not all(group.simple for group in body):
        return
    ours, theirs = _framed(page.source), _framed(page.post)
    matcher = SequenceMatcher(None, [frame for _, frame in ours], [frame for _, frame in theirs], autojunk=False)
    for opcode, i1, i2, j1, j2 in matcher.get_opcodes():
        if opcode != "equal":
            expected = ", ".join(_named(frame) for _, frame in ours[i1:i2]) or "nothing"
            has = ", ".join(_named(frame) for _, frame in theirs[j1:j2]) or "nothing"
            line = theirs[j1][0] if j1 < j2 else _before(page, ours[i1][0])
            yield Found(line, f"There is {has} where the source has {expected}.", _REMEDY)


def _framed(post: Post) -> list[tuple[int, tuple[Any, ...]]]:
    """(line of the file, frame). Cells have no line of their own: their row's is taken."""
    framed, last = [], 0
    for line, entry in skeleton(post.body, positioned_dialect()):
        last = last if line is None else line
        if frame := _frame(entry):
            framed.append((post.body_line + last, frame))
    return framed


def _before(page: Page, line: int) -> int:
    """The line of what stands for the text before a line of the source."""
    return max((group.line for group in page.groups if group.source[0].line < line), default=1)


def _frame(entry: tuple[Any, ...]) -> tuple[Any, ...]:
    """A block token without its text; empty for those that other rules see to, and for closing ones."""
    name = str(entry[0])
    if name == "inline" or name.endswith("_close") or (name in _LEAVES and not entry[3]):
        return ()
    if name in {"fence", "code_block", "math_block", "html_block", "shortcode", "list_item_open"}:
        return (name,)
    return tuple(tuple(part) if isinstance(part, list) else part for index, part in enumerate(entry) if index != 6)


def _named(frame: tuple[Any, ...]) -> str:
    if frame[0] == "container_block_open":
        return f"`::: {' '.join(frame[1])}`"
    details = [f"{name}={value}" for part in frame[3:4] for name, value in part]
    return f"`{' '.join([str(frame[0]).removesuffix('_open').replace('_', ' '), *details])}`"


def _kind(unit: Unit) -> str:
    return f"front matter field `{unit.name}`" if unit.kind == "field" else unit.kind


def _place(unit: Unit) -> str:
    return f"{_kind(unit)} ({' in '.join(reversed(unit.path))})" if unit.path else _kind(unit)


def _short(unit: Unit) -> str:
    text = " ".join(unit.source.split())
    return text if len(text) <= 40 else text[:39] + "…"
