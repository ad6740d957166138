"""Which units of a translation stand for which units of the English it was made from.

Machines keep the structure, so the usual case is one to one. Reviewers merge, split, drop and add paragraphs: then a
dynamic programme over both sequences finds the groups (m English units : n target units, in Gale and Church's sense,
https://aclanthology.org/J93-1004/), from what survives translation: kind, code, numbers, addresses, and length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.markdown import Unit
from pipeline.translation.document import Document

__all__ = ["Bead", "beads", "document_beads"]


@dataclass(frozen=True, slots=True)
class Bead:
    """`source` and `target` are ranges of indices; one of them may be empty."""

    source: range
    target: range

    @property
    def simple(self) -> bool:
        """One unit for one unit."""
        return len(self.source) == len(self.target) == 1


def beads(source: Sequence[Unit], target: Sequence[Unit]) -> list[Bead]:
    """The groups, in order, covering every unit of both sides once."""
    if [_shape(unit) for unit in source] == [_shape(unit) for unit in target]:
        return [Bead(range(i, i + 1), range(i, i + 1)) for i in range(len(source))]
    return _programme(source, target)


def document_beads(source: Document, target: Document) -> list[Bead]:
    """The groups of two posts: front matter fields by their names, then the units of the bodies."""
    names = {unit.name: index for index, unit in enumerate(target.units) if unit.kind == "field"}
    fields = sum(unit.kind == "field" for unit in source.units)
    groups = []
    for index, unit in enumerate(source.units[:fields]):
        other = names.pop(unit.name, None)
        groups.append(Bead(range(index, index + 1), range(other, other + 1) if other is not None else range(0)))
    groups += [Bead(range(0), range(index, index + 1)) for index in names.values()]
    others = sum(unit.kind == "field" for unit in target.units)
    for bead in beads(source.units[fields:], target.units[others:]):
        groups.append(Bead(_shifted(bead.source, fields), _shifted(bead.target, others)))
    return groups


def _shifted(indices: range, offset: int) -> range:
    return range(indices.start + offset, indices.stop + offset)


def _shape(unit: Unit) -> tuple[str, tuple[str, ...], str]:
    return unit.kind, unit.path, unit.name


# (English units, target units, cost of the step itself)
_STEPS = ((1, 1, 0.0), (1, 0, 0.9), (0, 1, 0.9), (2, 1, 0.7), (1, 2, 0.7), (2, 2, 1.3), (3, 1, 1.2), (1, 3, 1.2))
_INVARIANT = re.compile(r"`[^`]+`|https?://[^\s)>\]]+|\]\([^)\s]+|\d+(?:[.,]\d+)*|\$[^$]+\$")


@dataclass(frozen=True, slots=True)
class _Feature:
    unit: Unit
    invariants: frozenset[str]
    length: float


def _feature(unit: Unit) -> _Feature:
    # A Han character says about as much as two and a half Latin ones.
    length = sum(2.5 if character >= "\u2e80" else 1.0 for character in unit.key)
    return _Feature(unit, frozenset(_INVARIANT.findall(unit.source)), length)


def _programme(source: Sequence[Unit], target: Sequence[Unit]) -> list[Bead]:
    left, right = [_feature(unit) for unit in source], [_feature(unit) for unit in target]
    rows, columns = len(left), len(right)
    band = max(60, abs(rows - columns) + 60)
    infinity = float("inf")
    best: list[dict[int, tuple[float, tuple[int, int]]]] = [{} for _ in range(rows + 1)]
    best[0][0] = (0.0, (0, 0))
    for i in range(rows + 1):
        middle = i * columns // max(rows, 1)
        for j in range(max(0, middle - band), min(columns, middle + band) + 1):
            here = best[i].get(j, (infinity, (0, 0)))[0]
            if here == infinity:
                continue
            for m, n, penalty in _STEPS:
                if i + m > rows or j + n > columns:
                    continue
                cost = here + penalty + _cost(left[i : i + m], right[j : j + n])
                if cost < best[i + m].get(j + n, (infinity, (0, 0)))[0]:
                    best[i + m][j + n] = (cost, (m, n))
    result = []
    i, j = rows, columns
    while i or j:
        m, n = best[i][j][1]
        result.append(Bead(range(i - m, i), range(j - n, j)))
        i, j = i - m, j - n
    return result[::-1]


def _cost(source: Sequence[_Feature], target: Sequence[_Feature]) -> float:
    """How unlikely it is that these say the same, from 0 to about 3."""
    if not source or not target:
        return 0.0
    if len(source) == len(target) == 1:
        kinds = _kind_cost(source[0].unit, target[0].unit)
    else:  # only running text is merged and split
        units = [feature.unit for feature in (*source, *target)]
        kinds = 0.0 if all(unit.kind == "paragraph" and unit.path == units[0].path for unit in units) else 3.0
    ours = frozenset().union(*(feature.invariants for feature in source))
    theirs = frozenset().union(*(feature.invariants for feature in target))
    shared = 0.0
    if ours or theirs:
        shared = 1.0 - len(ours & theirs) / len(ours | theirs)
    long = sum(feature.length for feature in source) + 1
    other = sum(feature.length for feature in target) + 1
    lengths = min(abs(long - other) / max(long, other), 1.0)
    return kinds + 0.8 * shared + 0.6 * lengths


def _kind_cost(one: Unit, other: Unit) -> float:
    if "field" in {one.kind, other.kind}:
        return 0.0 if one.kind == other.kind and one.name == other.name else 9.0
    if bool(one.segments) != bool(other.segments) and "code" in {one.kind, other.kind}:
        return 3.0
    if one.kind == other.kind:
        return 0.0 if one.path == other.path else 0.3
    return 0.8 if one.kind[:7] == other.kind[:7] else 2.0
