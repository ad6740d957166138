"""Where each part of a draft comes from: the new English cut into slots, each kept or to be translated.

A slot is a unit, or a group that a reviewer merged, split or reordered. A kept slot is the reviewer's text as it
stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import takewhile

from pipeline.translation.align import Match, align
from pipeline.translation.beads import Bead, document_beads
from pipeline.translation.document import Document
from pipeline.translation.reuse import left_over
from pipeline.translation.rows import is_cell, same_row

__all__ = ["Layout", "Slot", "lay_out"]


@dataclass(frozen=True, slots=True)
class Slot:
    """Units of the new English; `bead` says which old English and which translation belong to them.

    `kept`: the English is unchanged, so the translation stands as it is. `notes` are units (of the translation) that
    its translator added behind it: paragraphs, whole rows, tables. `ahead` and `behind` are cells that were added to
    its row.
    """

    units: range
    bead: Bead | None = None
    kept: bool = False
    notes: tuple[range, ...] = ()
    ahead: range = range(0)
    behind: range = range(0)

    @property
    def dropped(self) -> bool:
        """A reviewer left it out of the translation."""
        return self.kept and self.bead is not None and not self.bead.target


@dataclass(frozen=True, slots=True)
class Layout:
    """The slots of a post's fields and body.

    `pairs` are the units of the old English and of the translation that say the same; `own` gives for a unit of the
    new English the pair that it was, `former` the units of the translation that stood for it, alone or in a group.
    `owned` are all units of the translation that stand for some English, `groups` those that stand for it together;
    `restructured`: not every unit stands for just one.
    """

    new: Document
    old: Document | None = None
    base: Document | None = None
    fields: tuple[Slot, ...] = ()
    body: tuple[Slot, ...] = ()
    first_notes: tuple[range, ...] = ()
    matches: dict[int, Match] = field(default_factory=dict)
    pairs: tuple[tuple[int, int], ...] = ()
    own: dict[int, tuple[int, int]] = field(default_factory=dict)
    former: dict[int, range] = field(default_factory=dict)
    owned: frozenset[int] = frozenset()
    groups: tuple[Bead, ...] = ()
    restructured: bool = False


def lay_out(new: Document, old: Document | None, base: Document | None) -> Layout:
    """Cut the new English into slots, by its snapshot `old` and the translation `base` made from that."""
    fields = sum(unit.kind == "field" for unit in new.units)
    if old is None or base is None:
        slots = tuple(Slot(range(index, index + 1)) for index in range(len(new.units)))
        return Layout(new, fields=slots[:fields], body=slots[fields:])
    matches = {match.new: match for match in align(old.units, new.units)}
    groups = document_beads(old, base)
    slots = _with_heads(list(_slots(new, base, matches, groups)), new)
    body, first_notes = _with_notes(
        [slot for slot in slots if slot.units.start >= fields],
        [bead for bead in groups if _in_body(bead, old, base)],
        base,
    )
    partner = {i: j for bead in groups for i, j in bead.pairs}
    bead_of = {index: bead for bead in groups for index in bead.source}
    return Layout(
        new,
        old,
        base,
        fields=tuple(slot for slot in slots if slot.units.start < fields),
        body=body,
        first_notes=first_notes,
        matches=matches,
        pairs=tuple(partner.items()),
        own={j: (match.old, partner[match.old]) for j, match in matches.items() if match.old in partner},
        former={j: bead_of[match.old].target for j, match in matches.items() if match.old in bead_of},
        owned=frozenset(index for bead in groups if bead.source for index in bead.target),
        groups=tuple(bead for bead in groups if bead.source and bead.target and not bead.pairs),
        restructured=not all(bead.simple for bead in groups if _in_body(bead, old, base)),
    )


def _in_body(bead: Bead, old: Document, base: Document) -> bool:
    units = [old.units[i] for i in bead.source] + [base.units[i] for i in bead.target]
    return all(unit.kind != "field" for unit in units)


def _slots(new: Document, base: Document, matches: dict[int, Match], groups: Sequence[Bead]) -> Iterator[Slot]:
    by_old = {match.old: match for match in matches.values()}
    bead_of = {index: bead for bead in groups for index in bead.source}
    index = 0
    while index < len(new.units):
        match = matches.get(index)
        bead = bead_of.get(match.old) if match else None
        if match and bead:
            units = _whole(bead, by_old, index)
            if units and _same(units, matches) and not _unfinished(new, base, units, bead.target):
                yield Slot(units, bead, kept=True)
                index = units.stop
                continue
            if units and not bead.parts:
                yield Slot(units, bead)
                index = units.stop
                continue
            bead = _part(bead, match.old)
        units = range(index, index + 1)
        kept = bead is not None and _same(units, matches) and not _unfinished(new, base, units, bead.target)
        yield Slot(units, bead, kept)
        index += 1


def _same(units: range, matches: dict[int, Match]) -> bool:
    return all(matches[index].score == 1.0 for index in units)


def _whole(bead: Bead, by_old: dict[int, Match], start: int) -> range | None:
    """The new units of a bead, if all of its English is there, in a row, from `start` on."""
    found = [by_old[i].new if i in by_old else -1 for i in bead.source]
    units = range(start, start + len(found))
    return units if found == list(units) else None


def _part(bead: Bead, old: int) -> Bead | None:
    """What stands for one unit of a group that is broken up, if that is known."""
    target = dict(bead.parts).get(old)
    return None if target is None else Bead(range(old, old + 1), range(target, target + 1))


def _unfinished(new: Document, base: Document, units: range, target: range) -> bool:
    """Marked as untranslated, and something of the English still stands there."""
    return any(
        left_over(new.units[unit], base.units[index])
        for index in target
        if index in base.marks and base.marks[index].kind == "untranslated"
        for unit in units
    )


def _with_heads(slots: Sequence[Slot], new: Document) -> tuple[Slot, ...]:
    """A table whose head was left out is left out as a whole, or not at all."""
    tables: dict[int, list[int]] = {}
    for number, slot in enumerate(slots):
        unit = new.units[slot.units.start]
        if is_cell(unit):
            before = slots[number - 1].units[-1] if number else slot.units.start
            begins = unit.path[-1:] == ("head",) and not same_row(new.units[before], unit)
            start = number if begins or not tables else next(reversed(tables))
            tables.setdefault(start, []).append(number)
    back = set()
    for first, numbers in tables.items():
        if slots[first].dropped and not all(slots[number].dropped for number in numbers):
            back |= {number for number in numbers if slots[number].dropped}
    return tuple(replace(slot, bead=None, kept=False) if n in back else slot for n, slot in enumerate(slots))


def _with_notes(
    slots: Sequence[Slot], groups: Sequence[Bead], base: Document
) -> tuple[tuple[Slot, ...], tuple[range, ...]]:
    """What the translator added belongs to the slot before it, or to the beginning; a cell to one of its row."""
    by_source = {index: number for number, slot in enumerate(slots) if slot.bead for index in slot.bead.source}
    owner: dict[int, int] = {}
    paired: set[int] = set()
    for bead in groups:
        whole = bead.source and bead.source.start in by_source and slots[by_source[bead.source.start]].bead is bead
        pairs = [(bead.source.start, j) for j in bead.target] if whole else bead.pairs
        owner |= {j: by_source[i] for i, j in pairs if i in by_source}
        paired.update(j for _, j in pairs)
    notes: dict[int, list[range]] = {}
    found = list(slots)
    anchor = -1
    for bead in groups:
        if bead.source:
            anchor = next((by_source[i] for i in reversed(bead.source) if i in by_source), anchor)
        elif not _added_to_row(bead.target, base):
            _append(notes.setdefault(anchor, []), bead.target, base)
    for added in _added_cells(groups, paired, base):
        before, behind = range(added.start - 1, -1, -1), range(added.stop, len(base.units))
        if (number := _nearest(before, added.start, owner, base)) is not None:
            found[number] = replace(found[number], behind=added)
        elif (number := _nearest(behind, added.start, owner, base)) is not None:
            found[number] = replace(found[number], ahead=added)
    noted = tuple(replace(slot, notes=tuple(notes.get(number, ()))) for number, slot in enumerate(found))
    return noted, tuple(notes.get(-1, ()))


def _added_cells(groups: Sequence[Bead], paired: AbstractSet[int], base: Document) -> Iterator[range]:
    """Runs of cells that stand for nothing, in rows of which others do."""
    for bead in groups:
        start = bead.target.start
        for index in (*bead.target, bead.target.stop):
            ends = index == bead.target.stop or index in paired or not same_row(base.units[start], base.units[index])
            if ends and start < index and _added_to_row(range(start, index), base):
                yield range(start, index)
            if index in paired:
                start = index + 1
            elif ends:
                start = index


def _nearest(places: Iterable[int], cell: int, owner: Mapping[int, int], base: Document) -> int | None:
    """The slot of the first of these cells that has one, in the row of `cell`."""
    row = takewhile(lambda index: same_row(base.units[index], base.units[cell]), places)
    return next((owner[index] for index in row if index in owner), None)


def _added_to_row(target: range, base: Document) -> bool:
    """Cells of a row that has others too."""
    around = (target.start - 1, target.stop)
    first = base.units[target.start]
    return any(0 <= index < len(base.units) and same_row(base.units[index], first) for index in around)


def _append(notes: list[range], target: range, base: Document) -> None:
    """A row goes on with the table that was added before it."""
    unit = base.units[target.start]
    goes_on = is_cell(unit) and unit.path[-1:] != ("head",)
    if goes_on and notes and notes[-1].stop == target.start and is_cell(base.units[notes[-1].start]):
        notes[-1] = range(notes[-1].start, target.stop)
    else:
        notes.append(target)
