r"""What a leaf reads as where that can be told without a parser: most prose, so most proofs cost next to nothing.

Only text of letters, digits, blanks and harmless punctuation, with code, formulas, inline links, images and emphasis
that neither depend on what is beside them nor do anything to it. Why that is enough, under the dialect and under
CommonMark: nothing in such text begins or ends markup; code spans hold no backtick, and none is outside of them; what
is in a link's brackets holds no bracket; a run of `*` with a letter or a digit behind it can open, with one before it
can close, and as no emphasis is inside another the first that closes finds the last that opened; the `_` of a formula
can open nothing; and nothing at the beginning of a line begins a block. Whatever is not that simple is left to the
proof.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.markdown.pieces import Piece

__all__ = ["inert", "sure_tree"]

_TEXT = re.compile(
    r"""(?:[^\W_]|[ ,.;?'"()%/，。！？；：、“”‘’（）《》〈〉「」『』【】⟦⟧…—·-]|:(?!/)|!(?=[\w ]))*+[!]?"""
)
# What a line may begin with: no digits that number an item, no mark of a block.
_START = re.compile(r"[^\W\d_]|[“”‘’（《〈「『【⟦—…·]|\d++(?![.)])|`{1,2}[^`]|!?\[[^\W_]|\*{1,2}[^\W_]|\$[A-Za-z\\]")
_BREAK = re.compile(r"\r?\n *")
_URL = r"""[!#%+,./0-9:;=?@A-Za-z_~-]++"""
_CODE = re.compile(r"(`{1,2})[^`\r\n|]++\1")
_MATH = re.compile(r"\$(?! )(?:[A-Za-z0-9+=.,()^{}/-]|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9{])|\\(?=[A-Za-z])| (?=[^ $]))++\$")
_CLOSE = re.compile(rf"\]\({_URL}\)")
_STARS = {"em": "*", "strong": "**"}
_IMAGE = re.compile(rf"!\[(.*)\]\(({_URL})\)", re.DOTALL)


def inert(text: str) -> bool:
    """Nothing in it is markup, except perhaps at the beginning of a line."""
    return _TEXT.fullmatch(text) is not None and "www." not in text


def sure_tree(pieces: Sequence[Piece], source: str) -> str | None:
    """The tags of a leaf as a tree whose branches are sorted, if `source` surely reads as `pieces`; else None.

    Two sources of which this is true and whose trees are equal have the same structure, in whatever leaf they stand.
    """
    reading = _Reading(source)
    return reading.tree() if all(map(reading.goes_on, pieces)) else None


class _Reading:
    """Pieces found in a source, one after the other."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.cursor = 0
        self.line_begins = True
        self.last = ""  # the kind of the piece before
        self.opened: list[Piece] = []
        self.branches: list[list[str]] = [[]]

    def tree(self) -> str | None:
        """What was read; None if that is not all, or not closed."""
        whole = self.cursor == len(self.source) and not self.opened and not self.line_begins
        return ",".join(sorted(self.branches[0])) if whole else None

    def goes_on(self, piece: Piece) -> bool:
        """The next piece is written here, and surely read."""
        start, kind = self.cursor, piece.kind
        written = piece.text if kind == "text" else piece.source
        if piece.name == "image":
            written = _image_at(self.source, start)  # what it says may have been translated
        if not written or not self.source.startswith(written, start):
            return False
        if self.line_begins and not _START.match(self.source, start):
            return False
        self.cursor = start + len(written)
        self.line_begins = kind == "break"
        sure = {"text": self._text, "break": self._break, "void": self._void, "open": self._open, "close": self._close}
        if not sure[kind](piece, written):
            return False
        self.last = kind
        return True

    def _text(self, piece: Piece, written: str) -> bool:
        return piece.source in {"", written} and inert(written)

    def _break(self, _: Piece, written: str) -> bool:
        return _BREAK.fullmatch(written) is not None

    def _void(self, piece: Piece, written: str) -> bool:
        image = _IMAGE.fullmatch(written)
        if piece.name == "code":
            sure = _CODE.fullmatch(written) is not None
        elif piece.name == "math":
            sure = _MATH.fullmatch(written) is not None and not self._after.isdigit()
        else:
            sure = piece.name == "image" and image is not None and image[1][:1].isalnum() and inert(image[1])
        self.branches[-1].append(_node(piece, image[2] if image else written))
        return sure and self.last != "void"

    def _open(self, piece: Piece, written: str) -> bool:
        around = {other.name for other in self.opened}
        start = self.cursor - len(written)
        before = self.source[start - 1] if start else ""
        self.opened.append(piece)
        self.branches.append([])
        if piece.name == "link":
            return written == "[" and before != "!" and "link" not in around
        return written == _STARS.get(piece.name) and self._after.isalnum() and around <= {"link"}

    def _close(self, piece: Piece, written: str) -> bool:
        opening = self.opened.pop() if self.opened else None
        if opening is None or opening.name != piece.name:
            return False
        inside = ",".join(sorted(self.branches.pop()))
        self.branches[-1].append(f"{_node(opening, opening.source + written)}[{inside}]")
        if piece.name == "link":
            return _CLOSE.fullmatch(written) is not None
        before = self.source[self.cursor - len(written) - 1]
        return written == _STARS.get(piece.name) and before.isalnum() and self._after != "*"

    @property
    def _after(self) -> str:
        return self.source[self.cursor : self.cursor + 1]


def _image_at(source: str, start: int) -> str:
    """An image without brackets in it."""
    end = source.find(")", start)
    return source[start : end + 1] if end > start else ""


def _node(piece: Piece, written: str) -> str:
    return repr((piece.name, piece.value, written))
