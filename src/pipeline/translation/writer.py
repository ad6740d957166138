"""The body of a draft put together from its slots.

Between two slots that were neighbours before and still are, what stands between their translations is kept too: list
marks, blank lines, and the notes that a translator added. Anywhere else it is the English's.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.markdown import Unit
from pipeline.translation.document import Document
from pipeline.translation.slots import Layout, Slot

__all__ = ["lead", "write_body"]

_LINE_END = re.compile(r"\r\n?|\n")


def write_body(layout: Layout, render: Callable[[int], str], *, own_glue: bool) -> tuple[str, dict[int, int]]:
    """The body of the draft, and where in it each unit of the new English begins.

    `render` gives the text of a unit that is not kept. With `own_glue` everything between units is the English's,
    whatever the translation had there.
    """
    writer = _Writer(layout, render, own_glue=own_glue)
    writer.write()
    return "".join(writer.parts), writer.starts


class _Writer:
    """One pass over the body's slots."""

    def __init__(self, layout: Layout, render: Callable[[int], str], *, own_glue: bool) -> None:
        self.layout, self.render, self.own_glue = layout, render, own_glue
        self.slots = layout.body
        self.parts: list[str] = []
        self.starts: dict[int, int] = {}
        self.length = 0
        self.notes: list[int] = []  # of slots that were left out, until there is a place for them

    def put(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def write(self) -> None:
        new = self.layout.new
        if not self.slots:
            self.put(new.text[new.post.front.body :])
            return
        last = -1  # the last slot that was written
        for index, slot in enumerate(self.slots):
            if not slot.dropped:
                self._glue(last, index)
                self._slot(slot)
                last = index
        self._glue(last, len(self.slots))

    def _glue(self, one: int, other: int) -> None:
        if not self.notes and self._linked(one, other):
            self.put(self._theirs(one, other))
        else:
            self._ours(one, other)

    def _slot(self, slot: Slot) -> None:
        new, base = self.layout.new, self.layout.base
        if slot.kept and slot.bead and base:
            self.starts.update(dict.fromkeys(slot.units, self.length))
            self.put(_kept(slot, slot.bead.target, self.layout.old, base, new))
            return
        for index in slot.units:
            if index > slot.units.start:
                self.put(new.text[new.units[index - 1].end : new.units[index].start])
            self.starts[index] = self.length
            self.put(self.render(index))

    def _linked(self, one: int, other: int) -> bool:
        """All from slot to slot were neighbours in the old English, with the same between them, and so are their
        translations. The beginning of the body counts as slot -1, its end as the one after the last.
        """
        base = self.layout.base
        if self.own_glue or base is None or not all(self._adjacent(at) for at in range(one, other)):
            return False
        left, right = self._target_end(one), self._target_start(other)
        if left is None or right is None or left > right:
            return False
        return not any(index in self.layout.owned for index in range(left, right))

    def _adjacent(self, at: int) -> bool:
        """Slot `at` and the next one, with all that is between them, stood like this in the old English."""
        new, old = self.layout.new, self.layout.old
        if old is None:
            return False
        one = self.slots[at] if at >= 0 else None
        other = self.slots[at + 1] if at + 1 < len(self.slots) else None
        if (one and one.bead is None) or (other and other.bead is None):
            return False
        stop = one.bead.source.stop if one and one.bead else len(old.fields)
        start = other.bead.source.start if other and other.bead else len(old.units)
        if stop != start:
            return False
        return _between(old, stop) == _between(new, one.units.stop if one else len(new.fields))

    def _target_end(self, index: int) -> int | None:
        """The first unit of the translation behind a slot."""
        if index < 0:
            return len(self.layout.base.fields) if self.layout.base else None
        bead = self.slots[index].bead
        return bead.target.stop if bead and bead.target else None

    def _target_start(self, index: int) -> int | None:
        if index == len(self.slots):
            return len(self.layout.base.units) if self.layout.base else None
        bead = self.slots[index].bead
        return bead.target.start if bead and bead.target else None

    def _theirs(self, one: int, other: int) -> str:
        """What stands in the translation between two slots."""
        base, left, right = (
            self.layout.base,
            self._target_end(one),
            self._target_start(other),
        )
        if base is None or left is None or right is None:  # `_linked` has seen to it
            raise AssertionError
        start = base.units[left - 1].end if left > len(base.fields) else base.post.front.body
        return base.text[start : base.units[right].start if right < len(base.units) else len(base.text)]

    def _ours(self, one: int, other: int) -> None:
        """The English between two slots, after the notes of the first and of those that were left out."""
        new = self.layout.new
        self._own_notes(one)
        self.notes.extend(note for slot in self.slots[max(one + 1, 0) : other] if slot.dropped for note in slot.notes)
        follower = new.units[self.slots[other].units.start] if other < len(self.slots) else None
        waiting = [note for note in self.notes if not self._has_place(note, follower)]
        placed = [note for note in self.notes if note not in waiting]
        self.notes = waiting
        if one < 0:  # the body begins as the English does, wherever it goes on
            glue = _between(new, len(new.fields) if follower else len(new.units))
            self.put(glue + "".join(f"{self._note(note)}{self._break()}" for note in placed))
        else:
            self.put("".join(f"{self._break()}{self._note(note)}" for note in placed) + self._english(one, other))

    def _english(self, one: int, other: int) -> str:
        new = self.layout.new
        if other == len(self.slots):
            return _between(new, len(new.units))
        last, follower = (
            new.units[self.slots[one].units[-1]],
            new.units[self.slots[other].units.start],
        )
        between = new.units[self.slots[one].units.stop : self.slots[other].units.start]
        if all(unit.path in {last.path, follower.path} for unit in between):
            return _between(new, self.slots[other].units.start)
        start = max(new.text.rfind(mark, 0, follower.start) for mark in "\n\r") + 1
        return self._break() + new.text[start : follower.start]  # a container that held only what was left out

    def _own_notes(self, index: int) -> None:
        """The notes right behind a slot, as they stood there."""
        base = self.layout.base
        notes = self.slots[index].notes if index >= 0 else self.layout.first_notes
        end = self._target_end(index)
        for note in notes:
            if base is not None and index >= 0 and note == end and not self.notes:
                self.put(base.text[base.units[note - 1].end : base.units[note].end])
                end = note + 1
            else:
                self.notes.append(note)

    def _has_place(self, note: int, follower: Unit | None) -> bool:
        base = self.layout.base
        if follower is None or base is None:
            return True
        return base.units[note].path == follower.path and base.units[note].kind != "cell"

    def _note(self, note: int) -> str:
        """The lines that a note stands on."""
        base = self.layout.base
        if base is None:
            raise AssertionError
        start, end = base.units[note].start, base.units[note].end
        return base.text[max(base.text.rfind(mark, 0, start) for mark in "\n\r") + 1 : end]

    def _break(self) -> str:
        return "\r\n\r\n" if "\r\n" in self.layout.new.text else "\n\n"


def _between(document: Document, index: int) -> str:
    """What stands before a unit of the body (or before the end): behind the one before it, or from the beginning on."""
    start = document.units[index - 1].end if index > len(document.fields) else document.post.front.body
    return document.text[start : document.units[index].start if index < len(document.units) else len(document.text)]


def _kept(slot: Slot, target: range, old: Document | None, base: Document, new: Document) -> str:
    """A reviewer's text, byte for byte; in a container of another indentation its lines are moved along."""
    first, theirs = new.units[slot.units.start], base.units[target.start]
    if len(slot.units) == 1 and old and slot.bead and slot.bead.simple:
        english = old.units[slot.bead.source.start]
        if not english.segments and english.source == theirs.source:  # nobody touched it
            return first.source
    text = base.text[theirs.start : base.units[target[-1]].end]
    before, ours = lead(base, theirs), lead(new, first)
    if before == ours or not _LINE_END.search(text):
        return text
    return _rehung(text, before, ours, prose=bool(first.segments))


def lead(document: Document, unit: Unit) -> str:
    """What the lines of a unit begin with, as far as its first one tells: quote marks, and blanks for list marks."""
    start = max(document.text.rfind(mark, 0, unit.start) for mark in "\n\r") + 1
    return re.sub(r"[^>\t ]", " ", document.text[start : unit.start])


def _rehung(text: str, lead: str, ours: str, *, prose: bool) -> str:
    """All lines but the first with another lead. A line of prose may have less of it than it should."""
    result, cursor = [], 0
    for match in _LINE_END.finditer(text):
        result.append(text[cursor : match.end()])
        cursor = match.end()
        line = text[cursor : len(text) if not (end := _LINE_END.search(text, cursor)) else end.start()]
        if line.startswith(lead):
            cursor += len(lead)
        elif prose or not line.strip(" \t>"):
            cursor += len(line) - len(line.lstrip(" \t>"))
        bare = text[cursor : cursor + 1] in {"", "\n", "\r"}
        result.append(ours.rstrip() if bare else ours)
    return "".join([*result, text[cursor:]])
