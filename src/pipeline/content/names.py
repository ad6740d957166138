"""How people name a post: by its key, or by one of its files."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from pipeline.config import Settings
from pipeline.content.posts import post_key
from pipeline.content.tree import SUFFIX

__all__ = ["key_named"]


def key_named(settings: Settings, name: str) -> str:
    """`posts/foo` for `posts/foo`, and for a path (from the working directory or the root) to its source, its
    translation, its draft or its snapshot, with or without `index.md`.
    """
    here, there = (Path(os.path.normpath(base.absolute() / name)) for base in (Path.cwd(), settings.root))
    for path in [here, there] if here.exists() else [there]:
        for folder in _folders(settings):
            if path.is_relative_to(folder) and path != folder:
                return _key(PurePosixPath(path.relative_to(folder)))
    return _key(PurePosixPath(name))


def _key(file: PurePosixPath) -> str:
    return post_key(file) if file.suffix == SUFFIX else str(file)


def _folders(settings: Settings) -> list[Path]:
    """The deepest first, for one lies in the other."""
    folders = [settings.content(settings.source)]
    for locale in settings.targets:
        folders += [settings.snapshots(locale), settings.content(locale)]
        folders += [settings.drafts(locale) / ".source", settings.drafts(locale)]
    return folders
