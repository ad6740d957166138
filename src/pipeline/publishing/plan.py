"""What has to be done to turn the published site into the built one, why, and in which order.

The order keeps every reader on a whole site: what is linked is there before what links to it. Everything new goes
ahead of what changed, because nothing published refers to it yet.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from pipeline.publishing.headers import is_fingerprinted, is_page
from pipeline.publishing.manifest import Entry

__all__ = ["Action", "Reason", "Stage", "plan"]

Reason = Literal["new", "content changed", "headers changed", "unverified", "gone"]

# Feeds, sitemaps and search indexes: they list pages, so they come after all of them.
_FEED = re.compile(r"(\.(xml(\.gz)?|rss|atom|json|jsonfeed)|(^|/)robots\.txt)$", re.IGNORECASE)


class Stage(IntEnum):
    """Actions of one stage may run at once; a stage begins when the one before is done."""

    ASSETS = 0
    NEW_PAGES = 1
    NEW_INDEXES = 2
    PAGES = 3
    INDEXES = 4
    FEEDS = 5
    DELETIONS = 6


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `unverified`: what is stored there is not known, so it is written again."""

    kind: Literal["upload", "delete"]
    path: str
    reason: Reason
    stage: Stage


def plan(
    wanted: Mapping[str, Entry], published: Mapping[str, Entry], unsettled: Collection[str] = frozenset()
) -> tuple[Action, ...]:
    """The actions that lead from `published` to `wanted`, in order; empty if there is nothing to do.

    `unsettled` are paths that may hold anything, whatever `published` says.
    """
    indexes = _indexes(wanted)
    uploads = [
        Action("upload", path, reason, _stage(path, known=path in published, index=path in indexes))
        for path, entry in wanted.items()
        if (reason := _reason(entry, published.get(path), unsettled=path in unsettled))
    ]
    gone = {*published, *unsettled} - wanted.keys()
    deletions = [Action("delete", path, "gone", Stage.DELETIONS) for path in gone]
    uploads.sort(key=lambda action: (action.stage, action.path))
    deletions.sort(key=lambda action: (not is_page(action.path), action.path))  # no page outlives its assets
    return (*uploads, *deletions)


def _reason(entry: Entry, published: Entry | None, *, unsettled: bool) -> Reason | None:
    if unsettled:
        return "unverified"
    if published is None:
        return "new"
    if (entry.sha256, entry.size) != (published.sha256, published.size):
        return "content changed"
    return "headers changed" if entry != published else None


def _stage(path: str, *, known: bool, index: bool) -> Stage:
    if not is_page(path):
        return Stage.FEEDS if _FEED.search(path) and not is_fingerprinted(path) else Stage.ASSETS
    if index:
        return Stage.INDEXES if known else Stage.NEW_INDEXES
    return Stage.PAGES if known else Stage.NEW_PAGES


def _indexes(paths: Collection[str]) -> set[str]:
    """The home page, and the directories' own pages that have other pages below them: lists."""
    parents: set[str] = set()
    for path in filter(is_page, paths):
        folder, _, name = path.rpartition("/")
        if name == "index.html":
            folder = folder.rpartition("/")[0]
        while folder and folder not in parents:
            parents.add(folder)
            folder = folder.rpartition("/")[0]
    return {"index.html", *(f"{folder}/index.html" for folder in parents)}
