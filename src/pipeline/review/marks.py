"""Text as a pull request shows it: nothing in it is markup, a mention or a reference, and changed words are marked."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from difflib import SequenceMatcher

__all__ = ["code", "compared", "inline"]

# A run of letters, a Han character or kana, blanks, or one of anything else.
_WORD = re.compile(r"[^\W\u2e80-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7a3_]+|\s+|.", re.DOTALL)
_ALIKE = 0.35
_LONG = 700
_AROUND = 60
_COSTLY = 60_000  # comparisons, at most: a page has hundreds of these texts


def code(text: str, limit: int) -> str:
    """A text, cut after `limit` characters. Forges find no mentions, references, emoji or links in `<code>`."""
    return f"<code>{_escaped(_cut(text, limit))}</code>" if text else ""


def inline(text: str) -> str:
    """A short text within Markdown: no markup, and nothing that a forge would make a mention or a reference of."""
    escaped = re.sub(r"([\\`*_{}\[\]()#+.!|~>$-])", r"\\\1", html.escape(" ".join(text.split())[:_LONG], quote=False))
    return re.sub(r"(?<=[@#!])(?=\w)|(?<=:)(?=[\w/])", "<!-- -->", escaped)


def compared(before: str, after: str, limit: int) -> str:
    """Both texts in one, with what went in `<del>` and what came in `<ins>`; where little is alike, one after the
    other. What is the same for long is left out where the whole would be too long.
    """
    if not before or not after or before == after:
        return code(after or before, limit)
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = _same(old, new)
    end = _same(old[start:][::-1], new[start:][::-1])
    mid_old, mid_new = old[start : len(old) - end], new[start : len(new) - end]
    changes = [("equal", "", "".join(new[:start]))]
    if len(mid_old) * len(mid_new) > _COSTLY:
        changes.append(("replace", "".join(mid_old), "".join(mid_new)))
        alike = 2 * (start + end) / (len(old) + len(new))
    else:
        matcher = SequenceMatcher(None, mid_old, mid_new, autojunk=False)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            changes.append((tag, "".join(mid_old[i1:i2]), "".join(mid_new[j1:j2])))
        found = sum(block.size for block in matcher.get_matching_blocks())
        alike = 2 * (start + end + found) / (len(old) + len(new))
    changes.append(("equal", "", "".join(new[len(new) - end :])))
    if alike < _ALIKE:
        half = limit // 2
        return f"<code><del>{_escaped(_cut(before, half))}</del> <ins>{_escaped(_cut(after, half))}</ins></code>"
    return f"<code>{''.join(_pieces(changes, limit, shorten=len(after) > limit))}</code>"


def _same(old: list[str], new: list[str]) -> int:
    """How many words both begin with."""
    return next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )


def _pieces(changes: list[tuple[str, str, str]], limit: int, *, shorten: bool) -> Iterator[str]:
    spent = 0
    for tag, gone, come in changes:
        if spent > limit:
            yield "…"
            return
        if tag == "equal":
            text = f"{come[:_AROUND]} … {come[-_AROUND:]}" if shorten and len(come) > 3 * _AROUND else come
            yield _escaped(text)
            spent += len(text)
            continue
        for name, text in (("del", gone), ("ins", come)):
            if text:
                cut = _cut(text, limit)
                yield f"<{name}>{_escaped(cut)}</{name}>"
                spent += len(cut)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"


def _escaped(text: str) -> str:
    """Without line ends, which would end the HTML around it, and without characters that show something else."""
    text = re.sub(
        r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]",
        "\ufffd",
        text,
    )
    return re.sub(r"\r\n?|\n", "<br>", html.escape(text, quote=False))
