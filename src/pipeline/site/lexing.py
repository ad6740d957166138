"""Pygments' lexers, made faster: at each place, only the patterns that can begin with the character there are tried.

Pygments tries the patterns of a state one after the other, a dozen for a token. Here what a pattern can begin with is
read off its parsed form, and a state keeps a list for each character that it has met. The tokens are the same.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from re import _parser  # type: ignore[attr-defined]
from typing import Any, ClassVar

from pygments.lexer import Lexer, RegexLexer
from pygments.token import Error, Whitespace, _TokenType

__all__ = ["quick"]

# How Pygments holds a rule: a pattern's `match`, the kind of token or what makes tokens of the match, the next state.
_Rule = tuple[Callable[[str, int], "re.Match[str] | None"], Any, Any]
# One character that a pattern can begin with: an operation of `re`, its argument, the flags.
_First = tuple[str, Any, int]

_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


@cache
def quick(lexer: type[Lexer]) -> type[Lexer]:
    """The same lexer, faster if it is of the kind whose rules can be looked into."""
    if not issubclass(lexer, RegexLexer):
        return lexer
    made: type[Lexer] = types.new_class(lexer.__name__, (lexer, _Quick))
    return made


class _State(dict[str, tuple[_Rule, ...]]):
    """The rules of a state by the character at hand; `every` are all of them."""

    def __init__(self, rules: Iterable[_Rule]) -> None:
        super().__init__()
        self.every = tuple(rules)

    def __missing__(self, character: str) -> tuple[_Rule, ...]:
        found = self[character] = tuple(rule for rule in self.every if _may_begin(rule[0], character))
        return found


class _Quick(RegexLexer):
    """Comes after a lexer's own class and before RegexLexer, whose loop it replaces."""

    _states: ClassVar[dict[int, dict[str, _State]]]

    def get_tokens_unprocessed(
        self, text: str, stack: Iterable[str] = ("root",)
    ) -> Iterator[tuple[int, _TokenType, str]]:
        """(index, kind, text) of each token; what RegexLexer does."""
        states = self._prepared()
        names, position, end = list(stack), 0, len(text)
        state = states[names[-1]]
        while True:
            for match_at, action, new in state[text[position]] if position < end else state.every:
                match = match_at(text, position)
                if match:
                    if type(action) is _TokenType:
                        yield position, action, match.group()
                    elif action is not None:
                        yield from action(self, match)
                    position = match.end()
                    if new is not None:
                        _go(names, new)
                        state = states[names[-1]]
                    break
            else:
                if position >= end:
                    return
                if text[position] == "\n":
                    names = ["root"]
                    state = states["root"]
                    yield position, Whitespace, "\n"
                else:
                    yield position, Error, text[position]
                position += 1

    def _prepared(self) -> dict[str, _State]:
        """The states of the lexer, made once for its class, or for each variant of it that has rules of its own."""
        rules = self._tokens  # type: ignore[attr-defined]
        known = type(self).__dict__.get("_states")
        if known is None:
            known = type(self)._states = {}
        if id(rules) not in known:
            known[id(rules)] = {name: _State(some) for name, some in rules.items()}
        found: dict[str, _State] = known[id(rules)]
        return found


def _go(names: list[str], new: Any) -> None:
    """Change the stack of states as a rule says: how many to leave, `#push`, or what to enter."""
    if isinstance(new, tuple):
        for name in new:
            if name == "#pop":
                if len(names) > 1:
                    names.pop()
            else:
                names.append(names[-1] if name == "#push" else name)
    elif isinstance(new, int):
        if abs(new) >= len(names):
            del names[1:]
        else:
            del names[new:]
    else:  # "#push": Pygments has made tuples of all other names
        names.append(names[-1])


def _may_begin(match_at: Callable[[str, int], re.Match[str] | None], character: str) -> bool:
    pattern = getattr(match_at, "__self__", None)
    firsts = _firsts(pattern) if isinstance(pattern, re.Pattern) else None
    return firsts is None or any(_fits(first, character) for first in firsts)


@cache
def _firsts(pattern: re.Pattern[str]) -> tuple[_First, ...] | None:
    """What a match can begin with; None if that is not known, or it can be empty."""
    tree = _parser.parse(pattern.pattern, pattern.flags)
    found: list[_First] = []
    try:
        return None if _collect(tree, tree.state.flags, found) else tuple(found)
    except _UnknownError:
        return None


class _UnknownError(Exception):
    """A part of a pattern that can begin with anything."""


def _collect(tree: Any, flags: int, found: list[_First]) -> bool:
    """Add what a part of a pattern can begin with; returns whether it can be empty. Raises _UnknownError."""
    for operation, value in tree:
        name = str(operation)
        if name in {"AT", "ASSERT", "ASSERT_NOT"}:
            continue
        if name in {"LITERAL", "NOT_LITERAL", "IN"}:
            found.append((name, value, flags))
            empty = False
        elif name == "ANY":
            found.append(("NOT_LITERAL", -1 if flags & re.DOTALL else ord("\n"), 0))
            empty = False
        elif name == "SUBPATTERN":
            empty = _collect(value[3], (flags | value[1]) & ~value[2], found)
        elif name == "ATOMIC_GROUP":
            empty = _collect(value, flags, found)
        elif name == "BRANCH":
            empty = any([_collect(part, flags, found) for part in value[1]])  # noqa: C419 (each adds what it can begin with)
        elif name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            empty = _collect(value[2], flags, found) or value[0] == 0
        else:
            raise _UnknownError
        if not empty:
            return False
    return True


def _fits(first: _First, character: str) -> bool:
    """Whether the character can be this one. Beyond ASCII, and for sets that leave something out, upper and lower case
    are too much alike to say no.
    """
    name, value, flags = first
    if not flags & re.IGNORECASE:
        return _is(name, value, flags, character)
    if flags & re.LOCALE or not character.isascii() or name == "NOT_LITERAL" or not _is_ascii(name, value):
        return True
    return _is(name, value, flags, character.lower()) or _is(name, value, flags, character.upper())


def _is_ascii(name: str, value: Any) -> bool:
    if name == "LITERAL":
        return int(value) < 128
    if str(value[0][0]) == "NEGATE":
        return False
    return all(int(what[1] if str(kind) == "RANGE" else what) < 128 for kind, what in value if str(kind) != "CATEGORY")


def _is(name: str, value: Any, flags: int, character: str) -> bool:
    code = ord(character)
    if name == "LITERAL":
        return code == int(value)
    if name == "NOT_LITERAL":
        return code != int(value)
    items = list(value)
    negated = bool(items) and str(items[0][0]) == "NEGATE"
    return negated != any(_item(str(kind), what, flags, character) for kind, what in items[negated:])


def _item(kind: str, value: Any, flags: int, character: str) -> bool:
    if kind == "LITERAL":
        return ord(character) == int(value)
    if kind == "RANGE":
        return int(value[0]) <= ord(character) <= int(value[1])
    return re.match(_CATEGORIES[str(value)], character, flags & re.ASCII) is not None
