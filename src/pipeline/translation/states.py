"""What state every post is in, in every target locale, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from pipeline.config import Settings
from pipeline.content import Library, Pair, Post
from pipeline.translation.align import align
from pipeline.translation.document import Document

__all__ = ["PostState", "detect", "moves"]

# A renamed post is the same post when this much of its text is.
_RENAMED = 60.0


@dataclass(frozen=True, slots=True)
class PostState:
    """`state` is one of missing, current, stale, in review, moved, orphaned, foreign, excluded; `changed` of
    `segments` segments have no approved translation. `line` is the first line of the source that changed.
    """

    post: str
    locale: str
    state: str
    changed: int
    segments: int
    reason: str
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As `pipeline status --json` prints it."""
        return {
            "post": self.post,
            "locale": self.locale,
            "state": self.state,
            "changed": self.changed,
            "segments": self.segments,
            "reason": self.reason,
        }


def detect(
    settings: Settings, library: Library | None = None, *, posts: Iterable[str] = (), locale: str | None = None
) -> list[PostState]:
    """One state a post and target locale, in order; `posts` and `locale` narrow it.

    A post of which a part cannot be read has none: it is among the library's problems.
    """
    library = library or Library.read(settings)
    wanted = set(posts)
    states = []
    for target in [locale] if locale else settings.targets:
        moved = moves(library, target)
        for pair in library.pairs(target):
            if pair.fault is None and (not wanted or pair.key in wanted) and pair.key not in moved.values():
                found = _state(settings, pair, moved, library, target)
                states.append(found)
    return states


def moves(library: Library, locale: str) -> dict[str, str]:
    """New key → old key of the posts that were renamed: the old source is gone, the new one is nearly its snapshot."""
    gone = {
        key: snapshot
        for key, snapshot in library.snapshots[locale].posts.items()
        if key not in library.source.posts
        and key in library.targets[locale].posts
        and library.pair(key, locale).fault is None
    }
    fresh = [
        post
        for key, post in library.source.posts.items()
        if key not in library.targets[locale].posts and post.meta.translate and library.pair(key, locale).fault is None
    ]
    scored = sorted(
        ((_alike(post, snapshot), post.key, key) for post in fresh for key, snapshot in gone.items()), reverse=True
    )
    found: dict[str, str] = {}
    for score, new, old in scored:
        if score >= _RENAMED and new not in found and old not in found.values():
            found[new] = old
    return found


def _alike(one: Post, other: Post) -> float:
    if one.text == other.text:
        return 100.0
    shorter, longer = sorted((len(one.body), len(other.body)))
    if not longer or shorter / longer < _RENAMED / 100:
        return 0.0
    return float(fuzz.ratio(one.body, other.body))


def _state(settings: Settings, pair: Pair, moved: dict[str, str], library: Library, locale: str) -> PostState:
    state, reason = _outline(pair)
    if pair.source is None or state == "excluded":
        return PostState(pair.key, locale, state, 0, 0, reason)
    snapshot = pair.draft_snapshot if state == "in review" else pair.snapshot
    if state == "missing" and pair.key in moved:
        snapshot = library.pair(moved[pair.key], locale).snapshot
        state, reason = "moved", f"was {moved[pair.key]}; its translation follows"
    fields = settings.translation.fields
    document = Document.of(pair.source, fields)
    changes: list[tuple[int, int]] = []
    if snapshot is not None and snapshot.text != pair.source.text:
        changes = list(_changed(Document.of(snapshot, fields), document))
    changed = sum(segments for _, segments in changes)
    if snapshot is None and state != "foreign":
        changed = document.segments
    line = changes[0][0] if changes else None
    reason = _told(state, reason, changed, document.segments, line)
    return PostState(pair.key, locale, state, changed, document.segments, reason, line)


def _outline(pair: Pair) -> tuple[str, str]:
    """The state as far as it shows without reading the text."""
    if pair.source is None:
        if pair.target is None:
            return "orphaned", "a draft whose source is gone"
        return "orphaned", "the source is gone"
    if not pair.source.meta.translate:
        return "excluded", "`translate: false`"
    if pair.draft is not None:
        newer = pair.draft_snapshot is None or pair.draft_snapshot.text != pair.source.text
        return "in review", "a draft waits for review" + (", and the source is newer" if newer else "")
    if pair.target is None:
        return "missing", "there is no translation"
    if pair.snapshot is None:
        return "foreign", "a translation without a snapshot: adopt it"
    if pair.snapshot.text == pair.source.text:
        return "current", "made from this source"
    return "stale", ""


def _told(state: str, reason: str, changed: int, total: int, line: int | None) -> str:
    if state == "stale":
        if not changed:
            return "only code, layout or other fields changed"
        return f"{changed} of {total} segments changed" + (f", the first in line {line}" if line else "")
    return f"{reason}; {changed} of {total} segments changed" if changed and state in {"in review", "moved"} else reason


def _changed(old: Document, new: Document) -> Iterator[tuple[int, int]]:
    """(line, number of segments) of every unit that the old English does not have."""
    became = {match.new: match for match in align(old.units, new.units)}
    for index, unit in enumerate(new.units):
        match = became.get(index)
        if not unit.segments or (match and match.score == 1.0):
            continue
        known = {(s.message, s.signature) for s in old.units[match.old].segments} if match else set()
        count = sum((segment.message, segment.signature) not in known for segment in unit.segments)
        yield unit.line, max(count, 1)
