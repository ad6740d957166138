"""The search of one language: an inverted index in small files, of which a reader's browser fetches what a query needs.

A word is a term; Chinese, Japanese and Korean, which have no blanks, are indexed by every two neighbouring characters,
and the last character of a stretch by itself. So any part of a word is found, and nothing has to be segmented. The same
is done to a query by theme/assets/search.js.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import pairwise

__all__ = ["Index", "contents", "encoded", "patch", "shard_count", "terms", "text_weights", "weights"]

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff々〇"
_RUN = re.compile(rf"[{_CJK}]+|[^\W{_CJK}]+")
_IS_CJK = re.compile(f"[{_CJK}]")
_WEIGHTS = (8, 4)  # of a term in the title, and in a heading or a tag; in the text it is 1
_MOST = 4  # as often as this a term in the text counts
_LONGEST = 32
_SHARD = 30_000  # bytes that a file should have about


def terms(text: str) -> Iterator[str]:
    """What a text is found by."""
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if _IS_CJK.match(run):
            yield from map("".join, pairwise(run))
            yield run[-1]
        else:
            yield run[:_LONGEST]


def weights(title: str, labels: str, inside: Mapping[str, int]) -> dict[str, int]:
    """The terms of a document, and how much each of them weighs; `inside` are those of its text."""
    counts: dict[str, int] = {}
    for weight, part in zip(_WEIGHTS, (title, labels), strict=True):
        for term in terms(part):
            counts[term] = counts.get(term, 0) + weight
    for term, number in inside.items():
        counts[term] = counts.get(term, 0) + number
    return counts


def text_weights(text: str) -> dict[str, int]:
    """The terms of a text, and how much each of them weighs."""
    counts = Counter(terms(text))
    return {term: min(count, _MOST) for term, count in counts.items()}


class Index:
    """An inverted index: for each term, number and weight of each document that has it, one after the other. It is in
    shards, a term in the one whose number is its first character's, modulo how many there are.
    """

    def __init__(self, documents: Iterable[Mapping[str, int]]) -> None:
        """`documents` are their terms, in order."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, document in enumerate(documents):
            for term, weight in document.items():
                found[term] += (number, weight)
        self.size = sum(_size(term, len(pairs) // 2) for term, pairs in found.items())
        self.shards: list[dict[str, list[int]]] = [{} for _ in range(shard_count(self.size))]
        for term in sorted(found):
            self.shards[ord(term[0]) % len(self.shards)][term] = found[term]


def patch(shard: dict[str, list[int]], number: int, old: Mapping[str, int], new: Mapping[str, int]) -> int:
    """Bring a shard from the old terms of a document to the new ones, of which it is given its own; returns by how much
    the index has grown.
    """
    grown = 0
    for term in old.keys() | new.keys():
        before, after = old.get(term), new.get(term)
        if before == after:
            continue
        pairs = shard.get(term, [])
        known = dict(zip(pairs[::2], pairs[1::2], strict=True))
        known.pop(number, None)
        if after is not None:
            known[number] = after
        grown += (_size(term, len(known)) if known else 0) - (_size(term, len(pairs) // 2) if pairs else 0)
        shard[term] = [value for pair in sorted(known.items()) for value in pair]
        if not known:
            del shard[term]
    return grown


def shard_count(size: int) -> int:
    """In how many shards an index of this size is."""
    count = 1
    while count < 256 and size / count > _SHARD:
        count *= 2
    return count


def encoded(shard: Mapping[str, list[int]]) -> bytes:
    """A shard as it is in its file."""
    return _json({term: shard[term] for term in sorted(shard)})


def contents(shards: Sequence[str], documents: Sequence[Sequence[str]]) -> bytes:
    """`index.json`: lists the documents, each as title, address, date and language; `shards` are digests."""
    version = blake2b("".join(shards).encode(), digest_size=6).hexdigest()
    return _json({"version": version, "files": len(shards), "documents": documents})


def _size(term: str, documents: int) -> int:
    """How much of a file a term takes, about."""
    return len(term) * 2 + documents * 6


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
