"""The versions of each file through a site's git history, renames followed, in whichever repositories its parts are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adoption.git import Change, Commit, GitFault, Repository

__all__ = ["Histories", "History", "Version"]


@dataclass(frozen=True, slots=True)
class Version:
    """A file as a commit left it. `place` counts the commits from the oldest; `path` is its name at that time,
    `before` the blob that it replaced, empty for none.
    """

    commit: str
    time: int
    place: int
    path: str
    blob: str
    before: str


class History:
    """One repository's commits below a site."""

    def __init__(self, repository: Repository, commits: Sequence[Commit]) -> None:
        self.repository = repository
        self._changes: dict[str, list[tuple[int, Commit, Change]]] = {}
        for place, commit in zip(range(len(commits) - 1, -1, -1), commits, strict=True):
            for change in commit.changes:
                self._changes.setdefault(change.path, []).append((place, commit, change))

    def versions(self, path: Path) -> list[Version]:
        """The versions of a file of the work tree, oldest first; none of a file that is not known."""
        name = os.path.relpath(path.resolve(), self.repository.top.resolve()).replace(os.sep, "/")
        found: list[Version] = []
        limit: float = float("inf")
        while True:
            renamed = None
            for place, commit, change in self._changes.get(name, ()):
                if place >= limit:
                    continue
                if change.after:
                    found.append(Version(commit.id, commit.time, place, name, change.after, change.before))
                if change.was != name:
                    renamed, limit = change.was, place
                    break
            if renamed is None:
                return found[::-1]
            name = renamed

    def cut(self, version: Version) -> bool:
        """Whether a version stands at the edge of a shallow clone: it may be much older than its commit."""
        return version.commit in self.repository.shallow


class Histories:
    """The history of every directory, opened when it is first asked for; `faults` are those that cannot be read."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._by_top: dict[Path, History | None] = {}
        self._by_folder: dict[Path, Path | None] = {}
        self.faults: list[str] = []
        self.shallow: set[Path] = set()

    def of(self, path: Path) -> History | None:
        """The history that a file of the site belongs to."""
        top = self._top(path.parent)
        if top is None:
            return None
        if top not in self._by_top:
            self._by_top[top] = self._open(top)
        return self._by_top[top]

    def close(self) -> None:
        """End what was started for reading."""
        for history in self._by_top.values():
            if history:
                history.repository.close()

    def _top(self, folder: Path) -> Path | None:
        """The nearest directory above with a repository: a submodule has its own."""
        if folder not in self._by_folder:
            own = folder if (folder / ".git").exists() else None
            self._by_folder[folder] = own or (self._top(folder.parent) if folder.parent != folder else None)
        return self._by_folder[folder]

    def _open(self, top: Path) -> History | None:
        # A site may be a part of a larger repository, or hold one as a submodule.
        below = self._root if self._root.is_relative_to(top) else top
        try:
            repository = Repository.open(below)
            commits = repository.log(below)
        except GitFault as error:
            self.faults.append(f"{top}: {error}")
            return None
        if repository.shallow:
            self.shallow.add(top)
        return History(repository, commits)
