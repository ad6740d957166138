"""Branches whose post has another name by now: what was written there goes on under the new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.config import Settings
from pipeline.content import Library, Post
from pipeline.content.posts import Collection, parse_post
from pipeline.errors import ContentError
from pipeline.review.entries import Files
from pipeline.review.git import Git
from pipeline.translation.moves import moves

__all__ = ["new_name"]


def new_name(settings: Settings, library: Library, git: Git, commit: str, files: Files, locale: str) -> str | None:
    """The key that a post has today whose translation is at `commit` under a key that is gone. None if it was deleted,
    if its translation under the new key is approved, or if what is there cannot be read.
    """
    if not all(files.blobs(git, commit)):
        return None
    directory = settings.content(locale)
    file = (settings.root / files.text).relative_to(directory)
    try:
        text, english = (
            parse_post(directory, file, git.read(commit, path).decode()) for path in (files.text, files.snapshot)
        )
    except (ContentError, UnicodeDecodeError):
        return None
    if text.key in library.source.posts or library.source.fault(text.key):
        return None
    known = replace(
        library,
        drafts=_with(library.drafts, locale, text),
        draft_snapshots=_with(library.draft_snapshots, locale, english),
    )
    return next((new for new, old in moves(known, locale).items() if old == text.key), None)


def _with(drafts: Mapping[str, Collection], locale: str, post: Post) -> dict[str, Collection]:
    there = drafts[locale]
    return {**drafts, locale: replace(there, posts={post.key: post, **there.posts})}
