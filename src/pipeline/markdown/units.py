"""A Markdown text as units (the leaves of its block structure) and segments (what is translated in them).

A unit is a paragraph, heading, table cell, term, code block …: what stands or falls together when a text is compared
with another version of itself. A segment is one thing to translate in it: its text, the alternative text of an image,
the title of a link. Offsets always point into the source, so a translation is spliced into a copy of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from pipeline.markdown.pieces import Piece, html_pieces, inline_pieces, renumbered
from pipeline.markdown.source import Lines, Mapping, locate
from pipeline.markdown.spans import positioned_dialect

__all__ = ["Segment", "Unit", "field_unit", "parse_units"]

SegmentKind = Literal["text", "alt", "title", "html"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One thing to translate: `unit.source[start:end]`, as pieces. `within` is the number of the tag that holds it."""

    kind: SegmentKind
    start: int
    end: int
    pieces: tuple[Piece, ...]

    @property
    def message(self) -> str:
        """The text with numbered tags: `Built <1>LazyLLM</1> with <2/>`."""
        return "".join(_CANONICAL[piece.kind](piece) for piece in self.pieces)

    @property
    def signature(self) -> tuple[str, ...]:
        """What each tag is, in order of their numbers: two messages mean the same only if these agree too."""
        return tuple(piece.name for piece in self.pieces if piece.kind in {"open", "void"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A leaf of the block structure: `text[start:end]`, which is `source` (a front matter field's is its value).

    `kind` and `path` (the containers around it) say what it is; `key` is equal for two units that say the same,
    however their lines are wrapped. `line` counts from 1.
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


_CANONICAL: dict[str, Callable[[Piece], str]] = {
    "text": lambda piece: piece.text,
    "break": lambda _: " ",
    "open": lambda piece: f"<{piece.id}>",
    "close": lambda piece: f"</{piece.id}>",
    "void": lambda piece: f"<{piece.id}/>",
}
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
        self.first_line = text.count("\n", 0, lines.starts[0]) + text.count("\r", 0, lines.starts[0])
        self.first_line -= text.count("\r\n", 0, lines.starts[0])

    def units(self, tokens: Sequence[Token]) -> Iterator[Unit]:
        path: list[str] = []
        column, row = 0, None
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
                column = column + 1 if row is not None and row == token.meta.get("row") else 0
                row = token.meta.get("row")
                yield from self._leaf(token, tokens[index - 1], tuple(path), column)

    def _leaf(self, token: Token, opening: Token, path: tuple[str, ...], column: int) -> Iterator[Unit]:
        if opening.type not in _LEAVES or not token.content.strip():
            return
        if opening.type == "dt_open" and token.map:
            token.map = [token.map[0], token.map[0] + 1]
        mapping = locate(token, self.lines, column=column, markup=opening.markup)
        if mapping is None or not token.map:
            return
        pieces = inline_pieces(token, self.text, mapping)
        if not pieces:
            return
        start, end = pieces[0].start, pieces[-1].end
        segments = tuple(_segments(pieces, self.text, mapping, self.env, start))
        kind = _LEAVES[opening.type] + (opening.tag[1:] if opening.type == "heading_open" else "")
        number = self._number(token.map[0])
        yield Unit(kind, path, start, end, number, self.text[start:end], _key(pieces), segments, pieces)

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
        segments = tuple(_html_segments(source)) if token.type == "html_block" else ()
        kind = _OPAQUE[token.type]
        yield Unit(kind, path, start, end, self._number(first), source, _unwrapped(source), segments)

    def _container_title(self, token: Token, path: tuple[str, ...]) -> Iterator[Unit]:
        """`:::tip Title`: the words after the name."""
        if not token.map:
            return
        match = re.match(r"[^\n]*?:{3,}[ \t]*[\w-]+[ \t]+([^{}\n]*[^{}\s])", self.lines.texts[token.map[0]])
        if match and any(character.isalpha() for character in match[1]):
            start = self.lines.starts[token.map[0]] + match.start(1)
            piece = Piece("text", match[1], 0, len(match[1]), match[1])
            segment = Segment("title", 0, len(match[1]), (piece,))
            number = self._number(token.map[0])
            yield Unit("label", path, start, start + len(match[1]), number, match[1], match[1], (segment,))

    def _number(self, line: int) -> int:
        return self.first_line + line + 1


def field_unit(name: str, value: str, start: int, end: int, line: int) -> Unit:
    """A front matter field as a unit: its value is parsed as inline Markdown, line by line."""
    env: dict[str, Any] = {}
    segments: list[Segment] = []
    whole: list[Piece] = []
    offset = 0
    for part in value.split("\n"):
        tokens = positioned_dialect().parseInline(part, env)
        mapping = Mapping(((0, offset),))
        pieces = inline_pieces(tokens[0], value, mapping) if part.strip() else ()
        segments.extend(_segments(pieces, value, mapping, env, 0))
        whole.extend(pieces)
        offset += len(part) + 1
    return Unit("field", (), start, end, line, value, value, tuple(segments), tuple(whole), name)


def _key(pieces: Sequence[Piece]) -> str:
    return "".join(" " if piece.kind == "break" else _unwrapped(piece.source) for piece in pieces)


def _unwrapped(source: str) -> str:
    """Without what a container puts in front of continued lines."""
    return re.sub(r"(?:\r\n?|\n)[ \t>]*", "\n", source)


def _segments(
    pieces: Sequence[Piece], text: str, mapping: Mapping, env: dict[str, Any], start: int
) -> Iterator[Segment]:
    """The text of a block, then what its tags hold."""
    core = _core(pieces)
    if core and any(character.isalpha() for piece in core for character in piece.text):
        yield Segment("text", core[0].start - start, core[-1].end - start, renumbered(core))
    for piece in pieces:
        yield from _inner(piece, text, mapping, env, start)


def _core(pieces: Sequence[Piece]) -> list[Piece]:
    """Without what stands at both ends and needs no translation: blanks, images, marks around the whole."""
    core = list(pieces)
    while core:
        first, last = core[0], core[-1]
        if _marginal(first):
            core.pop(0)
        elif _marginal(last):
            core.pop()
        elif first.kind == "open" and last.kind == "close" and first.id == last.id and last.source not in {"]", "][]"}:
            core = core[1:-1]
        else:
            break
    if core:
        core[0] = _trimmed(core[0], left=True)
        core[-1] = _trimmed(core[-1], left=False)
    return core


def _marginal(piece: Piece) -> bool:
    if piece.kind == "text":
        return not piece.text.strip()
    return (
        piece.kind == "break"
        or (piece.kind == "void" and piece.name in {"image", "footnote", "break"})
        or (piece.kind == "void" and piece.name == "html" and piece.source.startswith("<!--"))
    )


def _trimmed(piece: Piece, *, left: bool) -> Piece:
    if piece.kind != "text":
        return piece
    text, source, start, end = piece.text, piece.source, piece.start, piece.end
    blanks = " \t"
    if left:
        source = source.lstrip(blanks)
        start = end - len(source)
        text = text.lstrip(blanks)
    else:
        source = source.rstrip(blanks)
        end = start + len(source)
        text = text.rstrip(blanks)
    return Piece("text", source, start, end, text)


def _inner(piece: Piece, text: str, mapping: Mapping, env: dict[str, Any], start: int) -> Iterator[Segment]:
    """The alternative text of an image, the text of an inline footnote, the title of a link or an image."""
    token = piece.token
    if token is None:
        return
    if piece.name == "image" and token.children:
        yield from _nested("alt", token, text, mapping, env, start)
    elif piece.name == "footnote" and "label" not in token.meta:
        note = env.get("footnotes", {}).get("list", {}).get(token.meta.get("id"), {})
        if note.get("tokens"):
            inline = Token("inline", "", 0, content=note["content"], children=note["tokens"])
            inline.meta["span"] = token.meta["span"]
            yield from _nested("text", inline, text, mapping, env, start)
    if piece.name in {"image", "link"} and piece.kind in {"void", "close"}:
        match = re.search(r"""\s(?:"((?:\\.|[^"\\\r\n])*)"|'((?:\\.|[^'\\\r\n])*)')\s*\)$""", piece.source)
        group = match.lastindex if match else None
        if match and group and any(character.isalpha() for character in match[group]):
            left = piece.start + match.start(group)
            right = piece.start + match.end(group)
            inner = Piece("text", match[group], left, right, unescapeAll(match[group]))
            yield Segment("title", left - start, right - start, (inner,))


def _nested(
    kind: SegmentKind, token: Token, text: str, mapping: Mapping, env: dict[str, Any], start: int
) -> Iterator[Segment]:
    """Both `![…` and `^[…` open with two characters."""
    inside = mapping.shifted(int(token.meta["span"][0]) + 2)
    for segment in _segments(inline_pieces(token, text, inside), text, inside, env, start):
        yield Segment(kind if segment.kind == "text" else segment.kind, segment.start, segment.end, segment.pieces)


_HTML_BLOCK = re.compile(
    r"""<!--.*?-->|<\?.*?\?>|<![A-Za-z].*?>|<!\[CDATA\[.*?\]\]>
    |<(script|style|pre|textarea|svg|math|code|template)\b.*?(?:</\1\s*>|\Z)
    |</?(?:address|article|aside|blockquote|body|br|button|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt
    |fieldset|figcaption|figure|footer|form|frame|h[1-6]|head|header|hr|html|iframe|img|input|legend|li|link|main|menu
    |nav|object|ol|optgroup|option|p|param|picture|search|section|select|source|summary|table|tbody|td|tfoot|th|thead
    |title|tr|track|ul|video|audio)\b(?:"[^"]*"|'[^']*'|[^'">])*>
    |\{\{[<%].*?[>%]\}\}|(?:\r\n?|\n)[ \t>]*(?:\r\n?|\n)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def _html_segments(source: str) -> Iterator[Segment]:
    """The runs of text between the block-level tags of an HTML block; scripts, styles and code are left alone."""
    cursor = 0
    for match in [*_HTML_BLOCK.finditer(source), None]:
        run_end = match.start() if match else len(source)
        run = source[cursor:run_end]
        lead = len(run) - len(run.lstrip())
        run = run.strip()
        if any(character.isalpha() for character in re.sub(r"<[^>]*>|&\w+;", "", run)) and "<" not in run[-1:]:
            core = _core(html_pieces(run, cursor + lead))
            if core and any(character.isalpha() for piece in core for character in piece.text):
                yield Segment("html", core[0].start, core[-1].end, renumbered(core))
        cursor = match.end() if match else run_end
