"""glossary.csv: the terms of a site. `source,target,note`; `=` as the target keeps a term as it is."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
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
            "does not begin with the line `source,target,note`.", path=path, line=1, remedy="Add it as the first line."
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
            raise ConfigError(f"the term `{source}` stands here twice.", path=path, line=line, remedy="Remove one.")
        seen.add(source.casefold())
        yield Term(source, "" if target == "=" else target, note[0])
