"""Chinese typography, where it is certain: full-width punctuation after Han, spacing, ellipsis and dash.

It works on the text between tags, never on code, addresses or tags. Letters, digits and their order stay as they are:
only blanks, and the width of punctuation, change. The rules follow GB/T 15834 and
https://www.w3.org/TR/clreq/#punctuation_marks; what those leave to the writer is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.markdown import Piece

__all__ = ["HAN", "Change", "changes", "is_simplified", "stand_in", "tidy", "tidy_pieces"]

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

# One character for each tag while the text around it is looked at: a pair is looked through, code is read as a word.
_OPEN, _CLOSE, _WORD, _OTHER = "\ue000", "\ue001", "\ue002", "\ue003"
_RESERVED = re.compile("[\ue000-\ue003]")
_WORDS = frozenset({"code", "math", "address", "url"})

_SIMPLIFIED = re.compile(r"zh(?:-Hans)?(?:-(?:CN|SG|MY))?", re.IGNORECASE)

_CLOSING = "）》」』】〉”’"
_OPENING = "（《「『【〈“‘"
_STOPS = "，。；：？！、"
_WIDE = str.maketrans(",;:!?", "，；：！？")
_HAS_HAN = re.compile(f"[{HAN}]")
# Japanese has rules of its own; a lone の or ・ does not make a Chinese text Japanese.
_KANA = re.compile("[\u3041-\u306d\u306f-\u30fa\u30fc-\u30ff\uff66-\uff9f]")


@dataclass(frozen=True, slots=True)
class Change:
    """`text[start:end]` is better written as `becomes`.

    `name` is half-width, brackets, ellipsis, dash, blank or spacing.
    """

    name: str
    start: int
    end: int
    becomes: str


@dataclass(frozen=True, slots=True)
class _Fix:
    name: str
    pattern: re.Pattern[str]
    write: Callable[[re.Match[str]], str]


def _fix(name: str, pattern: str, write: str | Callable[[re.Match[str]], str]) -> _Fix:
    return _Fix(name, re.compile(pattern, re.VERBOSE), (lambda _: write) if isinstance(write, str) else write)


_AFTER = rf"(?<=[{HAN}{_CLOSING}])(?P<tags>[{_OPEN}{_CLOSE}]*)"
_FIXES = (
    _fix(
        "half-width",
        rf"""{_AFTER}[ ]*(?P<marks>
            ,                               # a list or a sentence goes on
          | ;(?!-?\))
          | [!?]++(?!=|important)           # but not `!=` and `!important`
          | :(?!-?\)|[:=]|//|[a-z0-9_+-]+:(?![0-9]))  # but not `:)`, `::`, `:=`, `://` and `:emoji:`
            (?!(?<=[ ]:)[DPp](?!\w))        # nor ` :D`
        )(?:[ ]+(?=[^\s{_OTHER}]))?""",
        lambda match: match["tags"] + match["marks"].translate(_WIDE),
    ),
    # A comma between a Latin word (or code) and Han. A digit may be followed by a thousand, but never by Han.
    _fix("half-width", rf"(?<=[A-Za-z0-9%％‰℃℉)\]{_WORD}]),(?=[{HAN}])", "，"),
    _fix(
        "half-width",
        rf"{_AFTER}\.(?:[ ]+(?=[{HAN}A-Z{_OPENING}{_OPEN}{_WORD}])|(?=[ ]*(?:\Z|[{_CLOSE}{_OTHER}]))|(?=[{_CLOSING}]))",
        lambda match: match["tags"] + "。",
    ),
    _fix(
        "brackets",
        rf"""(?:(?<=[\w{_CLOSING}{_STOPS}{_WORD}])[ ]+|(?<![A-Za-z0-9_)\]$}}.{_WORD}]))
            \((?P<inside>[^()（）\[\]{{}}]*[{HAN}][^()（）\[\]{{}}]*)\)(?:[ ]+(?=[{HAN}{_STOPS}]))?""",
        lambda match: f"（{match['inside'].strip(' ')}）",
    ),
    _fix("ellipsis", rf"(?<=[{HAN}{_CLOSING}{_STOPS}])(?:[ ]+(?=\.+(?:\s|\Z)))?\.{{3,6}}(?![.A-Za-z0-9/\\])", "……"),
    _fix("ellipsis", r"。{3,}", "……"),
    _fix("dash", rf"(?<=[{HAN}{_CLOSING}])(?:[ ]*--{{1,2}}[ ]*|[ ]+—[ ]+)(?=[{HAN}{_OPENING}])", "——"),
    _fix("blank", rf"(?<=[\w{_CLOSING}{_WORD}])[ ]+(?=[{_STOPS}）》」』】〉])", ""),
    _fix("blank", rf"(?<=[{_STOPS}（《「『【〈])[ ]+(?=[\w{_OPENING}（({_WORD}])", ""),
    _fix("blank", rf"(?<=[）》」』】〉])[ ]+(?=[{HAN}])|(?<=[\w{_WORD}])[ ]+(?=[（《「『【〈])", ""),
)
_BETWEEN = rf"(?P<closing>{_CLOSE}*)(?P<opening>[{_OPEN}{_CLOSE}]*)"
_SPACING = tuple(
    _fix("spacing", f"{before}{_BETWEEN}{after}", lambda match: f"{match['closing']} {match['opening']}")
    for before, after in (
        (rf"(?<=[{HAN}])", rf"(?=[A-Za-z0-9{_WORD}])"),
        (rf"(?:(?<=[A-Za-z0-9%{_WORD}])|(?<=[A-Za-z+][+\#]))", rf"(?=[{HAN}])"),
    )
)


def is_simplified(language: str) -> bool:
    """Whether a BCP 47 tag names simplified Chinese, which these rules are for."""
    return bool(_SIMPLIFIED.fullmatch(language))


def tidy(text: str, *, spacing: bool = True) -> str:
    """One run of text with its typography put right; text that is not Chinese comes back as it is. Idempotent.

    Without `spacing` the blanks between Han and Latin letters or digits stay as they are.
    """
    return text if _RESERVED.search(text) else _tidied(text, spacing=spacing)


def _is_chinese(text: str) -> bool:
    return bool(_HAS_HAN.search(text)) and not _KANA.search(text)


def _tidied(text: str, *, spacing: bool) -> str:
    if not _is_chinese(text):
        return text
    fixes = (*_FIXES, *_SPACING) if spacing else _FIXES
    before = ""
    while before != text:  # one change may make room for another; each makes half-width marks or blanks fewer
        before = text
        for fix in fixes:
            text = fix.pattern.sub(fix.write, text)
    return text


def tidy_pieces(pieces: Sequence[Piece], *, spacing: bool = True) -> tuple[Piece, ...]:
    """The pieces of a segment with the typography of their text put right, seen across tags. Tags are never touched.

    Text that changes loses its `source`: it is for the caller to spell it as Markdown.
    """
    if any(_RESERVED.search(piece.text) for piece in pieces):
        return tuple(pieces)
    flat = "".join(piece.text if piece.kind == "text" else stand_in(piece) for piece in pieces)
    tidied = _tidied(flat, spacing=spacing)
    return tuple(pieces) if tidied == flat else tuple(_rebuilt(pieces, _RESERVED.split(tidied)))


def _rebuilt(pieces: Sequence[Piece], texts: Sequence[str]) -> Iterator[Piece]:
    """The tags in their order, and between them the new texts."""
    gap = 0
    run: list[Piece] = []
    for piece in (*pieces, None):
        if piece is not None and piece.kind == "text":
            run.append(piece)
            continue
        if "".join(old.text for old in run) == texts[gap]:
            yield from run
        elif texts[gap]:
            yield Piece("text", "", 0, 0, texts[gap])
        run = []
        gap += 1
        if piece is not None:
            yield piece


def stand_in(piece: Piece) -> str:
    """The character that stands for a tag in the text that `changes` is given."""
    if piece.kind in {"open", "close"}:
        return _OPEN if piece.kind == "open" else _CLOSE
    return _WORD if piece.name in _WORDS else _OTHER


def changes(text: str, *, spacing: bool = True) -> list[Change]:
    """What `tidy` would do to a text (in which tags are stand-ins), in order and without overlaps."""
    if not _is_chinese(text):
        return []
    found = [
        Change(fix.name, match.start(), match.end(), fix.write(match))
        for fix in (*_FIXES, *(_SPACING if spacing else ()))
        for match in fix.pattern.finditer(text)
        if fix.write(match) != match[0]
    ]
    kept: list[Change] = []
    for change in sorted(found, key=lambda change: (change.start, -change.end)):
        if not kept or change.start >= kept[-1].end:
            kept.append(change)
    return kept
