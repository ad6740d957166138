"""Code and math are the source's. Comments, strings, placeholders and the prose of text blocks may be translated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from textwrap import dedent

from pipeline.markdown import Unit
from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Group, Page
from pipeline.translation.typography import HAN

__all__ = ["code", "inline_code"]

_COMMENT = re.compile(r"(?:(?:^|(?<=\s))(?:#|//|--|;|%|/\*|\*|<!--|\{/\*|\"\"\"|REM\b|').*|(?<=[;,{}()])//.*)$")
_STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`|“[^”\n]*”")
_FOREIGN = re.compile(f"[{HAN}]")
# In these every line may be prose.
_PROSE = frozenset({"", "text", "txt", "plain", "plaintext", "md", "markdown", "diff", "mermaid", "console", "output"})


def code(page: Page) -> Iterator[Found]:
    """Blocks and inline code that differ from the source's."""
    if page.difference is None:
        return
    for group in page.groups:
        if not page.finished(group):
            continue
        if group.simple and group.source[0].kind == group.target[0].kind in {"code", "math", "shortcode"}:
            yield from _block(group)
        else:
            yield from _inline(group)


def _block(group: Group) -> Iterator[Found]:
    (ours,), (theirs,) = group.source, group.target
    before, after = _lines(ours), _lines(theirs)
    remedy = "Copy the source's; only comments and strings are translated."
    if len(before) != len(after):
        fences = 2 if ours.source.lstrip()[:1] in "`~$" else 0
        lengths = f"{len(after) - fences} and {len(before) - fences} lines"
        what = f"The {ours.kind} block is not as long as the source's: {lengths}."
        yield Found(theirs.line, what, remedy)
        return
    prose = ours.kind == "code" and _language(ours) in _PROSE
    for number, (one, other) in enumerate(zip(before, after, strict=True)):
        if one != other and not (_FOREIGN.search(other) and (_bare(one) == _bare(other) or (prose and number))):
            what = f"This line of the {ours.kind} block is `{one.strip()}` in the source."
            yield Found(theirs.line + number, what, remedy, one.strip())
            return


def _lines(unit: Unit) -> list[str]:
    """The lines without what their containers put before them."""
    lines = [line.rstrip() for line in re.split(r"\r\n?|\n", unit.source)]
    if {"quote", "alert"} & set(unit.path):
        lines = [re.sub(r"^(?:[ \t]*>)+ ?", "", line) for line in lines]
    return [lines[0], *dedent("\n".join(lines[1:])).split("\n")] if lines[1:] else lines


def _language(unit: Unit) -> str:
    match = re.match(r"\s*(?:`{3,}|~{3,})[ \t]*([\w+#-]*)", unit.source)
    return match[1].lower() if match else ""


def _bare(line: str) -> str:
    """A line without its comment, its strings empty."""
    return " ".join(_STRING.sub('""', _COMMENT.sub("", line)).split())


def _inline(group: Group) -> Iterator[Found]:
    """Each piece of inline code and math must be there, as often as one likes. A placeholder may be translated."""
    ours, theirs = inline_code(group.source), inline_code(group.target)
    missing = [text for text in ours if text not in theirs]
    added = [text for text in theirs if text not in ours]
    for translated in [text for text in added if _FOREIGN.search(text)]:
        added.remove(translated)
        if missing:
            missing.remove(max(missing, key=lambda text: SequenceMatcher(None, text, translated).ratio()))
    for one, other in zip(missing, added, strict=False):
        yield Found(group.line, f"`{other}` stands here where the source has `{one}`.", "Copy the source's.", one)
    text = " ".join(unit.source for unit in group.target)
    for one in missing[len(added) :]:
        if one in text:
            yield Found(
                group.line, f"`{one}` is code in the source, and text here.", "Mark it as code.", one, mild=True
            )
        else:
            yield Found(group.line, f"`{one}` is missing.", "Put it back.", one)
    text = " ".join(unit.source for unit in group.source)
    for other in added[len(missing) :]:
        if other not in text:
            yield Found(group.line, f"`{other}` is not in the source.", "Remove it, if it is not wanted.", mild=True)


def inline_code(units: Sequence[Unit]) -> Counter[str]:
    """The inline code and math of some units."""
    return Counter(piece.value for unit in units for piece in unit.pieces if piece.name in {"code", "math"})
