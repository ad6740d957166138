"""The search index of a language, brought from what it was to what it is: a text that changed costs its own terms."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from pipeline.site.cache import Cache, Damaged
from pipeline.site.output import Output
from pipeline.site.search import Index, contents, encoded, patch, shard_count

__all__ = ["Document", "add_index"]


@dataclass(frozen=True, slots=True)
class Document:
    """A page as the search knows it: `listed` is title, address, date in words, and language; `made_from` is the digest
    of what its terms are made from, and `terms` makes them.
    """

    name: str
    listed: tuple[str, str, str, str]
    made_from: str
    terms: Callable[[], Mapping[str, int]]


@dataclass(slots=True)
class _State:
    """The index that is in the site: its size, and the digests of its shards."""

    size: int
    digests: list[str]


def add_index(output: Output, cache: Cache, language: str, folder: str, documents: Sequence[Document]) -> None:
    """Add the files of an index to the site, in `folder`."""
    if not _patched(output, cache, language, folder, documents):
        _made(output, cache, language, folder, documents)


def _made(output: Output, cache: Cache, language: str, folder: str, documents: Sequence[Document]) -> None:
    known = cache.searched(language)
    cache.forget_searched(language, len(documents))

    def terms() -> Iterator[Mapping[str, int]]:
        for number, one in enumerate(documents):
            if number < len(known) and known[number] == (one.name, one.made_from):
                yield cache.terms(language, number)
            else:
                found = one.terms()
                cache.keep_searched(language, number, one.name, one.made_from, found)
                yield found

    index = Index(terms())
    digests = []
    for number, shard in enumerate(index.shards):
        data = encoded(shard)
        digests.append(_digest(data))
        _add(output, f"{folder}{number}.json", data)
    _finish(output, cache, language, folder, _State(index.size, digests), documents)


def _patched(output: Output, cache: Cache, language: str, folder: str, documents: Sequence[Document]) -> bool:
    """Change the shards that a few documents are in; False if the index has to be made anew."""
    state, known = _read(cache, language), cache.searched(language)
    if state is None or [name for name, _ in known] != [one.name for one in documents[: len(known)]]:
        return False
    fresh = [
        number for number, one in enumerate(documents) if number >= len(known) or known[number][1] != one.made_from
    ]
    paths = [f"{folder}{number}.json" for number in range(len(state.digests))]
    if len(fresh) * 4 > len(documents) or not all(map(output.is_same, paths, state.digests)):
        return False
    touched = _changes(cache, language, documents, fresh, len(known), len(paths))
    shards = {}
    for number, changes in touched.items():
        shards[number] = shard = _shard(output.directory / paths[number])
        state.size += sum(patch(shard, document, old, new) for document, (old, new) in changes.items())
    if shard_count(state.size) != len(paths):
        return False  # what was kept of the documents on the way is right all the same
    for number, shard in shards.items():
        data = encoded(shard)
        state.digests[number] = _digest(data)
        _add(output, paths[number], data)
    for number, path in enumerate(paths):
        if number not in shards:
            output.add_if_same(path, state.digests[number])
    _finish(output, cache, language, folder, state, documents)
    return True


_Changes = dict[int, tuple[dict[str, int], dict[str, int]]]


def _changes(
    cache: Cache, language: str, documents: Sequence[Document], fresh: Sequence[int], known: int, count: int
) -> dict[int, _Changes]:
    """By shard, then by document: the terms that it had and those that it has there."""
    touched: dict[int, _Changes] = defaultdict(lambda: defaultdict(lambda: ({}, {})))
    for number in fresh:
        one = documents[number]
        old = cache.terms(language, number) if number < known else {}
        new = dict(one.terms())
        cache.keep_searched(language, number, one.name, one.made_from, new)
        for place, terms in enumerate((old, new)):
            for term, weight in terms.items():
                touched[ord(term[0]) % count][number][place][term] = weight
    return touched


def _finish(
    output: Output, cache: Cache, language: str, folder: str, state: _State, documents: Sequence[Document]
) -> None:
    data = contents(state.digests, [one.listed for one in documents])
    _add(output, f"{folder}index.json", data)
    cache.keep_fact(f"search {language}", json.dumps([state.size, state.digests]))


def _read(cache: Cache, language: str) -> _State | None:
    text = cache.fact(f"search {language}")
    if not text:
        return None
    try:
        size, digests = json.loads(text)
        return _State(int(size), [str(one) for one in digests])
    except (ValueError, TypeError) as error:
        raise Damaged(f"{cache.path}: {error}") from error


def _shard(path: Path) -> dict[str, list[int]]:
    try:
        found: dict[str, list[int]] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Damaged(f"{path}: {error}") from error
    return found


def _add(output: Output, path: str, data: bytes) -> None:
    made_from = _digest(data)
    if not output.add_if_same(path, made_from):
        output.add(path, data, made_from)


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=12).hexdigest()
