"""A source post beside its translation, that translation's snapshot, and the draft that may replace both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.content.posts import Collection, Post, read_post, read_posts
from pipeline.errors import ContentError
from pipeline.places import Places

__all__ = ["Library", "Pair"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Everything there is about one post in one target locale; each part may be missing, but not all.

    With a `fault`, one of the parts that are None is there and cannot be read, or is there twice: such a pair can be
    shown, but nothing may be concluded from what it lacks, and nothing written in its place.
    """

    key: str
    locale: str
    source: Post | None
    target: Post | None
    snapshot: Post | None
    draft: Post | None
    draft_snapshot: Post | None
    fault: ContentError | None = None

    @property
    def behind(self) -> bool:
        """The translation was made from another English than today's."""
        return bool(self.source and self.target and self.snapshot and self.snapshot.digest != self.source.digest)


@dataclass(frozen=True, slots=True)
class Library:
    """All posts of a checkout, read once."""

    source: Collection
    targets: Mapping[str, Collection]
    snapshots: Mapping[str, Collection]
    drafts: Mapping[str, Collection]
    draft_snapshots: Mapping[str, Collection]

    @classmethod
    def read(cls, places: Places, read: Callable[[Path, Path], Post] = read_post) -> Library:
        """Read the source, every target locale and the open drafts; `read` takes the place of `read_post`."""
        return cls.of(places, lambda directory: read_posts(directory, read))

    @classmethod
    def of(cls, places: Places, read: Callable[[Path], Collection]) -> Library:
        """What `read` finds in each of the directories."""
        first, *others = places.directories
        source = read(first)
        parts: list[dict[str, Collection]] = [{}, {}, {}, {}]
        for number, directory in enumerate(others):
            parts[number % len(parts)][places.targets[number // len(parts)]] = read(directory)
        return cls(source, *parts)

    @property
    def problems(self) -> list[ContentError]:
        """What could not be read, anywhere, each fault once."""
        parts = [self.source, *(part for locale in self.targets for part in self._parts(locale)[1:])]
        return [error for part in parts for error in part.problems]

    def pair(self, key: str, locale: str) -> Pair:
        """The parts of one post; absent ones are None."""
        parts = self._parts(locale)
        source, target, snapshot, draft, draft_snapshot = (part.posts.get(key) for part in parts)
        fault = next(filter(None, (part.fault(key) for part in parts)), None)
        return Pair(key, locale, source, target, snapshot, draft, draft_snapshot, fault)

    def pairs(self, locale: str) -> list[Pair]:
        """One pair a post that exists in the source, the locale or its drafts, in order of their keys."""
        keys = {*self.source.posts, *self.targets[locale].posts, *self.drafts[locale].posts}
        return [self.pair(key, locale) for key in sorted(keys)]

    def _parts(self, locale: str) -> tuple[Collection, ...]:
        """What a pair is made of, in the order of its fields."""
        by_locale = (self.targets, self.snapshots, self.drafts, self.draft_snapshots)
        return (self.source, *(part[locale] for part in by_locale))
