"""What a unit and its translation have in common in any language: code, numbers, addresses, names, length."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from pipeline.markdown import Unit

__all__ = ["Feature", "alike", "features", "together"]

_EXACT = re.compile(r"`[^`]+`|https?://[!-(*-=?-\\^-~]+(?<![.,;:!?])|\]\([^)\s]+|\$[^$]+\$|\[\^[^\]]+\]")
_CODE = re.compile(r"(`+)[^`]+\1")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9+#.-]*[A-Za-z0-9+#]")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z][A-Za-z0-9+#.-]*[A-Za-z0-9+#]|\b[a-z]+[A-Z0-9]\w*|\b[A-Z]+[a-z]*[A-Z0-9]\w*")
_NOTE = re.compile(
    r"[*_（(【\[「]*(?:[译譯编編][者辑輯]?[注註按]|补记|補記|(?:translator|editor)['’]?s?['’]? note|n\.\s?d\.\s?t\b)",
    re.IGNORECASE,
)
_SURVIVAL = 0.7
_HAN = "\u2e80"
# So many characters of text must speak against the usual ratio of lengths to outweigh it.
_USUAL = 1500.0
# A word that stands nearly everywhere tells nothing.
_COMMON = 0.34


@dataclass(frozen=True, slots=True)
class Feature:
    """`exact` (code, addresses, numbers) and `words` are sets of what both texts hold, as the bits of a number.
    `length` is in characters of the source; a `note` is the translator's own; `code` is what a cell says that holds
    nothing else.
    """

    unit: Unit
    exact: int
    words: int
    length: float
    note: bool = False
    code: str = ""

    @property
    def tokens(self) -> int:
        """Both sets."""
        return self.exact | self.words


def together(parts: Sequence[Feature]) -> Feature:
    """Several units as if they were one."""
    if len(parts) == 1:
        return parts[0]
    exact = words = 0
    for part in parts:
        exact |= part.exact
        words |= part.words
    unit = next((part.unit for part in parts if part.unit.segments), parts[0].unit)
    return Feature(unit, exact, words, sum(part.length for part in parts), code=parts[0].code)


def features(source: Sequence[Unit], target: Sequence[Unit]) -> tuple[list[Feature], list[Feature]]:
    """The features of a text and of its translation, made to be compared with each other."""
    ours, theirs = [_tokens(unit) for unit in source], [_tokens(unit) for unit in target]
    if not _names_survive(ours, theirs):
        ours = [replace(tokens, names=frozenset()) for tokens in ours]
    bits = {token: 1 << number for number, token in enumerate(_telling(ours, theirs))}
    lengths = [[_length(unit) for unit in units] for units in (source, target)]
    scale = (sum(lengths[0]) + _USUAL) / (sum(lengths[1]) + _USUAL)
    scale = min(max(scale, 0.5), 2.0)

    def of(unit: Unit, tokens: _Tokens, length: float) -> Feature:
        exact = sum(bits[token] for token in tokens.exact | tokens.names if token in bits)
        words = sum(bits[token] for token in tokens.words - tokens.names if token in bits)
        code = unit.key if unit.kind == "cell" and _CODE.fullmatch(unit.key) else ""
        return Feature(unit, exact, words, length, _is_note(unit), code)

    return (
        [of(unit, tokens, length) for unit, tokens, length in zip(source, ours, lengths[0], strict=True)],
        [of(unit, tokens, length * scale) for unit, tokens, length in zip(target, theirs, lengths[1], strict=True)],
    )


def _is_note(unit: Unit) -> bool:
    """A translator speaks."""
    return _NOTE.match(unit.key) is not None


def alike(one: Feature, other: Feature) -> float:
    """From 0 to 1: the share of common tokens; of code and the like, of common text. 0.5 if nothing can be said."""
    if not one.unit.segments and not other.unit.segments:
        return fuzz.ratio(one.unit.key, other.unit.key) / 100
    union = one.exact | other.tokens
    return (one.tokens & other.tokens).bit_count() / union.bit_count() if union else 0.5


@dataclass(frozen=True, slots=True)
class _Tokens:
    """`names` are those of the words that begin with a capital inside a sentence, or hold one."""

    exact: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]


def _tokens(unit: Unit) -> _Tokens:
    """A translation keeps code, numbers and addresses, and often the names that are written in Latin letters."""
    rest = _EXACT.sub(" ", unit.source)
    return _Tokens(
        frozenset([*_EXACT.findall(unit.source), *_NUMBER.findall(rest)]),
        frozenset(word.casefold() for word in _WORD.findall(rest)),
        frozenset(word.casefold() for word in _NAME.findall(rest)),
    )


def _names_survive(ours: Sequence[_Tokens], theirs: Sequence[_Tokens]) -> bool:
    """Whether this translation takes names over as they are."""
    names = {name for tokens in ours for name in tokens.names}
    kept = names & {word for tokens in theirs for word in tokens.words}
    return len(kept) > _SURVIVAL * len(names)


def _telling(ours: Sequence[_Tokens], theirs: Sequence[_Tokens]) -> list[str]:
    """The tokens of both texts, and the names and numbers of the first, without those that are nearly everywhere."""
    counts = [Counter(token for part in side for token in part.exact | part.words) for side in (ours, theirs)]
    limits = [max(4.0, _COMMON * len(side)) for side in (ours, theirs)]
    known = (counts[0].keys() & counts[1].keys()) | {name for tokens in ours for name in tokens.names}
    return sorted(token for token in known if all(c[token] <= limit for c, limit in zip(counts, limits, strict=True)))


def _length(unit: Unit) -> float:
    # A Han character says about as much as two and a half Latin ones.
    return sum(2.5 if character >= _HAN else 1.0 for character in unit.key)
