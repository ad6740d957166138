"""glossary.csv: the terms of a site. `source,target,note`; `=` as the target keeps a term as it is."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import ConfigError

__all__ = ["Glossary", "Term", "read_glossary"]


@dataclass(frozen=True, slots=True)
class Term:
    """One row. `target` is empty for a term that is not translated."""

    source: str
    target: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Glossary:
    """All terms, the longest first, so that the longest match wins."""

    terms: tuple[Term, ...] = ()

    def find(self, words: str) -> Term | None:
        """The term that some words are, in any case, singular or with a plural s."""
        wanted = words.casefold()
        for term in self.terms:
            source = term.source.casefold()
            if wanted in {source, source + "s", source + "es"}:
                return term
        return None

    def written(self, words: str) -> str:
        """How a translation writes some words that are a term; empty if they are none."""
        term = self.find(words)
        return "" if term is None else term.target or words

    def matches(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """(start, end, term) of all terms in a text that stand there as whole words, from left to right.

        Of terms that overlap the longest counts. A term with capitals is only itself; one without is found in any case,
        and in the plural.
        """
        known = _by_first_word(self.terms)
        end = 0
        for word in _WORD.finditer(text):
            if word.start() < end:
                continue
            for pattern, term in known.get(_stem(word[0]), ()):
                match = pattern.match(text, word.start())
                if match:
                    end = match.end()
                    yield match.start(), end, term
                    break


_WORD = re.compile(r"(?<![\w-])[\w+#.]+")


@cache
def _by_first_word(
    terms: tuple[Term, ...],
) -> dict[str, list[tuple[re.Pattern[str], Term]]]:
    """The terms that may stand where a word begins, the longest first."""
    known: dict[str, list[tuple[re.Pattern[str], Term]]] = {}
    for term in terms:
        first = _WORD.search(term.source)
        if first and first.start() == 0:
            known.setdefault(_stem(first[0]), []).append((re.compile(rf"{_inflected(term.source)}(?![\w-])"), term))
    return known


def _stem(word: str) -> str:
    """Equal for all forms of a word that a term may take."""
    return word.casefold()[:3]


def _inflected(source: str) -> str:
    """A term with other blanks between its words and with a plural ending."""
    words = "[ \u00a0-]".join(re.escape(word) for word in source.split())
    if re.search("[a-zA-Z]$", source):
        words = rf"{words[:-1]}(?:y|ies)" if re.search("[^aeiou]y$", source) else rf"{words}(?:s|es)?"
    return f"(?i:{words})" if source == source.lower() else words


def read_glossary(path: Path) -> Glossary:
    """The glossary, empty if there is no file. Raises ConfigError with the line of a fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Glossary()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}.", path=path, remedy="Save it as UTF-8.") from error
    return Glossary(tuple(sorted(_terms(text.splitlines(), path), key=lambda term: -len(term.source))))


def _terms(lines: Iterable[str], path: Path) -> Iterable[Term]:
    reader = csv.reader(lines)
    header = [name.strip().casefold() for name in next(reader, [])]
    if header[:2] != ["source", "target"]:
        raise ConfigError(
            "does not begin with the line `source,target,note`.",
            path=path,
            line=1,
            remedy="Add it as the first line.",
        )
    seen: set[str] = set()
    for row in reader:
        if not any(cell.strip() for cell in row) or row[0].startswith("#"):
            continue
        source, target, *note = [*(cell.strip() for cell in row), ""]
        line = reader.line_num
        if not source or not target:
            raise ConfigError(
                f"the row {','.join(row)!r} lacks a source or a target.",
                path=path,
                line=line,
                remedy="Write `=` as the target of a term that is not translated.",
            )
        if source.casefold() in seen:
            raise ConfigError(
                f"the term `{source}` stands here twice.",
                path=path,
                line=line,
                remedy="Remove one.",
            )
        seen.add(source.casefold())
        yield Term(source, "" if target == "=" else target, note[0])
