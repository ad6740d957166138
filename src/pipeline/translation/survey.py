"""The states of all posts, found without reading what is as it was.

For every post, the states that were found last are kept with the sizes, times and inodes of the files that they were
found in. A post whose files are still so is not read again. What was written just before it was looked at is not
kept, because a later change might leave the same times (as git has it with entries that are *racily clean*).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.content.tree import Stamp, directories, stamps
from pipeline.errors import ContentError
from pipeline.taken import TICK
from pipeline.translation.state import PostState
from pipeline.translation.surveyed import Entry, Surveyed

if TYPE_CHECKING:
    from pipeline.content import Collection, Library

__all__ = ["Survey", "detect", "library_of"]

_ABSENT: Stamp = (0, 0, 0, 0)

Tree = dict[str, tuple[str, Stamp]]


@dataclass(frozen=True)
class Survey:
    """The states of all posts in all target locales, in order, and what could not be read."""

    states: list[PostState] = field(default_factory=list)
    problems: list[ContentError] = field(default_factory=list)

    @classmethod
    def of(cls, settings: Settings) -> Survey:
        """Look at every file, and read those that are not known."""
        started = time.time_ns()
        trees = _usual_trees(settings)
        return _Round(settings, trees, started).survey() if trees is not None else _complete(settings)


def detect(
    settings: Settings, library: Library | None = None, *, posts: Iterable[str] = (), locale: str | None = None
) -> list[PostState]:
    """One state a post and target locale, in order; `posts` and `locale` narrow it.

    A post of which a part cannot be read has none: what is wrong is among the problems of the library, or the survey.
    """
    wanted = set(posts)
    locales = [locale] if locale else settings.targets
    if library is None:
        states = Survey.of(settings).states
        return [one for one in states if one.locale in locales and (not wanted or one.post in wanted)]
    from pipeline.translation.states import found_states

    return [state for target in locales for state in found_states(settings, library, target, wanted or None)]


def library_of(settings: Settings, posts: Iterable[str]) -> Library:
    """All that the states of these posts depend on: they, and where one may have moved, those that it may have been.

    No other post is read, unless the directories hold something unusual.
    """
    from pipeline.content import Library

    trees = _usual_trees(settings)
    if trees is None:
        return Library.read(settings)
    keys = set(posts)
    for locale in range(len(settings.targets)):
        moved = _may_have_moved(trees, locale)
        keys |= moved if keys & moved else set()
    return _library(settings, trees, keys)


def _complete(settings: Settings) -> Survey:
    from pipeline.content import Library

    library = Library.read(settings)
    return Survey(detect(settings, library), library.problems)


class _Round:
    """One survey of trees in which every file is a post, and every post one file a tree."""

    def __init__(self, settings: Settings, trees: list[Tree], started: int) -> None:
        self._settings, self._trees, self._started = settings, trees, started
        self._keys = sorted(set().union(*trees))
        self._files = {key: self._files_of(key) for key in self._keys}
        self._surveyed = Surveyed.read(settings)

    def survey(self) -> Survey:
        known = self._surveyed.entries
        to_read = {key for key, files in self._files.items() if key not in known or known[key].files != files}
        for locale in range(len(self._settings.targets)):
            to_read |= _may_have_moved(self._trees, locale)
        entries = {key: known[key] for key in self._keys if key not in to_read}
        found: dict[tuple[str, str], PostState] = {}
        problems: list[ContentError] = []
        if to_read:
            library = _library(self._settings, self._trees, to_read)
            problems = library.problems
            found = {(state.post, state.locale): state for state in detect(self._settings, library)}
            entries |= {key: self._entry(key, found) for key in to_read if self._may_be_kept(key, found, library)}
        self._surveyed.keep(entries)
        states = []
        for number, name in enumerate(self._settings.targets):
            for key in self._keys:
                state = found.get((key, name)) if key in to_read else entries[key].state(key, name, number)
                if state is not None:
                    states.append(state)
        return Survey(states, problems)

    def _files_of(self, key: str) -> list[int]:
        return [number for tree in self._trees for number in (tree[key][1] if key in tree else _ABSENT)]

    def _may_be_kept(self, key: str, found: Mapping[tuple[str, str], PostState], library: Library) -> bool:
        """The states come from this post's files alone, they are all known, and no change can have gone unseen."""
        times = max(max(tree[key][1][1:3]) for tree in self._trees if key in tree)
        if times >= self._started - TICK:
            return False
        for number, locale in enumerate(self._settings.targets):
            source, (target, _, draft, _) = self._trees[0], self._trees[1 + 4 * number : 5 + 4 * number]
            state = found.get((key, locale))
            there = key in source or key in target or key in draft
            if library.pair(key, locale).fault or (state is None and there) or (state and state.state == "moved"):
                return False
        return True

    def _entry(self, key: str, found: Mapping[tuple[str, str], PostState]) -> Entry:
        return Entry.of(self._files[key], [found.get((key, locale)) for locale in self._settings.targets])


def _usual_trees(settings: Settings) -> list[Tree] | None:
    """What is in each of the directories; None where one of them holds something unusual."""
    trees = [stamps(directory) for directory in directories(settings)]
    usual = [tree for tree in trees if tree is not None]
    return usual if len(usual) == len(trees) else None


def _may_have_moved(trees: Sequence[Tree], locale: int) -> set[str]:
    """Posts without a translation and translations without a post, if there are both: they tell of each other."""
    source, (target, _, draft, _) = trees[0], trees[1 + 4 * locale : 5 + 4 * locale]
    fresh = source.keys() - target.keys()
    gone = (target.keys() | draft.keys()) - source.keys()
    return fresh | gone if fresh and gone else set()


def _library(settings: Settings, trees: Sequence[Tree], keys: set[str]) -> Library:
    """These posts, as if there were no others."""
    from pipeline.content.pairs import Library
    from pipeline.content.posts import read_some

    known = dict(zip(directories(settings), trees, strict=True))

    def read(directory: Path) -> Collection:
        tree = known[directory]
        return read_some(directory, sorted(Path(tree[key][0]) for key in keys & tree.keys()))

    return Library.of(settings, read)
