"""A memory as TMX 1.4b (https://www.gala-global.org/tmx-14b): pairs of tags are `bpt` and `ept`, the others `ph`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from pipeline import __version__
from pipeline.markdown import Piece
from pipeline.translation.entries import Entry
from pipeline.translation.tmx.tags import CREATOR, type_of

__all__ = ["tmx_lines"]

# What XML 1.0 has no way to write.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {"\r": "&#13;"}


def tmx_lines(entries: Iterable[Entry], *, source: str, target: str) -> Iterator[str]:
    """The lines of a TMX file, with their ends; `source` and `target` are BCP 47 tags.

    A pair that stands in several places is written once. Where one source has several targets, each has what stands
    before and after it. Pairs with characters that no XML can hold are left out.
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">\n'
    yield f'  <header creationtool="{CREATOR}" creationtoolversion="{__version__}" segtype="paragraph"'
    yield f' o-tmf="Markdown" adminlang="en" srclang={quoteattr(source)} datatype="x-markdown"/>\n  <body>\n'
    written = [(entry, _segment(entry.source), _segment(entry.target)) for entry in entries]
    targets: defaultdict[str, set[str]] = defaultdict(set)
    for _, ours, theirs in written:
        targets[ours].add(theirs)
    seen: set[tuple[str, ...]] = set()
    for entry, ours, theirs in written:
        around = entry.around if len(targets[ours]) > 1 else ("", "")
        if (ours, theirs, *around) in seen or _ILLEGAL.search("".join([ours, theirs, *around, entry.post])):
            continue
        seen.add((ours, theirs, *around))
        yield "    <tu>\n"
        for name, value in zip(("x-post", "x-previous", "x-next"), (entry.post, *around), strict=True):
            if value:
                yield f'      <prop type="{name}">{_text(value)}</prop>\n'
        for language, text in ((source, ours), (target, theirs)):
            yield f"      <tuv xml:lang={quoteattr(language)}><seg>{text}</seg></tuv>\n"
        yield "    </tu>\n"
    yield "  </body>\n</tmx>\n"


def _text(text: str) -> str:
    return escape(text, _ESCAPES)


def _segment(pieces: Sequence[Piece]) -> str:
    return "".join(map(_element, pieces))


def _element(piece: Piece) -> str:
    number, code = piece.id, _text(piece.source)
    match piece.kind:
        case "text":
            return _text(piece.text)
        case "open":
            return f'<bpt i="{number}" x="{number}" type={quoteattr(type_of(piece.name))}>{code}</bpt>'
        case "close":
            return f'<ept i="{number}">{code}</ept>'
        case "void":
            return f'<ph x="{number}" type={quoteattr(type_of(piece.name))}>{code}</ph>'
        case _:
            return " "
