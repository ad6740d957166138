"""Where each part of a draft's body comes from: the new English cut into slots, each kept or to be translated.

A slot is a unit, or a group that a reviewer merged or split. A kept slot is the reviewer's text as it stands. Between
two slots that were neighbours before and still are, what stands between their translations is kept too: list marks,
blank lines, and the notes that a translator added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.translation.align import Match, align
from pipeline.translation.beads import Bead, document_beads
from pipeline.translation.document import Document

__all__ = ["Layout", "Slot", "lay_out"]


@dataclass(frozen=True, slots=True)
class Slot:
    """Units of the new English; `bead` says which old English and which translation belong to them.

    `kept`: the English is unchanged, so the translation stands as it is.
    """

    units: range
    bead: Bead | None = None
    kept: bool = False
    notes: tuple[Bead, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The slots of a post's fields and body, and how each unit of the new English matches the old."""

    new: Document
    old: Document | None = None
    base: Document | None = None
    fields: tuple[Slot, ...] = ()
    body: tuple[Slot, ...] = ()
    first_notes: tuple[Bead, ...] = ()
    matches: dict[int, Match] = field(default_factory=dict)

    def assemble(self, render: Callable[[int], str], *, own_glue: bool) -> tuple[str, dict[int, int]]:
        """The body of the draft, and where in it each rendered unit begins.

        `render` gives the text of a unit that is not kept. With `own_glue` everything between units is the
        English's, whatever the translation had there.
        """
        writer = _Writer(self, render, own_glue=own_glue)
        return writer.write()


def lay_out(new: Document, old: Document | None, base: Document | None) -> Layout:
    """Cut the new English into slots, by its snapshot `old` and the translation `base` made from that."""
    fields = [index for index, unit in enumerate(new.units) if unit.kind == "field"]
    body = range(len(fields), len(new.units))
    if old is None or base is None:
        slots = [Slot(range(index, index + 1)) for index in range(len(new.units))]
        return Layout(new, fields=tuple(slots[: len(fields)]), body=tuple(slots[len(fields) :]))
    matches = align(old.units, new.units)
    groups = document_beads(old, base)
    slots = list(_slots(new, base, matches, groups))
    in_body = [slot for slot in slots if slot.units.start >= body.start]
    in_body, first_notes = _with_notes(in_body, [bead for bead in groups if _in_body(bead, old, base)])
    in_fields = tuple(slot for slot in slots if slot.units.start < body.start)
    return Layout(
        new, old, base, in_fields, tuple(in_body), tuple(first_notes), {match.new: match for match in matches}
    )


def _in_body(bead: Bead, old: Document, base: Document) -> bool:
    units = [old.units[i] for i in bead.source] + [base.units[i] for i in bead.target]
    return all(unit.kind != "field" for unit in units)


def _slots(new: Document, base: Document, matches: Sequence[Match], groups: Sequence[Bead]) -> Iterator[Slot]:
    by_new = {match.new: match for match in matches}
    by_old = {match.old: match for match in matches}
    bead_of = {index: bead for bead in groups for index in bead.source}
    index = 0
    while index < len(new.units):
        match = by_new.get(index)
        bead = bead_of.get(match.old) if match else None
        units = _whole(bead, by_old, index) if bead else None
        if bead is None or units is None:
            yield Slot(range(index, index + 1))
            index += 1
            continue
        kept = all(by_new[j].score == 1.0 for j in units) and not _unfinished(new, base, units, bead)
        yield Slot(units, bead if kept or bead.simple else None, kept)
        index = units.stop


def _whole(bead: Bead, by_old: dict[int, Match], start: int) -> range | None:
    """The new units of a bead, if all of its English is there, in a row, from `start` on."""
    found = [by_old[i].new if i in by_old else -1 for i in bead.source]
    units = range(start, start + len(found))
    return units if found == list(units) else None


def _unfinished(new: Document, base: Document, units: range, bead: Bead) -> bool:
    """Marked as untranslated, and nobody has translated it since."""
    return any(
        index in base.marks
        and base.marks[index].kind == "untranslated"
        and base.units[index].key in {new.units[unit].key for unit in units}
        for index in bead.target
    )


def _with_notes(slots: list[Slot], groups: Sequence[Bead]) -> tuple[list[Slot], list[Bead]]:
    """Paragraphs that the translator added belong to the slot before them, or to the beginning."""
    by_start = {slot.bead.source.start: index for index, slot in enumerate(slots) if slot.bead and slot.bead.source}
    notes: dict[int, list[Bead]] = {}
    anchor = -1
    for bead in groups:
        if bead.source:
            anchor = by_start.get(bead.source.start, anchor)
        else:
            notes.setdefault(anchor, []).append(bead)
    noted = [Slot(slot.units, slot.bead, slot.kept, tuple(notes.get(index, ()))) for index, slot in enumerate(slots)]
    return noted, notes.get(-1, [])


class _Writer:
    """One pass over the body's slots."""

    def __init__(self, layout: Layout, render: Callable[[int], str], *, own_glue: bool) -> None:
        self.layout, self.render, self.own_glue = layout, render, own_glue
        self.parts: list[str] = []
        self.length = 0
        self.starts: dict[int, int] = {}

    def put(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def write(self) -> tuple[str, dict[int, int]]:
        new, slots = self.layout.new, self.layout.body
        if not slots:
            self.put(new.text[new.post.front.body :])
            return "".join(self.parts), self.starts
        self.put(self._head(slots[0]))
        last: Slot | None = None  # the last slot that wrote something
        chain: Slot | None = None  # the last slot, if what follows may continue the translation's own text
        for index, slot in enumerate(slots):
            if slot.kept and slot.bead is not None and not slot.bead.target:
                chain = slot if index == 0 or self._neighbours(chain, slot) else None
                continue  # the reviewer left it out
            if last is not None:
                previous = slots[index - 1]
                linked = chain is previous and self._neighbours(chain, slot)
                self.put(self._theirs(last, slot) if linked else self._ours(last, previous, slot))
            self._slot(slot)
            last = chain = slot
        self.put(self._tail(last, slots[-1], chain))
        return "".join(self.parts), self.starts

    def _slot(self, slot: Slot) -> None:
        new, base = self.layout.new, self.layout.base
        if slot.kept and slot.bead and base:
            self.put(base.text[base.units[slot.bead.target[0]].start : base.units[slot.bead.target[-1]].end])
            return
        for index in slot.units:
            if index > slot.units.start:
                self.put(new.text[new.units[index - 1].end : new.units[index].start])
            self.starts[index] = self.length
            self.put(self.render(index))

    def _neighbours(self, one: Slot | None, other: Slot) -> bool:
        """Both were neighbours in the old English, with the same text between them, and their translations follow."""
        old, new = self.layout.old, self.layout.new
        if self.own_glue or old is None or one is None or one.bead is None or other.bead is None:
            return False
        if one.bead.source.stop != other.bead.source.start:
            return False
        if one.bead.target and other.bead.target and other.bead.target.start < one.bead.target.stop:
            return False
        before = old.text[old.units[one.bead.source[-1]].end : old.units[other.bead.source[0]].start]
        return before == new.text[new.units[one.units[-1]].end : new.units[other.units[0]].start]

    def _theirs(self, one: Slot, other: Slot) -> str:
        base = self.layout.base
        if base is None or one.bead is None or other.bead is None:  # `_neighbours` has seen to it
            raise AssertionError
        return base.text[base.units[one.bead.target[-1]].end : base.units[other.bead.target[0]].start]

    def _ours(self, last: Slot, previous: Slot, slot: Slot) -> str:
        """The English between two slots, after the notes of the first."""
        new = self.layout.new
        notes = "".join(self._notes(last.notes))
        if previous is not last and previous.kept:  # what a reviewer left out takes its own lead with it
            follower = new.units[last.units[-1] + 1]
            return notes + new.text[new.units[last.units[-1]].end : follower.start]
        return notes + new.text[new.units[previous.units[-1]].end : new.units[slot.units[0]].start]

    def _notes(self, notes: Sequence[Bead]) -> Iterator[str]:
        base = self.layout.base
        for bead in notes:
            if base is not None:
                yield "\n\n" + base.text[base.units[bead.target[0]].start : base.units[bead.target[-1]].end]

    def _head(self, first: Slot) -> str:
        new, old, base = self.layout.new, self.layout.old, self.layout.base
        head = new.text[new.post.front.body : new.units[first.units[0]].start]
        if old is None or base is None:
            return head
        fields = len(old.fields)
        known = first.bead and first.bead.target and first.bead.source.start == fields and not self.own_glue
        if known and first.bead and old.text[old.post.front.body : old.units[fields].start] == head:
            return base.text[base.post.front.body : base.units[first.bead.target[0]].start]
        return head + "".join(note.lstrip("\n") + "\n\n" for note in self._notes(self.layout.first_notes))

    def _tail(self, last: Slot | None, final: Slot, chain: Slot | None) -> str:
        new, old, base = self.layout.new, self.layout.old, self.layout.base
        tail = new.text[new.units[final.units[-1]].end :]
        if last is None or old is None or base is None:
            return tail
        at_end = chain is final and final.bead and final.bead.source.stop == len(old.units) and not self.own_glue
        if at_end and last.bead and last.bead.target and old.text[old.units[-1].end :] == tail:
            return base.text[base.units[last.bead.target[-1]].end :]
        return "".join(self._notes(last.notes)) + tail
