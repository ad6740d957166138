"""Drafts as the files of a branch: what a draft would be in content/ once it is approved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pipeline.config import Settings
from pipeline.content import Library, Pair, Post
from pipeline.content.posts import post_key
from pipeline.review.git import Git
from pipeline.review.hub import Hub
from pipeline.translation.moves import moves
from pipeline.translation.starts import with_later_edits

__all__ = ["Entry", "Files", "Held", "entries", "files_of", "on_branch"]


@dataclass(frozen=True, slots=True)
class Files:
    """Where a translation and its snapshot are, relative to the root."""

    text: str
    snapshot: str

    def blobs(self, git: Git, commit: str) -> tuple[str, str]:
        """The ids of both in a commit; empty for what is not there."""
        return git.blob(commit, self.text), git.blob(commit, self.snapshot)


@dataclass(frozen=True, slots=True)
class Entry:
    """A draft to propose: `blobs` are its text and its snapshot, `gone` the paths that it takes the place of."""

    post: str
    locale: str
    pair: Pair
    files: Files
    blobs: tuple[str, str]
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A draft that cannot be proposed as it is."""

    post: str
    locale: str
    reason: str


def files_of(settings: Settings, locale: str, file: str) -> Files:
    """The two files of a post in a locale."""
    root = settings.root
    return Files(
        (settings.content(locale) / file).relative_to(root).as_posix(),
        (settings.snapshots(locale) / file).relative_to(root).as_posix(),
    )


def entries(
    settings: Settings, library: Library, hub: Hub, posts: Sequence[str], locale: str
) -> Iterator[Entry | Held]:
    """Every draft of a locale, or those of `posts`."""
    moved = moves(library, locale)
    for pair in library.pairs(locale):
        if posts and pair.key not in posts:
            continue
        if pair.fault:
            if library.drafts[locale].posts.get(pair.key) or library.drafts[locale].fault(pair.key):
                yield Held(pair.key, locale, f"a part of this post cannot be read: {pair.fault}")
        elif pair.draft is not None:
            if pair.key in moved.values():
                new = next(new for new, old in moved.items() if old == pair.key)
                yield Held(pair.key, locale, f"the post that it translates is `{new}` now: run `pipeline translate`.")
            else:
                yield _entry(settings, library, hub, pair, pair.draft, moved.get(pair.key))


def _entry(settings: Settings, library: Library, hub: Hub, pair: Pair, draft: Post, was: str | None) -> Entry | Held:
    key, locale = pair.key, pair.locale
    if pair.draft_snapshot is None:
        return Held(key, locale, "the draft has no snapshot: run `pipeline translate` again.")
    if pair.source is None:
        return Held(key, locale, "the post that it translates is gone. Restore that, or remove the draft.")
    english = pair.source.path.relative_to(settings.root).as_posix()
    if not hub.git.blob(hub.start, english) and not hub.git.blob(hub.tip, english):
        where = f"`{hub.base}`" if hub.local else f"`{hub.base}` of {hub.remote}"
        return Held(key, locale, f"{english} is not on {where} yet: commit it" + ("." if hub.local else " and push."))
    former = library.pair(was, locale) if was else pair
    text: str | int = draft.text
    if former.target is not None:
        text = with_later_edits(settings, locale, draft, former.target)
    if isinstance(text, int):
        live = former.target.path.relative_to(settings.root) if former.target else ""
        return Held(key, locale, f"{live}:{text} was changed after this draft was begun. Bring the change over.")
    file = str(pair.source.file)
    files = files_of(settings, locale, file)
    blobs = (
        hub.git.store(files.text, text.encode()),
        hub.git.store(files.snapshot, pair.draft_snapshot.text.encode()),
    )
    drafts = settings.drafts(locale).relative_to(settings.root)
    gone = [(drafts / draft.file).as_posix(), (drafts / ".source" / draft.file).as_posix()]
    if former.target is not None and str(former.target.file) != file:
        old = files_of(settings, locale, str(former.target.file))
        gone += [old.text, old.snapshot]
    return Entry(key, locale, pair, files, blobs, tuple(gone))


def on_branch(settings: Settings, hub: Hub, commit: str) -> list[tuple[str, str, Files]]:
    """(post, locale, files) of the translations that a branch at `commit` proposes."""
    git = hub.git
    base = git.asked("merge-base", commit, hub.tip) or hub.tip
    found = []
    for locale in settings.targets:
        below = settings.snapshots(locale).relative_to(settings.root).as_posix()
        before = git.blobs(base, below)
        for path, blob in git.blobs(commit, below).items():
            file = path.removeprefix(f"{below}/")
            if not path.endswith(".md") or {"..", ".git"} & set(PurePosixPath(file).parts):
                continue
            files = files_of(settings, locale, file)
            if before.get(path) != blob or git.blob(base, files.text) != git.blob(commit, files.text):
                found.append((post_key(PurePosixPath(file)), locale, files))
    return found
