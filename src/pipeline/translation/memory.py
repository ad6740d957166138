"""The translation memory: every approved segment with its translation, over all posts.

It is never stored: it is what the snapshots say beside the translations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from pipeline.markdown import Piece, Segment, Unit
from pipeline.translation.beads import document_beads
from pipeline.translation.document import Document

__all__ = ["NUMBER", "Entry", "Memory", "entries_of", "filled"]

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One approved pair. `target` holds text and tags by the numbers of the source's, ready for another's tags."""

    post: str
    line: int
    message: str
    signature: tuple[str, ...]
    target: tuple[Piece, ...]
    tags: tuple[str, ...]

    @property
    def shape(self) -> str:
        """The message with its numbers left open."""
        return NUMBER.sub("#", self.message)


@dataclass
class Memory:
    """Exact, number-blind and fuzzy look-ups."""

    exact: dict[tuple[str, tuple[str, ...]], list[Entry]] = field(default_factory=dict)
    shapes: dict[tuple[str, tuple[str, ...]], list[Entry]] = field(default_factory=dict)

    def add(self, document: Document, target: Document) -> None:
        """Learn from a snapshot and the translation made from it. Marked units are not approved, and not learnt."""
        for bead in document_beads(document, target):
            if bead.simple and bead.target[0] not in target.marks:
                self.learn(entries_of(document.post.key, document.units[bead.source[0]], target.units[bead.target[0]]))

    def learn(self, entries: Iterable[Entry]) -> None:
        """Add entries; the newest of equal ones is found first."""
        for entry in entries:
            self.exact.setdefault((entry.message, entry.signature), []).insert(0, entry)
            self.shapes.setdefault((entry.shape, entry.signature), []).insert(0, entry)

    def find(self, segment: Segment, *, near: str = "") -> Entry | None:
        """The translation of the same segment, in the post `near` first."""
        return _nearest(self.exact.get((segment.message, segment.signature), []), near)

    def alike(self, segment: Segment, *, near: str = "") -> Entry | None:
        """The translation of a segment that differs only in numbers."""
        return _nearest(self.shapes.get((NUMBER.sub("#", segment.message), segment.signature), []), near)

    def fuzzy(self, segment: Segment, threshold: float) -> tuple[Entry, float] | None:
        """The most similar segment whose tags are the same, and the similarity in percent."""
        candidates = [entries[0] for key, entries in self.exact.items() if key[1] == segment.signature]
        message = segment.message
        near = [entry for entry in candidates if 0.5 <= (len(entry.message) + 1) / (len(message) + 1) <= 2]
        found = process.extractOne(
            message, [entry.message for entry in near], scorer=fuzz.ratio, score_cutoff=max(threshold, 1.0)
        )
        return (near[found[2]], found[1]) if found else None


def _nearest(entries: Sequence[Entry], near: str) -> Entry | None:
    return next((entry for entry in entries if entry.post == near), entries[0] if entries else None)


def entries_of(post: str, source: Unit, target: Unit) -> list[Entry]:
    """What can be learnt from a pair of units: their segments, kind by kind in order."""
    entries = []
    if [segment.kind for segment in source.segments] == [segment.kind for segment in target.segments]:
        for ours, theirs in zip(source.segments, target.segments, strict=True):
            entry = entry_of(post, source.line, ours, theirs)
            if entry:
                entries.append(entry)
    return entries


def entry_of(post: str, line: int, source: Segment, target: Segment) -> Entry | None:
    """A pair as an entry; None when the tags of the two cannot be told apart."""
    numbers = _same_tags(source.pieces, target.pieces)
    if numbers is None:
        return None
    pieces = tuple(
        Piece("text", "", 0, 0, piece.text or " ")
        if piece.kind in {"text", "break"}
        else replace(piece, id=numbers[piece.id])
        for piece in target.pieces
    )
    tags = tuple(piece.value or piece.source for piece in source.pieces if piece.kind in {"open", "void"})
    return Entry(post, line, source.message, source.signature, pieces, tags)


def _same_tags(source: Sequence[Piece], target: Sequence[Piece]) -> dict[int, int] | None:
    """Number in the target → number in the source, when each tag has exactly one counterpart."""
    ours = [piece for piece in source if piece.kind in {"open", "void"}]
    theirs = [piece for piece in target if piece.kind in {"open", "void"}]
    if len(ours) != len(theirs):
        return None
    numbers: dict[int, int] = {}
    free = list(ours)
    for exact in (True, False):
        for piece in theirs:
            if piece.id in numbers:
                continue
            for candidate in free:
                same_name = candidate.kind == piece.kind and candidate.name == piece.name
                if same_name and (not exact or (candidate.value, candidate.source) == (piece.value, piece.source)):
                    numbers[piece.id] = candidate.id
                    free.remove(candidate)
                    break
    return numbers if len(numbers) == len(ours) else None


def filled(entry: Entry, segment: Segment) -> tuple[Piece, ...]:
    """An entry's target with the tags of a segment that has the same signature."""
    tags = {(piece.kind, piece.id): piece for piece in segment.pieces}
    return tuple(piece if piece.kind == "text" else tags[piece.kind, piece.id] for piece in entry.target)
