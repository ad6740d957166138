"""Only the rules that a character can begin are tried where it stands, and none in a text where none can begin.

markdown-it asks every rule at every block, line and delimiter, and nearly all look at one character and say no. Here a
table by that character comes first. The rules, their order and what they make are as before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline, text
from markdown_it.token import Token
from markdown_it.utils import EnvType

__all__ = ["dispatch"]

_Rule = Callable[..., bool]

# The characters that the block and inline rules of these names begin with; others may begin with any.
_BLOCK = {
    "blockquote": ">",
    "container_block": ":",
    "fence": "`~",
    "footnote_def": "[",
    "heading": "#",
    "hr": "*-_",
    "html_block": "<",
    "list": "*+-0123456789",
    "math_block": "$\\",
    "reference": "[",
    "shortcode": "{",
}
# Where a rule is asked whether it ends another block, a definition begins with its mark, not with its term.
_ENDING = {**_BLOCK, "deflist": ":~"}
_INLINE = {
    "autolink": "<",
    "autolink_address": ":",
    "autolink_mail": "@",
    "autolink_www": "w",
    "backticks": "`",
    "emphasis": "*_",
    "entity": "&",
    "escape": "\\",
    "footnote_inline": "^",
    "footnote_ref": "[",
    "html_inline": "<",
    "image": "!",
    "link": "[",
    "math_inline": "$\\",
    "newline": "\n",
    "shortcode": "{",
    "strikethrough": "~",
}
# Where plain text ends: where an inline rule can begin, or the text of a link end. Alternatives of one literal each, so
# that a search skips what is none of them.
_STOPS = re.compile(r"\n|\$|&|\*|<|@|\[|\\|\]|_|`|~|:(?=//)|!(?=\[)|\^(?=\[)|\{(?=\{)|w(?=ww\.)")


def dispatch(md: MarkdownIt) -> None:
    """A plugin for `md.use`, after all others: an inline rule added later must begin with a character of `_STOPS`."""
    md.block.ruler = _Dispatching(md.block.ruler, _block_rule)
    inline = _Inline()
    inline.ruler, inline.ruler2 = _Dispatching(md.inline.ruler, _inline_rule), md.inline.ruler2
    md.inline = inline


class _Inline(ParserInline):
    def __init__(self) -> None:
        super().__init__()
        self.terminator_re = _STOPS

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        if _STOPS.search(src) or not src:
            return super().parse(src, md, env, tokens)
        tokens.append(Token("text", "", 0, content=src))  # most cells of tables, and headings
        return tokens


class _Dispatching(Ruler[Any]):
    """Gives one rule for each chain, which asks those that come into question."""

    def __init__(self, ruler: Ruler[Any], one: Callable[[list[tuple[str, _Rule]], str], _Rule]) -> None:
        super().__init__()
        self.__rules__ = ruler.__rules__
        self._one = one

    def __compile__(self) -> None:
        active = [rule for rule in self.__rules__ if rule.enabled]
        chains = {"", *(chain for rule in active for chain in rule.alt)}
        self.__cache__ = {
            chain: [self._one([(rule.name, rule.fn) for rule in active if not chain or chain in rule.alt], chain)]
            for chain in chains
        }


def _table(rules: Iterable[tuple[str, _Rule]], first: dict[str, str]) -> tuple[dict[str, list[_Rule]], list[_Rule]]:
    """The rules by the character that they begin with, and those for all other characters; in their order."""
    rules = list(rules)
    table = {
        character: [rule for name, rule in rules if character in first.get(name, character)]
        for character in "".join(first.values())
    }
    return table, [rule for name, rule in rules if name not in first]


def _block_rule(rules: list[tuple[str, _Rule]], chain: str) -> _Rule:
    table, others = _table(rules, _ENDING if chain else _BLOCK)

    def rule(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001 (their signature)
        start = state.bMarks[start_line] + state.tShift[start_line]
        character = state.src[start] if start < len(state.src) else ""
        for one in table.get(character, others):  # noqa: SIM110 (a generator costs more)
            if one(state, start_line, end_line, silent):
                return True
        return False

    return rule


def _inline_rule(rules: list[tuple[str, _Rule]], _chain: str) -> _Rule:
    table, others = _table(rules, _INLINE)
    for character, found in table.items():
        if _STOPS.match(character):  # no plain text begins here
            table[character] = [one for one in found if one is not text]

    def rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
        for one in table.get(state.src[state.pos], others):  # noqa: SIM110
            if one(state, silent):
                return True
        return False

    return rule
