"""What the site has at an address: the links of a translation are checked against the pages that a build would make."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pipeline.config import Settings
from pipeline.content import Library
from pipeline.site import steps
from pipeline.site.articles import Article
from pipeline.site.cache import Cache
from pipeline.site.output import Output
from pipeline.site.pages import Page as SitePage
from pipeline.site.permalinks import Addresses
from pipeline.site.render import headings_of
from pipeline.site.selection import choose_articles
from pipeline.translation.checks import Page

__all__ = ["SiteLinks"]

_ID = re.compile(r"""<[^>]*?\s(?:id|name)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_LABEL = re.compile(r"\\label\{([^{}]+)\}")
_FOOTNOTE = re.compile(r"fn(?:ref)?[\w:-]*")


class SiteLinks:
    """Nothing is rendered and nothing is written. Raises BuildError if no build is possible."""

    def __init__(self, settings: Settings, library: Library) -> None:
        addresses = Addresses(settings.site.base_url)
        # With drafts: what is to be shown some day is no broken link.
        work = steps.Work(
            settings,
            library,
            Output(settings.public),
            addresses,
            datetime.now(UTC),
            drafts=True,
            cache=Cache(settings.work / "site", settings.public, kept=False),
        )
        for step in (steps.read_strings, choose_articles, steps.plan_pages, steps.find_files):
            step(work)
        self._plan = work.plan
        self._links = steps.links_of(work)
        self._anchors: dict[tuple[str, str], frozenset[str]] = {}

    def fault(self, page: Page, address: str) -> str | None:
        """Why an address on a page leads nowhere; None if it leads somewhere, or out of the site."""
        own = self._plan.page(page.locale, page.post.key)
        if own is None or own.article is None:
            return None
        target = self._links.resolve(address, own.article, own)
        if target.kind == "missing":
            return "nothing is there"
        if not target.fragment or target.page is None or target.page.kind not in {"post", "page"}:
            return None
        if _FOOTNOTE.fullmatch(target.fragment) or target.fragment in self._anchors_of(target.page):
            return None
        return f"that page has no part `#{target.fragment}`"

    def _anchors_of(self, page: SitePage) -> frozenset[str]:
        key = (page.locale, page.key)
        if key not in self._anchors:
            self._anchors[key] = _anchors(page.article) if page.article else frozenset()
        return self._anchors[key]


def _anchors(article: Article) -> frozenset[str]:
    """The ids of a page: a translation's headings have those of its source where both have the same levels."""
    headings = headings_of(article.post)
    if article.snapshot is not None:
        source = headings_of(article.snapshot)
        if [level for level, _ in source] == [level for level, _ in headings]:
            headings = source
    body = article.post.body
    return frozenset(name for _, name in headings).union(_ID.findall(body), _LABEL.findall(body))
