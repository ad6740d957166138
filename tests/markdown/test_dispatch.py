"""Asking only the rules that come into question changes nothing: the same tokens as when all are asked everywhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.ruler import Ruler
from markdown_it.token import Token

from pipeline.markdown import dialect
from pipeline.markdown.dispatch import _BLOCK, _INLINE
from tests.markdown.fragments import documents

NASTY = sorted((Path(__file__).parent / "nasty").glob("*.md"))
TEXTS = [
    "www.a.org, wwww.a.org, xwww.a.org, (www.a.org) w ww www www.",
    "http://a.b https:/x :// a:b ftp://x@y.z a@b.c w@w.w @ a@",
    "![a](b) !a !! ![ !\\[a] ^[note] ^a ^ x^[a[b]c] [a^[b]](c)",
    '{{< ref "a" >}} {a} {{a}} {{{< b >}}} {{% c %}}',
    "a]b [a]b] [a [b](c) d](e) [![i](j)](k) [a\\](b)](c)",
    "#a\n#\n+ a\n+b\n=\n==\n%%\n}-\n> a\n>b\n\n1) a\n1)b\n1. c\n12345678901. d",
    "Term\n: Definition\n\nTerm\n\n~ Definition\n\n- a\n: b\n\n> Term\n> : c\n: d",
    "a | b\n--|--\nc | d\n- e\n\n|a|\n|-|\n|b|\n# f",
    ":::note\na\n:::\nb\n::: tip c\n- d\n:::\n$$\ne\n$$\nf\n\\[\ng\n\\]",
    "a\n    b\n\n    c\n\n\td\n- e\n\n      f\n[g]: h\n'i'\n[^j]: k\n    l\n",
]


@cache
def asking_all() -> MarkdownIt:
    md = dialect()
    for parser in (md.block, md.inline):
        plain: Ruler[Any] = Ruler()
        plain.__rules__ = parser.ruler.__rules__
        parser.ruler = plain
    fresh = MarkdownIt()
    fresh.inline.add_terminator_char("w")
    md.inline.terminator_re = fresh.inline.terminator_re
    return md


@cache
def asking_some() -> MarkdownIt:
    return dialect()


def parsed(md: MarkdownIt, text: str) -> tuple[list[Token], list[str]]:
    env: dict[str, Any] = {}
    tokens = md.parse(text, env)
    return tokens, sorted(env.get("references", {}))


@given(documents())
def test_the_same_tokens(text: str) -> None:
    assert parsed(asking_some(), text) == parsed(asking_all(), text)


@pytest.mark.parametrize("text", [*TEXTS, *(path.read_text(encoding="utf-8") for path in NASTY)])
def test_the_same_tokens_where_it_is_close(text: str) -> None:
    assert parsed(asking_some(), text) == parsed(asking_all(), text)
    for start in range(0, len(text), 7):  # a rule may end where the text does
        assert parsed(asking_some(), text[start:]) == parsed(asking_all(), text[start:])


def test_every_rule_of_the_dialect_is_known_or_asked_everywhere() -> None:
    """A rule that is renamed by its library would be asked everywhere, for nothing."""
    md = asking_some()
    assert set(_BLOCK) <= set(md.block.ruler.get_active_rules())
    assert set(_INLINE) <= set(md.inline.ruler.get_active_rules())
