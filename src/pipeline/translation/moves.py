"""Posts that were renamed or moved: the old source is gone, and a new one is nearly what it was translated from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz.distance import Indel

from pipeline.content import Library, Post

__all__ = ["moves"]

# A renamed post is the same post when this much of its text is.
_RENAMED = 0.6
# A line that stands in more of the posts tells nothing.
_COMMON = 20
_FEW = 100


def moves(library: Library, locale: str) -> dict[str, str]:
    """New key → old key. What could not be read is neither."""
    gone = {key: list(posts) for key, posts in _gone(library, locale) if posts}
    fresh = {
        key: post
        for key, post in library.source.posts.items()
        if key not in library.targets[locale].posts and post.meta.translate and library.pair(key, locale).fault is None
    }
    scored = sorted(_scored(fresh, gone), key=lambda entry: (-entry[0], entry[1:]))
    found: dict[str, str] = {}
    for score, new, old in scored:
        if score >= _RENAMED and new not in found and old not in found.values():
            found[new] = old
    return found


def _gone(library: Library, locale: str) -> Iterator[tuple[str, list[Post]]]:
    """Keys whose source is gone, with the English that their translation, and an open draft of it, were made from."""
    for key in sorted({*library.targets[locale].posts, *library.drafts[locale].posts}):
        pair = library.pair(key, locale)
        if pair.source is not None or pair.fault:
            continue
        snapshots = [(pair.target, pair.snapshot), (pair.draft, pair.draft_snapshot)]
        yield key, [snapshot for text, snapshot in snapshots if text is not None and snapshot is not None]


def _scored(fresh: Mapping[str, Post], gone: Mapping[str, list[Post]]) -> Iterator[tuple[float, str, str]]:
    """(similarity, new, old) of pairs that may be the same post: of few all, of many those with a line in common."""
    few = len(fresh) * len(gone) <= _FEW
    holders: dict[str, list[str]] = {}
    for key, post in fresh.items() if gone and not few else ():
        for line in _lines(post):
            holders.setdefault(line, []).append(key)
    words = {key: post.body.split() for key, post in fresh.items()} if gone else {}
    for old, snapshots in gone.items():
        best: dict[str, float] = {}
        for snapshot in snapshots:
            alike = {key for line in _lines(snapshot) for key in holders.get(line, ()) if len(holders[line]) <= _COMMON}
            theirs = snapshot.body.split()
            for key in fresh if few else alike:
                score = 2.0 if fresh[key].text == snapshot.text else _alike(words[key], theirs)
                best[key] = max(best.get(key, 0.0), score)
        yield from ((score, key, old) for key, score in best.items())


def _lines(post: Post) -> set[str]:
    return {line for line in map(str.strip, post.text.splitlines()) if line}


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    return Indel.normalized_similarity(one, other, score_cutoff=_RENAMED) if one and other else 0.0
