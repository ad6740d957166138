"""Numbers as English and Chinese write them: digits, words, magnitudes, months, halves of the day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

__all__ = ["Number", "chinese_numerals", "digits_in", "english_words", "numbers_in"]

Value = Decimal | str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written, and what it may mean: `10 million` is 10 or 10,000,000."""

    written: str
    values: frozenset[Value]


_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)*"
_MAGNITUDES = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "k": 1000, "m": 10**6, "bn": 10**9, "b": 10**9,
    "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8, "百亿": 10**10,
    "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip
# A digit after a letter is part of a name (`S3`, `UTF-8`, `H2O`), unless the letter is the v of a version.
_NUMBER = re.compile(
    rf"(?:(?<![A-Za-z0-9_.])(?<![A-Za-z]-)|(?<=\bv)|(?<=\bV))(?P<digits>{_DIGITS})"
    r"(?:[ -]?(?P<word>hundred|thousand|million|billion|trillion|bn)s?\b|(?P<letter>[kKmMbB])\b"
    r"|[ ]?(?P<han>十万|百万|千万|百亿|千亿|万亿|[百千万亿]))?",
    re.IGNORECASE,
)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def numbers_in(text: str) -> Iterator[Number]:
    """The numbers that are written with digits and are no part of a name."""
    text = text.translate(_FULL_WIDTH)
    for match in _NUMBER.finditer(text):
        value = _value(match["digits"])
        values = {value}
        if isinstance(value, str) and re.match(r"(?:19|20)\d\d\.\d\d?\.\d\d?$", value):  # a date
            values.add(Decimal(value[:4]))
        magnitude = match["word"] or match["letter"] or match["han"]
        if re.match(r"['’]?s\b", text[match.end() :]) and match["digits"].endswith("0"):
            values.add(Decimal(match["digits"][-2:]).normalize())  # the 1990s are 90 年代
        if isinstance(value, Decimal) and re.match(r"(?::\d\d)?[ ]?p\.?m\b", text[match.end() :], re.IGNORECASE):
            values.add((value + 12).normalize())
        if magnitude and isinstance(value, Decimal):
            values.add(value * _MAGNITUDES[magnitude.lower()])
        yield Number(match[0], frozenset(values))


def digits_in(text: str) -> set[Value]:
    """Every run of digits, in names too."""
    found = re.findall(_DIGITS, text.translate(_FULL_WIDTH))
    return {_value(written) for written in found} | {_value(part) for written in found for part in written.split(".")}


def _value(written: str) -> Value:
    """A version with several points has no value but itself."""
    plain = written.replace(",", "")
    return Decimal(plain).normalize() if plain.count(".") < 2 else plain


_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen",
)  # fmt: skip
_WORDS = {word: number for number, word in enumerate(_UNITS)} | {
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000, "million": 10**6,
    "billion": 10**9, "dozen": 12, "no": 0, "none": 0, "nothing": 0, "a": 1, "an": 1, "each": 1, "every": 1,
    "per": 1, "once": 1, "single": 1, "first": 1, "another": 1, "only": 1, "both": 2, "pair": 2, "couple": 2,
    "second": 2, "double": 2, "dual": 2, "twice": 2, "half": 2, "halves": 2, "third": 3, "triple": 3, "thirds": 3,
    "quarter": 4, "quarters": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "decade": 10, "century": 100, "binary": 2, "octal": 8, "decimal": 10, "hexadecimal": 16, "hex": 16,
}  # fmt: skip
_MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6,
    "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10,
    "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip


def english_words(text: str) -> set[Value]:
    """What words of an English text may become digits in another language."""
    words = re.findall(r"[a-z]+", text.lower())
    found: set[int] = set()
    for word, following in pairwise([*words, ""]):
        value = _WORDS.get(word)
        if value is None and word.endswith("s"):
            value = _WORDS.get(word[:-1])
        if value is not None:
            found.add(value)
            after = _WORDS.get(following, 0)
            found.add(value + after if 20 <= value <= 90 and after < 10 else value * after)
        if word in _MONTHS:
            found.add(_MONTHS[word])
    for match in re.finditer(r"\b(\d{1,2})(?::\d\d)?[ ]?([ap])\.?m\b", text, re.IGNORECASE):
        found.add(int(match[1]) % 12 + (12 if match[2].lower() == "p" else 0))
    for match in re.finditer(r"\b(?:(\d\d))?(\d0)['’]?s\b", text):  # the 1990s are 20 世纪 90 年代
        found.update({int(match[2]), int(match[1] or 19) + 1})
    return {Decimal(number) for number in found}


_NUMERALS = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "双": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_RUN = re.compile("[零〇一二两双三四五六七八九十百千万亿]+")


def chinese_numerals(text: str) -> set[Value]:
    """The values of everything that is written with Chinese numerals, and of halves (50 % is 一半)."""
    found: set[Value] = set()
    for match in _RUN.finditer(text):
        run = match[0]
        found |= {Decimal(_NUMERALS[character]) for character in run if character in _NUMERALS}
        if all(character in _NUMERALS for character in run):
            found.add(Decimal(int("".join(str(_NUMERALS[character]) for character in run))))
        else:
            found.add(Decimal(_with_steps(run)))
    if "半" in text:
        found |= {Decimal(50), Decimal("0.5"), Decimal(2)}
    if "首" in text or "每" in text or "单" in text:
        found.add(Decimal(1))
    return {value.normalize() if isinstance(value, Decimal) else value for value in found}


def _with_steps(run: str) -> int:
    total = section = current = 0
    for character in run:
        if character in _NUMERALS:
            current = _NUMERALS[character]
        elif character in _STEPS:
            section += (current or 1) * _STEPS[character]
            current = 0
        else:
            total = (total + section + current or 1) * _LARGE[character]
            section = current = 0
    return total + section + current
