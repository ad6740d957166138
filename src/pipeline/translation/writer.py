"""The body of a draft put together from its slots.

Between two slots that were neighbours before and still are, what stands between their translations is kept too: list
marks, blank lines, and the notes that a translator added. Anywhere else it is the English's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pipeline.markdown import Unit
from pipeline.markdown.source import split_row
from pipeline.translation.document import Document
from pipeline.translation.leads import Leads, blank, lead_of
from pipeline.translation.rows import is_cell, same_row
from pipeline.translation.slots import Layout, Slot

__all__ = ["write_body"]

# What containers put before a row.
_LEAD = re.compile(r"(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*")
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
        self.notes: list[range] = []  # of slots that were left out, until there is a place for them
        self.row_end = ""  # cells that stand behind all others of the row
        self.line = ""  # what is written of the last line
        self.leads = Leads(layout)

    def put(self, text: str) -> None:
        """Write on."""
        self.parts.append(text)
        self.length += len(text)
        start = max(text.rfind(mark) for mark in "\n\r") + 1
        self.line = text[start:] if start else self.line + text

    def write(self) -> None:
        last = -1  # the last slot that was written
        for index, slot in enumerate(self.slots):
            if not slot.dropped:
                self._glue(last, index)
                self._slot(slot)
                last = index
        self._glue(last, len(self.slots))

    def _glue(self, one: int, other: int) -> None:
        if not self.notes and not self.row_end and self._linked(one, other):
            self.put(self._theirs(one, other))
        else:
            self._ours(one, other)

    def _slot(self, slot: Slot) -> None:
        new, base = self.layout.new, self.layout.base
        self.leads.wrote(new.units[slot.units.start], self.line)
        if slot.kept and slot.bead and base:
            self.starts.update(dict.fromkeys(slot.units, self.length))
            self.put(_kept(slot, slot.bead.target, self.layout.old, base, new, blank(self.line)))
            return
        for index in slot.units:
            if index > slot.units.start:
                self.put(new.text[new.units[index - 1].end : new.units[index].start])
            self.starts[index] = self.length
            text, lead, line = self.render(index), blank(lead_of(new, new.units[index])), blank(self.line)
            hung = index == slot.units.start and lead != line and not is_cell(new.units[index])
            self.put(_rehung(text, lead, line, prose=bool(new.units[index].segments)) if hung else text)

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
        if right < len(base.units) and not self.leads.fits(other, lead_of(base, base.units[right])):
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
        follower = self._first_of(other)
        self._added_cells(one, follower)
        rows = self._own_notes(one)
        self.notes.extend(note for slot in self.slots[max(one + 1, 0) : other] if slot.dropped for note in slot.notes)
        waiting = [note for note in self.notes if not self._has_place(note, follower)]
        placed = [note for note in self.notes if note not in waiting]
        self.notes = waiting
        if one < 0:  # the body begins as the English does, wherever it goes on
            glue = _between(self.layout.new, len(self.layout.new.fields) if follower else len(self.layout.new.units))
            self.put(self._led(glue, other) + "".join(f"{self._note(note)}{self._break()}" for note in placed))
        else:
            notes = "".join(f"{self._break()}{self._note(note)}" for note in placed)
            self.put(self._led(self._table_end(one, follower, rows, notes) or notes + self._english(one, other), other))
        if other < len(self.slots) and self.layout.base and self.slots[other].ahead:
            ahead = self.slots[other].ahead
            self.put(self.layout.base.text[self.layout.base.units[ahead.start].start : self._start(ahead.stop)])

    def _led(self, glue: str, index: int) -> str:
        """The glue before a slot, with the slot's own lead."""
        follower = self._first_of(index)
        if follower is None or self.own_glue or self.layout.base is None:
            return glue
        english = lead_of(self.layout.new, follower)
        if is_cell(follower) or not english or not glue.endswith(english):
            return glue
        return glue[: -len(english)] + self.leads.of(index)

    def _first_of(self, index: int) -> Unit | None:
        return self.layout.new.units[self.slots[index].units.start] if index < len(self.slots) else None

    def _start(self, index: int) -> int:
        """Of a unit of the translation."""
        return self.layout.base.units[index].start if self.layout.base else 0

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
        return self._break() + lead_of(new, follower)  # a container that held only what was left out

    def _added_cells(self, index: int, follower: Unit | None) -> None:
        """The cells that a reviewer added behind a slot; those at the end of a row stay at its end."""
        base = self.layout.base
        if index < 0 or base is None:
            return
        slot = self.slots[index]
        last = self.layout.new.units[slot.units[-1]]
        goes_on = follower is not None and same_row(last, follower)
        if slot.behind:
            text = base.text[base.units[slot.behind.start - 1].end : base.units[slot.behind[-1]].end]
            inside = slot.behind.stop < len(base.units) and same_row(
                base.units[slot.behind.start], base.units[slot.behind.stop]
            )
            if inside and goes_on:
                self.put(text)
            else:
                self.row_end += text
        if not goes_on:
            self.put(self.row_end)
            self.row_end = ""

    def _table_end(self, index: int, follower: Unit | None, rows: Sequence[range], notes: str) -> str:
        """What stands behind the last cell of a row, with the `rows` that were added there; empty for other slots."""
        new = self.layout.new
        number = self.slots[index].units[-1]
        last = new.units[number]
        if self.layout.base is None or not is_cell(last) or (follower and same_row(last, follower)):
            return ""
        end = number + 1
        while end < len(new.units) and same_row(new.units[end], last):
            end += 1  # cells that were left out
        glue = _between(new, end)
        lines = _LINE_END.split(glue)
        count = 2 if last.path[-1:] == ("head",) else 1
        closing = [lines[0], *(_as_wide(self.line + lines[0], line) for line in lines[1:count])]
        line_end = "\r\n" if "\r\n" in new.text else "\n"
        text = line_end.join([*closing, *map(self._note, rows)]) + notes
        if follower is None:
            return text + line_end.join(["", *lines[count:]]) if len(lines) > count or rows else text
        if is_cell(follower) and follower.path[-1:] != ("head",):
            row = new.units.index(follower)
            while same_row(new.units[row - 1], follower):
                row -= 1
            return text + line_end + lead_of(new, new.units[row])
        if end < len(new.units) and new.units[end] is follower:
            return text + line_end.join(["", *lines[count:]])
        return text + self._break() + lead_of(new, follower)

    def _own_notes(self, index: int) -> list[range]:
        """Put the notes right behind a slot as they stood there. Returns the rows among them."""
        base = self.layout.base
        notes = self.slots[index].notes if index >= 0 else self.layout.first_notes
        end = self._target_end(index)
        rows = []
        for note in notes:
            if base is None:
                continue
            if is_cell(base.units[note.start]) and base.units[note.start].path[-1:] != ("head",):
                if index >= 0 and is_cell(self.layout.new.units[self.slots[index].units[-1]]):
                    rows.append(note)
            elif index >= 0 and note.start == end and not self.notes and not is_cell(base.units[note.start - 1]):
                self.put(base.text[base.units[note.start - 1].end : self._end(note)])
                end = note.stop
            else:
                self.notes.append(note)
        return rows

    def _has_place(self, note: range, follower: Unit | None) -> bool:
        base = self.layout.base
        if follower is None or base is None:
            return True
        path = base.units[note.start].path
        return (path[: path.index("table")] if "table" in path else path) == follower.path and not is_cell(follower)

    def _note(self, note: range) -> str:
        """The lines that a note stands on."""
        base = self.layout.base
        if base is None:
            raise AssertionError
        start = base.units[note.start].start
        return base.text[max(base.text.rfind(mark, 0, start) for mark in "\n\r") + 1 : self._end(note)]

    def _end(self, note: range) -> int:
        """Where a note ends; a row ends with its line."""
        base = self.layout.base
        if base is None:
            raise AssertionError
        end = base.units[note[-1]].end
        if not is_cell(base.units[note[-1]]):
            return end
        line_end = _LINE_END.search(base.text, end)
        return line_end.start() if line_end else len(base.text)

    def _break(self) -> str:
        return "\r\n\r\n" if "\r\n" in self.layout.new.text else "\n\n"


def _as_wide(written: str, line: str) -> str:
    """The line under a table's head with as many cells as the head that was written has."""
    start = _LEAD.match(written).end()  # type: ignore[union-attr]
    columns = len(split_row(written, start, len(written)))
    cells = split_row(line, len(line) - len(line.lstrip(" \t>")), len(line))
    if len(cells) < columns:
        end = cells[-1][1]
        return line[:end] + "| --- " * (columns - len(cells)) + line[end:]
    return line[: cells[columns - 1][1]] + line[cells[-1][1] :]


def _between(document: Document, index: int) -> str:
    """What stands before a unit of the body (or before the end): behind the one before it, or from the beginning on."""
    start = document.units[index - 1].end if index > len(document.fields) else document.post.front.body
    return document.text[start : document.units[index].start if index < len(document.units) else len(document.text)]


def _kept(slot: Slot, target: range, old: Document | None, base: Document, new: Document, ours: str) -> str:
    """A reviewer's text, byte for byte; where its lines begin otherwise (`ours`) they are moved along."""
    first, theirs = new.units[slot.units.start], base.units[target.start]
    if len(slot.units) == 1 and old and slot.bead and slot.bead.simple:
        english = old.units[slot.bead.source.start]
        if not english.segments and english.source == theirs.source:  # nobody touched it
            lead = blank(lead_of(new, first))
            return first.source if lead == ours else _rehung(first.source, lead, ours, prose=False)
    text = base.text[theirs.start : base.units[target[-1]].end]
    before = blank(lead_of(base, theirs))
    if before == ours or is_cell(first) or not _LINE_END.search(text):
        return text
    return _rehung(text, before, ours, prose=bool(first.segments))


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
