"""Units that a reviewer put in another order: pairs that no order-keeping alignment can find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.translation.features import Feature, alike

__all__ = ["contradict", "crossings"]

# A pair across the order needs much in common, and clearly more than any other pair of either unit.
_SURE = 0.6
_CLEARLY = 0.2
_DOUBTFUL = 0.2
_MOST = 40_000


def crossings(
    left: Sequence[Feature], right: Sequence[Feature], pairs: Mapping[int, int], alone: tuple[set[int], set[int]]
) -> dict[int, int]:
    """Pairs (source → target) that take the place of what `pairs` says, or doesn't, of the same units.

    `pairs` are one to one and in order; `alone` are the units on either side that stand for nothing yet.
    """
    doubtful = {i: j for i, j in pairs.items() if contradict(left[i], right[j])}
    ours, theirs = sorted({*doubtful, *alone[0]}), sorted({*doubtful.values(), *alone[1]})
    if not ours or not theirs or len(ours) * len(theirs) > _MOST:
        return {}
    scores = {(i, j): score for i in ours for j in theirs if (score := _score(left[i], right[j])) > 0}
    found: dict[int, int] = {}
    for (i, j), score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if score < _SURE:
            break
        rivals = [other for pair, other in scores.items() if (pair[0] == i) != (pair[1] == j)]
        if score - max(rivals, default=0.0) >= _CLEARLY:
            found[i] = j
    return _without_thefts(found, doubtful)


def contradict(one: Feature, other: Feature) -> bool:
    """Both have something to go by, and it is not the same."""
    if not one.unit.segments and not other.unit.segments:
        return alike(one, other) < 0.5
    return bool(one.tokens and other.tokens) and alike(one, other) < _DOUBTFUL


def _score(one: Feature, other: Feature) -> float:
    if one.unit.kind != other.unit.kind or not 0.4 < (one.length + 8) / (other.length + 8) < 2.5:
        return 0.0
    if one.code and one.code == other.code:
        return 1.0
    if one.unit.segments and (one.tokens & other.tokens).bit_count() < 2:
        return 0.0
    return alike(one, other)


def _without_thefts(found: Mapping[int, int], doubtful: Mapping[int, int]) -> dict[int, int]:
    """A unit that is taken from its pair must leave nobody behind who had only that: such pairs are left in peace."""
    kept = dict(found)
    partners = {j: i for i, j in doubtful.items()}
    while True:
        bad = [i for i, j in kept.items() if not _settled(i, j, kept, doubtful, partners)]
        if not bad:
            return {i: j for i, j in kept.items() if doubtful.get(i) != j}
        for i in bad:
            del kept[i]


def _settled(i: int, j: int, kept: Mapping[int, int], doubtful: Mapping[int, int], partners: Mapping[int, int]) -> bool:
    """Whoever was paired with `i` or `j` before has found someone else."""
    former_target, former_source = doubtful.get(i), partners.get(j)
    values: Iterable[int] = kept.values()
    return (former_target is None or former_target in values) and (former_source is None or former_source in kept)
