"""From pieces back to Markdown, proven before it is used.

Text is written as it is where that reads back as the same text, and with more and more care where it does not. What
is written must also keep its inline structure under plain CommonMark, where drafts are read on forges: emphasis next
to Chinese punctuation is respelled so that it works there too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from markdown_it.token import Token

from pipeline.markdown.dialect import commonmark
from pipeline.markdown.pieces import Piece, html_pieces, inline_pieces
from pipeline.markdown.skeleton import inline_skeleton
from pipeline.markdown.source import Mapping as SourceMapping
from pipeline.markdown.spans import positioned_dialect
from pipeline.markdown.units import Segment, Unit

__all__ = ["compose", "emit"]

# `\(` and `\[` would begin math, so brackets are written as entities and parentheses, harmless without them, stay.
_PUNCTUATION = re.compile(r"([!-'*-/:-@\\-`{-~])")
_RISKY = re.compile(r"([\\`*_{}\]<>|~$&^@]|(?<=[a-z])(?=://)|(?<=www)(?=\.))")
# What would start another block at the beginning of a line.
_LEADING = re.compile(r"(?:[-+*=#>:|~`$<\[{\\_]|\d{1,9}(?=[.)]))")


def compose(unit: Unit, targets: Mapping[int, Sequence[Piece]], env: Mapping[str, Any]) -> str | None:
    """`unit.source` with some of its segments (by index) replaced by the pieces of their translation.

    `env` holds the link references and footnotes of the document. Returns None if a translation cannot be written
    without changing the structure.
    """
    written: dict[int, str] = {}
    for index, pieces in sorted(targets.items(), key=lambda item: _size(unit.segments[item[0]])):
        segment = unit.segments[index]
        inner = {other: text for other, text in written.items() if _inside(unit.segments[other], segment)}
        text = emit(
            unit,
            segment,
            pieces,
            {unit.segments[other].start: (unit.segments[other].end, new) for other, new in inner.items()},
            env,
        )
        if text is None:
            return None
        for other in inner:
            del written[other]
        written[index] = text
    result, cursor = [], 0
    for index in sorted(written, key=lambda number: unit.segments[number].start):
        segment = unit.segments[index]
        result += [unit.source[cursor : segment.start], written[index]]
        cursor = segment.end
    return "".join([*result, unit.source[cursor:]])


def _size(segment: Segment) -> int:
    return segment.end - segment.start


def _inside(inner: Segment, outer: Segment) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end and inner is not outer


_Inner = Mapping[int, tuple[int, str]]


def emit(unit: Unit, segment: Segment, pieces: Sequence[Piece], inner: _Inner, env: Mapping[str, Any]) -> str | None:
    """One segment's translation as Markdown. `inner` replaces parts of the tags' source: start → (end, text)."""
    base = unit.start if unit.kind != "field" else 0
    offset = 0 if segment.kind == "html" or unit.kind == "label" else base

    def tag(piece: Piece) -> str:
        return _patched(piece, inner, offset)

    if segment.kind == "html":
        return _emit_html(pieces, tag)
    if segment.kind == "title":
        return _emit_title(unit, segment, pieces)
    for candidate in _respelled(_with_labels(unit, segment, pieces)):
        for spell in (_as_is,) if unit.kind == "field" else (_as_is, _careful, _literal):
            text = "".join(
                _in_block(unit, spell(piece.text)) if piece.kind == "text" and not piece.source else tag(piece)
                for piece in candidate
            )
            text = _safe_start(text, segment, candidate, unit)
            if _proven(text, candidate, unit, segment, env):
                return text
    return None


def _with_labels(unit: Unit, segment: Segment, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """`[label]` and `[label][]` name their target by their text: once that is translated, the label is spelled out."""
    if all(piece.source for piece in pieces):  # written as in the source
        return tuple(pieces)
    labels = {}
    opened: dict[int, Piece] = {}
    for piece in segment.pieces:
        if piece.kind == "open" and piece.name == "link":
            opened[piece.id] = piece
        elif piece.kind == "close" and piece.source in {"]", "][]"} and piece.id in opened:
            base = unit.start if unit.kind != "field" else 0
            labels[piece.id] = unit.source[opened[piece.id].end - base : piece.start - base]
    return tuple(
        _with_source(piece, f"][{labels[piece.id]}]") if piece.kind == "close" and piece.id in labels else piece
        for piece in pieces
    )


def _patched(piece: Piece, inner: _Inner, offset: int) -> str:
    """A tag's source with the translations of what it holds."""
    source, shift = piece.source, piece.start - offset
    for start, (end, text) in sorted(inner.items(), reverse=True):
        if shift <= start and end <= shift + len(piece.source):
            source = source[: start - shift] + text + source[end - shift :]
    return source


def _emit_html(pieces: Sequence[Piece], tag: Callable[[Piece], str]) -> str | None:
    text = "".join(
        escape(piece.text, quote=False) if piece.kind == "text" and not piece.source else tag(piece) for piece in pieces
    )
    parsed = html_pieces(text, 0)
    return text if _shape(parsed) == _shape(pieces) else None


def _emit_title(unit: Unit, segment: Segment, pieces: Sequence[Piece]) -> str | None:
    text = "".join(piece.text for piece in pieces)
    if unit.kind == "label":
        return None if re.search(r"[{}\r\n]", text) else text
    quote = unit.source[segment.start - 1]
    text = text.replace("\\", "\\\\").replace(quote, "\\" + quote).replace("&", "&amp;")
    return text.replace("|", "\\|") if unit.kind == "cell" else text


def _as_is(text: str) -> str:
    return text


def _careful(text: str) -> str:
    return _RISKY.sub(r"\\\1", text)


def _literal(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", text).replace("[", "&#91;").replace("]", "&#93;")


def _in_block(unit: Unit, text: str) -> str:
    """A pipe ends a cell, and makes a table of a heading that is underlined."""
    if unit.kind == "cell":
        return re.sub(r"(\\*)\|", lambda match: match[0] if len(match[1]) % 2 else match[1] + "\\|", text)
    return re.sub(r"\\?\|", "&#124;", text) if unit.kind.startswith("heading") else text


def _safe_start(text: str, segment: Segment, pieces: Sequence[Piece], unit: Unit) -> str:
    """A backslash where the first characters would begin another block."""
    first = next(iter(pieces), None)
    at_start = not unit.source[: segment.start].strip() and segment.kind == "text"
    if unit.kind == "field" or not at_start or first is None or first.kind != "text" or first.source:
        return text
    match = _LEADING.match(text)
    if not match or (text[0] == "\\" and first.text[0] != "\\"):  # escaped already
        return text
    if match[0][0].isdigit():
        return match[0] + "\\" + text[match.end() :]
    return "&#91;" + text[1:] if text[0] == "[" else "\\" + text


def _respelled(pieces: Sequence[Piece]) -> list[Sequence[Piece]]:
    """The pieces as they are; then with emphasis written so that plain CommonMark sees it beside Chinese."""
    starred = tuple(_starred(piece) for piece in pieces)
    moved = _punctuation_outside(starred)
    spaced = _spaced(moved)
    variants: list[Sequence[Piece]] = [pieces]
    for variant in (starred, moved, spaced, _spaced(starred)):
        if variant not in variants:
            variants.append(variant)
    return variants


def _starred(piece: Piece) -> Piece:
    """`_` never works between Han: `*` does."""
    if piece.name in {"em", "strong"} and piece.source and set(piece.source) == {"_"}:
        return _with_source(piece, "*" * len(piece.source))
    return piece


def _with_source(piece: Piece, source: str) -> Piece:
    return Piece(piece.kind, source, piece.start, piece.end, piece.text, piece.id, piece.name, piece.value, piece.token)


_CLOSERS = "，。！？；：、,.!?;:"


def _punctuation_outside(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """`**注意：**` as `**注意**：`, and `**“引号”**` as `“**引号**”`."""
    result = list(pieces)
    for index, piece in enumerate(result):
        if piece.kind != "close" or piece.name not in {"em", "strong"} or result[index - 1].kind != "text":
            continue
        text = result[index - 1].text
        stripped = text.rstrip(_CLOSERS)
        opening = next((i for i in range(index) if result[i].kind == "open" and result[i].id == piece.id), None)
        if stripped and stripped != text:
            result[index - 1] = Piece("text", "", 0, 0, stripped)
            _put_text(result, index + 1, text[len(stripped) :])
        elif (
            opening == index - 2 and len(text) > 2 and text[0] + text[-1] in {"“”", "‘’", "「」", "《》", "（）", "()"}
        ):
            result[index - 1] = Piece("text", "", 0, 0, text[1:-1])
            _put_text(result, index + 1, text[-1])
            if opening and result[opening - 1].kind == "text":
                result[opening - 1] = Piece("text", "", 0, 0, result[opening - 1].text + text[0])
            else:
                result.insert(opening, Piece("text", "", 0, 0, text[0]))
    return tuple(result)


def _put_text(pieces: list[Piece], index: int, text: str) -> None:
    if index < len(pieces) and pieces[index].kind == "text":
        pieces[index] = Piece("text", "", 0, 0, text + pieces[index].text)
    else:
        pieces.insert(index, Piece("text", "", 0, 0, text))


def _spaced(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """A blank outside emphasis whose inner end is punctuation."""
    result = list(pieces)
    for index in range(len(result) - 1, -1, -1):
        piece = result[index]
        if piece.name not in {"em", "strong", "strike"}:
            continue
        if (
            piece.kind == "close"
            and index + 1 < len(result)
            and result[index + 1].kind == "text"
            and result[index + 1].text[:1].strip()
        ):
            result[index + 1] = Piece("text", "", 0, 0, " " + result[index + 1].text)
        elif (
            piece.kind == "open" and index and result[index - 1].kind == "text" and result[index - 1].text[-1:].strip()
        ):
            result[index - 1] = Piece("text", "", 0, 0, result[index - 1].text + " ")
    return tuple(result)


def _proven(text: str, pieces: Sequence[Piece], unit: Unit, segment: Segment, env: Mapping[str, Any]) -> bool:
    """The whole unit reads back as meant under the dialect, and with the source's structure under plain CommonMark."""
    original, content = _content(unit, unit.source), _content(unit, _spliced(unit, segment, text))
    parsed = _parse_inline(content, env)
    if parsed is None or _shape(parsed) != _shape(_expected(unit, segment, pieces)):
        return False
    if segment.kind == "alt" and not _same_words(text, pieces, env):
        return False
    references = {"references": env.get("references", {})}
    ours, theirs = (commonmark().parseInline(part, dict(references)) for part in (original, content))
    return inline_skeleton(ours[0].children or []) == inline_skeleton(theirs[0].children or [])


def _content(unit: Unit, source: str) -> str:
    """A unit's source as the inline parser is given it."""
    source = source.replace("\\|", "|") if unit.kind == "cell" else source
    return re.sub(r"(?:\r\n?|\n)[ \t>]*", "\n", source)


def _spliced(unit: Unit, segment: Segment, text: str) -> str:
    return unit.source[: segment.start] + text + unit.source[segment.end :]


def _expected(unit: Unit, segment: Segment, pieces: Sequence[Piece]) -> list[Piece]:
    """The unit's pieces with the segment's own replaced. What is inside a tag does not show among them."""
    base = unit.start if unit.kind != "field" else 0
    if segment.kind != "text" or any(
        p.start - base < segment.start and segment.end < p.end - base for p in unit.pieces if p.kind == "void"
    ):
        return list(unit.pieces)
    before = [piece for piece in unit.pieces if piece.end - base <= segment.start]
    after = [piece for piece in unit.pieces if piece.start - base >= segment.end]
    return [*before, *pieces, *after]


def _same_words(text: str, pieces: Sequence[Piece], env: Mapping[str, Any]) -> bool:
    parsed = _parse_inline(text, env)
    return parsed is not None and _shape(parsed) == _shape(pieces)


def _parse_inline(content: str, env: Mapping[str, Any]) -> tuple[Piece, ...] | None:
    footnotes = env.get("footnotes", {})
    fresh = {
        "references": env.get("references", {}),
        "footnotes": {"refs": dict.fromkeys(footnotes.get("refs", {}), -1), "list": {}},
    }
    tokens: list[Token] = positioned_dialect().parseInline(content, fresh)
    if not tokens or tokens[0].content != content:
        return None
    return inline_pieces(tokens[0], content, SourceMapping(((0, 0),))) if content.strip() else ()


def _shape(pieces: Sequence[Piece]) -> list[tuple[str, ...]]:
    """What is compared: the text as it is read, tags by what they are."""
    shape: list[tuple[str, ...]] = []
    for piece in pieces:
        if piece.kind in {"text", "break"}:
            text = piece.text or " "
            if shape and shape[-1][0] == "text":
                shape[-1] = ("text", shape[-1][1] + text)
            else:
                shape.append(("text", text))
        else:
            shape.append((piece.kind, piece.name, "" if piece.name == "break" else piece.value))
    return [(entry[0], " ".join(entry[1].split())) if entry[0] == "text" else entry for entry in shape]
