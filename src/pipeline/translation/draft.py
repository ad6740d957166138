"""One post's draft: what is kept, what the memory gives, what an engine is asked, and the proof of the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.content import read_front_matter
from pipeline.errors import ContentError
from pipeline.markdown import Piece, Segment, Unit, compose, difference
from pipeline.translation.adapt import adapt
from pipeline.translation.document import Document, Mark, mark_text
from pipeline.translation.front import merge_front_matter
from pipeline.translation.glossary import Glossary
from pipeline.translation.memory import Entry, Memory, entries_of, filled
from pipeline.translation.slots import Layout, Slot, lay_out

__all__ = ["Draft", "Finished", "Job", "Origin", "Problem"]

Origin = Literal["kept", "memory", "adapted", "fuzzy", "machine", "untranslated"]


@dataclass(frozen=True, slots=True)
class Job:
    """A segment that only an engine can translate; `before` and `after` are what stands around it."""

    unit: int
    segment: int
    what: Segment
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should look at; `line` is the draft's, from 1."""

    check: str
    severity: Literal["error", "warning"]
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A proven draft: the whole file, where each segment came from, what needs a person, and where the units went."""

    text: str
    origins: Counter[str]
    problems: tuple[Problem, ...]


@dataclass
class Draft:
    """A draft in the making. `resolve` it from the memory, give it `answers` for its `jobs`, then `finish` it."""

    layout: Layout
    targets: dict[int, dict[int, Sequence[Piece]]] = field(default_factory=dict)
    origins: dict[tuple[int, int], Origin] = field(default_factory=dict)
    scores: dict[tuple[int, int], float] = field(default_factory=dict)
    _own_glue: bool = False

    @classmethod
    def start(cls, new: Document, old: Document | None, base: Document | None) -> Draft:
        """`old` is the snapshot and `base` the translation that was made from it, if there is one."""
        draft = cls(lay_out(new, old, base))
        for slot in draft.slots():
            for index in slot.units if slot.kept else ():
                for number in range(len(new.units[index].segments)):
                    draft.origins[index, number] = "kept"
        return draft

    def slots(self) -> Iterator[Slot]:
        """All slots, fields first."""
        yield from self.layout.fields
        yield from self.layout.body

    def open_units(self) -> Iterator[tuple[Slot, int, Unit]]:
        """The units that are not kept."""
        for slot in self.slots():
            if not slot.kept:
                for index in slot.units:
                    yield slot, index, self.layout.new.units[index]

    def resolve(self, memory: Memory, glossary: Glossary) -> None:
        """Translate what needs no engine: the post's own segments first, then the whole memory."""
        key = self.layout.new.post.key
        for slot, index, unit in self.open_units():
            own = self._own_entries(slot)
            for number, segment in enumerate(unit.segments):
                if (index, number) in self.origins:
                    continue
                found = _from(own, segment, glossary) or _from_memory(memory, segment, key, glossary)
                if found:
                    self._take(index, number, *found)

    def _own_entries(self, slot: Slot) -> list[Entry]:
        """The segments of the unit that this one was before its edit, if they are translated."""
        old, base, bead = self.layout.old, self.layout.base, slot.bead
        if old is None or base is None or bead is None or not bead.simple or bead.target[0] in base.marks:
            return []
        return entries_of(self.layout.new.post.key, old.units[bead.source[0]], base.units[bead.target[0]])

    def _take(self, index: int, number: int, pieces: Sequence[Piece], origin: Origin, score: float = 0.0) -> bool:
        unit = self.layout.new.units[index]
        chosen = self.targets.setdefault(index, {})
        if compose(unit, {**chosen, number: pieces}, self.layout.new.env) is None:
            return False
        chosen[number] = pieces
        self.origins[index, number] = origin
        if score:
            self.scores[index, number] = score
        return True

    def jobs(self) -> list[Job]:
        """The segments that are left, each with its neighbours."""
        units = self.layout.new.units
        flat = [(i, n, segment) for i, unit in enumerate(units) for n, segment in enumerate(unit.segments)]
        jobs = []
        for position, (index, number, segment) in enumerate(flat):
            if (index, number) not in self.origins:
                before = flat[position - 1][2].message if position else ""
                after = flat[position + 1][2].message if position + 1 < len(flat) else ""
                jobs.append(Job(index, number, segment, before, after))
        return jobs

    def answer(self, job: Job, pieces: Sequence[Piece]) -> bool:
        """Take an engine's answer; False when it cannot be written without changing the structure."""
        return self._take(job.unit, job.segment, pieces, "machine")

    def fall_back(self, job: Job, memory: Memory, glossary: Glossary, threshold: float) -> None:
        """Without an engine: the most similar segment of the memory, marked, or the English, marked."""
        found = memory.fuzzy(job.what, threshold)
        pieces = adapt(found[0], job.what, glossary) or filled(found[0], job.what) if found else None
        if not (found and pieces and self._take(job.unit, job.segment, pieces, "fuzzy", found[1])):
            self.origins[job.unit, job.segment] = "untranslated"

    def finish(self) -> Finished:
        """Assemble and prove. What fails the proof is left in the source language, marked."""
        problems: list[Problem] = []
        text, starts, conflicts = self._assembled()
        for _ in range(len(self.layout.new.units) + 1):
            fault = self._fault(text)
            if fault is None:
                break
            line, what = fault
            problem = self._withdraw(line, what, text, starts)
            if problem:
                problems.append(problem)
            text, starts, conflicts = self._assembled()
        problems.extend(
            Problem("front-matter", "warning", 1, f"`{name}` changed in the source; the translation keeps its own.")
            for name in conflicts
        )
        problems.extend(self._marked(text, starts))
        return Finished(text, Counter(self.origins.values()), tuple(sorted(problems, key=lambda p: p.line)))

    def _assembled(self, *, machine: bool = True) -> tuple[str, dict[int, int], list[str]]:
        """The whole file, where its body units begin, and front matter conflicts."""
        new = self.layout.new

        def render(index: int) -> str:
            unit = new.units[index]
            written = compose(unit, self.targets.get(index, {}), new.env) if machine else unit.source
            return (unit.source if written is None else written) + (self._mark_of(index) if machine else "")

        front, conflicts = merge_front_matter(new, self.layout.old, self.layout.base, self._field_values())
        body, starts = self.layout.assemble(render, own_glue=self._own_glue)
        return front + body, {index: start + len(front) for index, start in starts.items()}, conflicts

    def _mark_of(self, index: int) -> str:
        mark = self._mark(index)
        return mark_text(mark) if mark and self.layout.new.units[index].kind not in {"label", "code", "math"} else ""

    def _mark(self, index: int) -> Mark | None:
        """The worst of what is in a unit."""
        origins = {
            number: self.origins.get((index, number)) for number in range(len(self.layout.new.units[index].segments))
        }
        if "untranslated" in origins.values():
            return Mark("untranslated")
        fuzzy = [self.scores.get((index, number), 0.0) for number, origin in origins.items() if origin == "fuzzy"]
        return Mark("fuzzy", int(min(fuzzy))) if fuzzy else None

    def _field_values(self) -> dict[int, str]:
        new, base = self.layout.new, self.layout.base
        values = {}
        for slot in self.layout.fields:
            index = slot.units.start
            located = new.fields[index]
            if slot.kept and slot.bead and slot.bead.target and base:
                values[index] = located.encode(base.units[slot.bead.target[0]].source)
                continue
            value = compose(new.units[index], self.targets.get(index, {}), new.env)
            written = located.encode(value if value is not None else located.value)
            if value is None or value == located.value:
                written = new.text[located.start : located.end]
            mark = self._mark(index)
            if mark and "\n" not in written and "\n" in new.text[located.end :].split("\n", 1)[0] + "\n":
                rest = new.text[located.end :].split("\n", 1)[0].strip()
                written += f" # pipeline: {mark}" if not rest else ""
            values[index] = written
        return values

    def _fault(self, text: str) -> tuple[int | None, str] | None:
        """Where the draft differs in structure from what it must be: (line from 0 of the file, words)."""
        new, old, base = self.layout.new, self.layout.old, self.layout.base
        try:
            front = read_front_matter(text, new.post.path)
        except ContentError as error:
            return (error.line or 1) - 1, error.message
        shift = text.count("\n", 0, front.body)
        clean = base is None or old is None or difference(old.post.body, base.post.body) is None
        wanted = new.post.body
        if not clean:  # a person has restructured it: compare with the same draft in the source language
            english = self._assembled(machine=False)[0]
            wanted = english[read_front_matter(english, new.post.path).body :]
        found = difference(wanted, text[front.body :])
        return None if found is None else (None if found[0] is None else found[0] + shift, found[1])

    def _withdraw(self, line: int | None, what: str, text: str, starts: dict[int, int]) -> Problem | None:
        """Take back what is to blame: the machine's unit at that line, else the translation's own layout, else all."""
        machine = {index for index in self.targets if self.targets[index] and index in starts}
        at = [index for index in machine if line is not None and text.count("\n", 0, starts[index]) <= line]
        if not self._own_glue and self.layout.base is not None and not at:
            self._own_glue = True
            return None
        blamed = [max(at, key=lambda index: starts[index])] if at else sorted(machine or set(self.targets))
        for index in blamed:
            self.targets.pop(index, None)
            for number in range(len(self.layout.new.units[index].segments)):
                self.origins[index, number] = "untranslated"
        if not blamed and self._own_glue:
            return Problem("structure", "error", (line or 0) + 1, f"The draft has {what}.")
        self._own_glue = self._own_glue or not blamed
        return (
            Problem("structure", "error", (line or 0) + 1, f"A translation was left out: it made {what}.")
            if blamed
            else None
        )

    def _marked(self, text: str, starts: dict[int, int]) -> Iterator[Problem]:
        """One problem a unit that a person must finish."""
        for slot in self.slots():
            for index in slot.units:
                mark = self._mark(index) if not slot.kept else None
                if mark:
                    field_line = self.layout.new.units[index].line
                    line = text.count("\n", 0, starts[index]) + 1 if index in starts else field_line
                    yield Problem(mark.kind, "error" if mark.kind == "untranslated" else "warning", line, _advice(mark))


def _advice(mark: Mark) -> str:
    if mark.kind == "untranslated":
        return "No engine could translate this: it is still in the source language."
    return f"Taken from a segment that is {mark.score} % alike: adapt it."


def _from(entries: Sequence[Entry], segment: Segment, glossary: Glossary) -> tuple[Sequence[Piece], Origin] | None:
    for entry in entries:
        pieces = adapt(entry, segment, glossary)
        if pieces:
            same_tags = entry.tags == tuple(p.value or p.source for p in segment.pieces if p.kind in {"open", "void"})
            return pieces, "kept" if entry.message == segment.message and same_tags else "adapted"
    return None


def _from_memory(
    memory: Memory, segment: Segment, near: str, glossary: Glossary
) -> tuple[Sequence[Piece], Origin] | None:
    entry = memory.find(segment, near=near)
    pieces = adapt(entry, segment, glossary) if entry else None
    if pieces:
        return pieces, "memory"
    entry = memory.alike(segment, near=near)
    pieces = adapt(entry, segment, glossary) if entry else None
    return (pieces, "adapted") if pieces else None
