"""Where each part of a draft comes from: the new English cut into slots, each kept or to be translated.

A slot is a unit, or a group that a reviewer merged, split or reordered. A kept slot is the reviewer's text as it
stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.translation.align import Match, align
from pipeline.translation.beads import Bead, document_beads
from pipeline.translation.document import Document
from pipeline.translation.reuse import left_over

__all__ = ["Layout", "Slot", "lay_out"]


@dataclass(frozen=True, slots=True)
class Slot:
    """Units of the new English; `bead` says which old English and which translation belong to them.

    `kept`: the English is unchanged, so the translation stands as it is. `notes` are units (of the translation) that
    its translator added behind it.
    """

    units: range
    bead: Bead | None = None
    kept: bool = False
    notes: tuple[int, ...] = ()

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
    first_notes: tuple[int, ...] = ()
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
    slots = tuple(_slots(new, base, matches, groups))
    body, first_notes = _with_notes(
        [slot for slot in slots if slot.units.start >= fields],
        [bead for bead in groups if _in_body(bead, old, base)],
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


def _with_notes(slots: Sequence[Slot], groups: Sequence[Bead]) -> tuple[tuple[Slot, ...], tuple[int, ...]]:
    """What the translator added belongs to the slot before it, or to the beginning."""
    by_source = {index: number for number, slot in enumerate(slots) if slot.bead for index in slot.bead.source}
    notes: dict[int, list[int]] = {}
    anchor = -1
    for bead in groups:
        if bead.source:
            anchor = next((by_source[i] for i in reversed(bead.source) if i in by_source), anchor)
        else:
            notes.setdefault(anchor, []).extend(bead.target)
    noted = tuple(replace(slot, notes=tuple(notes.get(number, ()))) for number, slot in enumerate(slots))
    return noted, tuple(notes.get(-1, ()))
