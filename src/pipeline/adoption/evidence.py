"""What tells which English a translation was made from: structure, and all that survives translation.

Code, numbers, addresses and the sequence of blocks can be compared across languages. Where an edit changed words
only, the history of the translation tells: whoever carried the edit over changed the paragraph that stands for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from pipeline.markdown import Unit
from pipeline.translation.align import align
from pipeline.translation.beads import Bead, document_beads
from pipeline.translation.document import Document

__all__ = ["Fit", "Reading", "carried", "distance", "fit", "same_text"]

_TOKEN = re.compile(r"`[^`]+`|https?://[^\s)>\]]+|\]\([^)\s]+|\d+(?:[.,]\d+)*|\$[^$]+\$|\{\{[<%].*?[>%]\}\}")
# A Han character says about as much as two and a half Latin ones.
_HAN = re.compile("[\u2e80-\U0003ffff]")


class Reading:
    """A version of a post, taken apart once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._partners: dict[int, tuple[Reading, list[Bead]]] = {}

    @property
    def units(self) -> Sequence[Unit]:
        """Its units in order."""
        return self.document.units

    @cached_property
    def normal(self) -> list[str]:
        """Each unit's words alone: equal when only spacing, punctuation or markup differ."""
        return [_normal(unit) for unit in self.units]

    @cached_property
    def words(self) -> Counter[str]:
        """How often each of those occurs."""
        return Counter(self.normal)

    @cached_property
    def tokens(self) -> Counter[str]:
        """What a translation keeps, all over the text."""
        return Counter(token for unit in self.units for token in _tokens(unit))

    def partners(self, other: Reading) -> list[Bead]:
        """For each unit, the group in which units of a translation stand for it."""
        known = self._partners.get(id(other))
        if known is None:
            found = [Bead(range(0), range(0))] * len(self.units)
            for bead in document_beads(self.document, other.document):
                for index in bead.source:
                    found[index] = bead
            known = self._partners[id(other)] = (other, found)
        return known[1]


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a translation stands on an English version: `score` from 0 to 100, segments with a counterpart."""

    score: float
    aligned: int
    segments: int


def fit(source: Reading, target: Reading) -> Fit:
    """From the alignment of both: groups that are alike in kind, kept tokens and length count in full."""
    whole = good = 0.0
    aligned = 0
    for bead in document_beads(source.document, target.document):
        ours = [source.units[index] for index in bead.source]
        theirs = [target.units[index] for index in bead.target]
        if not (ours and theirs) and (ours or theirs)[0].kind == "field":
            continue  # front matter differs for many reasons
        weight = max(len(ours), len(theirs))
        whole += weight
        if ours and theirs:
            good += weight * _alike(bead, ours, theirs)
            aligned += sum(len(unit.segments) for unit in ours)
    return Fit(round(100 * good / whole, 1) if whole else 100.0, aligned, source.document.segments)


def same_text(one: Reading, other: Reading) -> bool:
    """They say the same: at most line breaks, layout or fields that are not translated differ."""
    return [(unit.kind, unit.name, unit.key) for unit in one.units] == [
        (unit.kind, unit.name, unit.key) for unit in other.units
    ]


def distance(source: Reading, target: Reading) -> int:
    """How far a translation is from an English version in blocks and kept tokens; to compare versions with."""
    shape = Indel.distance([_family(unit) for unit in source.units], [_family(unit) for unit in target.units])
    ours, theirs = source.tokens, target.tokens
    return int(shape) + (ours - theirs).total() + (theirs - ours).total()


def carried(was: Reading, now: Reading, target: Reading, before: Reading | None) -> float:
    """How many of the changes from one English version to another a translation has, less those that it lacks.

    `before` is the translation as it was before it may have followed; without it only what can be seen in the text
    counts as carried over. A paragraph that went away weighs little: nothing has to be translated for it.
    """
    balance = 0.0
    for old, new in _changes(was, now):
        weight = 1.0 if new is not None else 0.1
        told = _told(was, now, target, old, new)
        if told is None and before is not None:
            told = _followed(was, now, target, before, old, new)
        if told is not None or new is not None:
            balance += weight if told else -weight
    return balance


def _changes(was: Reading, now: Reading) -> Iterator[tuple[int | None, int | None]]:
    """(unit of the old version, unit of the new one) of all that is said differently; None where there is none."""
    matches = align(was.units, now.units)
    for match in matches:
        if match.score < 1.0 and was.normal[match.old] != now.normal[match.new]:
            yield match.old, match.new
    left, right = {match.old for match in matches}, {match.new for match in matches}
    gone = [old for old in range(len(was.units)) if old not in left]
    fresh = [new for new in range(len(now.units)) if new not in right]
    yield from ((None, new) for new in fresh)
    if len(gone) > len(fresh):  # else they were replaced, and what replaced them tells
        yield from ((old, None) for old in gone)


def _told(was: Reading, now: Reading, target: Reading, old: int | None, new: int | None) -> bool | None:
    """What the kept tokens of a change say: the translation has the new ones, or the old ones, or they do not tell."""
    before = _tokens(was.units[old]) if old is not None else Counter()
    after = _tokens(now.units[new]) if new is not None else Counter()
    to_old = to_new = 0
    for token in (before - after) + (after - before):
        to_old += abs(target.tokens[token] - was.tokens[token])
        to_new += abs(target.tokens[token] - now.tokens[token])
    return None if to_old == to_new else to_new < to_old


def _followed(
    was: Reading, now: Reading, target: Reading, before: Reading, old: int | None, new: int | None
) -> bool | None:
    """Whether what stands for a changed unit was changed in the translation as well."""
    if new is not None:
        group = now.partners(target)[new]
        if old is None and len(group.target) < len(group.source):
            return False  # what stands there stands for its neighbours
        return any(not before.words[target.normal[index]] for index in group.target)
    gone = was.partners(before)[old].target if old is not None else range(0)
    if not gone:
        return None
    return all(target.words[before.normal[index]] < before.words[before.normal[index]] for index in gone)


def _tokens(unit: Unit) -> Counter[str]:
    """Of code, every line that is no comment; of text, its code spans, numbers, addresses and formulas."""
    if unit.kind in {"code", "math"}:
        lines = (line.strip() for line in unit.source.splitlines())
        return Counter(line for line in lines if line and not _HAN.search(line))
    return Counter(_TOKEN.findall(unit.source))


def _normal(unit: Unit) -> str:
    if unit.kind in {"code", "math"}:
        return unit.source.strip()
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", unit.source)).lower()


def _family(unit: Unit) -> str:
    return unit.name or unit.kind


def _alike(bead: Bead, ours: Sequence[Unit], theirs: Sequence[Unit]) -> float:
    """From 0 to 1."""
    left, right = _sum(ours), _sum(theirs)
    if ours[0].kind in {"code", "math"}:
        kind = 1.0 if theirs[0].kind == ours[0].kind else 0.3
        return kind * (0.5 + 0.5 * fuzz.ratio(ours[0].source, theirs[0].source) / 100)
    kind = 1.0 if bead.simple and ours[0].kind == theirs[0].kind else 0.85
    if ours[0].kind[:7] != theirs[0].kind[:7]:
        kind = 0.4
    either = (left | right).total()
    shared = (left & right).total() / either if either else 1.0
    return kind * (0.6 + 0.4 * shared) * _plausible(_length(ours), _length(theirs))


def _sum(units: Iterable[Unit]) -> Counter[str]:
    return sum((_tokens(unit) for unit in units), Counter[str]())


def _length(units: Iterable[Unit]) -> float:
    return sum(len(unit.key) + 1.5 * len(_HAN.findall(unit.key)) for unit in units)


def _plausible(one: float, other: float) -> float:
    """1 for lengths that go together; short texts vary more."""
    ratio = (min(one, other) + 20) / (max(one, other) + 20)
    return min(1.0, ratio / 0.4)
