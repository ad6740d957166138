"""Where links and images lead: to where the source's do, or to the same place in the other language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.markdown import Unit
from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Page

__all__ = ["addresses", "urls"]

_ATTRIBUTE = re.compile(r"""(?<=\s)(?:href|src|poster)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_LANGUAGE = r"(?:en|zh|cn)(?:[-_](?:us|gb|uk|cn|hans|sg|zh))?"
# What may differ between the two languages of one place: scheme, fragment, query, index page, language.
_PARTS = (
    (re.compile(r"[?#].*$", re.DOTALL), ""),
    (re.compile(r"^https?:"), ""),
    (re.compile(r"(?<=/)index\.html?$"), ""),
    (re.compile(rf"(?<=/){_LANGUAGE}(?:/|$)", re.IGNORECASE), ""),
    (re.compile(rf"(?<=//){_LANGUAGE}(?=\.)", re.IGNORECASE), "*"),
    (re.compile(rf"[._-]{_LANGUAGE}(?=\.\w+$)", re.IGNORECASE), ""),
    (re.compile(r"/+$"), ""),
)


def urls(page: Page) -> Iterator[Found]:
    """Addresses that are missing, added or changed."""
    if page.difference is None:
        return
    for group in page.groups:
        if not page.finished(group):
            continue
        ours, theirs = _addresses(group.source), _addresses(group.target)
        missing, added = list((ours - theirs).elements()), list((theirs - ours).elements())
        for one in list(missing):
            other = next((address for address in added if _place(address) == _place(one)), None)
            if other is not None:
                missing.remove(one)
                added.remove(other)
        for one, other in zip(missing, added, strict=False):
            yield Found(group.line, f"The source leads to {one} here, this to {other}.", "Lead to the same place.", one)
        for one in missing[len(added) :]:
            yield Found(group.line, f"The link to {one} is missing.", "Put it back.", one)
        for other in added[len(missing) :]:
            yield Found(group.line, f"The source has no link to {other} here.", "Remove it, if it is not wanted.")


def addresses(unit: Unit) -> Iterator[tuple[int, str]]:
    """Every address of a unit, in Markdown and in HTML: (offset in the unit's source, address)."""
    for piece in unit.pieces:
        offset = piece.start - unit.pieces[0].start
        if piece.name in {"link", "image", "address"} and piece.kind in {"open", "void"}:
            yield offset, piece.value
        elif piece.name == "html":
            yield from ((offset + at, address) for at, address in _in_html(piece.source))
    if unit.kind == "html":
        yield from _in_html(unit.source)


def _in_html(html: str) -> Iterator[tuple[int, str]]:
    for match in _ATTRIBUTE.finditer(html):
        yield match.start(), next(group for group in match.groups() if group is not None)


def _addresses(units: Sequence[Unit]) -> Counter[str]:
    return Counter(address for unit in units for _, address in addresses(unit))


def _place(address: str) -> str:
    """An address without its language, scheme and fragment."""
    for pattern, replacement in _PARTS:
        address = pattern.sub(replacement, address)
    return address
