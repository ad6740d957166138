"""The memory for people: what is in it, and where something has been translated before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz import fuzz, process

from pipeline.markdown import Piece
from pipeline.translation.entries import Entry

__all__ = ["Conflict", "Hit", "Stats", "readable", "search", "stats"]


def readable(pieces: Sequence[Piece]) -> str:
    """Text with its tags as they were written."""
    return "".join(" " if piece.kind == "break" else piece.text or piece.source for piece in pieces)


@dataclass(frozen=True, slots=True)
class Conflict:
    """One source that is translated in several ways: each target with the places where it stands."""

    source: str
    targets: dict[str, list[str]]

    def to_json(self) -> dict[str, Any]:
        """As `pipeline memory stats --json` prints it."""
        targets = [{"target": target, "origins": origins} for target, origins in self.targets.items()]
        return {"source": self.source, "targets": targets}


@dataclass(frozen=True, slots=True)
class Stats:
    """What is in a locale's memory. `duplicates` are segments beyond the first that say the same in the same words."""

    locale: str
    posts: int
    segments: int
    imported: int
    duplicates: int
    conflicts: tuple[Conflict, ...]

    def to_json(self) -> dict[str, Any]:
        """As `pipeline memory stats --json` prints it."""
        return {
            "locale": self.locale,
            "posts": self.posts,
            "segments": self.segments,
            "imported": self.imported,
            "duplicates": self.duplicates,
            "conflicts": [conflict.to_json() for conflict in self.conflicts],
        }


def stats(locale: str, entries: Iterable[Entry]) -> Stats:
    """Count."""
    posts: set[str] = set()
    total = imported = 0
    pairs: defaultdict[tuple[str, tuple[str, ...]], dict[str, list[Entry]]] = defaultdict(dict)
    for entry in entries:
        total += 1
        imported += bool(entry.file)
        posts |= {entry.post} if not entry.file else set()
        pairs[entry.message, entry.signature].setdefault(readable(entry.target), []).append(entry)
    conflicts = tuple(_conflict(targets) for targets in pairs.values() if len(targets) > 1)
    duplicates = total - sum(map(len, pairs.values()))
    return Stats(locale, len(posts), total, imported, duplicates, conflicts)


def _conflict(targets: dict[str, list[Entry]]) -> Conflict:
    first = next(iter(targets.values()))[0]
    return Conflict(
        readable(first.source),
        {text: list(dict.fromkeys(entry.origin for entry in found)) for text, found in targets.items()},
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """A pair that answers a query. `score` is the similarity of its source in percent."""

    kind: Literal["exact", "fuzzy", "contains"]
    score: float
    source: str
    target: str
    origin: str

    def to_json(self) -> dict[str, Any]:
        """As `pipeline memory search --json` prints it."""
        return {
            "kind": self.kind,
            "score": round(self.score, 1),
            "source": self.source,
            "target": self.target,
            "origin": self.origin,
        }


def search(entries: Iterable[Entry], text: str, *, threshold: float, limit: int) -> list[Hit]:
    """The pairs whose source is `text`, is like it (at least `threshold` percent), or that contain it in one of their
    languages; the best first. Of those that say the same only the first is a hit.
    """
    distinct: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        distinct.setdefault((readable(entry.source), readable(entry.target)), entry)
    query = " ".join(text.split())
    hits = list(_hits(distinct, query, threshold)) if query else []
    order = {"exact": 0, "fuzzy": 1, "contains": 2}
    return sorted(hits, key=lambda hit: (order[hit.kind], -hit.score))[:limit]


def _hits(distinct: dict[tuple[str, str], Entry], query: str, threshold: float) -> Iterator[Hit]:
    pairs = list(distinct)
    folded = query.casefold()
    # With the tags as they are written, and without them.
    readings = ([source for source, _ in pairs], [_bare(entry) for entry in distinct.values()])
    scores = [0.0] * len(pairs)
    for reading in readings:
        for _, score, index in process.extract_iter(query, reading, scorer=fuzz.ratio, score_cutoff=1.0):
            scores[index] = max(scores[index], float(score))
    for (source, target), score in zip(pairs, scores, strict=True):
        contains = folded in source.casefold() or folded in target.casefold()
        if score >= 100 or score >= threshold or contains:
            kind: Literal["exact", "fuzzy", "contains"]
            kind = "exact" if score >= 100 else "fuzzy" if score >= threshold else "contains"
            yield Hit(kind, score, source, target, distinct[source, target].origin)


def _bare(entry: Entry) -> str:
    return "".join(" " if piece.kind == "break" else piece.text for piece in entry.source)
