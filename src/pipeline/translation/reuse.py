"""Sentence by sentence: what a reviewer has written for sentences that did not change, inside a segment that did.

Only where the sentences of a segment and of its translation pair one to one, with the same tags, and nothing speaks
against it: then an edit of one sentence leaves the others as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from pipeline.markdown import Piece, Segment, Unit
from pipeline.markdown.pieces import renumbered
from pipeline.translation.adapt import adapt
from pipeline.translation.entries import (
    NUMBER,
    Entry,
    is_verbatim,
    is_wide,
    plain_pieces,
    tag_numbers,
    tag_values,
    verbatim_pieces,
)
from pipeline.translation.glossary import Glossary
from pipeline.translation.sentences import Sentence, sentences

__all__ = ["Known", "Part", "SentencePool", "joined", "left_over", "plan"]

_EVIDENCE = re.compile(r"\d+(?:[.,:]\d+)*|[A-Za-z][A-Za-z0-9+#-]+")
_ALIKE = 60.0


@dataclass(frozen=True, slots=True)
class Known:
    """A sentence with its translation; `tail` are the blanks behind it, None where a text ended. `unit` says where."""

    entry: Entry
    tail: tuple[Piece, ...] | None
    unit: int


@dataclass
class Part:
    """A run of sentences of a segment, with the segment's tags; `blanks` are behind it, `what` is sent for it.
    `pieces` is its translation, None as long as there is none, `tail` the blanks that are known to follow that.
    """

    source: Sentence
    blanks: Sentence
    what: Segment
    pieces: Sequence[Piece] | None = None
    tail: Sequence[Piece] | None = None
    score: float = 0.0

    def in_place(self, answer: Sequence[Piece]) -> tuple[Piece, ...]:
        """The pieces of a translation of `what` with the segment's tags."""
        own = {(one.kind, one.id): other for one, other in zip(self.what.pieces, self.source, strict=True) if one.id}
        return tuple(
            piece
            if not piece.id
            else replace(piece, id=own[piece.kind, piece.id].id)
            if is_verbatim(piece)
            else own[piece.kind, piece.id]
            for piece in answer
        )


@dataclass
class SentencePool:
    """The sentences of one post with their translations."""

    _exact: dict[tuple[str, tuple[str, ...]], list[Known]] = field(default_factory=dict)
    _shapes: dict[tuple[str, tuple[str, ...]], list[Known]] = field(default_factory=dict)

    def add(self, sources: Sequence[Segment], targets: Sequence[Segment], unit: int, *, finished: bool = True) -> None:
        """Learn the sentences of a segment and its translation, or of several that stand for each other together, if
        they pair. Of a translation that is not `finished` those are left out that stand there in the source language.
        """
        for entry, tail in _paired(sources, targets):
            if finished or Segment("text", 0, 0, entry.target).message != entry.message:
                known = Known(entry, tail, unit)
                self._exact.setdefault((entry.message, entry.signature), []).append(known)
                self._shapes.setdefault((entry.shape, entry.signature), []).append(known)

    def find(
        self, what: Segment, unit: int | None, glossary: Glossary, *, own_tags: bool
    ) -> tuple[Known, tuple[Piece, ...]] | None:
        """The translation of a sentence, or of one that can be adapted; from `unit` if there are several."""
        for known in self._candidates(what, unit):
            pieces = adapt(known.entry, what, glossary, own_tags=own_tags)
            if pieces:
                return known, pieces
        return None

    def _candidates(self, what: Segment, unit: int | None) -> Iterator[Known]:
        shape = NUMBER.sub("#", what.message)
        for found in (
            self._exact.get((what.message, what.signature)),
            self._shapes.get((shape, what.signature)),
        ):
            yield from sorted(found or (), key=lambda known: known.unit != unit)
        near = self.near(what, _ALIKE)
        if near:
            yield near[0]

    def __bool__(self) -> bool:
        return bool(self._exact)

    def near(self, what: Segment, threshold: float) -> tuple[Known, float] | None:
        """The most similar sentence with the same tags, and how similar it is in percent."""
        fitting = [known[0] for (_, signature), known in self._exact.items() if signature == what.signature]
        found = process.extractOne(
            what.message,
            [known.entry.message for known in fitting],
            scorer=fuzz.ratio,
            score_cutoff=threshold,
        )
        return (fitting[found[2]], float(found[1])) if found else None


def _paired(sources: Sequence[Segment], targets: Sequence[Segment]) -> Iterator[tuple[Entry, tuple[Piece, ...] | None]]:
    """Each sentence with its translation and what follows that in its segment, if all of them pair."""
    ours, theirs = list(_flat(sources, verbatim=False)), list(_flat(targets, verbatim=True))
    numbers = tag_numbers([p for one, _ in ours for p in one], [p for other, _ in theirs for p in other])
    if numbers is None or len(ours) != len(theirs):
        return
    whole = " ".join(_read(one) for one, _ in ours)
    pairs = [
        (one, [replace(p, id=numbers[p.id]) if p.id else p for p in other], last)
        for (one, _), (other, last) in zip(ours, theirs, strict=True)
    ]
    if not all(_fit(one, other, whole) for one, other, _ in pairs):
        return
    for one, other, last in pairs:
        core, tail = _trimmed(other)
        bare = _trimmed(one)[0]
        what = _local(bare, sources[0].kind)
        ids = {own.id: local.id for own, local in zip(bare, what.pieces, strict=True) if own.id}
        pieces = tuple(replace(piece, id=ids[piece.id]) if piece.id else piece for piece in core)
        yield Entry("", 0, what.message, what.signature, pieces, tag_values(what.pieces)), None if last else tail


def _flat(segments: Sequence[Segment], *, verbatim: bool) -> Iterator[tuple[Sentence, bool]]:
    """The sentences of all segments, with their tags numbered through, and whether each is its segment's last."""
    pieces = iter(renumbered([piece for segment in segments for piece in segment.pieces]))
    for segment in segments:
        own = [next(pieces) for _ in segment.pieces]
        cut = sentences(verbatim_pieces(own) if verbatim else own)
        yield from ((sentence, number + 1 == len(cut)) for number, sentence in enumerate(cut))


def _fit(one: Sequence[Piece], other: Sequence[Piece], whole: str) -> bool:
    """The same tags; and what the translation took over from the source stands in this very sentence of it."""
    if {p.id for p in one if p.id} != {p.id for p in other if p.id}:
        return False
    english, translated = _read(one).casefold(), _read(other).casefold()
    elsewhere = set(_EVIDENCE.findall(whole.casefold())) - set(_EVIDENCE.findall(english))
    return not elsewhere & set(_EVIDENCE.findall(translated))


def _local(pieces: Sequence[Piece], kind: str) -> Segment:
    """A sentence as a segment of its own, its tags numbered from 1."""
    return Segment("html" if kind == "html" else "text", 0, 0, renumbered(pieces))


def _read(pieces: Sequence[Piece]) -> str:
    return "".join(" " if piece.kind == "break" else piece.text for piece in pieces).strip()


def _trimmed(pieces: Sequence[Piece]) -> tuple[Sentence, Sentence]:
    """A sentence without the blanks and line breaks behind it, and these."""
    core: list[Piece] = list(pieces)
    tail: list[Piece] = []
    while core:
        last = core[-1]
        if last.kind == "break" or (last.kind == "text" and not last.text.strip()):
            tail.insert(0, core.pop())
            continue
        bare = last.text.rstrip()
        if last.kind == "text" and bare != last.text:
            cut = len(last.source.rstrip())
            core[-1] = replace(last, text=bare, source=last.source[:cut])
            tail.insert(0, replace(last, text=last.text[len(bare) :], source=last.source[cut:]))
        break
    return tuple(core), tuple(tail)


def plan(
    segment: Segment,
    pool: SentencePool,
    unit: int | None,
    glossary: Glossary,
    *,
    own_tags: bool,
) -> list[Part] | None:
    """The segment in parts, translated as far as the pool goes; None if that is nowhere.

    `unit` is where in the old text the segment's own sentences were, if it stands in the same kind of lines there;
    with `own_tags` tags that are the same stay as the translation writes them.
    """
    parts: list[Part] = []
    run: list[Piece] = []
    for sentence in sentences(segment.pieces):
        core, blanks = _trimmed(sentence)
        what = _local(core, segment.kind)
        found = pool.find(what, unit, glossary, own_tags=own_tags) if core else None
        if found is None:
            run.extend(sentence)
            continue
        if run:
            parts.append(_open(run, segment.kind))
            run = []
        known, pieces = found
        part = Part(core, blanks, what)
        wrapped = any(mark in piece.source for piece in pieces for mark in "\r\n")
        same_lines = known.unit == unit or not wrapped
        part.pieces = part.in_place(pieces if same_lines else plain_pieces(pieces))
        part.tail = known.tail if same_lines else None
        parts.append(part)
    if run:
        parts.append(_open(run, segment.kind))
    return parts if any(part.pieces is not None for part in parts) else None


def left_over(source: Unit, target: Unit) -> bool:
    """A sentence of the source stands in its translation as it is."""
    translated = " ".join(_read(segment.pieces) for segment in target.segments)
    return any(
        any(character.isalpha() for character in text) and text in translated
        for segment in source.segments
        for text in map(_read, sentences(segment.pieces))
    )


def _open(run: Sequence[Piece], kind: str) -> Part:
    core, blanks = _trimmed(run)
    return Part(core, blanks, _local(core, kind))


def joined(parts: Sequence[Part]) -> tuple[Piece, ...]:
    """The whole segment; what has no translation yet is in the source language."""
    pieces: list[Piece] = []
    for number, part in enumerate(parts):
        written = part.source if part.pieces is None else part.pieces
        pieces.extend(written)
        if number + 1 < len(parts):
            own = () if is_wide(_read(written)[-1:]) else part.blanks
            pieces.extend(own if part.tail is None else part.tail)
    return tuple(piece for piece in pieces if piece.kind != "text" or piece.text)
