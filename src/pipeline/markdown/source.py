"""Where the text of a block is in the file: markdown-it's `content` mapped back to source characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

__all__ = ["Lines", "Mapping", "locate"]

_TRIM = " \t\n\r\v\f"
_BREAK = re.compile(r"\r\n?|\n")


class Lines:
    """The lines of `text[start:]` as markdown-it sees them, and where each begins in the text as it is."""

    def __init__(self, text: str, start: int = 0) -> None:
        self.starts = [start]
        self.ends: list[int] = []
        for match in _BREAK.finditer(text, start):
            self.ends.append(match.start())
            self.starts.append(match.end())
        self.ends.append(len(text))
        self.texts = [
            text[start:end].replace("\0", "\ufffd") for start, end in zip(self.starts, self.ends, strict=True)
        ]
        self.normalized = "\n".join(self.texts)
        self._offsets = [0]
        for line in self.texts:
            self._offsets.append(self._offsets[-1] + len(line) + 1)

    def source(self, offset: int) -> int:
        """The source offset of a character of `normalized`."""
        line = min(bisect_right(self._offsets, offset) - 1, len(self.texts) - 1)
        return self.starts[line] + offset - self._offsets[line]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Pieces of `content` that stand in the source as they are: (offset in content, offset in source)."""

    runs: tuple[tuple[int, int], ...]
    shift: int = 0

    def shifted(self, shift: int) -> Mapping:
        """The mapping of a part of the content that begins at `shift`."""
        return Mapping(self.runs, self.shift + shift)

    def source(self, offset: int) -> int:
        """The source offset of a character of the content, where the piece it begins is; see `end` for ends."""
        offset += self.shift
        index = max(bisect_right(self.runs, (offset, 1 << 60)) - 1, 0)
        return self.runs[index][1] + offset - self.runs[index][0]

    def end(self, offset: int) -> int:
        """The source offset just after the character before `offset`."""
        return self.source(offset - 1) + 1 if offset > 0 else self.source(offset)


def locate(token: Token, lines: Lines, *, column: int = 0, markup: str = "") -> Mapping | None:
    """The mapping of an inline token of a block, or None when the text is not where it should be.

    `column` is the cell's number for a table cell, `markup` the hashes of an ATX heading. A block that cannot be
    located is left alone by the caller.
    """
    if token.map is None:
        return None
    if "row" in token.meta:
        return _cell(token, lines, column)
    content = token.content.split("\n")
    runs: list[tuple[int, int]] = []
    offset = 0
    for index, line in enumerate(content):
        number = token.map[0] + index
        if number >= len(lines.texts):
            return None
        text = line.strip(_TRIM)
        lead = len(line) - len(line.lstrip(_TRIM)) if text else len(line)
        found = _find(text, lines.texts[number], markup)
        if found is None:
            return None
        runs.append((offset + lead, lines.starts[number] + found))
        offset += len(line) + 1
    return Mapping(tuple(runs))


def _find(text: str, line: str, markup: str) -> int | None:
    """A block's text is the end of its line; an ATX heading's may be followed by hashes and attributes."""
    bare = line.rstrip(_TRIM)
    if bare.endswith(text):
        return len(bare) - len(text)
    if markup.startswith("#"):
        match = re.search(
            rf"#{{{len(markup)}}}[ \t]+({re.escape(text)})(?=[ \t]*(?:#+|\{{.*\}})?[ \t]*#*[ \t]*$)", line
        )
        return match.start(1) if match else None
    return None


def _cell(token: Token, lines: Lines, column: int) -> Mapping | None:
    """The cell of a row, split as GFM does: at pipes without a backslash before them."""
    start, end = token.meta["row"]
    row = lines.normalized[start:end]
    cells = split_row(row)
    if column >= len(cells):
        return None
    left, right = cells[column]
    raw = row[left:right]
    lead = len(raw) - len(raw.lstrip(_TRIM))
    runs: list[tuple[int, int]] = [(0, lines.source(start + left + lead))]
    content = 0
    position = left + lead
    for part in raw.strip(_TRIM).split("\\|")[:-1]:
        content += len(part)
        position += len(part) + 1
        runs.append((content, lines.source(start + position)))
        content += 1
        position += 1
    if raw.strip(_TRIM).replace("\\|", "|") != token.content:
        return None
    return Mapping(tuple(runs))


def split_row(row: str) -> Sequence[tuple[int, int]]:
    """(start, end) of every cell of a table row, in characters of the row."""
    lead = len(row) - len(row.lstrip(_TRIM))
    end = len(row.rstrip(_TRIM))
    cells = []
    start = lead
    escaped = False
    for position in range(lead, end):
        if row[position] == "|" and not escaped:
            cells.append((start, position))
            start = position + 1
        escaped = row[position] == "\\"
    cells.append((start, end))
    if cells and cells[0][0] == cells[0][1]:
        cells.pop(0)
    if cells and cells[-1][0] == cells[-1][1]:
        cells.pop()
    return cells
