"""What has to be done to turn the published site into the built one, why, and in which order.

The order keeps every reader on a whole site: what is linked is there before what links to it. Everything new goes
ahead of what changed, because nothing published refers to it yet.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from typing import Literal

from pipeline.publishing.headers import is_fingerprinted, is_page
from pipeline.publishing.manifest import Entry

__all__ = ["Action", "Reason", "Stage", "Standing", "plan"]

Reason = Literal[
    "new", "content changed", "headers changed", "unverified", "drifted", "gone", "no longer used", "used again"
]

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
    """One thing to do.

    `unverified`: what is stored there is not known, so it is written again. `drifted`: it is known to be another than
    was published. A `keep` sends nothing: an asset that no page uses any more stays a while (`no longer used`), or is
    wanted before that is over (`used again`).
    """

    kind: Literal["upload", "delete", "keep"]
    path: str
    reason: Reason
    stage: Stage


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the store: `published` objects, `retired` ones that stay for a while, and the doubtful.

    `unsettled` paths may hold anything; what is at `drifted` ones is not what was published. `spent` are retired paths
    whose time is over. With `graceful`, assets that are no longer used are retired instead of deleted.
    """

    published: Mapping[str, Entry]
    retired: Mapping[str, Entry]
    unsettled: Collection[str] = frozenset()
    drifted: Collection[str] = frozenset()
    spent: Collection[str] = frozenset()
    graceful: bool = False


def plan(wanted: Mapping[str, Entry], standing: Standing) -> tuple[Action, ...]:
    """The actions that lead from what stands to what is `wanted`, in order; empty if there is nothing to do."""
    indexes = _indexes(wanted)
    published = standing.published
    uploads, keeps = [], []
    for path, entry in wanted.items():
        reason = _reason(path, entry, standing)
        if reason:
            stage = _stage(path, known=path in published, index=path in indexes)
            uploads.append(Action("upload", path, reason, stage))
        elif path not in published:
            keeps.append(Action("keep", path, "used again", Stage.DELETIONS))
    there = chain(published, standing.unsettled, standing.spent)
    gone = {path for path in there if path not in wanted}
    retired = {path for path in gone if _retires(path, wanted, standing)}
    keeps += [Action("keep", path, "no longer used", Stage.DELETIONS) for path in retired]
    deletions = [Action("delete", path, "gone", Stage.DELETIONS) for path in gone - retired]
    uploads.sort(key=lambda action: (action.stage, action.path))
    keeps.sort(key=lambda action: action.path)
    deletions.sort(key=lambda action: (not is_page(action.path), action.path))  # no page outlives its assets
    return (*uploads, *keeps, *deletions)


def _reason(path: str, entry: Entry, standing: Standing) -> Reason | None:
    if path in standing.unsettled:
        return "unverified"
    if path in standing.drifted:
        return "drifted"
    before = standing.published.get(path) or standing.retired.get(path)
    if before is None:
        return "new"
    if (entry.sha256, entry.size) != (before.sha256, before.size):
        return "content changed"
    return "headers changed" if entry != before else None


def _retires(path: str, wanted: Mapping[str, Entry], standing: Standing) -> bool:
    return (
        standing.graceful
        and path in standing.published
        and path not in standing.unsettled
        and path not in standing.drifted
        and is_fingerprinted(path)
        and not _in_the_way(path, wanted)
    )


def _in_the_way(path: str, wanted: Mapping[str, Entry]) -> bool:
    """Whether a directory stands now where the file was, or the other way round."""
    folders = path.split("/")
    above = ("/".join(folders[:depth]) for depth in range(1, len(folders)))
    return any(folder in wanted for folder in above) or any(other.startswith(f"{path}/") for other in wanted)


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
