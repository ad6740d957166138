"""The table of rules: their names, what they look for, and how bad it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from pipeline.errors import ConfigError
from pipeline.translation.checks.code import code
from pipeline.translation.checks.consistency import inconsistent
from pipeline.translation.checks.doubled import doubled
from pipeline.translation.checks.fields import fields
from pipeline.translation.checks.finding import Found, Severity
from pipeline.translation.checks.leftovers import english, fuzzy, untranslated
from pipeline.translation.checks.length import length
from pipeline.translation.checks.links import links
from pipeline.translation.checks.numbers import numbers
from pipeline.translation.checks.page import Page
from pipeline.translation.checks.pairs import pairs
from pipeline.translation.checks.punctuation import punctuation, typography
from pipeline.translation.checks.structure import structure
from pipeline.translation.checks.tags import tags
from pipeline.translation.checks.terms import glossary
from pipeline.translation.checks.traditional import traditional
from pipeline.translation.checks.urls import urls

__all__ = ["RULES", "Level", "Rule", "levels"]

Level = Literal["off", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Rule:
    """`find` yields what is wrong with a page; `severity` is that of its findings unless the configuration says else.

    `what` is one sentence about pages that it finds nothing on.
    """

    name: str
    severity: Severity
    what: str
    find: Callable[[Page], Iterable[Found]]


def _nothing(page: Page) -> Iterable[Found]:
    """`ignore` speaks of the comments, which the run sees."""
    del page
    return ()


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("structure", "error", "The blocks are those of the source.", structure),
        Rule("tags", "error", "Bold, links, HTML and footnotes are those of the source.", tags),
        Rule("code", "error", "Code and math are those of the source; comments may be translated.", code),
        Rule("urls", "error", "Links and images lead to where those of the source lead.", urls),
        Rule("numbers", "error", "The numbers are those of the source.", numbers),
        Rule("fields", "error", "The front matter can be read, and its fields have the types of the source's.", fields),
        Rule("links", "error", "Links inside the site lead to something that is there.", links),
        Rule("untranslated", "error", "Nothing is still in the source language.", untranslated),
        Rule("fuzzy", "warning", "Nothing is merely taken from a similar segment.", fuzzy),
        Rule("english", "warning", "No English phrases are left between Chinese ones.", english),
        Rule("glossary", "warning", "The terms of the glossary are translated as it says.", glossary),
        Rule("inconsistent", "warning", "The same source text has the same translation everywhere.", inconsistent),
        Rule("length", "warning", "No text is far shorter or longer than its source makes likely.", length),
        Rule("traditional", "warning", "A Simplified text has no Traditional characters.", traditional),
        Rule("punctuation", "warning", "Punctuation after Han is full-width.", punctuation),
        Rule(
            "typography", "warning", "Ellipses, dashes, brackets, blanks and quotation marks are Chinese.", typography
        ),
        Rule("pairs", "warning", "Brackets and quotation marks come in pairs.", pairs),
        Rule("doubled", "warning", "No word stands there twice in a row.", doubled),
        Rule("ignore", "warning", "Each ignore comment names a rule, gives a reason, and is needed.", _nothing),
    )
}


def levels(configured: Mapping[str, Level]) -> Mapping[str, Level]:
    """What the configuration says of each rule that it names. Raises ConfigError for a rule that there is not."""
    for name, level in configured.items():
        if name not in RULES:
            near = get_close_matches(name, RULES, n=1)
            remedy = f"Did you mean `{near[0]}`?" if near else f"The rules are {', '.join(RULES)}."
            raise ConfigError(f"there is no check `{name}`.", remedy=remedy)
        if level not in {"off", "warning", "error"}:
            raise ConfigError(f"the check `{name}` cannot be {level!r}.", remedy="Choose off, warning or error.")
    return dict(configured)
