"""How numbered tags are spelled for an engine, and how they are read back: strictly, or not at all.

What an engine is known to do to a tag is undone: full-width or Chinese brackets, blanks inside, digits of another
script, HTML entities, an opaque tag written as an empty pair. A tag that is missing, doubled, unknown, badly nested or
moved out of its parent makes the answer unusable: a number is never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.markdown.pieces import Piece, written

__all__ = ["SPELLINGS", "Spelling", "read_answer"]


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write tags: formats for an opening, a closing and an opaque tag, and a pattern that finds them all.

    The pattern's groups are: a slash before the number, the number, a slash after it.
    """

    name: str
    opening: str
    closing: str
    void: str
    pattern: re.Pattern[str]

    def write(self, pieces: Sequence[Piece]) -> str | None:
        """The message in this spelling, or None when the text itself holds something that looks like a tag.

        Text without tags is written as it is: its answer is not searched for tags either.
        """
        if _has_tags(pieces) and any(piece.kind == "text" and self.pattern.search(piece.text) for piece in pieces):
            return None
        return " ".join("".join(self._spelled(piece) for piece in pieces).split("\n"))

    def _spelled(self, piece: Piece) -> str:
        if piece.kind == "text":
            return piece.text
        if piece.kind == "break":
            return " "
        form = self.opening if piece.kind == "open" else self.closing if piece.kind == "close" else self.void
        return form.format(piece.id)


_NUMBER = r"\s{0,3}([/／]?)\s{0,3}(\d{1,4})\s{0,3}([/／]?)\s{0,3}"
SPELLINGS = {
    "xml": Spelling("xml", "<{}>", "</{}>", "<{}/>", re.compile(rf"(?:[<＜〈⟨《]|&lt;){_NUMBER}(?:[>＞〉⟩》]|&gt;)")),
    "bracket": Spelling(
        "bracket", "[[{}]]", "[[/{}]]", "[[{}/]]", re.compile(rf"[\[［【]{{1,2}}{_NUMBER}[\]］】]{{1,2}}")
    ),
}


def read_answer(answer: str, asked: Sequence[Piece], spelling: Spelling) -> tuple[Piece, ...] | None:
    """The pieces of an engine's answer, its tags those of `asked`; None when it cannot be trusted.

    An answer that says what was asked gives back `asked` itself. Other text pieces have no `source`: it is for the
    caller to spell them as Markdown. An answer may not bring addresses along: they would be links.
    """
    question = "".join(piece.text for piece in asked)
    text = _clean(answer, question)
    if text == _clean("".join(map(spelling._spelled, asked)), question):
        return tuple(asked)
    pieces = _split(text, asked, spelling) if _has_tags(asked) else (written(text),)
    if pieces is None or _parents(pieces) != _parents(asked):
        return None
    pieces = _with_blanks_outside(pieces)
    return pieces if _plausible(pieces, asked) and not _new_addresses(pieces, question) else None


def _has_tags(pieces: Sequence[Piece]) -> bool:
    return any(piece.kind in {"open", "close", "void"} for piece in pieces)


def _clean(answer: str, question: str) -> str:
    """Line ends and runs of blanks as one blank; without invisible characters that the question does not have."""
    text = re.sub(r"[ \t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+", " ", answer)
    if not text.isprintable():
        text = "".join(
            character
            for index, character in enumerate(text)
            if character.isprintable() or character in question or _is_visible(text, index)
        )
    return re.sub(" +", " ", text).strip()


def _is_visible(text: str, index: int) -> bool:
    """A blank of another width, a character newer than this Python, or a joiner where a script or an emoji needs it."""
    category = unicodedata.category(text[index])
    if text[index] in "\u200c\u200d" and index:
        before = text[index - 1]
        return unicodedata.category(before) in {"So", "Sk", "Mn", "Mc"} or unicodedata.bidirectional(before) == "AL"
    return category == "Zs" or (category == "Cn" and not _is_noncharacter(ord(text[index])))


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _split(answer: str, asked: Sequence[Piece], spelling: Spelling) -> tuple[Piece, ...] | None:
    """The answer cut at its tags; None if one is unknown."""
    originals: dict[tuple[str, int], Piece] = {(piece.kind, piece.id): piece for piece in asked}
    pieces: list[Piece] = []
    cursor = 0
    while match := spelling.pattern.search(answer, cursor):
        pieces += [written(answer[cursor : match.start()])] if match.start() > cursor else []
        number, cursor = int(match[2]), match.end()
        kind = "close" if match[1] else "void" if match[3] else "open"
        if kind == "open" and ("void", number) in originals:  # `<2></2>` for `<2/>`
            closing = spelling.pattern.match(answer, cursor)
            if not closing or not closing[1] or int(closing[2]) != number:
                return None
            kind, cursor = "void", closing.end()
        if (kind, number) not in originals:
            return None
        pieces.append(originals[kind, number])
    return (*pieces, written(answer[cursor:])) if cursor < len(answer) else tuple(pieces)


def _parents(pieces: Sequence[Piece]) -> dict[tuple[str, int], int] | None:
    """The pair around every tag; None when the tags are not well nested or one comes twice."""
    parents: dict[tuple[str, int], int] = {}
    stack = [0]
    for piece in pieces:
        if piece.kind in {"open", "void"}:
            if (piece.kind, piece.id) in parents:
                return None
            parents[piece.kind, piece.id] = stack[-1]
        if piece.kind == "open":
            stack.append(piece.id)
        elif piece.kind == "close" and stack.pop() != piece.id:
            return None
    return parents if len(stack) == 1 else None


def _with_blanks_outside(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Blanks at the inner ends of a pair are moved out of it: `** bold **` is not bold."""
    moved = list(pieces)
    for index, piece in enumerate(moved):
        if piece.kind != "text":
            continue
        text = piece.text
        if index and moved[index - 1].kind == "open" and text != text.lstrip():
            text = text.lstrip()
            _add_blank(moved, index - 2, after=True)
        if index + 1 < len(moved) and moved[index + 1].kind == "close" and text != text.rstrip():
            text = text.rstrip()
            _add_blank(moved, index + 2, after=False)
        moved[index] = written(text)
    return tuple(piece for piece in moved if piece.kind != "text" or piece.text)


def _add_blank(pieces: list[Piece], index: int, *, after: bool) -> None:
    if 0 <= index < len(pieces) and pieces[index].kind == "text":
        text = pieces[index].text
        pieces[index] = written(text.rstrip() + " " if after else " " + text.lstrip())


def _plausible(pieces: Sequence[Piece], asked: Sequence[Piece]) -> bool:
    """Neither empty, nor far too short or long, nor with a pair that lost its words."""
    before = "".join(piece.text for piece in asked).strip()
    after = "".join(piece.text for piece in pieces).strip()
    if bool(before) != bool(after):
        return False
    if len(after) > 4 * len(before) + 40 or len(after) < len(before) / 25:
        return False
    return _filled(asked) <= _filled(pieces)


def _filled(pieces: Sequence[Piece]) -> set[int]:
    """The pairs with something in them."""
    filled: set[int] = set()
    stack: list[int] = []
    for piece in pieces:
        if piece.kind == "open":
            stack.append(piece.id)
        elif piece.kind == "close":
            stack.pop()
        elif piece.kind == "void" or piece.text.strip():
            filled.update(stack)
    return filled


# What GFM or a mail program makes a link of, whatever stands around it.
_ADDRESS = re.compile(
    r"(?:(?:https?|ftp)://|www\.|mailto:|xmpp:)[!-~]*|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]*", re.IGNORECASE | re.ASCII
)
_MAY_BE_ADDRESS = re.compile("[:@]|[wW]\\.")


def _new_addresses(pieces: Sequence[Piece], question: str) -> bool:
    """A part of the question's address is another address."""
    texts = [piece.text for piece in pieces if _MAY_BE_ADDRESS.search(piece.text)]
    found = {match[0].rstrip(".,:;!?)") for text in texts for match in _ADDRESS.finditer(text)}
    return any(
        not re.search(rf"(?<![A-Za-z0-9]){re.escape(address)}(?!\.?[A-Za-z0-9_-])", question) for address in found
    )
