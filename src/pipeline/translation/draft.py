"""One post's draft in the making: what is kept, what the memory gives, and what an engine is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.markdown import Composed, Piece, Segment, Unit, composed
from pipeline.translation.adapt import adapt
from pipeline.translation.document import Document, Mark
from pipeline.translation.entries import Entry, entries_of, filled, respelled, tag_values
from pipeline.translation.glossary import Glossary
from pipeline.translation.leads import blank, lead_of
from pipeline.translation.memory import Memory
from pipeline.translation.reuse import Part, SentencePool, joined, left_over, plan
from pipeline.translation.slots import Layout, Slot, lay_out
from pipeline.translation.terms import nothing_left

__all__ = ["Draft", "Job", "Origin"]

Origin = Literal["kept", "memory", "adapted", "fuzzy", "machine", "untranslated"]
_Key = tuple[int, int]
_Found = tuple[Sequence[Piece], Origin, Entry | None]


@dataclass(frozen=True, slots=True)
class Job:
    """Something that only an engine can translate: a segment, or some sentences of it (`part`). `before` and `after`
    are what stands around it.
    """

    unit: int
    segment: int
    what: Segment
    before: str
    after: str
    part: int | None = None


@dataclass
class Draft:
    """Start it, `resolve` it from the memory, give it an `answer` for each of its `jobs` or let it `fall_back`.

    `targets`, `origins` and `scores` say for each segment (by unit and number) how it is translated, from where, and
    how similar a fuzzy match is; `entries` what the memory gave for it, `asked` what of it an engine has translated,
    `reasons` why none could. `sure` says of leaves, by their text, what `composed` knows of their tags.
    """

    layout: Layout
    targets: dict[int, dict[int, Sequence[Piece]]] = field(default_factory=dict)
    origins: dict[_Key, Origin] = field(default_factory=dict)
    scores: dict[_Key, float] = field(default_factory=dict)
    entries: dict[_Key, Entry] = field(default_factory=dict)
    reasons: dict[_Key, str] = field(default_factory=dict)
    asked: dict[_Key, list[str]] = field(default_factory=dict)
    sure: dict[str, str] = field(default_factory=dict)
    _plans: dict[_Key, list[Part]] = field(default_factory=dict)
    _pool: SentencePool | None = None
    _composed: dict[int, tuple[Mapping[int, tuple[Piece, ...]], Composed | None]] = field(default_factory=dict)

    @classmethod
    def start(cls, new: Document, old: Document | None, base: Document | None) -> Draft:
        """`old` is the snapshot and `base` the translation that was made from it, if there is one."""
        draft = cls(lay_out(new, old, base))
        for slot in draft.slots():
            for index in slot.units if slot.kept else ():
                mark = draft._former_mark(slot)
                for number in range(len(new.units[index].segments)):
                    draft.origins[index, number] = mark.kind if mark else "kept"  # type: ignore[assignment]
                    if mark and mark.score:
                        draft.scores[index, number] = mark.score
        return draft

    def _former_mark(self, slot: Slot) -> Mark | None:
        """The mark that kept text still carries."""
        base = self.layout.base
        if base is None or slot.bead is None:
            return None
        return next((base.marks[index] for index in slot.bead.target if index in base.marks), None)

    def slots(self) -> Iterator[Slot]:
        """All slots, fields first."""
        yield from self.layout.fields
        yield from self.layout.body

    def open_units(self) -> Iterator[tuple[int, Unit]]:
        """The units that are not kept."""
        for slot in self.slots():
            if not slot.kept:
                for index in slot.units:
                    yield index, self.layout.new.units[index]

    def _open(self) -> list[tuple[int, int, Segment]]:
        """The segments that have no translation yet."""
        return [
            (index, number, segment)
            for index, unit in self.open_units()
            for number, segment in enumerate(unit.segments)
            if (index, number) not in self.origins
        ]

    def resolve(self, memory: Memory, glossary: Glossary, history: Callable[[], Memory] | None = None) -> None:
        """Translate what needs no engine: the post's own segments first, then the whole memory, then what `history`
        says of the post's earlier translations, then sentence by sentence.
        """
        post = self.layout.new.post.key
        around = self._around()
        for index, number, segment in self._open():
            for found in (
                self._from_own(index, number, segment, glossary),
                _from_memory(memory, segment, post, around[index, number], glossary),
            ):
                if found and self._take(index, number, *found[:2]):
                    if found[2]:
                        self.entries[index, number] = found[2]
                    break
        left = self._open()
        past = history() if history and left and self.layout.base else None
        for index, number, segment in left:
            entry = past.find(segment, near=post, around=around[index, number]) if past else None
            if entry and self._take(index, number, filled(entry, segment), "memory"):
                self.entries[index, number] = entry
                continue
            if nothing_left(segment.pieces, glossary) and self._take(index, number, segment.pieces, "adapted"):
                continue
            self._plan(index, number, segment, glossary)

    def _around(self) -> dict[_Key, tuple[str, str]]:
        """What stands before and after each segment."""
        flat = [(i, n, s.message) for i, unit in enumerate(self.layout.new.units) for n, s in enumerate(unit.segments)]
        texts = ["", *(message for _, _, message in flat), ""]
        return {(i, n): (texts[at], texts[at + 2]) for at, (i, n, _) in enumerate(flat)}

    def _from_own(self, index: int, number: int, segment: Segment, glossary: Glossary) -> _Found | None:
        """The segment of the unit that this one was before its edit, if it says the same or can be adapted."""
        old, base, own = self.layout.old, self.layout.base, self.layout.own.get(index)
        if old is None or base is None or own is None:
            return None
        source, target, mark = old.units[own[0]], base.units[own[1]], base.marks.get(own[1])
        entries = entries_of(self.layout.new.post.key, source, target, verbatim=self._same_lines(index))
        entry = entries[number] if number < len(entries) else None
        if entry is None or (mark and (mark.kind == "fuzzy" or left_over(source, target))):
            return None
        pieces = adapt(entry, segment, glossary, own_tags=len(self.layout.new.units[index].segments) == 1)
        same = entry.message == segment.message and entry.tags == tag_values(segment.pieces)
        return (pieces, "kept" if same else "adapted", None) if pieces else None

    def _same_lines(self, index: int) -> bool:
        """The unit stands where its translation did: what begins its lines is the same."""
        base, own = self.layout.base, self.layout.own.get(index)
        if base is None or own is None:
            return False
        ours = lead_of(self.layout.new, self.layout.new.units[index])
        return blank(lead_of(base, base.units[own[1]])) == blank(ours)

    def _plan(self, index: int, number: int, segment: Segment, glossary: Glossary) -> None:
        """Reuse sentences, if some can be."""
        if self._pool is None:
            self._pool = self._sentences()
        if not self._pool:
            return
        unit = self.layout.new.units[index]
        own = self.layout.own.get(index)
        here = own[0] if own and self._same_lines(index) else None
        parts = plan(segment, self._pool, here, glossary, own_tags=len(unit.segments) == 1)
        if parts and all(part.pieces is not None for part in parts):
            self._take(index, number, joined(parts), "adapted")
        elif parts and self._composes(index, number, joined(parts)):
            self._plans[index, number] = parts

    def _sentences(self) -> SentencePool:
        """All sentences of the post that are translated."""
        pool = SentencePool()
        old, base = self.layout.old, self.layout.base
        if old is None or base is None:
            return pool
        for i, j in self.layout.pairs:
            source, target, mark = old.units[i], base.units[j], base.marks.get(j)
            if (mark and mark.kind == "fuzzy") or len(source.segments) != len(target.segments):
                continue
            for one, other in zip(source.segments, target.segments, strict=True):
                if one.kind == other.kind:
                    pool.add([one], [other], i, finished=mark is None)
        for group in self.layout.groups:
            sources = [segment for i in group.source for segment in old.units[i].segments if segment.kind == "text"]
            targets = [segment for j in group.target for segment in base.units[j].segments if segment.kind == "text"]
            if sources and targets and not any(j in base.marks for j in group.target):
                pool.add(sources, targets, group.source.start)
        return pool

    def _take(self, index: int, number: int, pieces: Sequence[Piece], origin: Origin, score: float = 0.0) -> bool:
        if not self._composes(index, number, pieces):
            pieces = respelled(pieces)  # what was written elsewhere may mean something else here
            if not self._composes(index, number, pieces):
                return False
        self.targets.setdefault(index, {})[number] = pieces
        self.origins[index, number] = origin
        if score:
            self.scores[index, number] = score
        return True

    def _composes(self, index: int, number: int, pieces: Sequence[Piece]) -> bool:
        """It can be written in its unit, together with what is inside of it and around it."""
        unit = self.layout.new.units[index]
        this = unit.segments[number]
        nested = {
            other: chosen
            for other, chosen in self.targets.get(index, {}).items()
            if unit.segments[other].start < this.end and this.start < unit.segments[other].end
        }
        return self.composed(index, {**nested, number: pieces}) is not None

    def composed(self, index: int, targets: Mapping[int, Sequence[Piece]]) -> str | None:
        """A unit with translations of its segments, None if they cannot be written; what was asked last is known."""
        wanted = {number: tuple(pieces) for number, pieces in targets.items()}
        known = self._composed.get(index)
        if known is None or known[0] != wanted:
            unit = self.layout.new.units[index]
            known = self._composed[index] = wanted, composed(unit, wanted, self.layout.new.env)
            if known[1] and known[1].tree is not None:
                self.sure |= dict.fromkeys((unit.text, known[1].text), known[1].tree)
        return known[1].text if known[1] else None

    def jobs(self) -> list[Job]:
        """What is left, each with its neighbours."""
        around = self._around()
        jobs = []
        for index, number, segment in self._open():
            before, after = around[index, number]
            parts = self._plans.get((index, number))
            if parts is None:
                jobs.append(Job(index, number, segment, before, after))
                continue
            texts = [before, *(part.what.message for part in parts), after]
            jobs.extend(
                Job(index, number, part.what, texts[at], texts[at + 2], at)
                for at, part in enumerate(parts)
                if part.pieces is None
            )
        return jobs

    def answer(self, job: Job, pieces: Sequence[Piece]) -> bool:
        """Take an engine's answer; False when it cannot be written without changing the structure."""
        key = job.unit, job.segment
        if job.part is None:
            done = self._take(*key, pieces, "machine")
        else:
            done = self._settle(job, self._plans[key][job.part].in_place(pieces))
        if done:
            self.asked.setdefault(key, []).append("".join(piece.text or " " for piece in job.what.pieces))
        return done

    def fall_back(self, job: Job, memory: Memory, glossary: Glossary, threshold: float, reason: str = "") -> None:
        """Without an engine: what is most similar to it, marked, or the English, marked. `reason` is the engine's."""
        self.reasons[job.unit, job.segment] = reason
        if job.part is not None:
            part = self._plans[job.unit, job.segment][job.part]
            near = self._pool.near(job.what, threshold) if self._pool else None
            pieces = _adapted(near[0].entry, job.what, glossary) if near else None
            if near and pieces and self._settle(job, part.in_place(pieces), near[1]):
                return
            if not self._settle(job, part.source):
                self.origins[job.unit, job.segment] = "untranslated"
            return
        found = memory.fuzzy(job.what, threshold)
        pieces = _adapted(found[0], job.what, glossary) if found else None
        if found and pieces and self._take(job.unit, job.segment, pieces, "fuzzy", found[1]):
            self.entries[job.unit, job.segment] = found[0]
        else:
            self.origins[job.unit, job.segment] = "untranslated"

    def _settle(self, job: Job, pieces: Sequence[Piece], score: float = 0.0) -> bool:
        """Translate one part of a segment; with the last one the segment is translated."""
        parts = self._plans[job.unit, job.segment]
        part = parts[job.part or 0]
        part.pieces, part.score = pieces, score
        if not self._composes(job.unit, job.segment, joined(parts)):
            part.pieces = None
            return False
        if all(part.pieces is not None for part in parts):
            scores = [part.score for part in parts if part.score]
            english = any(part.pieces is part.source for part in parts)
            origin: Origin = "untranslated" if english else "fuzzy" if scores else "machine"
            self._take(job.unit, job.segment, joined(parts), origin, min(scores, default=0.0))
        return True

    def mark(self, index: int) -> Mark | None:
        """The worst of what is in a unit."""
        keys = [(index, number) for number in range(len(self.layout.new.units[index].segments))]
        origins: Mapping[_Key, Origin] = {key: self.origins[key] for key in keys if key in self.origins}
        if "untranslated" in origins.values():
            return Mark("untranslated")
        fuzzy = [self.scores.get(key, 0.0) for key, origin in origins.items() if origin == "fuzzy"]
        return Mark("fuzzy", int(min(fuzzy))) if fuzzy else None

    def withdraw(self, index: int) -> None:
        """Leave a unit in the source language."""
        self.targets.pop(index, None)
        for number in range(len(self.layout.new.units[index].segments)):
            self.entries.pop((index, number), None)
            self.origins[index, number] = "untranslated"


def _adapted(entry: Entry, segment: Segment, glossary: Glossary) -> Sequence[Piece]:
    return adapt(entry, segment, glossary) or filled(entry, segment)


def _from_memory(
    memory: Memory, segment: Segment, post: str, around: tuple[str, str], glossary: Glossary
) -> _Found | None:
    entry = memory.find(segment, near=post, around=around)
    if entry:
        return filled(entry, segment), "memory", entry
    entry = memory.alike(segment, near=post, around=around)
    pieces = adapt(entry, segment, glossary) if entry else None
    return (pieces, "adapted", entry) if pieces else None
