"""A Markdown text as units (the leaves of its block structure) and segments (what is translated in them).

A unit is a paragraph, heading, table cell, term, code block …: what stands or falls together when a text is compared
with another version of itself. A segment is one thing to translate in it: its text, the alternative text of an image,
the title of a link. Offsets always point into the source, so a translation is spliced into a copy of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it.token import Token

from pipeline.markdown.inline import inline_pieces
from pipeline.markdown.pieces import Piece
from pipeline.markdown.segments import Segment, html_segments, leaf_segments
from pipeline.markdown.source import Lines, Mapping, breaks, line_start, locate, split_row
from pipeline.markdown.spans import positioned_dialect

__all__ = ["Segment", "Unit", "field_pieces", "field_unit", "parse_units"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A leaf of the block structure: `text[start:end]`, which is `source` (a front matter field's is its value).

    `kind` and `path` (the containers around it) say what it is; `key` is equal for two units that say the same,
    however their lines are wrapped. `line` counts from 1. `pieces` tile the source of a leaf with inline markup;
    `name` is a field's, `markup` a heading's hashes or the character that underlines it.
    """

    kind: str
    path: tuple[str, ...]
    start: int
    end: int
    line: int
    source: str
    key: str
    segments: tuple[Segment, ...] = ()
    pieces: tuple[Piece, ...] = ()
    name: str = ""
    markup: str = ""

    @property
    def text(self) -> str:
        """The source without what containers put before its lines."""
        return _unwrapped(self.source, self.path)


_CONTAINERS = {
    "blockquote_open": "quote",
    "alert_open": "alert",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "item",
    "dl_open": "definitions",
    "dd_open": "definition",
    "footnote_reference_open": "footnote",
    "container_block_open": "container",
    "table_open": "table",
    "thead_open": "head",
}
_LEAVES = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "th_open": "cell",
    "td_open": "cell",
    "dt_open": "term",
}
_OPAQUE = {"fence": "code", "code_block": "code", "math_block": "math", "shortcode": "shortcode", "html_block": "html"}
# `:::tip Title`: the words after the name, up to attributes.
_CONTAINER_TITLE = re.compile(r"(?<!:):{3,}[ \t]*[\w-]++[ \t]++([^{}\n]++)")
# MDX: `import Tabs from '@theme/Tabs'` and `export const tags = […]` are no words.
_NAME = r"(?:[\w$]+|\*\s+as\s+[\w$]+|\{[^{}]*\})"
_STATEMENTS = re.compile(
    rf"""(?:import\s(?:(?:type\s)?\s*{_NAME}(?:\s*,\s*{_NAME})?\s+from\s*)?["'][^"'\r\n]+["'][ \t]*;?\s*)+
    |export\s(?:default|const|let|var|function|async|class)\s[^=({{]*[=({{].*[;}})\]"'`\w]""",
    re.VERBOSE | re.DOTALL,
)


def parse_units(text: str, start: int = 0) -> tuple[tuple[Unit, ...], dict[str, Any]]:
    """The units of the Markdown in `text[start:]`, in order, and the link references and footnotes it defines.

    Offsets are characters of `text`.
    """
    lines = Lines(text, start)
    env: dict[str, Any] = {}
    tokens = positioned_dialect().parse(lines.normalized, env)
    return tuple(sorted(_Walk(text, lines, env).units(tokens), key=lambda unit: unit.start)), env


class _Walk:
    """One pass over the block tokens."""

    def __init__(self, text: str, lines: Lines, env: dict[str, Any]) -> None:
        self.text, self.lines, self.env = text, lines, env
        self.first_line = breaks(text[: lines.starts[0]])
        self.row: tuple[int, int] | None = None
        self.cells: list[tuple[int, int]] = []

    def units(self, tokens: Sequence[Token]) -> Iterator[Unit]:
        path: list[str] = []
        for index, token in enumerate(tokens):
            if token.type in _CONTAINERS:
                path.append(_CONTAINERS[token.type])
                if token.type == "container_block_open":
                    yield from self._container_title(token, tuple(path))
            elif token.nesting < 0 and token.type.replace("_close", "_open") in _CONTAINERS:
                path.pop()
            elif token.type in _OPAQUE:
                yield from self._opaque(token, tuple(path))
            elif token.type == "inline":
                yield from self._leaf(token, tokens[index - 1], tuple(path))

    def _leaf(self, token: Token, opening: Token, path: tuple[str, ...]) -> Iterator[Unit]:
        cell = self._next_cell(token)
        if opening.type not in _LEAVES or not token.content.strip():
            return
        if opening.type == "dt_open" and token.map:
            token.map = [token.map[0], token.map[0] + 1]
        mapping = locate(token, self.lines, markup=opening.markup, cell=cell)
        if mapping is None or not token.map:
            return
        pieces = inline_pieces(token, self.text, mapping)
        if not pieces:
            return
        start, end = pieces[0].start, pieces[-1].end
        source = self.text[start:end]
        statement = opening.type == "paragraph_open" and _STATEMENTS.fullmatch(source)
        segments = () if statement else tuple(leaf_segments(pieces, self.text, mapping, self.env, start))
        kind = _LEAVES[opening.type] + (opening.tag[1:] if opening.type == "heading_open" else "")
        yield Unit(
            kind,
            path,
            start,
            end,
            self._number(token.map[0]),
            source,
            _key(pieces, path),
            segments,
            pieces,
            markup=opening.markup,
        )

    def _next_cell(self, token: Token) -> tuple[int, int] | None:
        """Where the cell is whose text this is: the next one of the row."""
        row = token.meta.get("row")
        if row is None:
            return None
        if row != self.row:
            self.row, self.cells = row, list(reversed(split_row(self.lines.normalized, *row)))
        return self.cells.pop() if self.cells else (row[1], row[1])

    def _opaque(self, token: Token, path: tuple[str, ...]) -> Iterator[Unit]:
        if not token.map:
            return
        first, last = token.map[0], token.map[1] - 1
        while last > first and not self.lines.texts[last].strip():
            last -= 1
        line = self.lines.texts[first]
        opening = (token.markup or token.content.lstrip()[:2]) if token.type != "code_block" else ""
        column = max(line.find(opening), 0) if opening else len(line) - len(line.lstrip())
        start, end = self.lines.starts[first] + column, self.lines.ends[last]
        source = self.text[start:end]
        segments = tuple(html_segments(source, line_start(path))) if token.type == "html_block" else ()
        kind = _OPAQUE[token.type]
        yield Unit(kind, path, start, end, self._number(first), source, _unwrapped(source, path), segments)

    def _container_title(self, token: Token, path: tuple[str, ...]) -> Iterator[Unit]:
        match = _CONTAINER_TITLE.search(self.lines.texts[token.map[0]]) if token.map else None
        title = match[1].rstrip() if match else ""
        if match and token.map and any(character.isalpha() for character in title):
            start = self.lines.starts[token.map[0]] + match.start(1)
            piece = Piece("text", title, 0, len(title), title)
            segment = Segment("title", 0, len(title), (piece,))
            number = self._number(token.map[0])
            yield Unit("label", path, start, start + len(title), number, title, title, (segment,))

    def _number(self, line: int) -> int:
        return self.first_line + line + 1


def field_unit(name: str, value: str, start: int, end: int, line: int) -> Unit:
    """A front matter field as a unit: its value is parsed as inline Markdown, line by line."""
    env: dict[str, Any] = {}
    segments: list[Segment] = []
    whole: list[Piece] = []
    for pieces, mapping in _field_lines(value, env):
        segments.extend(leaf_segments(pieces, value, mapping, env, 0))
        whole.extend(pieces)
    return Unit("field", (), start, end, line, value, value, tuple(segments), tuple(whole), name)


def field_pieces(value: str) -> tuple[Piece, ...]:
    """The pieces of a field's value; its line breaks are text."""
    return tuple(piece for pieces, _ in _field_lines(value, {}) for piece in pieces)


def _field_lines(value: str, env: dict[str, Any]) -> Iterator[tuple[tuple[Piece, ...], Mapping]]:
    offset = 0
    for part in re.split(r"(\r\n?|\n)", value):
        mapping = Mapping(((0, offset),))
        if part.strip():
            token = positioned_dialect().parseInline(part, env)[0]
            yield inline_pieces(token, value, mapping), mapping
        elif part:
            yield (Piece("text", part, offset, offset + len(part), part),), mapping
        offset += len(part)


def _key(pieces: Sequence[Piece], path: Sequence[str]) -> str:
    return "".join(" " if piece.kind == "break" else _unwrapped(piece.source, path) for piece in pieces)


def _unwrapped(source: str, path: Sequence[str]) -> str:
    """Without what a container puts in front of continued lines."""
    return re.sub(rf"(?:\r\n?|\n){line_start(path)}", "\n", source)
