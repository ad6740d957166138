"""The translation memory: every approved segment with its translation, over all posts.

It is what the snapshots say beside the translations; that it is kept in a cache only saves time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.markdown import Segment
from pipeline.translation.beads import document_beads
from pipeline.translation.document import Document
from pipeline.translation.entries import NUMBER, Entry, entries_of, shape_of
from pipeline.translation.fuzzy import FuzzyIndex
from pipeline.translation.store import Kept, Store

__all__ = ["Memory", "learnt"]

_Around = tuple[str, str]
_Key = tuple[str, tuple[str, ...]]


@dataclass
class Memory:
    """Exact, number-blind and fuzzy look-ups in what was learnt, and in a `store` of what was learnt before."""

    exact: dict[_Key, list[Entry]] = field(default_factory=dict)
    shapes: dict[_Key, list[Entry]] = field(default_factory=dict)
    store: Store | None = None
    _index: FuzzyIndex | None = None

    def add(self, document: Document, target: Document) -> None:
        """Learn from a snapshot and the translation made from it. Marked units are not approved, and not learnt."""
        self.learn(learnt(document, target))

    def learn(self, entries: Iterable[Entry]) -> None:
        """Add entries. Of several that fit equally well the first that was learnt is found."""
        for entry in entries:
            self.exact.setdefault((entry.message, entry.signature), []).append(entry)
            self.shapes.setdefault((entry.shape, entry.signature), []).append(entry)
        self._index = None

    def find(self, segment: Segment, *, near: str = "", around: _Around = ("", "")) -> Entry | None:
        """The translation of the same segment: one of a post before an imported one, then where the same stands before
        and after it (`around`), then in the post `near`.
        """
        return _best(self._same((segment.message, segment.signature)), near, around)

    def _same(self, key: _Key) -> list[Entry | Kept]:
        return [*self.exact.get(key, ()), *(self.store.find(key) if self.store else ())]

    def alike(self, segment: Segment, *, near: str = "", around: _Around = ("", "")) -> Entry | None:
        """The translation of a segment that differs only in numbers."""
        if not NUMBER.search(segment.message):
            return None
        key = shape_of(segment.message), segment.signature
        return _best([*self.shapes.get(key, ()), *(self.store.alike(key) if self.store else ())], near, around)

    def fuzzy(self, segment: Segment, threshold: float) -> tuple[Entry, float] | None:
        """The most similar segment whose tags are the same, and the similarity in percent."""
        if self._index is None:
            self._index = FuzzyIndex(list(dict.fromkeys([*self.exact, *(self.store.keys() if self.store else ())])))
        found = self._index.best(segment, threshold)
        entry = _best(self._same((found[0], segment.signature)), "", ("", "")) if found else None
        return (entry, found[1]) if found and entry else None


def learnt(document: Document, target: Document) -> Iterator[Entry]:
    """What a snapshot and its translation teach."""
    flat = [segment.message for unit in document.units for segment in unit.segments]
    first = [0]
    for unit in document.units:
        first.append(first[-1] + len(unit.segments))
    for bead in document_beads(document, target):
        for i, j in bead.pairs:
            if j in target.marks:
                continue
            for number, entry in enumerate(entries_of(document.post.key, document.units[i], target.units[j])):
                at = first[i] + number
                around = (
                    flat[at - 1] if at else "",
                    flat[at + 1] if at + 1 < len(flat) else "",
                )
                if entry:
                    yield replace(entry, around=around)


def _best(entries: Sequence[Entry | Kept], near: str, around: _Around) -> Entry | None:
    def fit(entry: Entry | Kept) -> tuple[bool, bool, bool, int]:
        same = sum(one == other for one, other in zip(entry.around, around, strict=True))
        return not entry.file, same == 2, entry.post == near, same

    found = max(entries, key=fit, default=None)
    return found.unpacked() if isinstance(found, Kept) else found
