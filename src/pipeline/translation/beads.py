"""Which units of a translation stand for which units of the English it was made from.

Machines keep the structure, so the usual case is one to one. Reviewers merge, split, drop, add and reorder paragraphs:
then a dynamic programme over both sequences finds the groups (m English units : n target units, in Gale and Church's
sense, https://aclanthology.org/J93-1004/), from what survives translation.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.markdown import Unit
from pipeline.translation.crossings import contradict, crossings
from pipeline.translation.document import Document
from pipeline.translation.features import Feature, features, together
from pipeline.translation.likeness import NEVER, Costs, length_cost
from pipeline.translation.rows import Columns, wholes

__all__ = ["Bead", "beads", "document_beads"]


@dataclass(frozen=True, slots=True)
class Bead:
    """`source` and `target` are ranges of indices; one of them may be empty.

    `parts` are the pairs of units in a group whose order was changed: together they stand for it in that order, and
    each for itself when the group is broken up.
    """

    source: range
    target: range
    parts: tuple[tuple[int, int], ...] = ()

    @property
    def simple(self) -> bool:
        """One unit for one unit."""
        return len(self.source) == len(self.target) == 1

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The pairs of units that are known to say the same."""
        return ((self.source.start, self.target.start),) if self.simple else self.parts

    def shifted(self, source: int, target: int) -> Bead:
        """The same group in texts that begin earlier."""
        return Bead(
            range(self.source.start + source, self.source.stop + source),
            range(self.target.start + target, self.target.stop + target),
            tuple((i + source, j + target) for i, j in self.parts),
        )


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
    groups += [bead.shifted(fields, others) for bead in beads(source.units[fields:], target.units[others:])]
    return groups


def beads(source: Sequence[Unit], target: Sequence[Unit]) -> list[Bead]:
    """The groups, in order, covering every unit of both sides once."""
    left, right = features(source, target)
    costs = Costs(left, right)
    if [_shape(unit) for unit in source] == [_shape(unit) for unit in target]:
        same = range(len(source))
        if all(costs.pair(i, i) < _DOUBTFUL and not contradict(left[i], right[i]) for i in same):
            return [Bead(range(i, i + 1), range(i, i + 1)) for i in same]
    ours, theirs = wholes(source), wholes(target)
    left, right = (
        [together(left[one.start : one.stop]) for one in ours],
        [together(right[one.start : one.stop]) for one in theirs],
    )
    found: list[Bead] = []
    anchors = _anchors(left, right) if len(left) > _LARGE else []
    whole_costs = Costs(left, right)
    for ones, others in _between(anchors, len(left), len(right)):
        found.extend(_programme(whole_costs, ones, others))
    grouped = _regrouped(found, left, right)
    columns = Columns(source, target, costs, [(ours[i], theirs[j]) for bead in grouped for i, j in bead.pairs])
    return [part for bead in grouped for part in _taken_apart(bead, ours, theirs, columns)]


def _taken_apart(bead: Bead, ours: Sequence[range], theirs: Sequence[range], columns: Columns) -> Iterator[Bead]:
    """A group of units and whole rows as groups of units: in rows that stand for each other, cell by cell."""
    source, target = _united(ours, bead.source), _united(theirs, bead.target)
    if not bead.simple:
        pairs = (pair for i, j in bead.parts for pair in columns.pairs(ours[i], theirs[j]))
        yield Bead(source, target, tuple(pairs))
        return
    i, j = source.start, target.start
    for one, other in (*columns.pairs(source, target), (source.stop, target.stop)):
        yield from (Bead(range(at, at + 1), range(j, j)) for at in range(i, one))
        if j < other:
            yield Bead(range(one, one), range(j, other))
        if one < source.stop:
            yield Bead(range(one, one + 1), range(other, other + 1))
        i, j = one + 1, other + 1


def _united(wholes: Sequence[range], bead: range) -> range:
    """The units of neighbouring wholes."""
    if not bead:
        start = wholes[bead.start].start if bead.start < len(wholes) else wholes[-1].stop if wholes else 0
        return range(start, start)
    return range(wholes[bead.start].start, wholes[bead[-1]].stop)


def _shape(unit: Unit) -> tuple[str, tuple[str, ...], str]:
    return unit.kind, unit.path, unit.name


# A pair that costs more than this is not taken on trust.
_DOUBTFUL = 4.0
# (English units, target units, how unlikely a reviewer is to do so)
_STEPS = ((1, 1, 0.1), (1, 0, 3.0), (0, 1, 3.0), (2, 1, 3.0), (1, 2, 3.0), (2, 2, 7.0), (3, 1, 4.5), (1, 3, 4.5))
_SWAP = (-2, -2)
_SWAPPED = 5.0
_LARGE = 300  # units
_Step = tuple[int, int]


def _anchors(left: Sequence[Feature], right: Sequence[Feature]) -> list[tuple[int, int]]:
    """Pairs that are beyond doubt, in order: they share at least two tokens that stand nowhere else."""
    votes: dict[tuple[int, int], int] = {}
    ours, theirs = _places(left), _places(right)
    for bit, i in ours.items():
        j = theirs.get(bit, -1)
        if i >= 0 and j >= 0:
            votes[i, j] = votes.get((i, j), 0) + 1
    sources, targets = [i for i, _ in votes], [j for _, j in votes]
    sure = [
        (i, j)
        for (i, j), count in sorted(votes.items())
        if count >= 2
        and sources.count(i) == targets.count(j) == 1
        and left[i].unit.kind == right[j].unit.kind
        and length_cost(left[i].length, right[j].length) < 0.5
    ]
    return _increasing(sure)


def _places(side: Sequence[Feature]) -> dict[int, int]:
    """Where each token stands; -1 if in several places."""
    places: dict[int, int] = {}
    for index, feature in enumerate(side):
        rest = feature.tokens
        while rest:
            bit = rest & -rest
            places[bit] = -1 if bit in places else index
            rest ^= bit
    return places


def _increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of pairs, sorted by their first numbers, whose second numbers grow too."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, (_, j) in enumerate(pairs):
        place = bisect_left(tails, j)
        tails[place : place + 1] = [j]
        ends[place : place + 1] = [index]
        previous.append(ends[place - 1] if place else -1)
    chain = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(pairs[index])
        index = previous[index]
    return chain[::-1]


def _between(anchors: Sequence[tuple[int, int]], rows: int, columns: int) -> Iterator[tuple[range, range]]:
    """The anchors as ranges of one, and the ranges between them."""
    row = column = 0
    for i, j in anchors:
        yield range(row, i), range(column, j)
        yield range(i, i + 1), range(j, j + 1)
        row, column = i + 1, j + 1
    yield range(row, rows), range(column, columns)


def _programme(costs: Costs, rows: range, columns: range) -> list[Bead]:
    """The cheapest way through both sequences; when it needs more room beside the diagonal, it gets more."""
    if len(rows) == len(columns) == 1:
        return [Bead(rows, columns)]
    band = 24
    while True:
        found, touched = _path(costs, rows, columns, band + abs(len(rows) - len(columns)))
        if not touched:
            return found
        band *= 4


def _path(costs: Costs, rows: range, columns: range, band: int) -> tuple[list[Bead], bool]:
    """The cheapest path within a band around the diagonal, and whether it ran along the band's edge."""
    spans = [
        range(max(0, middle - band), min(len(columns), middle + band) + 1)
        for middle in (i * len(columns) // max(len(rows), 1) for i in range(len(rows) + 1))
    ]
    best: list[dict[int, tuple[float, _Step]]] = [{} for _ in spans]
    best[0][0] = (0.0, (0, 0))
    for i, span in enumerate(spans):
        for j in span:
            if j in best[i]:
                here = best[i][j][0]
                for cost, step in _steps(costs, (rows.start + i, rows.stop), (columns.start + j, columns.stop)):
                    known = best[i + abs(step[0])].get(j + abs(step[1]))
                    if known is None or here + cost < known[0]:
                        best[i + abs(step[0])][j + abs(step[1])] = (here + cost, step)
    found, touched = [], False
    i, j = len(rows), len(columns)
    while i or j:
        touched = touched or (j == spans[i].start and j > 0) or (j == spans[i].stop - 1 and j < len(columns))
        step = best[i][j][1]
        m, n = abs(step[0]), abs(step[1])
        source, target = rows[i - m : i], columns[j - n : j]
        parts = ((source[0], target[1]), (source[1], target[0])) if step == _SWAP else ()
        found.append(Bead(source, target, parts))
        i, j = i - m, j - n
    return found[::-1], touched


def _steps(costs: Costs, rows: tuple[int, int], columns: tuple[int, int]) -> Iterator[tuple[float, _Step]]:
    """What may come next, with its cost. `rows` and `columns` are where it begins, and where the text ends."""
    (i, rows_end), (j, columns_end) = rows, columns
    for m, n, penalty in _STEPS:
        if i + m <= rows_end and j + n <= columns_end:
            if m == n == 1:
                yield penalty + costs.pair(i, j), (1, 1)
            elif not m or not n:
                yield penalty, (m, n)
            else:
                cost = costs.group(i, m, j, n)
                if cost < NEVER:
                    yield penalty + cost, (m, n)
    if i + 2 <= rows_end and j + 2 <= columns_end:
        yield _SWAPPED + costs.pair(i, j + 1) + costs.pair(i + 1, j), _SWAP


def _regrouped(found: Sequence[Bead], left: Sequence[Feature], right: Sequence[Feature]) -> list[Bead]:
    """The groups, those taken together whose units are paired across each other."""
    crossed = crossings(
        left,
        right,
        {bead.source.start: bead.target.start for bead in found if bead.simple},
        (
            {i for bead in found if not bead.target for i in bead.source},
            {j for bead in found if not bead.source for j in bead.target},
        ),
    )
    if not crossed:
        return list(found)
    pairs = dict(pair for bead in found for pair in bead.pairs)
    pairs = {i: j for i, j in pairs.items() if i not in crossed and j not in crossed.values()} | crossed
    return [_taken_together(group, pairs) for group in _groups(found, crossed)]


def _groups(found: Sequence[Bead], crossed: Mapping[int, int]) -> Iterator[Sequence[Bead]]:
    """Runs of groups, so that each pair of `crossed` is within one."""
    sources = {i: index for index, bead in enumerate(found) for i in bead.source}
    targets = {j: index for index, bead in enumerate(found) for j in bead.target}
    reach = list(range(len(found)))
    for i, j in crossed.items():
        first, last = sorted((sources[i], targets[j]))
        reach[first] = max(reach[first], last)
    start = 0
    while start < len(found):
        end = index = start
        while index <= end:
            end = max(end, reach[index])
            index += 1
        yield found[start : end + 1]
        start = end + 1


def _taken_together(group: Sequence[Bead], pairs: Mapping[int, int]) -> Bead:
    if len(group) == 1:
        return group[0]
    source = range(group[0].source.start, group[-1].source.stop)
    target = range(group[0].target.start, group[-1].target.stop)
    return Bead(source, target, tuple((i, pairs[i]) for i in source if i in pairs))
