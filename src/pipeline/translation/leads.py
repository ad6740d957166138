"""What the lines of a draft begin with: the marks of a list as its translation has them, for new items too.

A reviewer may write `* ` where the English has `- `. A list with both would be two.
"""

from __future__ import annotations

import re

from pipeline.markdown import Unit
from pipeline.translation.document import Document
from pipeline.translation.slots import Layout

__all__ = ["Leads", "blank", "lead_of"]

# quote marks and blanks, then the mark: a bullet, or a number and what follows it
_ITEM = re.compile(r"(?P<before>[ \t>]*)(?:(?P<bullet>[-*+])|(?P<number>\d+)(?P<stop>[.)]))(?P<after>[ \t]+)")


def lead_of(document: Document, unit: Unit) -> str:
    """What stands before a unit on its line; a byte order mark does not."""
    start = max(document.text.rfind(mark, 0, unit.start) for mark in "\n\r") + 1
    return document.text[max(start, min(document.post.front.body, unit.start)) : unit.start]


def blank(lead: str) -> str:
    """What the next lines of a unit begin with, as far as its first one tells: quote marks, blanks for list marks."""
    return re.sub(r"[^>\t ]", " ", lead)


class Leads:
    """The lists that a draft is in, with the English lead of the last item and the one that was written."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lists: dict[tuple[str, ...], tuple[str, str]] = {}

    def wrote(self, unit: Unit, line: str) -> None:
        """A unit of the new English comes next, on a line that begins with `line`."""
        self._lists = {path: leads for path, leads in self._lists.items() if unit.path[: len(path)] == path}
        english = lead_of(self._layout.new, unit)
        if unit.path[-1:] == ("item",) and _ITEM.fullmatch(english) and _ITEM.fullmatch(line):
            self._lists[unit.path] = english, line

    def of(self, index: int) -> str:
        """The lead of a slot's first line."""
        new = self._layout.new
        unit = new.units[self._layout.body[index].units.start]
        english = lead_of(new, unit)
        item = _ITEM.fullmatch(english) if unit.path[-1:] == ("item",) else None
        if item:
            known = self._lists.get(unit.path)
            if known is None or not _alike(known[0], english):
                known = self._following(index, english)
            if known:
                return _marked(known[1], item)
        for path, (ours, theirs) in sorted(self._lists.items(), key=lambda entry: -len(entry[0])):
            inside = unit.path[: len(path)] == path and english.startswith(blank(ours))
            if inside:
                return blank(theirs) + english[len(ours) :]
        return english

    def fits(self, index: int, line: str) -> bool:
        """Whether a slot can begin like this and still be an item of the list it is in."""
        unit = self._layout.new.units[self._layout.body[index].units.start]
        known = self._lists.get(unit.path)
        if known is None or not _alike(known[0], lead_of(self._layout.new, unit)):
            return True
        return _alike(known[1], line)

    def _following(self, index: int, english: str) -> tuple[str, str] | None:
        """The leads of this slot or of the next one of its list that has a translation."""
        new, base = self._layout.new, self._layout.base
        path = new.units[self._layout.body[index].units.start].path
        for slot in self._layout.body[index:]:
            unit = new.units[slot.units.start]
            if unit.path[: len(path)] != path or base is None:
                return None
            if unit.path == path and slot.bead and slot.bead.target:
                ours, theirs = lead_of(new, unit), lead_of(base, base.units[slot.bead.target.start])
                if _ITEM.fullmatch(ours) and _alike(ours, english) and _same_kind(ours, theirs):
                    return ours, theirs
        return None


def _alike(one: str, other: str) -> bool:
    """Items of one list."""
    ours, theirs = _ITEM.fullmatch(one), _ITEM.fullmatch(other)
    return bool(ours and theirs) and _style(ours) == _style(theirs)


def _same_kind(one: str, other: str) -> bool:
    """Both bulleted, or both numbered."""
    ours, theirs = _ITEM.fullmatch(one), _ITEM.fullmatch(other)
    return bool(ours and theirs and bool(ours["bullet"]) == bool(theirs["bullet"]))


def _style(item: re.Match[str] | None) -> tuple[str, str | None, str | None]:
    return (item["before"], item["bullet"], item["stop"]) if item else ("", None, None)


def _marked(lead: str, item: re.Match[str]) -> str:
    """A lead of the same list, with the item's own number."""
    known = _ITEM.fullmatch(lead)
    if known is None or known["number"] is None:
        return lead
    return f"{known['before']}{item['number']}{known['stop']}{known['after']}"
