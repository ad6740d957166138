"""Where the text of a block is in the file: markdown-it's `content` mapped back to source characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

__all__ = ["Lines", "Mapping", "breaks", "line_start", "line_starts", "locate", "margins", "split_row"]

_TRIM = " \t\n\r\v\f"
_BREAK = re.compile(r"\r\n?|\n")


def breaks(text: str) -> int:
    """How many line ends there are, whichever they are."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def line_starts(text: str) -> list[int]:
    """Where each line begins: `bisect_right` says of a place which line it is in, from 1."""
    return [0, *(match.end() for match in _BREAK.finditer(text))]


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


def locate(token: Token, lines: Lines, *, markup: str = "", cell: tuple[int, int] | None = None) -> Mapping | None:
    """The mapping of an inline token of a block, or None when the text is not where it should be.

    `markup` is the hashes of an ATX heading, `cell` where a table cell is in the normalized text. A block that
    cannot be located is left alone by the caller.
    """
    if token.map is None:
        return None
    if cell:
        return _locate_cell(token, lines, *cell)
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
    """A block's text is the end of its line; an ATX heading's may be followed by hashes and attributes.

    The blanks that end a block may be of any width: markdown-it takes them all off.
    """
    for bare in (line.rstrip(_TRIM), line.rstrip()):
        if bare.endswith(text):
            return len(bare) - len(text)
    if not markup.startswith("#"):
        return None
    for opening in re.finditer(rf"(?<!#){markup}[ \t]+", line):
        rest = line[opening.end() + len(text) :]
        if line.startswith(text, opening.end()) and _AFTER_HEADING.fullmatch(rest):
            return opening.end()
    return None


_AFTER_HEADING = re.compile(r"\s*(?:\{[^{}]*\})?\s*#*\s*")


def _locate_cell(token: Token, lines: Lines, start: int, end: int) -> Mapping | None:
    """A backslash before a pipe belongs to the table, not to the text."""
    raw = lines.normalized[start:end]
    text = raw.strip()
    if text.replace("\\|", "|") != token.content:
        return None
    position = start + len(raw) - len(raw.lstrip()) if text else start
    runs: list[tuple[int, int]] = [(0, lines.source(position))]
    content = 0
    for part in text.split("\\|")[:-1]:
        content += len(part)
        position += len(part) + 1
        runs.append((content, lines.source(position)))
        content += 1
        position += 1
    return Mapping(tuple(runs))


def split_row(text: str, start: int, end: int) -> Sequence[tuple[int, int]]:
    """(start, end) of every cell of the table row `text[start:end]`: split at pipes without a backslash before."""
    row = text[start:end]
    start += len(row) - len(row.lstrip(_TRIM))
    end -= len(row) - len(row.rstrip(_TRIM))
    cells = []
    cursor, escaped = start, False
    for position in range(start, end):
        if text[position] == "|" and not escaped:
            cells.append((cursor, position))
            cursor = position + 1
        escaped = text[position] == "\\"
    cells.append((cursor, end))
    if cells[0][0] == cells[0][1]:
        cells.pop(0)
    if cells and cells[-1][0] == cells[-1][1]:
        cells.pop()
    return cells


def line_start(path: Sequence[str]) -> str:
    """A pattern for what the containers in a path may put before a line that goes on."""
    return rf"(?:[ \t]*>){{0,{sum(name in {'quote', 'alert'} for name in path)}}}[ \t]*"


def margins(source: str, prefix: str) -> tuple[int, int]:
    """Where the words of a text begin and end: without blanks, and blank lines with their `prefix`, at its ends."""
    spans = []
    cursor = 0
    for match in [*re.finditer(rf"(?:\r\n?|\n){prefix}", source), None]:
        end = match.start() if match else len(source)
        line = source[cursor:end]
        if line.strip(_TRIM):
            spans.append((end - len(line.lstrip(_TRIM)), cursor + len(line.rstrip(_TRIM))))
        cursor = match.end() if match else end
    return (spans[0][0], spans[-1][1]) if spans else (0, 0)
