"""Which unit of the old English became which unit of the new: pure functions over their keys.

Equal runs are anchors; in the gaps between them a Needleman-Wunsch alignment pairs what was edited; what is left is
paired by similarity across the whole text, which finds what was moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from pipeline.markdown import Unit

__all__ = ["Match", "align"]

# Below this two units are not the same one, edited.
_EDITED = 0.5
_MOVED = 0.75


@dataclass(frozen=True, slots=True)
class Match:
    """`old[i]` became `new[j]`; `score` is 1 when they say the same."""

    old: int
    new: int
    score: float


def align(old: Sequence[Unit], new: Sequence[Unit]) -> list[Match]:
    """Pairs of indices, each index in at most one, in order of the new text."""
    anchors = _anchors(old, new)
    matches = list(anchors)
    for old_range, new_range in _gaps(anchors, len(old), len(new)):
        matches.extend(_fill(old, new, old_range, new_range))
    matches.extend(_leftovers(old, new, matches))
    return sorted(matches, key=lambda match: match.new)


def _name(unit: Unit) -> tuple[str, str, str]:
    return unit.kind, unit.name, unit.key


def _anchors(old: Sequence[Unit], new: Sequence[Unit]) -> list[Match]:
    matcher = SequenceMatcher(None, [_name(unit) for unit in old], [_name(unit) for unit in new], autojunk=False)
    return [
        Match(block.a + offset, block.b + offset, 1.0)
        for block in matcher.get_matching_blocks()
        for offset in range(block.size)
    ]


def _gaps(anchors: Sequence[Match], old_size: int, new_size: int) -> Iterator[tuple[range, range]]:
    old_start = new_start = 0
    for anchor in [*anchors, Match(old_size, new_size, 1.0)]:
        if anchor.old > old_start and anchor.new > new_start:
            yield range(old_start, anchor.old), range(new_start, anchor.new)
        old_start, new_start = anchor.old + 1, anchor.new + 1


def _similarity(one: Unit, other: Unit) -> float:
    """From 0 to 1. Opaque units never become text, nor a field another field."""
    if one.kind == other.kind == "field" and one.name != other.name:
        return 0.0
    if bool(one.segments) != bool(other.segments) or ("field" in {one.kind, other.kind} and one.kind != other.kind):
        return 0.0
    if one.key == other.key:
        return 1.0 if one.kind == other.kind else 0.95
    score = fuzz.ratio(one.key, other.key) / 100
    if one.kind == other.kind == "field":
        return max(score, _EDITED)  # a field is known by its name
    return score if one.kind == other.kind else score * 0.9


def _fill(old: Sequence[Unit], new: Sequence[Unit], old_range: range, new_range: range) -> Iterator[Match]:
    """The best order-keeping pairs of one gap. A gap beyond a million cells is left to the leftovers."""
    rows, columns = len(old_range), len(new_range)
    if rows * columns > 1_000_000:
        return
    scores = [[_similarity(old[i], new[j]) for j in new_range] for i in old_range]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            score = scores[row][column]
            paired = best[row + 1][column + 1] + score if score >= _EDITED else 0.0
            best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
    row = column = 0
    while row < rows and column < columns:
        score = scores[row][column]
        if score >= _EDITED and best[row][column] == best[row + 1][column + 1] + score:
            yield Match(old_range[row], new_range[column], score)
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1


def _leftovers(old: Sequence[Unit], new: Sequence[Unit], matches: Sequence[Match]) -> list[Match]:
    """What moved: equal units first, then the most similar."""
    free_old = set(range(len(old))) - {match.old for match in matches}
    free_new = set(range(len(new))) - {match.new for match in matches}
    found: list[Match] = []
    by_name: dict[tuple[str, str, str], list[int]] = {}
    for i in sorted(free_old, reverse=True):
        by_name.setdefault(_name(old[i]), []).append(i)
    for j in sorted(free_new):
        same = by_name.get(_name(new[j]))
        if same:
            i = same.pop()
            found.append(Match(i, j, 1.0))
            free_old.discard(i)
            free_new.discard(j)
    if len(free_old) * len(free_new) <= 250_000:
        scored = [(_similarity(old[i], new[j]), -j, -i) for i in free_old for j in free_new]
        for score, minus_j, minus_i in sorted((entry for entry in scored if entry[0] >= _MOVED), reverse=True):
            if -minus_i in free_old and -minus_j in free_new:
                found.append(Match(-minus_i, -minus_j, score))
                free_old.discard(-minus_i)
                free_new.discard(-minus_j)
    return found
