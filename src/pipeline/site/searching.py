"""The search index of a language, brought from what it was to what it is: a text that changed costs its own terms.

What is made is told to the cache by the process that builds; the index itself may be made by a copy of it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from pipeline.site.cache import Cache, Damaged
from pipeline.site.output import Output, Staged
from pipeline.site.search import contents, encoded, index, patch, shard_count, weights

__all__ = ["Document", "Indexed", "keep_index", "make_index"]


@dataclass(frozen=True, slots=True)
class Document:
    """A page as the search knows it: `listed` is title, address, date in words, and language; `text` the name of its
    article; `labels` is what it is found by besides the text, and `made_from` the digest of all of that.
    """

    name: str
    text: str
    listed: tuple[str, str, str, str]
    labels: str
    made_from: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """The files of an index, and what is to be kept of it."""

    files: tuple[Staged, ...]
    state: str
    fresh: tuple[int, ...]


@dataclass(slots=True)
class _State:
    """The index that is in the site: its size, and the digests of its shards."""

    size: int
    digests: list[str]


def make_index(output: Output, cache: Cache, language: str, folder: str, documents: Sequence[Document]) -> Indexed:
    """The index of some documents, in `folder` of the site."""
    known = cache.searched(language)
    fresh = [
        number for number, one in enumerate(documents) if known[number : number + 1] != [(one.name, one.made_from)]
    ]
    try:
        state, files = _patched(output, cache, language, folder, documents, known, fresh) or _made(
            output, cache, folder, documents
        )
    except ValueError as error:
        raise Damaged(f"{cache.path}: {error}") from error
    data = contents(state.digests, [one.listed for one in documents])
    files.append(_staged(output, f"{folder}index.json", data))
    return Indexed(tuple(files), json.dumps([state.size, state.digests]), tuple(fresh))


def keep_index(cache: Cache, language: str, documents: Sequence[Document], indexed: Indexed) -> None:
    """Keep what the next build needs to change this index."""
    rows = ((number, documents[number]) for number in indexed.fresh)
    cache.keep_searched(
        language, ((number, one.name, one.made_from, (one.listed[0], one.labels)) for number, one in rows)
    )
    cache.forget_searched(language, len(documents))
    cache.keep_fact(f"search {language}", indexed.state)


def _made(output: Output, cache: Cache, folder: str, documents: Sequence[Document]) -> tuple[_State, list[Staged]]:
    size, shards = index((one.listed[0], one.labels, cache.terms(one.text)) for one in documents)
    files = [_staged(output, f"{folder}{number}.json", data) for number, data in enumerate(shards)]
    return _State(size, [one.made_from for one in files]), files


def _patched(
    output: Output,
    cache: Cache,
    language: str,
    folder: str,
    documents: Sequence[Document],
    known: Sequence[tuple[str, str]],
    fresh: Sequence[int],
) -> tuple[_State, list[Staged]] | None:
    """Change the shards that a few documents are in; None if the index has to be made anew."""
    state = _read(cache, language)
    if state is None or [name for name, _ in known] != [one.name for one in documents[: len(known)]]:
        return None
    paths = [f"{folder}{number}.json" for number in range(len(state.digests))]
    if len(fresh) * 4 > len(documents) or not all(map(output.is_same, paths, state.digests)):
        return None
    touched = _changes(cache, language, documents, fresh, len(known), len(paths))
    shards = {}
    for number, changes in touched.items():
        shards[number] = shard = _shard(output.directory / paths[number])
        state.size += sum(patch(shard, document, old, new) for document, (old, new) in changes.items())
    if shard_count(state.size) != len(paths):
        return None
    files = []
    for number, path in enumerate(paths):
        if number in shards:
            files.append(_staged(output, path, encoded(shards[number])))
            state.digests[number] = files[-1].made_from
        else:
            files.append(Staged(path, state.digests[number]))
    return state, files


_Changes = dict[int, tuple[dict[str, int], dict[str, int]]]


def _changes(
    cache: Cache, language: str, documents: Sequence[Document], fresh: Sequence[int], known: int, count: int
) -> dict[int, _Changes]:
    """By shard, then by document: the terms that it had and those that it has there."""
    touched: dict[int, _Changes] = defaultdict(lambda: defaultdict(lambda: ({}, {})))
    for number in fresh:
        one = documents[number]
        old = {}
        if number < known:
            old = weights(*cache.searched_labels(language, number), cache.searched_terms(one.text))
        new = weights(one.listed[0], one.labels, cache.terms(one.text))
        for place, terms in enumerate((old, new)):
            for term, weight in terms.items():
                touched[ord(term[0]) % count][number][place][term] = weight
    return touched


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
    except OSError as error:
        raise Damaged(f"{path}: {error}") from error
    return found


def _staged(output: Output, path: str, data: bytes) -> Staged:
    return output.staged(path, blake2b(data, digest_size=12).hexdigest(), lambda: data)
