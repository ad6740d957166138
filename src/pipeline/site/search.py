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
from itertools import pairwise

__all__ = [
    "BUCKETS",
    "bucketed",
    "contents",
    "encoded",
    "merged",
    "patch",
    "relabelled",
    "shard",
    "shard_count",
    "terms",
    "text_terms",
    "weights",
]

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff々〇"
_RUN = re.compile(rf"[{_CJK}]+|[^\W{_CJK}]+")
_IS_CJK = re.compile(f"[{_CJK}]")
_WEIGHTS = (8, 4)  # of a term in the title, and in a heading or a tag; in the text it is 1
_MOST = 4  # as often as this a term in the text counts
_LONGEST = 32
BUCKETS = 256  # the most shards
_SHARD = 30_000  # bytes that a file should have about


def terms(text: str) -> Iterator[str]:
    """What a text is found by."""
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if _IS_CJK.match(run):
            yield from map("".join, pairwise(run))
            yield run[-1]
        else:
            yield run[:_LONGEST]


def text_terms(text: str) -> str:
    """The terms of a text as they are kept: for each of the BUCKETS that has any a line, of its number, the terms, and
    how much each of them weighs.
    """
    return _lines({term: min(count, _MOST) for term, count in Counter(terms(text)).items()})


def weights(title: str, labels: str, inside: str = "") -> dict[str, int]:
    """The terms of a document, and how much each of them weighs; `inside` are the `text_terms` of its text. Raises
    ValueError if they are none.
    """
    counts: dict[str, int] = {}
    for line in inside.split("\n") if inside else ():
        _, *words = line.split(" ")
        counts.update(zip(words[::2], map(int, words[1::2]), strict=True))
    for weight, part in zip(_WEIGHTS, (title, labels), strict=True):
        for term in terms(part):
            counts[term] = counts.get(term, 0) + weight
    return counts


def bucketed(documents: Iterable[tuple[int, str, str, str]]) -> Iterator[bytes]:
    """For each of the BUCKETS a text: a line for every document that has terms there, in order: its number, and those
    terms with their weights. A bucket is part of one shard, however many there are. Documents are given as number,
    title, labels, and the `text_terms` of their text. Raises ValueError for what are no terms.
    """
    buckets: list[list[str]] = [[] for _ in range(BUCKETS)]
    for number, title, labels, inside in documents:
        lines = dict(_numbered(inside))
        # Those of title and labels are in a few of the lines, where they weigh more.
        places = {ord(term[0]) % BUCKETS for term in weights(title, labels)}
        few = "\n".join(f"{place} {lines[place]}" for place in places if place in lines)
        lines |= _numbered(_lines(weights(title, labels, few)))
        for here, some in lines.items():
            buckets[here].append(f"{number} {some}")
    return ("\n".join(lines).encode("utf-8", "surrogatepass") for lines in buckets)


def merged(texts: Iterable[bytes]) -> tuple[int, Iterator[bytes]]:
    """How much the terms of a bucket take in a shard, and they themselves, a line each as a shard's JSON has them: with
    number and weight of each document that has the term, one after the other. `texts` are as they were `bucketed`, in
    order. Raises ValueError for others.
    """
    size = 0
    # Most terms are in one document, and pairs of a document are few: as text, each is there once.
    found: dict[str, str | list[str]] = {}
    for line in (line for text in texts if text for line in text.decode("utf-8", "surrogatepass").split("\n")):
        number, *words = line.split(" ")
        pairs = {weight: f"{number},{weight}" for weight in set(words[1::2])}
        for term, weight in zip(words[::2], words[1::2], strict=True):
            known = found.get(term)
            if known is None:
                found[term] = pairs[weight]
            elif isinstance(known, str):
                found[term] = [known, pairs[weight]]
            else:
                known.append(pairs[weight])
        size += _size("", len(words) // 2)
    size += sum(_size(term, 0) for term in found)
    return size, (_item(*found.popitem()) for _ in range(len(found)))


def _item(term: str, found: str | list[str]) -> bytes:
    text = f'"{term}":[{found if isinstance(found, str) else ",".join(found)}]\n'
    return text.encode("utf-8", "replace")


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


def _lines(found: Mapping[str, int]) -> str:
    buckets: list[list[str]] = [[] for _ in range(BUCKETS)]
    for term, weight in found.items():
        buckets[ord(term[0]) % BUCKETS].append(f"{term} {weight}")
    return "\n".join(f"{number} {' '.join(some)}" for number, some in enumerate(buckets) if some)


def _numbered(lines: str) -> Iterator[tuple[int, str]]:
    for line in lines.split("\n") if lines else ():
        number, _, some = line.partition(" ")
        yield int(number), some


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
