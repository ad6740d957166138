"""The states of all posts, found without reading what is as it was.

For every post, the states that were found last are kept with the sizes, times and inodes of the files that they were
found in. A post whose files are still so is not read again, unless they were written just before they were looked at:
a later change might have left the same times (as git has it with entries that are *racily clean*).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.content.tree import Tree, key_of
from pipeline.errors import ContentError
from pipeline.taken import TICK, program
from pipeline.translation.ahead import begun
from pipeline.translation.state import PostState
from pipeline.translation.surveyed import Basis, Surveyed

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.content import Collection, Library

__all__ = ["Survey", "detect", "library_of"]

Files = dict[str, str]  # the names of the files of a tree by the keys of their posts


class Survey(NamedTuple):
    """The states of all posts in all target locales, in order, and what could not be read."""

    states: list[PostState]
    problems: Sequence[ContentError] = ()

    @classmethod
    def at(cls, root: Path) -> Survey:
        """Look at every file of the site below `root`, and read those that are not known; its settings, too, are read
        only where they may be others than they were. Raises ConfigError for those.
        """
        look = _Look(root)
        given = _given(root, until=look.started - TICK)
        if look.known and given and look.known.given == given:
            return look.survey(look.known.basis, given)
        from pipeline.config import load
        from pipeline.config.environment import misnamed

        settings = load(root)
        # What is said of a variable has to be said again.
        return look.survey(Basis.of(settings), "" if misnamed(os.environ) else given)

    @classmethod
    def of(cls, settings: Settings) -> Survey:
        """The same, where the settings are read."""
        look, basis = _Look(settings.root), Basis.of(settings)
        return look.survey(basis, look.known.given if look.known and look.known.basis == basis else "")


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
    return _states(Basis.of(settings), library, locales, wanted)


def library_of(settings: Settings, posts: Iterable[str]) -> Library:
    """All that the states of these posts depend on: they, and where one may have moved, those that it may have been.

    No other post is read, unless the directories hold something unusual.
    """
    from pipeline.content import Library

    basis = Basis.of(settings)
    trees = basis.trees()
    files = trees and _by_key(trees)
    if not files:
        return Library.read(settings)
    keys = set(posts)
    for locale in range(len(settings.targets)):
        moved = _may_have_moved(files, locale)
        keys |= moved if keys & moved else set()
    return _library(basis, files, keys)


def _given(root: Path, *, until: int) -> str:
    """A digest of what the settings are from, pipeline.toml and the variables; nothing, if that was changed at `until`
    (nanoseconds since 1970) or later, and so may change again within the same tick of the clock.
    """
    root = Path(os.path.realpath(root))
    try:
        status = (root / "pipeline.toml").stat()
    except OSError:
        return ""
    if max(status.st_mtime_ns, status.st_ctime_ns) >= until:
        return ""
    variables = sorted((name, value) for name, value in os.environ.items() if name.startswith("PIPELINE_"))
    stamp = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    told = repr((str(root), stamp, variables)).encode("utf-8", "surrogateescape")
    return blake2b(told, digest_size=16).hexdigest()


class _Look:
    """One look at the files of a site; `known` is what the last one found."""

    def __init__(self, root: Path) -> None:
        self._ahead = begun()
        self.started = self._ahead.started if self._ahead else time.time_ns()
        self._program = program()
        self.known = Surveyed.read(root, self._program)

    def survey(self, basis: Basis, given: str) -> Survey:
        """`given` tells what the basis is from, as `_given` does."""
        known = self.known if self.known and self.known.basis == basis else None
        listing = (self._ahead and self._ahead.listing(basis)) or basis.listing()
        if listing and known and known.given == given and known.holds(listing):
            return Survey(known.states)
        trees = listing.trees() if listing else []
        files = _by_key(trees)
        if not listing or not files:
            return _complete(basis)
        to_read = known.changed(trees) | known.unsure if known else set().union(*files)
        for locale in range(len(basis.targets)):
            to_read |= _may_have_moved(files, locale)
        states = [state for state in known.states if state.post not in to_read] if known else []
        problems: list[ContentError] = []
        unsure: set[str] = set()
        if to_read:
            library = _library(basis, files, to_read)
            problems = library.problems
            found = {(state.post, state.locale): state for state in _states(basis, library)}
            recent = _recent(trees, self.started - TICK)
            unsure = {key for key in to_read if key in recent or not _is_sure(key, basis, files, found, library)}
            order = {locale: number for number, locale in enumerate(basis.targets)}
            states = sorted([*states, *found.values()], key=lambda state: (order[state.locale], state.post))
        Surveyed(self._program, given, basis, frozenset(unsure), states, listing).keep()
        return Survey(states, problems)


def _complete(basis: Basis) -> Survey:
    from pipeline.content import Library

    library = Library.read(basis)
    return Survey(_states(basis, library), library.problems)


def _states(
    basis: Basis, library: Library, locales: Sequence[str] | None = None, posts: Iterable[str] = ()
) -> list[PostState]:
    from pipeline.translation.states import found_states

    wanted = set(posts) or None
    found = [found_states(library, locale, basis.fields, wanted) for locale in locales or basis.targets]
    return [state for states in found for state in states]


def _is_sure(
    key: str, basis: Basis, files: Sequence[Files], found: Mapping[tuple[str, str], PostState], library: Library
) -> bool:
    """The states come from this post's files alone, and they are all known."""
    for number, locale in enumerate(basis.targets):
        source, (target, _, draft, _) = files[0], files[1 + 4 * number : 5 + 4 * number]
        state = found.get((key, locale))
        there = key in source or key in target or key in draft
        if library.pair(key, locale).fault or (state is None and there) or (state and state.state == "moved"):
            return False
    return True


def _by_key(trees: Iterable[Tree]) -> list[Files] | None:
    """None where two files are the same post."""
    found: list[Files] = []
    for tree in trees:
        names = [folder + name for folder, files in tree.items() for name in files.names]
        found.append({key_of(name): name for name in names})
        if len(found[-1]) < len(names):
            return None
    return found


def _recent(trees: Iterable[Tree], until: int) -> set[str]:
    """The keys of posts of which a file was changed at `until` or later: the next change may have the same times."""
    return {
        key_of(folder + name)
        for tree in trees
        for folder, (names, numbers) in tree.items()
        if max(max(numbers[1::4]), max(numbers[2::4])) >= until
        for name, *times in zip(names, numbers[1::4], numbers[2::4], strict=True)
        if max(times) >= until
    }


def _may_have_moved(files: Sequence[Files], locale: int) -> set[str]:
    """Posts without a translation and translations without a post, if there are both: they tell of each other."""
    source, (target, _, draft, _) = files[0], files[1 + 4 * locale : 5 + 4 * locale]
    fresh = source.keys() - target.keys()
    gone = (target.keys() | draft.keys()) - source.keys()
    return fresh | gone if fresh and gone else set()


def _library(basis: Basis, files: Sequence[Files], keys: set[str]) -> Library:
    """These posts, as if there were no others."""
    from pipeline.content.pairs import Library
    from pipeline.content.posts import read_some

    known = dict(zip(basis.directories, files, strict=True))

    def read(directory: Path) -> Collection:
        found = known[directory]
        return read_some(directory, sorted(Path(found[key]) for key in keys & found.keys()))

    return Library.of(basis, read)
