"""Which unit of the old English became which unit of the new: a pure function of what the units say.

Equal runs are anchors. What is equal elsewhere was moved. In the gaps between the anchors a Needleman-Wunsch alignment
pairs what was edited, and what is left is paired by similarity across the whole text. So a unit that still says what
it said always finds itself, whatever happened around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, LCSseq

from pipeline.markdown import Unit
from pipeline.translation.rows import same_row

__all__ = ["Match", "align"]

# Below this two units are not the same one, edited.
_EDITED = 0.5
_MOVED = 0.75
# Where difflib, which likes long runs, would take seconds.
_LARGE = 20_000_000
_CELLS = 300_000

_Name = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """`old[i]` became `new[j]`; `score` is 1 when they say the same."""

    old: int
    new: int
    score: float


def align(old: Sequence[Unit], new: Sequence[Unit]) -> list[Match]:
    """Pairs of indices, each index in at most one, in order of the new text."""
    texts = _Texts(old, new)
    matches = list(_fields(texts))
    body_old, body_new = _body(old), _body(new)
    anchors, equal = _equal(old[body_old.start :], new[body_new.start :])
    matches.extend(Match(body_old[i], body_new[j], 1.0) for i, j in equal)
    taken_old, taken_new = {match.old for match in matches}, {match.new for match in matches}
    for old_range, new_range in _gaps(anchors, body_old, body_new):
        rows = [i for i in old_range if i not in taken_old]
        columns = [j for j in new_range if j not in taken_new]
        if rows and columns:
            matches.extend(_fill(texts, rows, columns))
    matches.extend(_leftovers(texts, matches))
    return sorted(matches, key=lambda match: match.new)


def _body(units: Sequence[Unit]) -> range:
    """The units behind the fields."""
    return range(sum(unit.kind == "field" for unit in units), len(units))


def _fields(texts: _Texts) -> Iterator[Match]:
    """A field is known by its name; an item of a list, whose name is a number, by what it says as well."""
    free_old = {i: unit for i, unit in enumerate(texts.old) if unit.kind == "field"}
    free_new = {j: unit for j, unit in enumerate(texts.new) if unit.kind == "field"}

    def name_and_text(unit: Unit) -> tuple[str, str]:
        return unit.name, unit.key

    def list_and_text(unit: Unit) -> tuple[str, str]:
        return re.sub(r"\.\d+(?=\.|$)", ".", unit.name), unit.key

    for label in (name_and_text, list_and_text, lambda unit: (unit.name, "")):
        known = {label(unit): i for i, unit in sorted(free_old.items(), reverse=True)}
        for j, unit in sorted(free_new.items()):
            i = known.pop(label(unit), None)
            if i is not None:
                same = free_old.pop(i).key == free_new.pop(j).key
                yield Match(i, j, 1.0 if same else max(texts.similarity(i, j), _EDITED))


def _equal(old: Sequence[Unit], new: Sequence[Unit]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Pairs of units that say the same: those in the same order, and all.

    What says the same in several places is told apart by what it belongs to, as far as that is the same too.
    """
    first, second = _in_context(old), _in_context(new)
    anchors = _anchors(first, second)
    equal = [*anchors, *_moved(first, second, anchors)]
    first, second = [_name(unit) for unit in old], [_name(unit) for unit in new]
    taken_old, taken_new = {i for i, _ in equal}, {j for _, j in equal}
    more: list[tuple[int, int]] = []
    for old_range, new_range in _gaps(anchors, range(len(old)), range(len(new))):
        rows, columns = [i for i in old_range if i not in taken_old], [j for j in new_range if j not in taken_new]
        found = _anchors([first[i] for i in rows], [second[j] for j in columns])
        more.extend((rows[i], columns[j]) for i, j in found)
    anchors = sorted([*anchors, *more])
    equal += more
    return anchors, [*equal, *_moved(first, second, equal)]


def _in_context(units: Sequence[Unit]) -> list[_Name]:
    """Names with what a unit belongs to: a heading to what follows it, a cell to the first one of its row."""
    names = [_name(unit) for unit in units]
    found = list(names)
    row = 0
    for index, unit in enumerate(units):
        if unit.kind == "cell":
            row = row if index and same_row(units[index - 1], unit) else index
            found[index] = (*names[index], names[row])
        elif unit.kind.startswith("heading") and index + 1 < len(units):
            found[index] = (*names[index], names[index + 1])
    return found


def _name(unit: Unit) -> _Name:
    """Equal for units that say the same. What is not prose says something by its indentation too."""
    return unit.kind, unit.name, unit.key, () if unit.segments else _indents(unit.source)


def _indents(source: str) -> tuple[int, ...]:
    """The columns of all lines but the first, from the leftmost on."""
    lines = re.split(r"\r\n?|\n", source)[1:]
    columns = [len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip(" >")) for line in lines if line.strip(" \t>")]
    return tuple(column - min(columns) for column in columns)


def _anchors(old: Sequence[_Name], new: Sequence[_Name]) -> list[tuple[int, int]]:
    """Equal units in the same order."""
    same = _common(old, new)
    end = _common(old[same:][::-1], new[same:][::-1])
    found = [(i, i) for i in range(same)]
    for a, b, size in _blocks(old[same : len(old) - end], new[same : len(new) - end]):
        found.extend((same + a + offset, same + b + offset) for offset in range(size))
    return [*found, *((len(old) - end + i, len(new) - end + i) for i in range(end))]


def _common(old: Sequence[_Name], new: Sequence[_Name]) -> int:
    """How many units are the same from the beginning on."""
    shorter = min(len(old), len(new))
    return next((i for i in range(shorter) if old[i] != new[i]), shorter)


def _blocks(old: Sequence[_Name], new: Sequence[_Name]) -> list[tuple[int, int, int]]:
    """(old, new, size) of equal runs."""
    if len(old) * len(new) <= _LARGE:
        found = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        return [(block.a, block.b, block.size) for block in found]
    ids: dict[_Name, int] = {}
    numbered = [[ids.setdefault(name, len(ids)) for name in names] for names in (old, new)]
    return [
        (code.src_start, code.dest_start, code.src_end - code.src_start)
        for code in LCSseq.opcodes(numbered[0], numbered[1])
        if code.tag == "equal"
    ]


def _moved(old: Sequence[_Name], new: Sequence[_Name], anchors: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Equal units that are no anchors, in order."""
    taken_old, taken_new = {i for i, _ in anchors}, {j for _, j in anchors}
    free: dict[_Name, list[int]] = {}
    for i in range(len(old) - 1, -1, -1):
        if i not in taken_old:
            free.setdefault(old[i], []).append(i)
    for j, name in enumerate(new):
        if j not in taken_new and free.get(name):
            yield free[name].pop(), j


def _gaps(anchors: Sequence[tuple[int, int]], old: range, new: range) -> Iterator[tuple[range, range]]:
    """The ranges of both bodies between neighbouring anchors."""
    old_start = new_start = 0
    for i, j in [*anchors, (len(old), len(new))]:
        if i > old_start and j > new_start:
            yield old[old_start:i], new[new_start:j]
        old_start, new_start = i + 1, j + 1


class _Texts:
    """Both texts, to be compared unit by unit."""

    def __init__(self, old: Sequence[Unit], new: Sequence[Unit]) -> None:
        self.old, self.new = old, new
        self._old_words = [unit.key.split() for unit in old]
        self._new_words = [unit.key.split() for unit in new]

    def similarity(self, i: int, j: int) -> float:
        """From 0 to 1, which only equal units reach. What is opaque never becomes text, nor a field another field."""
        one, other = self.old[i], self.new[j]
        if "field" in {one.kind, other.kind}:
            same = one.kind == other.kind and one.name == other.name
            return max(self._alike(i, j), _EDITED) if same else 0.0  # a field is known by its name
        if bool(one.segments) != bool(other.segments):
            return 0.0
        score = self._alike(i, j)
        return score if one.kind == other.kind else score * 0.9

    def _alike(self, i: int, j: int) -> float:
        """Words count for more than letters, which any two long texts share."""
        one, other = self._old_words[i], self._new_words[j]
        letters = fuzz.ratio(self.old[i].key, self.new[j].key) / 100
        if min(len(one), len(other)) >= 4:
            letters = max(Indel.normalized_similarity(one, other), letters - 0.25)
        return min(letters, 0.999)


def _fill(texts: _Texts, rows: Sequence[int], columns: Sequence[int]) -> Iterator[Match]:
    """The best pairs of one gap that keep the order; in a large one, of those about as far from its beginning."""
    reach = max(_CELLS // (2 * len(rows)), 20)
    spans = []
    for row in range(len(rows)):
        middle = row * len(columns) // len(rows)
        spans.append(range(max(0, middle - reach), min(len(columns), middle + reach + 1)))
    scores = [
        {column: texts.similarity(rows[row], columns[column]) for column in spans[row]} for row in range(len(rows))
    ]
    best = [dict[int, float]() for _ in range(len(rows) + 1)]
    for row in range(len(rows) - 1, -1, -1):
        below, here = best[row + 1], best[row]
        for column in reversed(spans[row]):
            score = scores[row][column]
            paired = below.get(column + 1, 0.0) + score if score >= _EDITED else 0.0
            here[column] = max(paired, below.get(column, 0.0), here.get(column + 1, 0.0))
    row = column = 0
    while row < len(rows) and column < len(columns):
        score, value = scores[row].get(column, 0.0), best[row].get(column, 0.0)
        if score >= _EDITED and value == best[row + 1].get(column + 1, 0.0) + score:
            yield Match(rows[row], columns[column], score)
            row, column = row + 1, column + 1
        elif column < spans[row].start or (column in spans[row] and value == best[row].get(column + 1, 0.0)):
            column += 1
        else:
            row += 1


def _leftovers(texts: _Texts, matches: Sequence[Match]) -> Iterator[Match]:
    """What was moved and edited: the most similar first."""
    taken_old, taken_new = {match.old for match in matches}, {match.new for match in matches}
    free_old = [i for i in range(len(texts.old)) if i not in taken_old]
    free_new = [j for j in range(len(texts.new)) if j not in taken_new]
    if len(free_old) * len(free_new) > _CELLS:
        return
    scored = [(texts.similarity(i, j), -j, -i) for i in free_old for j in free_new]
    for score, minus_j, minus_i in sorted((entry for entry in scored if entry[0] >= _MOVED), reverse=True):
        if -minus_i not in taken_old and -minus_j not in taken_new:
            yield Match(-minus_i, -minus_j, score)
            taken_old.add(-minus_i)
            taken_new.add(-minus_j)
