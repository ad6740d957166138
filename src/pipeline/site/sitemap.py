"""sitemap.xml: an index of one sitemap a language, with every page that search engines should know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.site.editions import Edition
from pipeline.site.feeds import xml_text
from pipeline.site.frame import feed_path
from pipeline.site.pages import Page, Plan
from pipeline.site.permalinks import Addresses
from pipeline.site.presenter import Presenter
from pipeline.site.theme import Theme

__all__ = ["sitemap_paths", "sitemaps"]

_INDEX = "sitemap.xml"
_PART = "sitemap-pages.xml"


@dataclass(frozen=True, slots=True)
class _Location:
    url: str
    changed: datetime | None
    alternates: tuple[tuple[str, str], ...]


def sitemap_paths(editions: Mapping[str, Edition]) -> list[str]:
    """Where the index and its parts are."""
    return [_INDEX, *(feed_path(edition, _PART) for edition in editions.values())]


def sitemaps(
    editions: Mapping[str, Edition], plan: Plan, presenter: Presenter, theme: Theme, addresses: Addresses
) -> dict[str, bytes]:
    """The index and its parts by path (https://www.sitemaps.org/protocol.html, with xhtml:link for alternates)."""
    files = {}
    parts = []
    for edition in editions.values():
        pages = sorted(
            (page for page in plan.pages if page.indexable and page.locale == edition.locale),
            key=lambda page: page.path,
        )
        locations = (
            _Location(addresses.absolute(page.path), _changed(page), presenter.alternates(page)) for page in pages
        )
        path = feed_path(edition, _PART)
        files[path] = xml_text(theme.render("sitemap.xml", locations=locations))
        dates = (changed for page in pages if (changed := _changed(page)))
        parts.append((addresses.absolute(path), max(dates, default=None)))
    files[_INDEX] = xml_text(theme.render("sitemap-index.xml", parts=parts))
    return files


def _changed(page: Page) -> datetime | None:
    article = page.article if page.kind in {"post", "page"} else None
    return (article.lastmod or article.date) if article else None
