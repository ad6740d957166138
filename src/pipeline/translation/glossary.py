"""glossary.csv: the terms of a site. `source,target,note`; `=` as the target keeps a term as it is."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import ConfigError

__all__ = ["Glossary", "Term", "read_glossary"]


_BLANK = re.compile("[ \u00a0-]+")


@dataclass(frozen=True, slots=True)
class Term:
    """One row. `target` is empty for a term that is not translated."""

    source: str
    target: str
    note: str = ""

    def singular(self, words: str) -> str:
        """Some words that are this term, without a plural ending."""
        if self.source[-1:] in "yY" and words[-3:].casefold() == "ies":
            return words[:-3] + self.source[-1]
        ending = len(_BLANK.split(words)[-1]) - len(_BLANK.split(self.source)[-1])
        return words[:-ending] if ending > 0 else words


@dataclass(frozen=True, slots=True)
class Glossary:
    """All terms, the longest first, so that the longest match wins."""

    terms: tuple[Term, ...] = ()

    def find(self, words: str) -> Term | None:
        """The term that some words are, in any case, singular or plural."""
        return next((term for term in self.terms if _pattern(term, in_any_case=True).fullmatch(words)), None)

    def written(self, words: str) -> str:
        """How a translation writes some words that are a term; empty if they are none."""
        term = self.find(words)
        return "" if term is None else term.target or words

    def matches(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """(start, end, term) of all terms in a text that stand there as whole words, from left to right.

        Of terms that overlap the longest counts. A term with capitals is only itself; one without is found in any case,
        and both in the plural. What is part of an address, a path or a tag (`#draft`) is no word; nor is a part of a
        compound with hyphens, but for names that are kept (`S3-compatible`).
        """
        known = _by_first_word(self.terms)
        end = 0
        for word in _WORD.finditer(text) if known else ():
            if word.start() < end:
                continue
            for pattern, term in known.get(_stem(word[0]), ()):
                match = pattern.match(text, word.start())
                if match:
                    end = match.end()
                    yield match.start(), end, term
                    break


# Chinese and Japanese have no blanks between words, so what stands beside a term in them is no part of it.
_NO_BLANKS = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_LETTER = rf"[^\W{_NO_BLANKS}]"
_WORD = re.compile(rf"(?<!{_LETTER})(?:{_LETTER}|[+#.])+")


@cache
def _by_first_word(
    terms: tuple[Term, ...],
) -> dict[str, list[tuple[re.Pattern[str], Term]]]:
    """The terms that may stand where a word begins, the longest first."""
    known: dict[str, list[tuple[re.Pattern[str], Term]]] = {}
    for term in terms:
        first = _WORD.search(term.source)
        if first and first.start() == 0:
            known.setdefault(_stem(first[0]), []).append((_pattern(term), term))
    return known


def _stem(word: str) -> str:
    """Equal for all forms of a word that a term may take."""
    return word.casefold()[:2]


@cache
def _pattern(term: Term, *, in_any_case: bool = False) -> re.Pattern[str]:
    """A term with other blanks between its words, and with a plural ending, where it is a word."""
    source = term.source
    words = _BLANK.pattern.join(re.escape(word) for word in source.split())
    if re.search("[a-zA-Z]$", source):
        words = rf"{words[:-1]}(?:y|ies)" if re.search("[^aeiou]y$", source) else rf"{words}(?:s|es)?"
    lower = source == source.lower()
    name = not term.target and not lower
    beside = "@#$\\\\" if name else "@#$\\\\/-"
    after = "" if name else "/-"
    return re.compile(
        rf"(?<!{_LETTER})(?<![{beside}]){words}(?!{_LETTER}|[\\{after}]|\.{_LETTER})",
        re.IGNORECASE if lower or in_any_case else 0,
    )


def read_glossary(path: Path) -> Glossary:
    """The glossary, empty if there is no file. Raises ConfigError with the line of a fault."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        return Glossary()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError("this is no UTF-8.", path=path, line=line, remedy="Save it as UTF-8.") from error
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}.", path=path, remedy="Check its permissions.") from error
    return Glossary(tuple(sorted(_terms(text, path), key=lambda term: -len(term.source))))


def _terms(text: str, path: Path) -> Iterator[Term]:
    rows = _rows(text, path)
    line, header = next(rows, (1, []))
    if [name.strip().casefold() for name in header[:2]] != ["source", "target"]:
        raise ConfigError(
            "does not begin with the line `source,target,note`.",
            path=path,
            line=line,
            remedy="Separate the columns by commas." if re.search("[;\t]", "".join(header)) else "Add it.",
        )
    lines: dict[str, int] = {}
    for line, row in rows:
        if not any(cell.strip() for cell in row) or row[0].startswith("#"):
            continue
        term, fault, remedy = _term(row, len(header))
        first = lines.setdefault(term.source.casefold(), line)
        if not fault and first != line:
            fault, remedy = f"the term `{term.source}` stands in line {first} already.", "Remove one of them."
        if fault:
            raise ConfigError(fault, path=path, line=line, remedy=remedy)
        yield term


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row."""
    reader = csv.reader(re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ConfigError(
                f"a quotation mark is not closed or has something behind it ({error}).",
                path=path,
                line=line,
                remedy='Write " inside of quotation marks as "".',
            ) from error
        yield line, row


def _term(row: list[str], columns: int) -> tuple[Term, str, str]:
    """A row as a term, and what is wrong with it, and what to do about that."""
    source, target, note, *_ = [*(cell.strip() for cell in row), "", ""]
    term = Term(" ".join(source.split()), "" if target == "=" else target, note)
    if len(row) > max(columns, 2):
        return term, f"the row of `{source}` has more cells than the first line.", 'Put text with commas into "…".'
    if not source or not target:
        said = f"the row `{','.join(row)}` lacks a source or a target."
        return term, said, "Write `=` as the target of a term that is not translated."
    if not source.isprintable() or not target.isprintable():
        return term, f"the row of {source!r} has a character that cannot be seen.", "Remove it."
    if not _WORD.match(term.source):
        return (
            term,
            f"`{source}` does not begin with a letter or digit, so no text has it as a word.",
            "Remove the row.",
        )
    return term, "", ""
