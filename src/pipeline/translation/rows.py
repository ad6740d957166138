"""Tables: a row is aligned as a whole, and its cells by the columns of the two tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.markdown import Unit
from pipeline.translation.likeness import Costs

__all__ = ["Columns", "is_cell", "same_row", "wholes"]

_Pairs = tuple[tuple[int, int], ...]


def is_cell(unit: Unit) -> bool:
    """Of a table."""
    return unit.kind == "cell"


def same_row(one: Unit, other: Unit) -> bool:
    """Both are cells of one row."""
    return is_cell(one) and is_cell(other) and one.line == other.line


def wholes(units: Sequence[Unit]) -> list[range]:
    """What is aligned as a whole: the cells of a row, or one other unit."""
    found: list[range] = []
    for index, unit in enumerate(units):
        if found and same_row(units[found[-1].start], unit):
            found[-1] = range(found[-1].start, index + 1)
        else:
            found.append(range(index, index + 1))
    return found


class Columns:
    """Which cell stands for which, in rows that stand for each other.

    A reviewer who adds a column or leaves one out does so in the whole table. So of rows of different lengths the cells
    are paired as it fits all rows of the two tables best.
    """

    def __init__(
        self, source: Sequence[Unit], target: Sequence[Unit], costs: Costs, rows: Sequence[tuple[range, range]]
    ) -> None:
        """`rows` are those that stand for each other."""
        self._tables = _tables(source), _tables(target)
        self._costs = costs
        self._rows: dict[tuple[int, int, int, int], list[tuple[range, range]]] = {}
        for one, other in rows:
            self._rows.setdefault(self._name(one, other), []).append((one, other))
        self._known: dict[tuple[int, int, int, int], _Pairs] = {}

    def pairs(self, one: range, other: range) -> _Pairs:
        """Pairs of indices, in order."""
        name = self._name(one, other)
        if name not in self._known:
            self._known[name] = self._best(name)
        return tuple((one[i], other[j]) for i, j in self._known[name])

    def _name(self, one: range, other: range) -> tuple[int, int, int, int]:
        return self._tables[0].get(one.start, -1), self._tables[1].get(other.start, -1), len(one), len(other)

    def _best(self, name: tuple[int, int, int, int]) -> _Pairs:
        """The cheapest way to leave out some of the longer row's columns; the last ones, if that is as good."""
        _, _, m, n = name
        if m == n:
            return tuple((i, i) for i in range(m))
        few, many = min(m, n), max(m, n)
        rows = self._rows.get(name, [])

        def cost(short: int, long: int) -> float:
            i, j = (short, long) if m < n else (long, short)
            return sum(self._costs.pair(one[i], other[j]) for one, other in rows)

        best: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {
            (few, long): (0.0, ()) for long in range(many + 1)
        }
        for short in range(few - 1, -1, -1):
            for long in range(many - (few - short), -1, -1):
                taken = best[short + 1, long + 1]
                here = taken[0] + cost(short, long), (long, *taken[1])
                skipped = best.get((short, long + 1))
                best[short, long] = skipped if skipped and skipped[0] < here[0] else here
        chosen = enumerate(best[0, 0][1])
        return tuple((short, long) if m < n else (long, short) for short, long in chosen)


def _tables(units: Sequence[Unit]) -> Mapping[int, int]:
    """For each cell the first one of its table."""
    first: dict[int, int] = {}
    for index, unit in enumerate(units):
        if is_cell(unit):
            before = index - 1 if index and is_cell(units[index - 1]) else None
            begins = before is None or (unit.path[-1:] == ("head",) and not same_row(units[before], unit))
            first[index] = index if begins or before is None else first[before]
    return first
