"""The search of one language: an inverted index in small files, of which a reader's browser fetches what a query needs.

A word is a term; Chinese, Japanese and Korean, which have no blanks, are indexed by every two neighbouring characters,
and the last character of a stretch by itself. So any part of a word is found, and nothing has to be segmented. The same
is done to a query by theme/assets/search.js.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import chain
from operator import add

__all__ = [
    "BUCKETS",
    "bucketed",
    "contents",
    "encoded",
    "merged",
    "patch",
    "place_of",
    "relabelled",
    "shard",
    "shard_count",
    "terms",
    "weights",
]

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff々〇"
_RUN = re.compile(f"([{_CJK}]+)")
_WORD = re.compile(r"\w+")
_WEIGHTS = (8, 4)  # of a term in the title, and in a heading or a tag; in the text it is 1
_MOST = 4  # as often as this a term in the text counts
_LONGEST = 32
_ALPHABETS = 0x3000  # scripts before this have words; a term of those after it is known by its first character alone
BUCKETS = 256  # the most shards
_SHARD = 30_000  # bytes that a file should have about


def terms(text: str) -> Iterator[str]:
    """What a text is found by, in no order."""
    parts = _RUN.split(unicodedata.normalize("NFKC", text).lower())
    words, runs = _WORD.findall(" ".join(parts[::2])), parts[1::2]
    return chain(
        (word[:_LONGEST] for word in words),
        (run[-1] for run in runs),
        chain.from_iterable(map(add, run, run[1:]) for run in runs),
    )


def place_of(term: str) -> int:
    """Its bucket. Words of an alphabet that begin with the same three letters have the same one, so that all that begin
    with what a reader has typed are together; and so have all stretches of Chinese that begin with one character.
    """
    number = ord(term[0])
    if number < _ALPHABETS:
        for letter in term[1:3]:
            number = number * 31 + ord(letter)
    return number % BUCKETS


def weights(title: str, labels: str, text: str) -> Counter[str]:
    """The terms of a document, and how much each of them weighs."""
    counts = Counter(terms(text))
    for term, count in counts.items():
        if count > _MOST:
            counts[term] = _MOST
    for more, part in zip(_WEIGHTS, (title, labels), strict=True):
        for term in terms(part):
            counts[term] += more
    return counts


def bucketed(documents: Iterable[tuple[str, str, str]], first: int) -> Iterator[bytes]:
    """For each of the BUCKETS a text, of a line for each of its terms that some documents have: the term, then number
    and weight of each document that has it, with a comma before each of these. A bucket is part of one shard, however
    many there are. Documents are given as title, labels, and text; they have numbers from `first` on.
    """
    found: dict[str, str] = {}
    for number, document in enumerate(documents, first):
        once = f",{number},1"
        for term, weight in weights(*document).items():
            found[term] = found.get(term, term) + (once if weight == 1 else f",{number},{weight}")
    buckets: list[list[str]] = [[] for _ in range(BUCKETS)]
    for term, line in found.items():
        buckets[place_of(term)].append(line)
    return ("\n".join(lines).encode("utf-8", "surrogatepass") for lines in buckets)


def merged(texts: Iterable[bytes]) -> tuple[int, Iterator[bytes]]:
    """How much the terms of a bucket take in a shard, and they themselves, a line each as a shard's JSON has them: with
    number and weight of each document that has the term, one after the other. `texts` are as they were `bucketed`: of
    all documents, in order.
    """
    found: dict[str, str] = {}
    for text in filter(None, texts):
        for line in text.decode("utf-8", "surrogatepass").split("\n"):
            term, comma, pairs = line.partition(",")
            found[term] = found.get(term, "") + comma + pairs
    size = sum(_size(term, pairs.count(",") // 2) for term, pairs in found.items())
    return size, (f'"{term}":[{pairs[1:]}]\n'.encode("utf-8", "replace") for term, pairs in found.items())


def shard(buckets: Iterable[bytes]) -> bytes:
    """A shard as it is in its file, of all `merged` buckets that belong to it."""
    # As `encoded` has it: no term has a character that JSON writes in another way, or that is before a quote; and in
    # UTF-8 texts are in the order that they are in.
    items = sorted(item for bucket in buckets for item in bucket.split(b"\n") if item)
    if not items:
        return b"{}"
    items[0] = b"{" + items[0]
    items[-1] += b"}"
    return b",".join(items)


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
    while count < BUCKETS and size / count > _SHARD:
        count *= 2
    return count


def encoded(shard: Mapping[str, list[int]]) -> bytes:
    """A shard as it is in its file."""
    return _json({term: shard[term] for term in sorted(shard)})


def contents(shards: Sequence[str], documents: Sequence[Sequence[str]]) -> bytes:
    """`index.json`: lists the documents, each as title, address, date and language; `shards` are digests."""
    return _json({"version": _version(shards), "files": len(shards), "documents": documents})


def relabelled(data: bytes, shards: Sequence[str]) -> bytes:
    """`index.json` with the digests of other shards, as many as it had. Raises ValueError if it is none."""
    start, sign, rest = data.partition(b'"version":"')
    _, quote, rest = rest.partition(b'"')
    if start != b"{" or not sign or not quote:
        raise ValueError(data[:40])
    return start + sign + _version(shards).encode() + quote + rest


def _version(shards: Sequence[str]) -> str:
    return blake2b("".join(shards).encode(), digest_size=6).hexdigest()


def _size(term: str, documents: int) -> int:
    """How much of a file a term takes, about."""
    return len(term) * 2 + documents * 6


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
