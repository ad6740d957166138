"""The search index of a language, brought from what it was to what it is: a text that changed costs its own terms.

What is made is told to the cache by the process that builds; parts of the index may be made by copies of it.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from pipeline.site.cache import Cache, Damaged
from pipeline.site.indexing import Making, Text
from pipeline.site.output import Output, Staged
from pipeline.site.search import contents, encoded, patch, place_of, relabelled, shard_count, weights

__all__ = ["Document", "Documents", "Index", "patch_index"]


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
    """Documents in order, in a file that copies of this process may read: looking at the pages themselves, each of them
    would have them in its memory once more.
    """

    def __init__(self, path: Path, documents: Iterable[Document]) -> None:
        """Take them down in a new file."""
        self._path = path
        self._starts = array("Q", [0])
        with path.open("xb") as file:
            for one in documents:
                self._starts.append(self._starts[-1] + file.write(json.dumps(astuple(one)).encode() + b"\n"))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __iter__(self) -> Iterator[Document]:
        return self.some(0, len(self))

    def some(self, first: int, count: int) -> Iterator[Document]:
        """So many from a number on, if there are so many."""
        with self._path.open("rb") as file:
            file.seek(self._starts[min(first, len(self))])
            for line in islice(file, count):
                name, text, (title, href, date, language), labels, made_from = json.loads(line)
                yield Document(name, text, (title, href, date, language), labels, made_from)


@dataclass(slots=True)
class _State:
    """The index that is in the site: its size, and the digests of its shards."""

    size: int
    digests: list[str]


class Index:
    """The index of a language, in `folder` of the site, brought to its `documents`.

    If it cannot be `patched`, every part of `making` has to be done. Raises Damaged for what cannot have been kept.
    """

    def __init__(self, output: Output, cache: Cache, language: str, folder: str, documents: Documents) -> None:
        self._output, self._cache, self._language, self._folder = output, cache, language, folder
        self._documents = documents
        known = cache.searched(language)
        self._fresh, same = set[int](), 0
        for number, one in enumerate(documents):
            name, made_from = known[number] if number < len(known) else ("", "")
            same += one.name == name
            if (one.name, one.made_from) != (name, made_from):
                self._fresh.add(number)
        found = None
        if len(self._fresh) * 4 <= len(documents) and same == len(known):
            changed = {number: one for number, one in enumerate(documents) if number in self._fresh}
            found = _patched(output, cache, language, folder, changed, len(known))
        self._state, self.files = found or (_State(0, []), [])
        self.patched = found is not None
        self.making = Making(output.scratch(f"index-{language}"), len(documents), self._texts)

    def _texts(self, first: int, count: int) -> Iterator[Text]:
        return ((one.listed[0], one.labels, self._cache.text(one.text)) for one in self._documents.some(first, count))

    def shards(self, numbers: Iterable[int]) -> list[Staged]:
        """The files of some shards."""
        return [_staged(self._output, f"{self._folder}{number}.json", self.making.shard(number)) for number in numbers]

    def end(self) -> Iterator[Staged]:
        """All files, once there are all shards; keeps what the next build needs to change this index."""
        if not self.patched:
            digests = {file.path: file.made_from for file in self.files}
            paths = [f"{self._folder}{number}.json" for number in self.making.shards]
            self._state = _State(self.making.size, [digests[path] for path in paths])
        yield from self.files
        data = contents(self._state.digests, [one.listed for one in self._documents])
        yield _staged(self._output, f"{self._folder}index.json", data)
        fresh = ((number, one) for number, one in enumerate(self._documents) if number in self._fresh)
        _keep(self._cache, self._language, self._state, fresh)
        self._cache.forget_searched(self._language, len(self._documents))


def patch_index(
    output: Output, cache: Cache, language: str, folder: str, documents: Mapping[str, Document]
) -> list[Staged] | None:
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
    _keep(cache, language, state, fresh.items())
    return [*files, _staged(output, path, data)]


def _keep(cache: Cache, language: str, state: _State, fresh: Iterable[tuple[int, Document]]) -> None:
    """Keep what the next build needs to change this index: `fresh` are the documents that it did not have."""
    rows = ((number, one.name, one.made_from, (one.listed[0], one.labels)) for number, one in fresh)
    cache.keep_searched(language, rows)
    cache.keep_fact(f"search {language}", json.dumps([state.size, state.digests]))


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
        old: Mapping[str, int] = {}
        if number < known:
            old = weights(*cache.searched_labels(language, number), cache.searched_text(one.text))
        new = weights(one.listed[0], one.labels, cache.text(one.text))
        for place, terms, others in ((0, old, new), (1, new, old)):
            for term, weight in terms.items():
                if others.get(term) != weight:
                    touched[place_of(term) % count][number][place][term] = weight
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
