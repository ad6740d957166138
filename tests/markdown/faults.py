"""What machine translators have been seen to do to a line, and what a malicious one could do."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from tests.pseudo_chinese import pseudo_chinese

__all__ = ["FAULTS", "INSERTS", "hostile"]

_TAG = re.compile(r"<(/?)(\d+)(/?)>|\[\[(/?)(\d+)(/?)\]\]")

# Text that means something in Markdown, HTML, MDX, Hugo or TeX.
INSERTS = [
    "*", "**", "***", "_", "__", "~", "~~", "`", "``", "```", "~~~", "|", "||", "\\|", "\\", "\\\\", "#", "##",
    "###", ">", ">>", "-", "+", "--", "---", "===", "=", "***", "___", "1.", "1)", "12.", ":", ":::", ":::note",
    ";", "!", "![", "[", "]", "](", "]:", "[]", "()", "[^", "[^1]", "[^1]:", "^[x]", "[[x]]", "[x][]", "[x](y)",
    "![x](y)", "<x>", "<", ">", "</", "<!--", "-->", "<!--x-->", "<br>", "</p>", "<b>", "<i>x</i>",
    "<script>alert(1)</script>", "<img/src=x/onerror=alert(1)>", "<svg/onload=alert(1)>", "<javascript:alert(1)>",
    "<a/href=//evil.example>", "<https://evil.example>", "https://evil.example", "http://evil.example/a?b=c&d",
    "www.evil.example", "ftp://evil.example", "evil@evil.example", "mailto:evil@evil.example",
    "xmpp:a@evil.example", "[x]:/evil", "[x](javascript:alert(1))", "&lt;script&gt;", "&amp;", "&#60;", "&#x3c;b>",
    "&nbsp;", "&copy;", "{", "}", "{{", "}}", "{{<", "{{<", "figure", ">}}", "{{%", "x", "%}}", "{%raw%}", "{#id}",
    "{.class}", "{x:y}", "$", "$$", "$x$", "$$x$$", "\\(", "\\)", "\\(x\\)", "\\[", "\\]", "\\[x\\]", "\\begin{x}",
    "+++", "%%", "==", "==x==", "~x~", "^x^", ":smile:", "@user", "#123", "//", "import", "export", "【1】", "［1］",
    "（1）", "<1>", "</1>", "<1/>", "<99>", "</99>", "[[1]]", "[[/1]]", "＜1＞", "**粗体**", "**“引号”**", "*（括号）*",
    "__下划线__", "~~删~~", "，。：；！？",
]  # fmt: skip
_INVISIBLE = [
    "\u200b", "\u200c", "\u200d", "\ufeff", "\u00ad", "\u2060", "\u202e", "\u202a", "\u2066", "\u2069", "\u200e",
    "\u061c",
    "\x00", "\x07", "\x1b[31m", "\x08", "\x7f", "\x85", "\u2028", "\u2029", "\ufffd", "\ufffe", "\ue000", "\U000e0041",
]  # fmt: skip
_BREAKS = [
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\n    ",
    "\n- ",
    "\n# ",
    "\n> ",
    "\n```\n",
    "\n---\n",
    "\n|-|\n",
    "\n\n\n",
    "\t",
    "\n:::\n",
]

Fault = Callable[[str, Random], "str | None"]


def _tags(text: str) -> list[re.Match[str]]:
    return list(_TAG.finditer(text))


def _at_tag(change: Callable[[str, re.Match[str], Random], str]) -> Fault:
    """One tag, at random, becomes something else."""

    def fault(text: str, rng: Random) -> str:
        tags = _tags(text)
        if not tags:
            return text
        tag = rng.choice(tags)
        return text[: tag.start()] + change(text, tag, rng) + text[tag.end() :]

    return fault


def _between(choices: list[str] | tuple[str, ...], most: int) -> Fault:
    """Some of `choices`, anywhere, glued or between blanks."""

    def fault(text: str, rng: Random) -> str:
        for _ in range(rng.randint(1, most)):
            at = rng.choice([0, len(text), rng.randint(0, len(text)), *(tag.end() for tag in _tags(text)[:3])])
            extra = rng.choice(choices)
            extra = rng.choice([extra, f" {extra} ", f"{extra} ", extra * 2])
            text = text[:at] + extra + text[at:]
        return text

    return fault


def _swapped(text: str, rng: Random) -> str:
    tags = _tags(text)
    if len(tags) < 2:
        return text
    one, other = sorted(rng.sample(tags, 2), key=lambda tag: tag.start())
    return text[: one.start()] + other[0] + text[one.end() : other.start()] + one[0] + text[other.end() :]


def _mangled(_: str, tag: re.Match[str], rng: Random) -> str:
    slash, number, void = (part or "" for part in (tag.groups()[:3] if tag[2] else tag.groups()[3:]))
    return rng.choice(
        [
            f"＜{slash}{number}{void}＞",
            f"〈{slash}{number}{void}〉",
            f"< {slash} {number} {void} >",
            f"&lt;{slash}{number}{void}&gt;",
            f"<{slash}{number.translate(str.maketrans('0123456789', '０１２３４５６７８９'))}{void}>",
            f"【{slash}{number}{void}】",
            f"［［{slash}{number}{void}］］",
            f"[{slash}{number}{void}]",
            f"<{slash}X{number}{void}>",
            f"<{slash}{number} {void}",
            f"{slash}{number}{void}>",
            f"<{number}><{number}/></{number}>",
            f"\\<{slash}{number}{void}\\>",
            f"<{slash}{int(number) + 1}{void}>",
        ]
    )


def _quoted(text: str, rng: Random) -> str:
    left, right = rng.choice(["“”", "「」", '""', "''", "``", "**", "__", "()", "[]", "<>"])
    start = rng.randint(0, len(text))
    end = rng.randint(start, len(text))
    return text[:start] + left + text[start:end] + right + text[end:]


def _addressed(text: str, rng: Random) -> str:
    return re.sub(r"\w+", lambda match: match[0] if rng.random() < 0.8 else f"https://{match[0]}.example/", text)


FAULTS: dict[str, Fault] = {
    "tag dropped": _at_tag(lambda _, tag, rng: ""),
    "tag doubled": _at_tag(lambda text, tag, rng: tag[0] * 2),
    "tag mangled": _at_tag(_mangled),
    "tag emptied": lambda text, rng: re.sub(r"(<\d+>).*?(</\d+>)", r"\1\2", text),
    "tags swapped": _swapped,
    "tags moved to the end": lambda text, rng: _TAG.sub("", text) + "".join(tag[0] for tag in _tags(text)),
    "tags moved to the front": lambda text, rng: "".join(tag[0] for tag in _tags(text)) + _TAG.sub("", text),
    "all tags dropped": lambda text, rng: _TAG.sub("", text),
    "blanks around tags": lambda text, rng: _TAG.sub(lambda tag: f" {tag[0]} ", text),
    "no blanks": lambda text, rng: text.replace(" ", ""),
    "markup": _between(INSERTS, 3),
    "much markup": _between(INSERTS, 12),
    "invisible": _between(_INVISIBLE, 3),
    "lines": _between(_BREAKS, 2),
    "quotes": _quoted,
    "addresses": _addressed,
    "backslashes": lambda text, rng: re.sub(r"(\W)", r"\\\1", text),
    "entities": lambda text, rng: text.replace(" ", "&nbsp;").replace("<", "&lt;"),
    "upper case": lambda text, rng: text.upper(),
    "full width": lambda text, rng: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "truncated": lambda text, rng: text[: rng.randint(0, len(text))],
    "only the end": lambda text, rng: text[rng.randint(0, len(text)) :],
    "ten times": lambda text, rng: " ".join([text] * 10),
    "long": lambda text, rng: text + "很长" * (5 * len(text) + 30),
    "twice": lambda text, rng: f"{text}\n\n{text}",
    "empty": lambda text, rng: rng.choice(["", " ", "\n", "\u200b", "\u3000"]),
    "explained": lambda text, rng: f"Here is the translation:\n\n```markdown\n{text}\n```\n",
    "only markup": lambda text, rng: rng.choice(INSERTS),
    "missing": lambda text, rng: None,
}  # fmt: skip


def hostile(rng: Random, *faults: str) -> Callable[[str], str | None]:
    """An engine that does one to three of the faults (default: any) to every line, in Chinese or in English."""

    def answer(text: str) -> str | None:
        made: str | None = pseudo_chinese(text) if rng.random() < 0.7 else text
        for name in rng.choices(faults or list(FAULTS), k=rng.choice([1, 1, 2, 3])):
            if made is not None:
                made = FAULTS[name](made, rng)
        return made

    return answer
