"""sitemap.xml: every page that search engines should know, with its other languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.site.feeds import xml_text
from pipeline.site.pages import Page, Plan
from pipeline.site.permalinks import Addresses
from pipeline.site.presenter import Presenter
from pipeline.site.theme import Theme

__all__ = ["sitemap"]


@dataclass(frozen=True, slots=True)
class _Location:
    url: str
    changed: datetime | None
    alternates: tuple[tuple[str, str], ...]


def sitemap(plan: Plan, presenter: Presenter, theme: Theme, addresses: Addresses) -> bytes:
    """The file's content (https://www.sitemaps.org/protocol.html, with xhtml:link for alternates)."""
    locations = [
        _Location(addresses.absolute(page.path), _changed(page), presenter.alternates(page))
        for page in sorted(plan.pages, key=lambda page: page.path)
        if page.indexable
    ]
    return xml_text(theme.render("sitemap.xml", locations=locations))


def _changed(page: Page) -> datetime | None:
    article = page.article if page.kind in {"post", "page"} else None
    return (article.lastmod or article.date) if article else None
