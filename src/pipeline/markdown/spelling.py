"""Plain text as Markdown: as it is where that reads back as the same text, else with as few backslashes as do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial

__all__ = ["guarded", "html_text", "in_cell", "is_plain", "spellings", "title_text"]

# What may be read as markup, by kind: one kind is escaped alone before all are. A pipe is an entity because in a
# heading that is underlined even `\|` makes a table, and `(` because `\(` begins math; so does `\[`, but `]` is enough.
_KINDS = (
    r"[*_]",
    r"\]",
    r"[<&]",
    r"\$",
    r"~",
    r"[{}]",
    r"\|",
    r"\\",
    r"[#^]|!(?=\[|\Z)",
    r"\(",
    r"@|(?<=[A-Za-z]):(?=//)|(?<=www)\.",
)
_PUNCTUATION = r"[!-(*-/:-@\[-`{-~]"
_ENTITIES = {"|": "&#124;", "[": "&#91;", "(": "&#40;"}
# Hugo finds shortcodes anywhere; GFM's parser may miss code spans behind a backtick of another kind, and counts tildes
# in a way of its own.
_ALWAYS = r"`|\A~|~(?=~|\Z)|(?<=~)~|(?<=\{)\{(?=[<%])|\\(?=[!-/:-@\[-`{-~])"
# Where plain CommonMark sees no end of the leaf, a mark in it might find its counterpart outside; `[x]` has its own.
_LONE = r"\[[\w ,./+-]*\](?![(\[:])|(?<!\s)\*|\*(?!\s|\Z)|(?<!\w)_|_(?!\w)|\]|<(?=[A-Za-z/!?])"

# What begins another block at the beginning of a line. A number keeps its digits before the backslash.
_BEGINNINGS = re.compile(
    r"""(\d{1,9})[.)](?=[ \t]|$) | ()(?:
        [-+*](?=[ \t]|$) | \#{1,6}(?=[ \t]|$) | > | :(?=[ \t]) | ~(?=[ \t]) | :{3} | `{3} | ~{3} | \+{3} | \$\$
        | =+[ \t]*$ | ([-*_])[ \t]*(?:\3[ \t]*)*$
        | <(?=[A-Za-z/!?]) | \[(?=[ xX]\](?:[ \t]|$)|[!^]) | \[(?=[^\[\]]*\]:)
    )""",
    re.VERBOSE,
)


def spellings(text: str, *, crowded: bool, addresses: bool) -> Iterator[Callable[[str], str]]:
    """Ways to write some texts that stand together (`text` is all of them), the most readable first.

    `crowded`: for plain CommonMark there is other text in the same paragraph. `addresses`: bare addresses stand
    beside the texts, and GFM finds none behind a bracket that is open.
    """
    always = (_ALWAYS, *([_LONE] if crowded else []), *([r"\["] if addresses else []))
    yield partial(_any_of(always).sub, _escaped)
    found = [kind for kind in _KINDS if re.search(kind, text)]
    for kinds in [*([kind] for kind in found if len(found) > 1), *([found] if found else [])]:
        yield partial(_any_of((*always, *kinds)).sub, _escaped)
    yield partial(re.compile(_PUNCTUATION).sub, _escaped)


@cache
def _any_of(kinds: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(kinds))


def is_plain(text: str) -> bool:
    """Nothing in a text could be read as markup."""
    return not re.search(rf"[\[\]`{{}}\r\n]|{_LONE}", text)


def _escaped(match: re.Match[str]) -> str:
    return match[0] if len(match[0]) > 1 else _ENTITIES.get(match[0], "\\" + match[0])


def guarded(text: str) -> str:
    """Text as it may stand at the beginning of a line."""
    match = _BEGINNINGS.match(text)
    if not match:
        return text
    digits = match[1] or ""
    if text[0] == "[":  # a backslash would begin math
        return _ENTITIES["["] + text[1:]
    return digits + "\\" + text[len(digits) :]


def in_cell(text: str) -> str:
    """Spelled text as it may stand in a table cell, which every pipe without a backslash ends."""
    return re.sub(r"(\\*)\|", lambda match: match[0] if len(match[1]) % 2 else match[1] + "\\|", text)


def html_text(text: str) -> str:
    """Text as it may stand between HTML tags, where Hugo looks for shortcodes too."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("{{%", "{&#123;%")


def title_text(text: str, quote: str) -> Iterator[str]:
    """Text as it may stand between the quotes of a title, the most readable way first."""
    yield re.sub(rf"[\\{quote}]|&(?=#?\w+;)|(?<=\{{)\{{(?=[<%])", _escaped, text)
    yield re.sub(r"[!-/:-@\[-`{-~]", lambda match: f"&#{ord(match[0])};", text)
