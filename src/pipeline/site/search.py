"""The search of one language: an inverted index in small files, of which a reader's browser fetches what a query needs.

A word is a term; Chinese, Japanese and Korean, which have no blanks, are indexed by every two neighbouring characters,
and the last character of a stretch by itself. So any part of a word is found, and nothing has to be segmented. The same
is done to a query by theme/assets/search.js.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

__all__ = ["Document", "index_files", "terms", "weights"]

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff々〇"
_RUN = re.compile(rf"[{_CJK}]+|[^\W{_CJK}]+")
_IS_CJK = re.compile(f"[{_CJK}]")
_WEIGHTS = (8, 4, 1)  # of a term in the title, in a heading or a tag, in the text
_MOST = 4  # as often as this a term in the text counts
_LONGEST = 32
_SHARD = 30_000  # bytes that a file should have about


@dataclass(frozen=True, slots=True)
class Document:
    """A page as the search knows it; `date` is in words, `terms` are those of its text, as `weights` gives them."""

    title: str
    href: str
    date: str
    language: str
    labels: str
    terms: Mapping[str, int]


def terms(text: str) -> Iterator[str]:
    """What a text is found by."""
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if _IS_CJK.match(run):
            yield from map("".join, pairwise(run))
            yield run[-1]
        else:
            yield run[:_LONGEST]


def weights(text: str) -> dict[str, int]:
    """The terms of a text, and how much each of them weighs."""
    counts: dict[str, int] = {}
    for term in terms(text):
        counts[term] = counts.get(term, 0) + 1
    return {term: min(count, _MOST) for term, count in counts.items()}


def index_files(documents: Sequence[Document]) -> dict[str, bytes]:
    """Names and contents: `index.json` lists the documents, `0.json` … hold, for each term, (document, weight) pairs.

    A term is in the file whose number is its first character's, modulo how many files there are.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for number, document in enumerate(documents):
        for term, weight in _weights(document).items():
            found[term] += (number, weight)
    count = 1
    size = sum(len(term) * 2 + len(pairs) * 3 for term, pairs in found.items())
    while count < 256 and size / count > _SHARD:
        count *= 2
    shards: list[dict[str, list[int]]] = [{} for _ in range(count)]
    for term in sorted(found):
        shards[ord(term[0]) % count][term] = found[term]
    files = {f"{number}.json": _json(shard) for number, shard in enumerate(shards)}
    digest = blake2b(b"".join(files.values()), digest_size=6).hexdigest()
    listed = [[one.title, one.href, one.date, one.language] for one in documents]
    return {"index.json": _json({"version": digest, "files": count, "documents": listed}), **files}


def _weights(document: Document) -> dict[str, int]:
    counts: dict[str, int] = {}
    for weight, text in zip(_WEIGHTS, (document.title, document.labels), strict=False):
        for term in terms(text):
            counts[term] = counts.get(term, 0) + weight
    for term, weight in document.terms.items():
        counts[term] = counts.get(term, 0) + weight
    return counts


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
