"""Rows as the page gets them: texts with their changed words and terms, and how Markdown looks when it is rendered."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import cache
from typing import Any

from pipeline.markdown import dialect
from pipeline.review.desk.sheet import Row, Sheet
from pipeline.review.words import changed_words
from pipeline.translation.checks import Finding
from pipeline.translation.document import Document
from pipeline.translation.glossary import Glossary

__all__ = ["findings_json", "row_json"]

_VERBATIM = {"code", "math", "shortcode"}
_INLINE = {"paragraph", "heading", "cell", "term", "field", "label"}


def row_json(
    sheet: Sheet, row: Row, glossary: Glossary, findings: Sequence[Finding], *, accepted: bool
) -> dict[str, Any]:
    """A row as the page shows it."""
    before = row.before
    return {
        "row": row.key,
        "kind": row.kind,
        "line": row.line,
        "english": _parts(before[0] if before else row.english, row.english),
        "englishHtml": _rendered(sheet.english, row.kind, row.english),
        "text": row.text,
        "html": _rendered(sheet.chinese, row.kind, row.text),
        "before": before[1] if before else None,
        "changes": _parts(before[1], row.text) if before else [],
        "mark": str(row.mark) if row.mark else "",
        "changed": row.changed,
        "accepted": accepted,
        "terms": _terms(sheet, row, glossary),
        "findings": findings_json(findings),
    }


def _parts(old: str, new: str) -> list[dict[str, str]]:
    return [{"kind": kind, "text": text} for kind, text in changed_words(old, new)]


def _terms(sheet: Sheet, row: Row, glossary: Glossary) -> list[dict[str, Any]]:
    """The terms of the glossary in a row's English, each once, and whether its translation has them."""
    found: dict[str, dict[str, Any]] = {}
    segments = [segment for index in row.bead.source for segment in sheet.english.units[index].segments]
    english = "\n".join("".join(p.text if p.kind == "text" else " " for p in one.pieces) for one in segments)
    squeezed = "".join(row.text.split()).casefold()
    for start, end, term in glossary.matches(english):
        wanted = term.target or term.source
        there = "".join(wanted.split()).casefold() in squeezed
        words = english[start:end]
        found.setdefault(term.source, {"words": words, "target": wanted, "note": term.note, "there": there})
    return list(found.values())


def findings_json(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Findings, as far as the page shows them."""
    return [
        {"rule": one.rule, "severity": one.severity, "message": one.message, "remedy": one.remedy} for one in findings
    ]


def _rendered(document: Document, kind: str, text: str) -> str:
    """HTML of a text that is not trusted: nothing in it can run, and no style of its own comes along."""
    if kind in _VERBATIM:
        return f"<pre>{html.escape(text)}</pre>"
    env = {name: document.env[name] for name in ("references", "footnotes") if name in document.env}
    if kind in _INLINE and "\n\n" not in text:
        return _cleaned(dialect().renderInline(text, env))
    return _cleaned(dialect().render(text, env))


@cache
def _allowed() -> tuple[set[str], dict[str, set[str]]]:
    import nh3

    attributes = {name: set(names) for name, names in nh3.ALLOWED_ATTRIBUTES.items()}
    return set(nh3.ALLOWED_TAGS) - {"img"}, attributes


def _cleaned(page: str) -> str:
    import nh3

    tags, attributes = _allowed()
    return nh3.clean(page, tags=tags, attributes=attributes, link_rel="noopener noreferrer")
