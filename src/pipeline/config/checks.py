"""[checks]: how serious each finding of `pipeline check` is."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["CheckSettings"]

_Severity = Literal["off", "warning", "error"] | None


def _rule(meaning: str) -> _Severity:
    """A field; left out, the rule has the severity that docs/checks.md gives."""
    severity: _Severity = Field(None, description=meaning)
    return severity


class CheckSettings(BaseModel):
    """One key a rule."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    structure: _Severity = _rule("Other blocks or nesting than the source.")
    tags: _Severity = _rule("Other inline markup than the source.")
    code: _Severity = _rule("Other inline code than the source.")
    urls: _Severity = _rule("Other link targets than the source.")
    numbers: _Severity = _rule("Other numbers than the source.")
    fields: _Severity = _rule("Front matter fields of another type than the source's.")
    links: _Severity = _rule("Internal links and anchors that lead nowhere.")
    untranslated: _Severity = _rule("A segment that is still in the source language.")
    fuzzy: _Severity = _rule("A segment that was taken from a similar one.")
    english: _Severity = _rule("Leftovers of the source language.")
    glossary: _Severity = _rule("A term that is not as the glossary has it.")
    inconsistent: _Severity = _rule("The same source, translated in two ways.")
    length: _Severity = _rule("A translation that is far too short or too long.")
    traditional: _Severity = _rule("Traditional characters in Simplified Chinese.")
    punctuation: _Severity = _rule("Half-width punctuation after Chinese.")
    typography: _Severity = _rule("What Chinese typography writes in another way.")
    pairs: _Severity = _rule("Brackets and quotation marks without their other half.")
    doubled: _Severity = _rule("A word that stands twice.")
    ignore: _Severity = _rule("A comment that ignores a rule without need, or without a reason.")
