"""The text of one `seg` element as pieces."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.markdown import Piece
from pipeline.markdown.pieces import renumbered, written
from pipeline.translation.tmx.tags import name_of

__all__ = ["Seg"]

_TEXT = ""
_NATIVE = frozenset({"bpt", "ept", "ph", "it", "ut"})


class Seg:
    """Filled by the events of a parser; `pieces` is what came of it.

    An element that holds a tag's own code is that tag; `hi` marks a stretch of the text, and is looked through.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[str, Mapping[str, str], list[str]]] = []
        self._inside: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins. What is inside of a tag (`sub`) belongs to its code."""
        if tag in _NATIVE and not self._inside:
            self._parts.append((tag, attributes, []))
        if tag in _NATIVE or self._inside:
            self._inside.append(tag)

    def text(self, data: str) -> None:
        """Some characters."""
        if not self._parts:
            self._parts.append((_TEXT, {}, []))
        self._parts[-1][2].append(data)

    def end(self) -> None:
        """An element ends."""
        if self._inside:
            self._inside.pop()
            if not self._inside:
                self._parts.append((_TEXT, {}, []))

    def pieces(self, *, wrapped: bool) -> tuple[Piece, ...] | None:
        """Text and tags, numbered from 1; None if they are not well nested.

        `wrapped`: line breaks are the file's, and not of the text.
        """
        pieces: list[Piece] = []
        stack: list[tuple[str, str]] = []
        for tag, attributes, data in self._parts:
            code, number = "".join(data), attributes.get("i", "")
            name = name_of(attributes.get("type", ""), code)
            if tag == _TEXT:
                text = re.sub(r"\s*[\r\n]\s*", " ", code) if wrapped else code
                pieces += [written(text)] if text else []
            elif tag == "bpt":
                stack.append((number, name))
                pieces.append(Piece("open", code, 0, 0, name=name))
            elif tag == "ept":
                opened, name = stack.pop() if stack else (None, "")
                if opened != number:
                    return None
                pieces.append(Piece("close", code, 0, 0, name=name))
            else:
                pieces.append(Piece("void", code, 0, 0, name=name))
        return None if stack else renumbered(_stripped(pieces) if wrapped else pieces)

    def marks(self) -> dict[str, int] | None:
        """The number of each tag by its `x`; None if one has none, or two have the same."""
        tags = [attributes.get("x", "") for tag, attributes, _ in self._parts if tag not in {_TEXT, "ept"}]
        numbers = {x: number for number, x in enumerate(tags, 1) if x}
        return numbers if len(numbers) == len(tags) else None


def _stripped(pieces: list[Piece]) -> list[Piece]:
    """Without blanks at both ends."""
    if pieces and pieces[0].kind == "text":
        pieces[0] = written(pieces[0].text.lstrip())
    if pieces and pieces[-1].kind == "text":
        pieces[-1] = written(pieces[-1].text.rstrip())
    return [piece for piece in pieces if piece.kind != "text" or piece.text]
