"""The glossary: a term of the source has its target in the translation, and one that is kept stands there as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Group, Page

__all__ = ["glossary"]


def glossary(page: Page) -> Iterator[Found]:
    """Terms without their target. The longest term wins; code and addresses are no text."""
    for group in page.groups:
        if page.finished(group):
            yield from _missed(page, group)


def _missed(page: Page, group: Group) -> Iterator[Found]:
    words = page.words(group.source)
    target = " ".join(unit.source for unit in group.target)
    for term in page.shared.glossary.terms:
        words, count = _pattern(term.source).subn("\0", words)
        if not count:
            continue
        wanted = term.target or term.source
        if not _has(target, wanted, exact=bool(term.target)):
            remedy = f"Write {wanted}." if term.target else f"Leave {wanted} as it is."
            yield Found(group.line, f"The source speaks of “{term.source}”, which is “{wanted}” here.", remedy, wanted)


def _has(text: str, wanted: str, *, exact: bool) -> bool:
    """Whether a text has the words; a term that is kept may have other blanks and another case at its beginning."""
    if wanted in text or "".join(wanted.split()) in "".join(text.split()):
        return True
    return not exact and wanted.casefold() in text.casefold()


@cache
def _pattern(source: str) -> re.Pattern[str]:
    """A term as a whole word, in any number; a word of lower case in any case."""
    words = [re.escape(word) for word in source.split()]
    last = re.escape(source.split()[-1])
    plural = rf"{last[:-1]}(?:y|ies)" if re.search("[^aeiou]y$", source) else rf"{last}(?:s|es|['’]s)?"
    flags = re.IGNORECASE if source == source.lower() else 0
    return re.compile(rf"(?<![\w-])(?:{'[ -]'.join([*words[:-1], plural])})(?![\w-])", flags)
