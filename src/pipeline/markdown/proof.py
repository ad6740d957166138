"""Whether a rewritten unit still says what it should, in the structure that it had.

It is parsed alone, inside a little document that stands for what is around it, under the dialect and under plain
CommonMark.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.markdown.dialect import commonmark
from pipeline.markdown.inline import inline_pieces
from pipeline.markdown.pieces import Piece
from pipeline.markdown.skeleton import structure
from pipeline.markdown.source import Mapping as SourceMapping
from pipeline.markdown.source import line_start
from pipeline.markdown.spans import positioned_dialect
from pipeline.markdown.units import Unit, field_pieces

__all__ = ["Proof", "proof_of", "shape"]

_AS_IT_IS = SourceMapping(((0, 0),))
# What stands before a leaf, before each of its further lines, and after it.
_Frame = tuple[str, str, str]
_IN_CONTAINER: dict[str, _Frame] = {
    "item": ("- ", "  ", ""),
    "quote": ("> ", "> ", ""),
    "alert": ("> [!NOTE]\n> ", "> ", ""),
    "definition": ("x\n: ", "  ", ""),
    "footnote": ("[^0]: ", "    ", ""),
}


def _frame(unit: Unit) -> _Frame:
    if unit.kind == "cell":
        return ("|", "", "|\n|-|\n")
    if unit.kind == "term":
        return ("", "", "\n: x")
    if unit.markup.startswith("#"):
        return (f"{unit.markup} ", "", "")
    before, indent, after = _IN_CONTAINER.get(unit.path[-1] if unit.path else "", ("x\n\n", "", ""))
    return (before, indent, after + f"\n{indent}{unit.markup * 3}" if unit.markup else after)


class Proof:
    """The proof for one unit. `env` holds the link references and footnotes of the document."""

    def __init__(self, unit: Unit, env: Mapping[str, Any]) -> None:
        self.unit = unit
        self._references = env.get("references", {})
        self._footnotes = dict.fromkeys(env.get("footnotes", {}).get("refs", {}), -1)
        self._line_start = re.compile(rf"(?:\r\n?|\n){line_start(unit.path)}")
        self._frame: _Frame | None = _frame(unit) if unit.kind != "field" else None
        pieces, self._dialect = self._read(unit.source)
        if self._frame and unit.kind != "html" and (pieces is None or shape(pieces) != shape(unit.pieces)):
            self._frame = None  # it cannot stand alone: at least its inline markup is proven
            _, self._dialect = self._read(unit.source)
        self._plain = self._skeleton(commonmark(), unit.source)

    def holds(self, source: str, pieces: Sequence[Piece]) -> bool:
        """Whether `source` reads as `pieces` (HTML has none) and has the structure of the unit's own source."""
        found, blocks = self._read(source)
        reads = self.unit.kind == "html" or (found is not None and shape(found) == shape(pieces))
        return reads and blocks == self._dialect and self._skeleton(commonmark(), source) == self._plain

    def reads(self, source: str, pieces: Sequence[Piece]) -> bool:
        """Whether `source` by itself reads as `pieces`: for what is inside a tag."""
        content = self._line_start.sub("\n", source)
        token = positioned_dialect().parseInline(content, self._env())[0]
        return shape(inline_pieces(token, content, _AS_IT_IS)) == shape(pieces)

    def _read(self, source: str) -> tuple[tuple[Piece, ...] | None, list[Any]]:
        """The pieces of the leaf, or None when it is not one leaf any more, and the structure of the whole."""
        tokens, env = self._parse(positioned_dialect(), source)
        found = structure(tokens, env)
        if self.unit.kind == "field":
            return field_pieces(source), found
        leaves = [token for token in tokens if token.type == "inline" and token.content.strip()]
        if not leaves:
            return None, found
        leaf = leaves[0 if self.unit.kind == "term" else -1]
        return inline_pieces(leaf, leaf.content, _AS_IT_IS), found

    def _skeleton(self, md: MarkdownIt, source: str) -> list[Any]:
        return structure(*self._parse(md, source))

    def _parse(self, md: MarkdownIt, source: str) -> tuple[list[Token], dict[str, Any]]:
        env, content = self._env(), self._line_start.sub("\n", source)
        if self._frame is None:
            content = content.replace("\\|", "|") if self.unit.kind == "cell" else content
            return md.parseInline(content, env), env
        before, indent, after = self._frame
        return md.parse(before + content.replace("\n", "\n" + indent) + after, env), env

    def _env(self) -> dict[str, Any]:
        return {
            "references": ChainMap({}, self._references),
            "footnotes": {"refs": ChainMap({}, self._footnotes), "list": {}},
        }


class _Same:
    """A key that equals only itself."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


def proof_of(unit: Unit, env: Mapping[str, Any]) -> Proof:
    """The proof for a unit; one is kept for a while, because a unit is composed again with every answer."""
    return _proof(_Same(unit), _Same(env))


@lru_cache(maxsize=256)
def _proof(unit: _Same, env: _Same) -> Proof:
    return Proof(unit.value, env.value)


def shape(pieces: Sequence[Piece]) -> list[tuple[str, ...]]:
    """What is compared: the text as it is read, tags by what they are."""
    found: list[tuple[str, ...]] = []
    texts: list[str] = []
    for piece in pieces:
        if piece.kind in {"text", "break"}:
            texts.append(piece.text or " ")
            continue
        found.append(("text", _squeezed(texts)))
        texts = []
        found.append((piece.kind, piece.name, "" if piece.name == "break" else piece.value))
    return [*found, ("text", _squeezed(texts))]


def _squeezed(texts: Sequence[str]) -> str:
    return " ".join("".join(texts).split())
