"""A search index made from nothing, in parts: processes may do each of them by itself, and none takes much memory."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.site.search import BUCKETS, bucketed, merged, shard, shard_count

__all__ = ["Making"]

_DOCUMENTS = 96  # that are gathered at a time
_MERGES = 32  # parts of the buckets

Text = tuple[str, str, str]  # title, labels, and text


class Making:
    """An inverted index of documents: a term is in the shard whose number is its bucket's, modulo how many there are.

    Every part that `gathers` names is to be done, and its result told; then every one that `merges` names; then `size`
    is how large the index is, and each of so many `shards` can be had. `folder` holds what is in between.
    """

    def __init__(self, folder: Path, count: int, documents: Callable[[int, int], Iterable[Text]]) -> None:
        """`documents` gives so many of the `count` documents, from a number on."""
        self._folder, self._documents = folder, documents
        self.gathers = range(-(-count // _DOCUMENTS))
        self.merges = range(_MERGES)
        self.size = 0
        self._gathered: dict[int, array[int]] = {}  # by part: the lengths of the buckets
        self._merged: dict[int, tuple[int, int]] = {}  # by bucket: where it is in its part, and how long

    def gather(self, part: int) -> array[int]:
        """Some documents' terms, put into buckets."""
        first = part * _DOCUMENTS
        with self._path("gathered", part).open("wb") as file:
            return array("L", map(file.write, bucketed(self._documents(first, _DOCUMENTS), first)))

    def gathered(self, part: int, lengths: array[int]) -> None:
        """What `gather` gave."""
        self._gathered[part] = lengths

    def merge(self, part: int) -> tuple[int, list[int]]:
        """Some buckets as shards have them."""
        size, lengths = 0, []
        with self._path("merged", part).open("wb") as file:
            for bucket in range(part, BUCKETS, _MERGES):
                grown, items = merged(self._bucket(bucket))
                size += grown
                lengths.append(sum(map(file.write, items)))
        return size, lengths

    def merged(self, part: int, result: tuple[int, list[int]]) -> None:
        """What `merge` gave."""
        size, lengths = result
        self.size += size
        start = 0
        for bucket, length in zip(range(part, BUCKETS, _MERGES), lengths, strict=True):
            self._merged[bucket] = start, length
            start += length

    @property
    def shards(self) -> range:
        """Their numbers."""
        return range(shard_count(self.size))

    def shard(self, number: int) -> bytes:
        """The content of its file."""
        return shard(
            _part_of(self._path("merged", bucket % _MERGES), *self._merged[bucket])
            for bucket in range(number, BUCKETS, len(self.shards))
        )

    def _bucket(self, number: int) -> Iterator[bytes]:
        for part in self.gathers:
            lengths = self._gathered[part]
            yield _part_of(self._path("gathered", part), sum(lengths[:number]), lengths[number])

    def _path(self, kind: str, part: int) -> Path:
        return self._folder / f"{kind}-{part}"


def _part_of(path: Path, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(length)
