"""How unlikely it is that some units and some units of the translation say the same: negative logarithms."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import sqrt

from pipeline.markdown import Unit
from pipeline.translation.features import Feature, alike, together

__all__ = ["NEVER", "Costs", "length_cost"]

NEVER = 20.0
_SHARED, _EXTRA, _LOST, _LOST_WORD, _LOST_WORDS = 2.0, 1.6, 1.0, 0.15, 1.5
_MOST = 8.0
_MISFIT = 4.5
_ANY_LENGTH = 3.0
# The items of a list are left out and added rather than merged and split.
_ITEMS = 2.0
_OTHER_CODE = 3.0


class Costs:
    """The costs of pairing `left` with `right`; each is computed once."""

    def __init__(self, left: Sequence[Feature], right: Sequence[Feature]) -> None:
        self._left, self._right = left, right
        self._pairs: dict[tuple[int, int], float] = {}
        self._running = [_running_text(left), _running_text(right)]
        self._lengths = [list(accumulate((part.length for part in side), initial=0.0)) for side in (left, right)]

    def pair(self, i: int, j: int) -> float:
        """One unit for one unit."""
        found = self._pairs.get((i, j))
        if found is None:
            found = self._pairs[i, j] = _pair_cost(self._left[i], self._right[j])
        return found

    def group(self, i: int, m: int, j: int, n: int) -> float:
        """`m` units for `n` units. Only running text of one place is merged and split."""
        ours, theirs = self._running[0][i], self._running[1][j]
        if ours is None or theirs is None or ours[0] != theirs[0] or ours[1] < i + m or theirs[1] < j + n:
            return NEVER
        lengths = self._lengths
        misfit = _misfit(lengths[0][i + m] - lengths[0][i], lengths[1][j + n] - lengths[1][j])
        if misfit > _MISFIT:
            return NEVER
        items = _ITEMS if ours[0][-1:] == ("item",) else 0.0
        evidence = _evidence_cost(together(self._left[i : i + m]), together(self._right[j : j + n]))
        return min(misfit, _ANY_LENGTH) + evidence + items


def _running_text(features: Sequence[Feature]) -> list[tuple[tuple[str, ...], int] | None]:
    """For each paragraph the containers it is in, and the end of the run of paragraphs in them."""
    runs: list[tuple[tuple[str, ...], int] | None] = [None] * len(features)
    end = len(features)
    for index in range(len(features) - 1, -1, -1):
        unit = features[index].unit
        if features[index].note:
            continue
        following = runs[index + 1] if index + 1 < len(features) else None
        if unit.kind == "paragraph":
            end = following[1] if following and following[0] == unit.path else index + 1
            runs[index] = (unit.path, end)
    return runs


def _pair_cost(one: Feature, other: Feature) -> float:
    if other.note and not one.note:
        return NEVER
    kinds = _kind_cost(one.unit, other.unit)
    if not one.unit.segments and not other.unit.segments:
        return kinds + 8.0 * (1.0 - alike(one, other)) - 4.0
    if kinds >= NEVER:
        return kinds
    return kinds + length_cost(one.length, other.length) + _evidence_cost(one, other) + _other_code(one, other)


def _other_code(one: Feature, other: Feature) -> float:
    """Cells (or rows, by their first ones) that are nothing but code are the same or are not."""
    return _OTHER_CODE if one.code and other.code and one.code != other.code else 0.0


def length_cost(one: float, other: float) -> float:
    """Lengths of translations are distributed normally (Gale and Church, section 3.1), but for some."""
    return min(_misfit(one, other), _ANY_LENGTH)


def _misfit(one: float, other: float) -> float:
    deviation = (one - other) / (2.6 * sqrt((one + other) / 2) + 4)
    return deviation * deviation / 2


def _evidence_cost(one: Feature, other: Feature) -> float:
    """What stands in a translation in Latin letters or digits comes from the source."""
    shared = (one.tokens & other.tokens).bit_count()
    extra = (other.tokens & ~one.tokens).bit_count()
    lost, lost_words = (one.exact & ~other.tokens).bit_count(), (one.words & ~other.tokens).bit_count()
    cost = _EXTRA * extra + _LOST * lost + min(_LOST_WORD * lost_words, _LOST_WORDS) - _SHARED * shared
    return min(max(cost, -_MOST), _MOST)


def _kind_cost(one: Unit, other: Unit) -> float:
    if one.kind == other.kind:
        return 0.0 if one.path == other.path else 1.0
    if not one.segments or not other.segments or "cell" in {one.kind, other.kind}:
        return NEVER
    return 2.0 if one.kind[:7] == other.kind[:7] == "heading" else 5.0
