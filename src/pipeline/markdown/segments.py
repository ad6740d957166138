"""What there is to translate in a leaf: its text, and what its tags hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from pipeline.markdown.html import html_pieces
from pipeline.markdown.html_runs import html_runs
from pipeline.markdown.inline import inline_pieces
from pipeline.markdown.pieces import Piece, renumbered
from pipeline.markdown.source import Mapping as SourceMapping
from pipeline.markdown.source import margins

__all__ = ["Segment", "html_segments", "leaf_segments"]

SegmentKind = Literal["text", "alt", "title", "html"]
_BLANKS = " \t\r\n"
_CANONICAL: dict[str, Callable[[Piece], str]] = {
    "text": lambda piece: piece.text,
    "break": lambda _: " ",
    "open": lambda piece: f"<{piece.id}>",
    "close": lambda piece: f"</{piece.id}>",
    "void": lambda piece: f"<{piece.id}/>",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """One thing to translate: `unit.source[start:end]`, as pieces."""

    kind: SegmentKind
    start: int
    end: int
    pieces: tuple[Piece, ...]
    _message: str | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def message(self) -> str:
        """The text with numbered tags: `Built <1>LazyLLM</1> with <2/>`."""
        found = self._message
        if found is None:
            found = "".join([_CANONICAL[piece.kind](piece) for piece in self.pieces])
            object.__setattr__(self, "_message", found)  # it is asked for again and again
        return found

    @property
    def signature(self) -> tuple[str, ...]:
        """What each tag is, in order of their numbers: two messages mean the same only if these agree too.

        A pair is `<name>`, an opaque tag its name: HTML may be either.
        """
        tags = (piece for piece in self.pieces if piece.kind in {"open", "void"})
        return tuple(f"<{piece.name}>" if piece.kind == "open" else piece.name for piece in tags)


def leaf_segments(
    pieces: Sequence[Piece], text: str, mapping: SourceMapping, env: Mapping[str, Any], start: int
) -> Iterator[Segment]:
    """The text of a leaf that begins at `start` of `text`, then what its tags hold."""
    core = _core(pieces)
    if any(_has_words(piece.text) for piece in core):
        yield Segment("text", core[0].start - start, core[-1].end - start, renumbered(core))
    for piece in pieces:
        yield from _inner(piece, text, mapping, env, start)


def html_segments(source: str, prefix: str) -> Iterator[Segment]:
    """The text in an HTML block; `prefix` is a pattern for what its containers put before each line."""
    for start, end in html_runs(source, prefix):
        core = _core(html_pieces(source[start:end], start, prefix), prefix)
        if any(_has_words(piece.text) for piece in core):
            yield Segment("html", core[0].start, core[-1].end, renumbered(core))


def _has_words(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _core(pieces: Sequence[Piece], prefix: str = "") -> list[Piece]:
    """Without what stands at both ends and needs no translation: blanks, images, marks around the whole."""
    left, right = 0, len(pieces)
    while left < right:
        first, last = pieces[left], pieces[right - 1]
        if _marginal(first):
            left += 1
        elif _marginal(last):
            right -= 1
        elif first.kind == "open" and last.kind == "close" and first.id == last.id and last.source not in {"]", "][]"}:
            left, right = left + 1, right - 1
        else:
            break
    core = list(pieces[left:right])
    if core and core[0].kind == "text":
        core[0] = _cut(core[0], margins(core[0].source, prefix)[0], len(core[0].source))
    if core and core[-1].kind == "text":
        core[-1] = _cut(core[-1], 0, margins(core[-1].source, prefix)[1])
    return core


def _cut(piece: Piece, left: int, right: int) -> Piece:
    """Text without the blanks at one end of its source."""
    text = piece.text.lstrip(_BLANKS) if left else piece.text
    text = text.rstrip(_BLANKS) if right < len(piece.source) else text
    return Piece("text", piece.source[left:right], piece.start + left, piece.start + right, text)


def _marginal(piece: Piece) -> bool:
    if piece.kind == "text":
        return not piece.text.strip()
    return (
        piece.kind == "break"
        or (piece.kind == "void" and piece.name in {"image", "footnote", "break"})
        or (piece.kind == "void" and piece.name == "html" and piece.source.startswith("<!--"))
    )


_TITLE = re.compile(r"""\s(?:"((?:\\.|[^"\\\r\n])*)"|'((?:\\.|[^'\\\r\n])*)')\s*\)$""")


def _inner(piece: Piece, text: str, mapping: SourceMapping, env: Mapping[str, Any], start: int) -> Iterator[Segment]:
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
        match = _TITLE.search(piece.source)
        group = match.lastindex if match else None
        if match and group and _has_words(match[group]):
            left = piece.start + match.start(group)
            right = piece.start + match.end(group)
            title = Piece("text", match[group], left, right, unescapeAll(match[group]))
            yield Segment("title", left - start, right - start, (title,))


def _nested(
    kind: SegmentKind, token: Token, text: str, mapping: SourceMapping, env: Mapping[str, Any], start: int
) -> Iterator[Segment]:
    """Both `![…` and `^[…` open with two characters."""
    inside = mapping.shifted(int(token.meta["span"][0]) + 2)
    for segment in leaf_segments(inline_pieces(token, text, inside), text, inside, env, start):
        yield Segment(kind if segment.kind == "text" else segment.kind, segment.start, segment.end, segment.pieces)
