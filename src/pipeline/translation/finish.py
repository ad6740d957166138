"""The whole draft: put together, proven, and what is to be said about it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rapidfuzz import fuzz

from pipeline.content import locate_fields, read_front_matter
from pipeline.errors import ContentError
from pipeline.markdown import difference
from pipeline.markdown.source import line_starts
from pipeline.translation.code import merged_lines
from pipeline.translation.document import Mark, field_mark_text, mark_text
from pipeline.translation.draft import Draft, Origin
from pipeline.translation.front import merge_front_matter
from pipeline.translation.glossary import Glossary
from pipeline.translation.leads import blank, lead_of
from pipeline.translation.terms import missed
from pipeline.translation.writer import write_body

__all__ = ["Change", "Finished", "MemoryMatch", "Problem", "finish"]

# After so many faults that were mended one by one, everything behind the next one is taken back.
_PATIENCE = 12


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should look at; `line` is the draft's, from 1."""

    check: str
    severity: Literal["error", "warning"]
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """A unit that is not as it was, as it is written: English `before` and `after`, the `previous` translation (of the
    whole group, where a reviewer had made one) and the one that the draft has now. Any may be empty. `origins` are
    those of its segments, `line` the draft's, from 1.
    """

    line: int
    before: str
    after: str
    previous: str
    text: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemoryMatch:
    """A segment that the memory gave: `kind` is what was made of the entry, `score` how similar that is in percent,
    `origin` where it stands (`posts/foo:12`); `line` is the draft's, from 1.
    """

    line: int
    kind: Origin
    score: float
    origin: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A proven draft: the whole file, where each segment came from, what needs a person, what is to be reviewed, and
    what is from the memory.
    """

    text: str
    origins: Counter[str]
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...]
    matches: tuple[MemoryMatch, ...]


@dataclass(frozen=True)
class _Whole:
    """The file as it would be: where its body units begin, the front matter keys that people disagree on, and the names
    of the fields that are translated.
    """

    text: str
    starts: dict[int, int]
    conflicts: list[str]
    names: list[str]

    def line(self, at: int) -> int:
        """The line, from 1, of a place in it."""
        return bisect_right(self._lines, at)

    @cached_property
    def _lines(self) -> list[int]:
        return line_starts(self.text)

    @cached_property
    def fields(self) -> dict[str, int]:
        """Where each of its fields begins; none, if its front matter cannot be read."""
        try:
            front = read_front_matter(self.text, "")
        except ContentError:
            return {}
        return {field.name: field.start for field in reversed(locate_fields(self.text, front, self.names))}


def finish(draft: Draft, glossary: Glossary) -> Finished:
    """Assemble and prove. What fails the proof is left in the source language, marked; a term of the glossary that an
    engine translated otherwise is a problem.
    """
    return _Finish(draft, glossary).run()


class _Finish:
    """One draft on its way out."""

    def __init__(self, draft: Draft, glossary: Glossary) -> None:
        self.glossary = glossary
        self.draft, self.layout, self.new = draft, draft.layout, draft.layout.new
        self.own_glue = False

    def run(self) -> Finished:
        problems: list[Problem] = []
        whole = self.assembled()
        targets, origins = dict(self.draft.targets), dict(self.draft.origins)
        before = None
        for attempt in range(len(self.new.units) + 2):
            fault = self.fault(whole)
            if fault is None:
                break
            if fault == before and self.layout.base is not None and not self.own_glue:
                # no machine is to blame, but what stands between the units
                self.draft.targets, self.draft.origins, self.own_glue = targets, origins, True
                problems.clear()
            else:
                problem, go_on = self.mend(*fault, whole, patient=attempt < _PATIENCE)
                problems.extend(problem)
                if not go_on:
                    whole = self.assembled()
                    break
            before = fault
            whole = self.assembled()
        problems.extend(
            Problem("front-matter", "warning", 1, f"`{name}` changed in the source; the translation keeps its own.")
            for name in whole.conflicts
        )
        problems.extend(self.marked(whole))
        problems.extend(self.terms(whole))
        return Finished(
            whole.text,
            Counter(self.draft.origins.values()),
            tuple(sorted(problems, key=lambda problem: problem.line)),
            tuple(self.changes(whole)),
            tuple(self.matches(whole)),
        )

    @cached_property
    def clean(self) -> bool:
        """The translation that this begins with has its source's structure. A person's may have another."""
        old, base = self.layout.old, self.layout.base
        if old is None or base is None:
            return True
        return not self.layout.restructured and difference(old.post.body, base.post.body) is None

    def assembled(self, *, machine: bool = True) -> _Whole:
        """The whole file; without `machine` everything that is not kept is in the source language."""

        def render(index: int) -> str:
            unit = self.new.units[index]
            if not unit.segments:
                return self.code(index)
            return self.written(index) + self.mark_of(index) if machine else unit.source

        values, marks = self.fields() if machine else ({}, {})
        front, conflicts = merge_front_matter(self.new, self.layout.old, self.layout.base, values, marks)
        body, starts = write_body(self.layout, render, own_glue=self.own_glue)
        starts = {index: start + len(front) for index, start in starts.items()}
        return _Whole(front + body, starts, conflicts, [field.name for field in self.new.fields.values()])

    def written(self, index: int) -> str:
        """A unit with its translations."""
        unit = self.new.units[index]
        text = self.draft.composed(index, self.draft.targets.get(index, {}))
        if text is None:  # each of them fits, and all of them do not
            self.draft.withdraw(index)
            return unit.source
        return text

    def code(self, index: int) -> str:
        """What is not translated, with what a person changed in it."""
        unit, old, base, own = self.new.units[index], self.layout.old, self.layout.base, self.layout.own.get(index)
        if old is None or base is None or own is None or unit.kind == "field":
            return unit.source
        one, other = old.units[own[0]], base.units[own[1]]
        if len({blank(lead_of(*where)) for where in ((self.new, unit), (old, one), (base, other))}) > 1:
            return unit.source
        return merged_lines(one.source, other.source, unit.source)[0]

    def mark_of(self, index: int) -> str:
        mark = self.draft.mark(index)
        return mark_text(mark) if mark else ""

    def fields(self) -> tuple[dict[int, str], dict[int, str]]:
        """How the fields are written, and their marks."""
        base = self.layout.base
        values, marks = {}, {}
        for slot in self.layout.fields:
            index = slot.units.start
            located = self.new.fields[index]
            if slot.kept and slot.bead and slot.bead.target and base:
                value = base.units[slot.bead.target[0]].source
            else:
                value = self.written(index)
            values[index] = (
                located.encode(value) if value != located.value else self.new.text[located.start : located.end]
            )
            mark = self.draft.mark(index)
            if mark:
                marks[index] = field_mark_text(mark)
        return values, marks

    def fault(self, whole: _Whole) -> tuple[int | None, str] | None:
        """Where the draft differs in structure from what it must be: (line from 0 of the file, words)."""
        text = whole.text
        try:
            front = read_front_matter(text, self.new.post.path)
        except ContentError as error:
            return (error.line or 1) - 1, error.message
        found = difference(self.new.post.body, text[front.body :], self.draft.sure)
        if found is not None and not self.clean:  # then it is compared with the same draft in the source language
            english = self.assembled(machine=False).text
            body = english[read_front_matter(english, self.new.post.path).body :]
            found = difference(body, text[front.body :], self.draft.sure)
        if found is None:
            return None
        return None if found[0] is None else found[0] + whole.line(front.body) - 1, found[1]

    def mend(self, line: int | None, what: str, whole: _Whole, *, patient: bool) -> tuple[list[Problem], bool]:
        """Take back what is to blame: the machine's unit at that line, else the translation's own layout, else all.

        Returns what is to be said of it, and whether there is hope.
        """
        chosen = [index for index, targets in self.draft.targets.items() if targets]
        machine = sorted((whole.starts[index], index) for index in chosen if index in whole.starts)
        at = [index for start, index in machine if line is not None and whole.line(start) - 1 <= line]
        if not at and not self.own_glue and self.layout.base is not None:
            self.own_glue = True
            return [], True
        blamed = at[-1:] or chosen
        if at and not patient:
            blamed = [index for start, index in machine if start >= whole.starts[at[-1]]]
        for index in blamed:
            self.draft.withdraw(index)
        message = f"A translation was left out: it made {what}." if blamed else f"The draft has {what}."
        return [Problem("structure", "error", (line or 0) + 1, message)], bool(blamed)

    def marked(self, whole: _Whole) -> Iterator[Problem]:
        """One problem a unit that a person must finish."""
        for slot in self.draft.slots():
            for index in slot.units:
                mark = self.draft.mark(index)
                if mark:
                    reasons = {reason for (unit, _), reason in self.draft.reasons.items() if unit == index and reason}
                    severity: Literal["error", "warning"] = "error" if mark.kind == "untranslated" else "warning"
                    origins = {entry.origin for (unit, _), entry in self.draft.entries.items() if unit == index}
                    advice = _advice(mark, sorted(reasons), sorted(origins))
                    yield Problem(mark.kind, severity, self.line_of(index, whole), advice)

    def terms(self, whole: _Whole) -> Iterator[Problem]:
        """Terms that an engine did not translate as the glossary says."""
        for (index, number), asked in self.draft.asked.items():
            if self.draft.origins.get((index, number)) == "untranslated":
                continue
            written = "".join(piece.text or " " for piece in self.draft.targets[index][number])
            for words, term in missed(" ".join(asked), written, self.glossary):
                wanted = f"is “{term.target}” here" if term.target else "is not translated"
                message = f"“{words}” {wanted}, and the translation does not say so."
                yield Problem("glossary", "warning", self.line_of(index, whole), message)

    def line_of(self, index: int, whole: _Whole) -> int:
        start = whole.starts.get(index)
        if start is None:  # a field; one before it may have become longer or shorter
            start = whole.fields.get(self.new.units[index].name)
        return self.new.units[index].line if start is None else whole.line(start)

    def changes(self, whole: _Whole) -> Iterator[Change]:
        """What a reviewer has to look at, in the draft's order; what is gone comes last."""
        old, base = self.layout.old, self.layout.base
        for index, unit in self.draft.open_units():
            match = self.layout.matches.get(index)
            yield Change(
                self.line_of(index, whole),
                old.units[match.old].source if old and match else "",
                unit.source,
                self.base_text(self.layout.former.get(index)),
                self.written(index),
                tuple(self.draft.origins.get((index, n), "kept") for n in range(len(unit.segments))),
            )
        kept = {match.old for match in self.layout.matches.values()}
        for i, j in self.layout.pairs if old and base else ():
            if i not in kept:
                yield Change(0, old.units[i].source, "", base.units[j].source, "", ())  # type: ignore[union-attr]

    def matches(self, whole: _Whole) -> Iterator[MemoryMatch]:
        """What the memory gave, in the draft's order."""
        for (index, number), entry in sorted(self.draft.entries.items()):
            score = fuzz.ratio(entry.message, self.new.units[index].segments[number].message)
            kind = self.draft.origins[index, number]
            yield MemoryMatch(self.line_of(index, whole), kind, float(score), entry.origin)

    def base_text(self, units: range | None) -> str:
        base = self.layout.base
        if base is None or not units:
            return ""
        if base.units[units[0]].kind == "field":
            return base.units[units[0]].source
        return base.text[base.units[units[0]].start : base.units[units[-1]].end]


def _advice(mark: Mark, reasons: list[str], origins: list[str]) -> str:
    if mark.kind == "untranslated":
        because = f" ({' '.join(reasons)})" if reasons else ""
        return f"No engine could translate this{because}: it is still in the source language."
    where = f" ({', '.join(origins)})" if origins else ""
    return f"Taken from a segment that is {mark.score} % alike{where}: adapt it."
