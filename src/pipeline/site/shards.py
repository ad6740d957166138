"""Articles as data, so that another process may render them: the texts go there, what became of them comes back.

A shard holds no path that its worker reads. What all shards of a build are rendered with is packed once.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from pipeline.content.stored import loaded
from pipeline.errors import PipelineError
from pipeline.site.kept import Parcel
from pipeline.site.pages import Page
from pipeline.site.workshop import Headings, Workshop

__all__ = ["FEW", "Shard", "Spread", "render_packed", "spread_over"]

FEW = 50  # articles in a shard; of fewer than two shards, the process that builds makes all


@dataclass(frozen=True, slots=True)
class Shard:
    """Some articles: what people call them, as `locale/key`, and the bytes that a worker gets."""

    names: tuple[str, ...]
    data: bytes


# Has `render_packed` called somewhere with the bytes and with those of each shard, and says of each of these, by its
# number, as soon as it is done, what came out; None where nothing did.
Spread = Callable[[bytes, Sequence[Shard]], Iterator[tuple[int, bytes | None]]]


def spread_over(
    spread: Spread, workshop: Workshop, groups: Sequence[Sequence[Page]], headings: Callable[[Page], Headings | None]
) -> Iterator[tuple[Page, Parcel]]:
    """Each page of the groups, which have articles, with its article as `spread` had it rendered. A group is what
    `Workshop.parcels` takes, and `headings` tells those that are known already.

    What the workers cannot do, for whatever reason, is done here, and fails here.
    """
    batches = list(_batches(groups))
    shards = [
        Shard(
            tuple(f"{page.locale}/{page.key}" for group in batch for page in group),
            _packed([[(_carried(page), headings(page)) for page in group] for group in batch]),
        )
        for batch in batches
    ]
    common = _packed(replace(workshop, images=workshop.images.known(), diagrams=workshop.diagrams.known()))
    for number, data in spread(common, shards):
        batch = batches[number]
        made = cast("list[list[Parcel] | None]", _unpacked(data)) if data else [None] * len(batch)
        for group, some in zip(batch, made, strict=True):
            yield from zip(group, some or workshop.parcels((page, headings(page)) for page in group), strict=True)


def _batches(groups: Sequence[Sequence[Page]]) -> Iterator[list[Sequence[Page]]]:
    """Of some FEW pages."""
    batch: list[Sequence[Page]] = []
    for group in groups:
        batch.append(group)
        if sum(map(len, batch)) >= FEW:
            yield batch
            batch = []
    if batch:
        yield batch


def render_packed(common: bytes, shard: bytes) -> bytes:
    """For a worker: the articles of a shard by groups, each rendered, or None where that cannot be done there."""
    workshop = _workshop(common)
    groups = cast("list[list[tuple[Page, Headings | None]]]", _unpacked(shard))
    return _packed([_made(workshop, group) for group in groups])


def _made(workshop: Workshop, group: Sequence[tuple[Page, Headings | None]]) -> list[Parcel] | None:
    try:
        return workshop.parcels(group)
    except (PipelineError, OSError):
        return None


def _carried(page: Page) -> Page:
    """The page with all texts of its article."""
    if page.article is None:
        return page
    posts = {name: getattr(page.article, name) for name in ("post", "source", "snapshot")}
    texts: dict[str, Any] = {name: loaded(post) for name, post in posts.items() if post}
    return replace(page, article=replace(page.article, **texts))


@lru_cache(maxsize=1)  # the shards of a build have the same
def _workshop(common: bytes) -> Workshop:
    return cast("Workshop", _unpacked(common))


def _packed(what: object) -> bytes:
    return zlib.compress(pickle.dumps(what), 1)


def _unpacked(data: bytes) -> object:
    """Only for bytes of processes that may run code here anyway: a run's own workers."""
    return pickle.loads(zlib.decompress(data))  # noqa: S301
