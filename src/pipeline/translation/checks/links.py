"""Links inside the site: something is there, and it has the part that the link names."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.markdown.source import breaks
from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Page
from pipeline.translation.checks.urls import addresses

__all__ = ["links"]


def links(page: Page) -> Iterator[Found]:
    """Addresses that lead nowhere. What is inside the site is known to whoever runs the checks."""
    fault = page.shared.link_fault
    if fault is None:
        return
    for unit in page.document.units:
        for offset, address in addresses(unit):
            reason = fault(page, address)
            if reason:
                line = unit.line + breaks(unit.source[:offset])
                yield Found(line, f"The link to {address} is broken: {reason}.", "Correct it, or add what is missing.")
