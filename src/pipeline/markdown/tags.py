"""How numbered tags are spelled for an engine, and how they are read back: strictly, or not at all.

What an engine is known to do to a tag (full-width brackets, blanks inside, another digit set) is undone. A tag that is
missing, doubled, unknown, badly nested or moved out of its parent makes the answer unusable: a number is never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.markdown.pieces import Piece

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
        """The message in this spelling, or None when the text itself holds something that looks like a tag."""
        parts = []
        for piece in pieces:
            if piece.kind == "text":
                if self.pattern.search(piece.text):
                    return None
                parts.append(piece.text)
            elif piece.kind == "break":
                parts.append(" ")
            else:
                template = {"open": self.opening, "close": self.closing, "void": self.void}[piece.kind]
                parts.append(template.format(piece.id))
        return " ".join("".join(parts).split("\n"))


SPELLINGS = {
    "xml": Spelling(
        "xml", "<{}>", "</{}>", "<{}/>", re.compile(r"[<＜〈]\s*([/／]?)\s*(\d{1,4})\s*([/／]?)\s*[>＞〉]")
    ),
    "bracket": Spelling(
        "bracket",
        "[[{}]]",
        "[[/{}]]",
        "[[{}/]]",
        re.compile(r"[\[［【]{1,2}\s*([/／]?)\s*(\d{1,4})\s*([/／]?)\s*[\]］】]{1,2}"),
    ),
}

# Bidirectional controls, zero-width characters and the byte order mark: invisible, and able to turn a page around.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")


def read_answer(answer: str, asked: Sequence[Piece], spelling: Spelling) -> tuple[Piece, ...] | None:
    """The pieces of an engine's answer, its tags those of `asked`; None when it cannot be trusted.

    Text pieces have no `source`: it is for the caller to spell them as Markdown.
    """
    allowed = "".join(piece.text for piece in asked)
    pieces = _split(_clean(answer, allowed), asked, spelling)
    if pieces is None or not _well_formed(pieces, asked):
        return None
    pieces = _with_blanks_outside(pieces)
    return pieces if _plausible(pieces, asked) else None


def _clean(answer: str, allowed: str) -> str:
    """Without control and invisible characters that the source does not have; line ends as blanks."""
    text = re.sub(r"[ \t]*[\r\n\t]+[ \t]*", " ", answer)
    text = _CONTROL.sub("", text)
    text = _INVISIBLE.sub(lambda match: match[0] if match[0] in allowed else "", text)
    return text.strip()


def _split(answer: str, asked: Sequence[Piece], spelling: Spelling) -> tuple[Piece, ...] | None:
    originals: dict[tuple[str, int], Piece] = {(piece.kind, piece.id): piece for piece in asked}
    pieces: list[Piece] = []
    cursor = 0
    for match in spelling.pattern.finditer(answer):
        _add_text(pieces, answer[cursor : match.start()])
        cursor = match.end()
        number = int(unicodedata.normalize("NFKC", match[2]))
        kind = "close" if match[1] else "void" if match[3] else "open"
        if kind == "open" and ("void", number) in originals:
            closing = spelling.pattern.match(answer, match.end())  # `<2></2>` for `<2/>`
            if not closing or not closing[1] or int(unicodedata.normalize("NFKC", closing[2])) != number:
                return None
            pieces.append(originals["void", number])
            continue
        if kind == "close" and ("void", number) in originals:
            if (
                pieces
                and pieces[-1].id == number
                and answer[: match.start()].rstrip().endswith(("＞", ">", "]", "］", "】"))
            ):
                continue
            return None
        original = originals.get((kind, number))
        if original is None:
            return None
        pieces.append(original)
    _add_text(pieces, answer[cursor:])
    return tuple(pieces)


def _add_text(pieces: list[Piece], text: str) -> None:
    if text:
        pieces.append(Piece("text", "", 0, 0, text))


def _well_formed(pieces: Sequence[Piece], asked: Sequence[Piece]) -> bool:
    """The same tags, each once, each inside the same parent."""
    wanted, found = _parents(asked), _parents(pieces)
    return found is not None and wanted == found


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
            _append_blank(moved, index - 2)
        if index + 1 < len(moved) and moved[index + 1].kind == "close" and text != text.rstrip():
            text = text.rstrip()
            _prepend_blank(moved, index + 2)
        moved[index] = Piece("text", "", 0, 0, text)
    return tuple(piece for piece in moved if piece.kind != "text" or piece.text)


def _append_blank(pieces: list[Piece], index: int) -> None:
    if index >= 0 and pieces[index].kind == "text" and not pieces[index].text.endswith(" "):
        pieces[index] = Piece("text", "", 0, 0, pieces[index].text + " ")


def _prepend_blank(pieces: list[Piece], index: int) -> None:
    if index < len(pieces) and pieces[index].kind == "text" and not pieces[index].text.startswith(" "):
        pieces[index] = Piece("text", "", 0, 0, " " + pieces[index].text)


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
