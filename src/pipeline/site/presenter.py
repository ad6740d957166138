"""From planned pages and rendered articles to the views that templates show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from pipeline.config import Settings
from pipeline.site.articles import Article
from pipeline.site.editions import Edition
from pipeline.site.pages import MAIN_SECTION, Page, Plan
from pipeline.site.permalinks import Addresses, directory
from pipeline.site.render import Rendered
from pipeline.site.taxonomies import TAXONOMIES, Term
from pipeline.site.views import ArticleView, Choice, Entry, PageView, SiteView, TermView

__all__ = ["FEEDS", "Presenter", "feed_path"]

FEEDS = ("atom.xml", "rss.xml")
_HOME_LENGTH = 20
_FEED_LENGTH = 20


def feed_path(edition: Edition, name: str) -> str:
    """Where one of the FEEDS of an edition is."""
    return f"{directory(edition.prefix)}{name}"


class Presenter:
    """Makes views. `rendered` holds every shown article by (locale, key)."""

    def __init__(
        self,
        settings: Settings,
        editions: Mapping[str, Edition],
        addresses: Addresses,
        plan: Plan,
        rendered: Mapping[tuple[str, str], Rendered],
    ) -> None:
        self._settings = settings
        self._editions = editions
        self._addresses = addresses
        self._plan = plan
        self._rendered = rendered
        self._sites = {locale: self._site(edition) for locale, edition in editions.items()}
        self._beside: dict[tuple[str, str], tuple[str, str]] = {}
        for locale in editions:
            order = ["", *plan.by_key[locale, ""].posts, ""]
            for (newer, key), (_, older) in pairwise(pairwise(order)):
                self._beside[locale, key] = newer, older

    def site(self, locale: str) -> SiteView:
        """The frame of one language."""
        return self._sites[locale]

    def page(self, page: Page) -> PageView:
        """Everything that one page shows."""
        edition = self._editions[page.locale]
        shown = page.posts[:_HOME_LENGTH] if page.kind == "home" else page.posts
        rest = self._plan.page(page.locale, MAIN_SECTION) if len(shown) < len(page.posts) else None
        is_taxonomy = page.kind in {"taxonomy", "term"}
        return PageView(
            kind=page.kind,
            title=page.title,
            document_title=edition.title if page.kind == "home" else f"{page.title} — {edition.title}",
            description=self._description(page),
            canonical=self._canonical(page),
            indexable=page.indexable,
            alternates=self.alternates(page),
            languages=self._languages(page),
            menu=self._menu(page),
            article=self._article(page, page.article) if page.article else None,
            entries=tuple(self._entry(page.locale, key) for key in shown),
            more=self._addresses.href(rest.path) if rest else "",
            taxonomy=page.key.split("/")[0] if is_taxonomy else "",
            terms=self._terms(page.terms) if is_taxonomy else (),
        )

    def alternates(self, page: Page) -> tuple[tuple[str, str], ...]:
        """(hreflang, absolute address) of the page in every language that really has it; none if there is one only."""
        if not page.indexable:
            return ()
        found = [other for locale in self._editions if (other := self._plan.page(locale, page.key)) and other.indexable]
        if len(found) == 1:
            return ()
        links = [(self._editions[other.locale].language, self._addresses.absolute(other.path)) for other in found]
        links += [("x-default", self._addresses.absolute(p.path)) for p in found if p.locale == self._settings.source]
        return tuple(links)

    def feed(self, locale: str) -> list[Entry]:
        """The newest posts that are in the feed's own language."""
        keys = self._plan.by_key[locale, ""].posts
        pages = [self._plan.by_key[locale, key] for key in keys]
        own = [page for page in pages if page.indexable and page.article and page.article.date]
        return [self._entry(locale, page.key) for page in own[:_FEED_LENGTH]]

    def _site(self, edition: Edition) -> SiteView:
        def choice(page: Page) -> Choice:
            return Choice(page.title, self._addresses.href(page.path))

        pages = [page for page in self._plan.pages if page.locale == edition.locale]
        sections = [page for page in pages if page.kind == "section" and "/" not in page.key]
        single = [page for page in pages if page.kind == "page"]
        single.sort(key=lambda page: (page.article.weight if page.article else 0, page.title))
        home = self._plan.by_key[edition.locale, ""]
        return SiteView(
            title=edition.title,
            description=edition.description,
            author=self._settings.site.author,
            home=self._addresses.href(home.path),
            url=self._addresses.absolute(home.path),
            language=edition.language,
            og_locale=edition.og_locale,
            atom=self._addresses.href(feed_path(edition, "atom.xml")),
            rss=self._addresses.href(feed_path(edition, "rss.xml")),
            menu=tuple(choice(page) for page in [*sections, *single]),
            footer=tuple(choice(page) for page in pages if page.kind == "taxonomy"),
            editions=tuple(self._edition_home(locale) for locale in self._editions),
        )

    def _edition_home(self, locale: str) -> Choice:
        edition = self._editions[locale]
        return Choice(edition.name, self._addresses.href(self._plan.by_key[locale, ""].path), edition.language)

    def _languages(self, page: Page) -> tuple[Choice, ...]:
        others = [self._plan.nearest(page, locale) for locale in self._editions if locale != page.locale]
        return tuple(
            Choice(self._editions[p.locale].name, self._addresses.href(p.path), self._editions[p.locale].language)
            for p in others
        )

    def _menu(self, page: Page) -> tuple[Choice, ...]:
        here = self._addresses.href(page.path)
        return tuple(
            replace(item, current="page" if item.href == here else "true" if here.startswith(item.href) else "")
            for item in self._sites[page.locale].menu
        )

    def _canonical(self, page: Page) -> str:
        if page.article and page.article.state == "untranslated" and page.kind in {"post", "page"}:
            page = self._plan.page(page.article.written_in, page.key) or page
        return self._addresses.absolute(page.path)

    def _description(self, page: Page) -> str:
        strings = self._editions[page.locale].strings
        if page.kind == "home":
            return self._editions[page.locale].description
        if page.article:
            return page.article.post.meta.description or self._summary(page.locale, page.article)
        if strings.has(f"description.{page.key}"):
            return strings(f"description.{page.key}")
        if page.kind == "term":
            return strings(f"description.{page.terms[0].taxonomy}_term", name=page.title)
        return "" if page.kind == "not-found" else strings("description.section", name=page.title)

    def _summary(self, locale: str, article: Article) -> str:
        meta = article.post.meta
        return meta.summary or meta.description or self._rendered[locale, article.key].summary

    def _terms(self, terms: tuple[Term, ...]) -> tuple[TermView, ...]:
        return tuple(
            TermView(
                term.name,
                self._addresses.href(self._plan.by_key[term.locale, term.key].path),
                self._editions[term.language].language,
                len(term.posts),
            )
            for term in terms
        )

    def _entry(self, locale: str, key: str) -> Entry:
        page = self._plan.by_key[locale, key]
        article = page.article
        if article is None:
            raise KeyError(key)
        written_in = self._editions[article.written_in]
        return Entry(
            title=page.title,
            href=self._addresses.href(page.path),
            url=self._addresses.absolute(page.path),
            language=written_in.language,
            foreign=written_in.name if article.written_in != locale else "",
            held="draft" if article.state == "draft" else article.held,
            date=article.date,
            updated=_updated(article),
            summary=self._summary(locale, article),
            html=self._rendered[locale, key].html,
            categories=self._terms(tuple(term for term in page.terms if term.taxonomy == TAXONOMIES[0])),
        )

    def _article(self, page: Page, article: Article) -> ArticleView:
        rendered = self._rendered[page.locale, article.key]
        newer, older = self._beside.get((page.locale, page.key), ("", ""))
        source = self._plan.page(self._settings.source, page.key)
        original = None
        if source and source is not page:
            edition = self._editions[source.locale]
            original = Choice(edition.name, self._addresses.href(source.path), edition.language)
        return ArticleView(
            html=rendered.html,
            language=self._editions[article.written_in].language,
            state=article.state,
            held=article.held,
            behind=article.behind,
            source_changed=article.source_changed,
            translatable=article.post.meta.translate,
            date=article.date,
            updated=_updated(article),
            minutes=rendered.minutes,
            headings=rendered.headings,
            categories=self._terms(tuple(term for term in page.terms if term.taxonomy == "categories")),
            tags=self._terms(tuple(term for term in page.terms if term.taxonomy == "tags")),
            original=original,
            newer=self._entry(page.locale, newer) if newer and page.kind == "post" else None,
            older=self._entry(page.locale, older) if older and page.kind == "post" else None,
        )


def _updated(article: Article) -> datetime | None:
    """When it was changed after it was published, if that is known."""
    if article.lastmod and article.date and article.lastmod.date() <= article.date.date():
        return None
    return article.lastmod
