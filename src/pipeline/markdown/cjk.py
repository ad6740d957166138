"""Chinese, Japanese and Korean in Markdown: emphasis beside their punctuation, and lines joined without a blank.

The emphasis rules are the CommonMark amendments of
https://github.com/tats-u/markdown-cjk-friendly/blob/main/specification.md, whose words are used below, with the
character properties as npm's markdown-it-cjk-friendly 3.0.0 sees them. The joining of lines follows the segment break
rules of https://www.w3.org/TR/css-text-3/#line-break-transform.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, emphasis, strikethrough
from markdown_it.token import Token

__all__ = ["cjk_friendly", "join_lines"]

_InlineRule = Callable[[StateInline, bool], bool]


def _bounds(ranges: str) -> tuple[int, ...]:
    """`30-32 41` as 0x30, 0x33, 0x41, 0x42: a code point is inside after an odd number of bounds."""
    bounds: list[int] = []
    for part in ranges.split():
        first, _, last = part.partition("-")
        bounds += [int(first, 16), int(last or first, 16) + 1]
    return tuple(bounds)


def _inside(bounds: tuple[int, ...], char: str) -> bool:
    return bisect_right(bounds, ord(char)) % 2 == 1


# East Asian Width W, F or H without default emoji, and the script Hangul (Unicode 18). From a table, because
# unicodedata is older than that, knows no emoji, and gives unassigned code points a wrong width in Python 3.11.
_CJK = _bounds(
    "1100-11FF 20A9 2329-232A 2630-2637 268A-268F 2E80-2E99 2E9B-2EF3 2F00-2FD5 2FF0-303E 3041-3096 3099-30FF "
    "3105-312F 3131-318E 3190-31E5 31EF-321E 3220-3247 3250-A48C A490-A4C6 A960-A97C AC00-D7A3 D7B0-D7C6 D7CB-D7FB "
    "F900-FAFF FE10-FE19 FE30-FE52 FE54-FE66 FE68-FE6B FF01-FFBE FFC2-FFC7 FFCA-FFCF FFD2-FFD7 FFDA-FFDC FFE0-FFE6 "
    "FFE8-FFEE 16FE0-16FE4 16FF0-16FF6 17000-18CDA 18CFF-18D20 18D80-18DF2 18E00-19191 191A0-191D2 1AFF0-1AFF3 "
    "1AFF5-1AFFB 1AFFD-1AFFE 1B000-1B128 1B132 1B150-1B152 1B155 1B164-1B168 1B170-1B2FB 1D300-1D356 1D360-1D376 "
    "1F1AE 1F200 1F202 1F210-1F219 1F21B-1F22E 1F230-1F231 1F237 1F23B 1F240-1F248 1F260-1F265 1F6D9 1F7DA "
    "1FA8B-1FA8D 1FACC 1FADD 1FAEB 1FAF9-1FAFA 20000-2FFFD 30000-3FFFD"
)

# Hangul and the won sign: Korean puts a blank between words, so a line break in it means one.
_KOREAN = _bounds(
    "1100-11FF 20A9 302E-302F 3131-318E 3200-321E 3260-327F A960-A97C AC00-D7A3 D7B0-D7C6 D7CB-D7FB FFA0-FFBE "
    "FFC2-FFC7 FFCA-FFCF FFD2-FFD7 FFDA-FFDC FFE6"
)

# Punctuation and symbols (categories P and S) that Unicode 15 to 17 added and Python 3.11 does not know.
_NEW_PUNCTUATION = _bounds(
    "1B4E-1B4F 1B7F 20C1 2427-2429 2B96 2FFC-2FFF 31E4-31E5 31EF FBC3-FBD2 FD90-FD91 FDC8-FDCE 10D6E 10D8E-10D8F "
    "10ED0-10ED8 113D4-113D5 113D7-113D8 11B00-11B09 11BE1 11F43-11F4F 16D6D-16D6F 1CC00-1CCEF 1CCFA-1CCFC "
    "1CD00-1CEB3 1CEBA-1CED0 1CEE0-1CEF0 1E5FF 1F6D8 1F6DC 1F774-1F77F 1F7D9 1F8B2-1F8BB 1F8C0-1F8C1 1F8D0-1F8D8 "
    "1FA54-1FA57 1FA75-1FA77 1FA87-1FA8A 1FA8E-1FA8F 1FAAD-1FAAF 1FABB-1FABF 1FAC6 1FAC8 1FACD-1FACF 1FADA-1FADC "
    "1FADF 1FAE8-1FAEA 1FAEF 1FAF7-1FAF8 1FBCB-1FBEF 1FBFA"
)

_SPACE, _PUNCTUATION, _CJK_CHAR = 1, 2, 4
_SPACES = frozenset("\t\n\v\f\r")


@cache
def _kind(char: str) -> int:
    """What a character is, as a sum of _SPACE, _PUNCTUATION and _CJK_CHAR."""
    category = unicodedata.category(char)
    return (
        (_SPACE if category == "Zs" or char in _SPACES else 0)
        | (_PUNCTUATION if category[0] in "PS" or _inside(_NEW_PUNCTUATION, char) else 0)
        | (_CJK_CHAR if _inside(_CJK, char) else 0)
    )


def _kind_before(text: str, position: int) -> int:
    """What the sequence that ends at `position` is: variation selectors belong to the character they follow."""
    if position == 0:
        return _SPACE
    last = text[position - 1]
    if "\U000e0100" <= last <= "\U000e01ef":
        return _CJK_CHAR
    if not "\ufe00" <= last <= "\ufe0e" or position == 1:
        return _kind(last)
    base = text[position - 2]
    if last == "\ufe01" and base in "‘’“”":
        return _PUNCTUATION | _CJK_CHAR
    # The specification leaves open what a selector after a space is; npm's package tells blanks from line breaks.
    return _kind(base) if base in _SPACES else _kind(base) & ~_SPACE


def _flanking(before: int, after: int, *, within_words: bool) -> tuple[bool, bool]:
    """Whether a delimiter run between two such characters can open and can close."""
    left = not after & _SPACE and (after != _PUNCTUATION or before != 0)
    right = not before & _SPACE and (before != _PUNCTUATION or after != 0)
    if within_words:
        return left, right
    return left and (not right or before & _PUNCTUATION != 0), right and (not left or after & _PUNCTUATION != 0)


def _amended(rule: _InlineRule, markers: str) -> _InlineRule:
    """The rule, with the delimiters that it finds beside characters other than ASCII judged again."""

    def amended(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
        start, source = state.pos, state.src
        if source[start] not in markers:
            return False
        found = len(state.delimiters)
        if not rule(state, silent):
            return False
        end = state.pos
        after = source[end] if end < state.posMax else " "
        if (start == 0 or source[start - 1].isascii()) and after.isascii():
            return True
        before = _kind_before(source, start)
        opens, closes = _flanking(before, _kind(after), within_words=source[start] != "_")
        for delimiter in state.delimiters[found:]:
            delimiter.open, delimiter.close = opens, closes
        return True

    return amended


def cjk_friendly(md: MarkdownIt) -> None:
    """Make `*`, `**`, `_`, `__`, `~~` (and `~`, where that is on) work beside Chinese, Japanese and Korean.

    A plugin for `md.use`. It replaces the inline rules `emphasis` and `strikethrough`, and leaves it as it is whether
    they are enabled. Text without CJK characters renders as before.
    """
    md.inline.ruler.at("emphasis", _amended(emphasis.tokenize, "*_"))
    md.inline.ruler.at("strikethrough", _amended(strikethrough.tokenize, "~"))


# Wide in Chinese and narrow in English: they go with the character beyond them. Variation selectors say nothing.
_GO_WITH_NEIGHBOUR = re.compile("[‘’“”—―…‥·\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_INVISIBLE_HTML = re.compile(
    r"</?(?:a|b|del|em|i|ins|mark|s|small|span|strong|sub|sup|u)(?=[\s/>])|<!--", re.IGNORECASE
)
_BARE_LINKS = frozenset({"autolink", "linkify"})


def join_lines(md: MarkdownIt) -> None:
    """Remove a line break that falls between two Chinese or Japanese characters, so that it does not show as a blank.

    A plugin for `md.use`: a core rule after `inline` that drops such `softbreak` tokens, in the alternative text of
    images too. Characters are Han, kana and everything else of full or half width, their punctuation included, but
    neither Hangul nor emoji. Emphasis and links (also as HTML tags) are looked through; code, images and addresses
    are not. With the option `breaks` nothing is joined.
    """
    md.core.ruler.before("text_join", "join_lines", _join_lines)


def _join_lines(state: StateCore) -> None:
    if state.md.options["breaks"]:
        return
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = _joined(token.children)


def _joined(tokens: list[Token]) -> list[Token]:
    joints = set()
    for index, token in enumerate(tokens):
        if token.children:
            token.children = _joined(token.children)
        elif token.type == "softbreak" and _wide(tokens, index, -1) and _wide(tokens, index, 1):
            joints.add(index)
    return [token for index, token in enumerate(tokens) if index not in joints] if joints else tokens


def _wide(tokens: list[Token], index: int, step: int) -> bool:
    """Whether the next character that the reader sees before (-1) or after (1) a token is a CJK one."""
    index += step
    while 0 <= index < len(tokens):
        token = tokens[index]
        if token.type in {"text", "text_special"}:
            for char in token.content[::step]:
                if not _GO_WITH_NEIGHBOUR.match(char):
                    return _inside(_CJK, char) and not _inside(_KOREAN, char)
        elif not _unseen(token):
            return False
        index += step
    return False


def _unseen(token: Token) -> bool:
    """The token opens or closes something without a character of its own."""
    if token.type == "html_inline":
        return _INVISIBLE_HTML.match(token.content) is not None
    return token.nesting != 0 and token.markup not in _BARE_LINKS
