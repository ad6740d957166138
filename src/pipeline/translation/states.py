"""What state every post is in, in every target locale, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipeline.content import Library, Pair, Post
from pipeline.translation.align import align
from pipeline.translation.document import Document
from pipeline.translation.moves import moves
from pipeline.translation.state import PostState

__all__ = ["found_states"]


def found_states(
    library: Library, locale: str, fields: Sequence[str], posts: Collection[str] | None = None
) -> list[PostState]:
    """One state a post of `library`, in order of the keys; `fields` of front matter are text; `posts` narrows it."""
    moved = moves(library, locale)
    former = set(moved.values())
    pairs = library.pairs(locale) if posts is None else [library.pair(key, locale) for key in sorted(posts)]
    return [
        _state(pair, moved, library, locale, fields)
        for pair in pairs
        if not pair.fault and pair.key not in former and (pair.source or pair.target or pair.draft)
    ]


def _state(pair: Pair, moved: dict[str, str], library: Library, locale: str, fields: Sequence[str]) -> PostState:
    state, reason = _outline(pair)
    if pair.source is None or state == "excluded":
        return PostState(pair.key, locale, state, 0, 0, reason)
    snapshot = pair.draft_snapshot if state == "in review" else pair.snapshot
    if state == "missing" and pair.key in moved:
        former = library.pair(moved[pair.key], locale)
        snapshot = former.draft_snapshot or former.snapshot
        state, reason = "moved", f"was {former.key}; its translation follows"
    elif state == "missing":
        snapshot = None  # what is left of a translation that somebody removed
    document = Document.of(pair.source, fields)
    changes: list[tuple[int, int]] = []
    if snapshot is not None and snapshot.text != pair.source.text:
        changes = list(_changed(Document.of(snapshot, fields), document))
    changed = sum(segments for _, segments in changes)
    if snapshot is None and state != "foreign":
        changed = document.segments
    line = changes[0][0] if changes else None
    reason = _told(state, reason, changed, document.segments, line)
    if state == "in review" and pair.draft is not None and (left := _marked(pair.draft, fields)):
        reason += f"; {left} marked as not translated"
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


def _marked(draft: Post, fields: Sequence[str]) -> int:
    """How many units of a draft no engine could translate."""
    if "pipeline: untranslated" not in draft.text:
        return 0
    return sum(mark.kind == "untranslated" for mark in Document.of(draft, fields).marks.values())


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
