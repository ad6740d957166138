"""The search index of a language, brought from what it was to what it is: a text that changed costs its own terms.

What is made is told to the cache by the process that builds; the index itself may be made by a copy of it.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from hashlib import blake2b
from itertools import islice

from pipeline.site.cache import Cache, Damaged
from pipeline.site.output import Output, Staged
from pipeline.site.search import contents, encoded, index, patch, relabelled, shard_count, weights

__all__ = ["Document", "Documents", "Indexed", "keep_index", "make_index", "patch_index"]

_MANY = 512  # documents that are told to the cache at a time


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


class Documents:
    """Documents in order, in a file that copies of this process may read, one process at a time: looking at the pages
    themselves, each of them would have them in its memory once more.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        """Take them down."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (it goes when nobody needs it any more)
        self._file.writelines(json.dumps(astuple(one)).encode() + b"\n" for one in documents)
        self._file.flush()

    def __del__(self) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Document]:
        self._file.seek(0)
        for line in self._file:
            name, text, (title, href, date, language), labels, made_from = json.loads(line)
            yield Document(name, text, (title, href, date, language), labels, made_from)


@dataclass(frozen=True, slots=True)
class Indexed:
    """The files of an index, what is to be kept of it, and the numbers of the documents that it did not have."""

    files: tuple[Staged, ...]
    state: str
    fresh: tuple[int, ...]


@dataclass(slots=True)
class _State:
    """The index that is in the site: its size, and the digests of its shards."""

    size: int
    digests: list[str]


def make_index(output: Output, cache: Cache, language: str, folder: str, documents: Documents) -> Indexed:
    """The index of some documents, in `folder` of the site. Raises Damaged for what cannot have been kept."""
    known = cache.searched(language)
    fresh, same, count = [], 0, 0
    for number, one in enumerate(documents):
        name, made_from = known[number] if number < len(known) else ("", "")
        same += one.name == name
        count += 1
        if (one.name, one.made_from) != (name, made_from):
            fresh.append(number)
    found = None
    if len(fresh) * 4 <= count and same == len(known):
        few = set(fresh)
        changed = {number: one for number, one in enumerate(documents) if number in few}
        found = _patched(output, cache, language, folder, changed, len(known))
    state, files = found or _made(output, cache, folder, documents)
    data = contents(state.digests, [one.listed for one in documents])
    files.append(_staged(output, f"{folder}index.json", data))
    return Indexed(tuple(files), json.dumps([state.size, state.digests]), tuple(fresh))


def patch_index(
    output: Output, cache: Cache, language: str, folder: str, documents: Mapping[str, Document]
) -> Indexed | None:
    """The files of an index that change with these documents, which it has by these names, and which are listed as
    before; None if it has to be made anew. Raises Damaged for what cannot have been kept.
    """
    places = cache.searched_places(language, documents)
    fresh = {number: documents[name] for name, number in places.items()}
    found = _patched(output, cache, language, folder, fresh, max(fresh, default=0) + 1)
    if found is None or len(fresh) < len(documents):
        return None
    state, files = found
    path = f"{folder}index.json"
    try:
        data = relabelled((output.directory / path).read_bytes(), state.digests)
    except (OSError, ValueError) as error:
        raise Damaged(f"{path}: {error}") from error
    files.append(_staged(output, path, data))
    return Indexed(tuple(files), json.dumps([state.size, state.digests]), tuple(fresh))


def keep_index(cache: Cache, language: str, indexed: Indexed, fresh: Iterable[tuple[int, Document]]) -> None:
    """Keep what the next build needs to change this index: `fresh` are the documents of those numbers."""
    rows = ((number, one.name, one.made_from, (one.listed[0], one.labels)) for number, one in fresh)
    while some := list(islice(rows, _MANY)):
        cache.keep_searched(language, some)
    cache.keep_fact(f"search {language}", indexed.state)


def _made(output: Output, cache: Cache, folder: str, documents: Iterable[Document]) -> tuple[_State, list[Staged]]:
    try:
        size, shards = index((one.listed[0], one.labels, cache.terms(one.text)) for one in documents)
    except ValueError as error:
        raise Damaged(f"{cache.path}: {error}") from error
    files = [_staged(output, f"{folder}{number}.json", data) for number, data in enumerate(shards)]
    return _State(size, [one.made_from for one in files]), files


def _patched(
    output: Output, cache: Cache, language: str, folder: str, fresh: Mapping[int, Document], known: int
) -> tuple[_State, list[Staged]] | None:
    """Change the shards that a few documents are in, of which the first `known` are in the index; None if it has to be
    made anew.
    """
    state = _read(cache, language)
    if state is None:
        return None
    paths = [f"{folder}{number}.json" for number in range(len(state.digests))]
    if not all(map(output.is_same, paths, state.digests)):
        return None
    files = {path: Staged(path, made_from) for path, made_from in zip(paths, state.digests, strict=True)}
    try:
        for number, changes in _changes(cache, language, fresh, known, len(paths)).items():
            shard = json.loads((output.directory / paths[number]).read_bytes())
            state.size += sum(patch(shard, document, old, new) for document, (old, new) in changes.items())
            files[paths[number]] = staged = _staged(output, paths[number], encoded(shard))
            state.digests[number] = staged.made_from
    except (OSError, ValueError) as error:
        raise Damaged(f"{cache.path}: {error}") from error
    return (state, list(files.values())) if shard_count(state.size) == len(paths) else None


_Changes = dict[int, tuple[dict[str, int], dict[str, int]]]


def _changes(cache: Cache, language: str, fresh: Mapping[int, Document], known: int, count: int) -> dict[int, _Changes]:
    """By shard, then by document: the terms that are others there, as they were and as they are."""
    touched: dict[int, _Changes] = defaultdict(lambda: defaultdict(lambda: ({}, {})))
    for number, one in fresh.items():
        old = {}
        if number < known:
            old = weights(*cache.searched_labels(language, number), cache.searched_terms(one.text))
        new = weights(one.listed[0], one.labels, cache.terms(one.text))
        for place, terms, others in ((0, old, new), (1, new, old)):
            for term, weight in terms.items():
                if others.get(term) != weight:
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


def _staged(output: Output, path: str, data: bytes) -> Staged:
    return output.staged(path, blake2b(data, digest_size=12).hexdigest(), lambda: data)
