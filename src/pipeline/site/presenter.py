"""From planned pages and rendered articles to the views that templates show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Protocol
from urllib.parse import quote

from markupsafe import Markup

from pipeline.config import Settings
from pipeline.content import Post
from pipeline.site.articles import Article
from pipeline.site.changes import marked
from pipeline.site.context import Heading
from pipeline.site.editions import Edition
from pipeline.site.entries import EntryBook
from pipeline.site.frame import site_view
from pipeline.site.neighbours import Neighbours
from pipeline.site.pages import MAIN_SECTION, Page, Plan
from pipeline.site.permalinks import Addresses
from pipeline.site.structured import json_ld
from pipeline.site.taxonomies import SERIES, TAXONOMIES, Term
from pipeline.site.views import ArticleView, Body, ChangeView, Choice, Entry, PageView, SeriesView, SiteView, TermView

__all__ = ["MARKDOWN", "Presenter", "has_markdown"]

_HOME_LENGTH = 20
_ENTRIES = 512  # that are held at a time
_MOST_CHANGES = 20
MARKDOWN = "index.md"


class Shown(Protocol):
    """What pages show of an article that was rendered."""

    @property
    def html(self) -> Markup: ...
    @property
    def digest(self) -> str: ...
    @property
    def headings(self) -> Sequence[Heading]: ...
    @property
    def summary(self) -> str: ...
    @property
    def minutes(self) -> int: ...


class Articles(Protocol):
    """Every shown article by (locale, key); of others there is None to `get`."""

    def __getitem__(self, name: tuple[str, str], /) -> Shown: ...
    def get(self, name: tuple[str, str], /) -> Shown | None: ...


class Presenter:
    """Makes views. `cards` are the paths of the articles' pictures."""

    def __init__(
        self,
        settings: Settings,
        editions: Mapping[str, Edition],
        addresses: Addresses,
        plan: Plan,
        rendered: Articles,
        cards: Mapping[tuple[str, str], str] = MappingProxyType({}),
    ) -> None:
        self._settings = settings
        self._editions = editions
        self._addresses = addresses
        self._plan = plan
        self._rendered = rendered
        self._cards = cards
        self._sites = {
            locale: site_view(settings, editions, edition, plan, addresses) for locale, edition in editions.items()
        }
        self._neighbours = Neighbours(plan, editions)
        self._book: Mapping[str, EntryBook] = {}
        self._entry = lru_cache(maxsize=_ENTRIES)(self._found_entry)
        self.whole = False  # set when a template shows posts of a list as a whole

    def hold_entries(self) -> None:
        """Make the entries of all posts that are listed, where they can be read without a look at the posts."""
        self._book = {
            locale: EntryBook(self._new_entry(locale, key) for key in self._plan.by_key[locale, ""].posts)
            for locale in self._editions
        }

    def site(self, locale: str) -> SiteView:
        """The frame of one language."""
        return self._sites[locale]

    def page(self, page: Page) -> PageView:
        """Everything that one page shows."""
        edition = self._editions[page.locale]
        shown = page.posts[:_HOME_LENGTH] if page.kind == "home" else page.posts
        rest = self._plan.page(page.locale, MAIN_SECTION) if len(shown) < len(page.posts) else None
        is_taxonomy = page.kind in {"taxonomy", "term"}
        title = page.title
        if page.number > 1:
            title = edition.strings("list.page", title=page.title, number=page.number)
        article = self._article(page, page.article) if page.article else None
        description, canonical = self._description(page), self._canonical(page)
        card = self._cards.get((page.locale, page.key), "")
        card = self._addresses.absolute(card) if card else ""
        newer, older = self._around(page)
        return PageView(
            kind=page.kind,
            title=page.title,
            document_title=edition.title if page.kind == "home" else f"{title} — {edition.title}",
            description=description,
            canonical=canonical,
            indexable=page.indexable,
            alternates=self.alternates(page),
            languages=self._languages(page),
            menu=self._menu(page),
            article=article,
            entries=tuple(self._entry(page.locale, key) for key in shown),
            more=self._addresses.href(rest.path) if rest else "",
            taxonomy=page.key.split("/")[0] if is_taxonomy else "",
            terms=self._terms(page.terms) if is_taxonomy else (),
            number=page.number,
            count=page.count,
            total=page.total,
            newer=newer,
            older=older,
            feeds=self._addresses.href(self._plan.by_key[page.locale, page.first].path) if page.kind == "term" else "",
            card=card,
            data=json_ld(
                page.kind,
                self._sites[page.locale],
                article,
                title=page.title,
                description=description,
                url=canonical,
                image=card,
            ),
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

    def feed(self, locale: str, term: Term | None = None) -> list[Entry]:
        """The newest posts that are in the feed's own language; of all, or of a term."""
        keys = self._neighbours.carrying(term) if term else self._plan.by_key[locale, ""].posts
        pages = (self._plan.by_key[locale, key] for key in keys)
        own = (page for page in pages if page.indexable and page.article and page.article.date)
        return [self._entry(locale, page.key) for page in islice(own, self._settings.site.feed_length)]

    def _around(self, page: Page) -> tuple[str, str]:
        """Addresses of the pages of a list before and after one of them."""

        def href(number: int) -> str:
            key = page.first if number == 1 else f"{page.first}#{number}"
            found = self._plan.page(page.locale, key) if 1 <= number <= page.count else None
            return self._addresses.href(found.path) if found else ""

        return (href(page.number - 1), href(page.number + 1)) if page.count > 1 else ("", "")

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
        if page.kind in {"archive", "search"}:
            return strings(f"description.{page.kind}")
        if page.kind == "term":
            return strings(f"description.{page.terms[0].taxonomy}_term", name=page.title)
        return "" if page.kind == "not-found" else strings("description.section", name=page.title)

    def summary(self, page: Page) -> str:
        """A sentence or two about a page's text; `""` if it has none."""
        return self._summary(page.locale, page.article) if page.article else ""

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

    def _found_entry(self, locale: str, key: str) -> Entry:
        place = self._neighbours.place(locale, key) if self._book else None
        if place is None:
            return self._new_entry(locale, key)
        return self._book[locale].entry(place, lambda: self._shown_whole(locale, key))

    def _new_entry(self, locale: str, key: str) -> Entry:
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
            body=Body(lambda: self._shown_whole(locale, key), self._rendered[locale, key].digest),
            categories=self._terms(tuple(term for term in page.terms if term.taxonomy == TAXONOMIES[0])),
        )

    def _shown_whole(self, locale: str, key: str) -> Markup:
        self.whole = True
        return self._rendered[locale, key].html

    def _article(self, page: Page, article: Article) -> ArticleView:
        rendered = self._rendered[page.locale, article.key]
        is_post = page.kind == "post"
        newer, older = self._neighbours.beside(page.locale, page.key)
        related = self._neighbours.related(page.locale, page.key) if is_post else []
        source = self._plan.page(self._settings.source, page.key)
        original = None
        if source and source is not page:
            edition = self._editions[source.locale]
            original = Choice(edition.name, self._addresses.href(source.path), edition.language)
        return ArticleView(
            body=Body(cache(lambda: rendered.html), rendered.digest),  # a template asks more than once
            language=self._editions[article.written_in].language,
            state=article.state,
            held=article.held,
            changes=tuple(self._changes(article, original)),
            changed=len(article.changes),
            source_changed=article.source_changed,
            translatable=article.post.meta.translate,
            date=article.date,
            updated=_updated(article),
            minutes=rendered.minutes,
            headings=tuple(rendered.headings),
            categories=self._terms(tuple(term for term in page.terms if term.taxonomy == "categories")),
            tags=self._terms(tuple(term for term in page.terms if term.taxonomy == "tags")),
            original=original,
            newer=self._entry(page.locale, newer) if newer and is_post else None,
            older=self._entry(page.locale, older) if older and is_post else None,
            related=tuple(self._entry(page.locale, key) for key in related),
            series=tuple(self._series(page, term) for term in page.terms if term.taxonomy == SERIES and is_post),
            share=tuple(self._share(page)) if is_post and page.indexable else (),
            history=self._repository(self._settings.site.history_url, article.source) if article.changes else "",
            edit=self._repository(self._settings.site.edit_url, article.post),
            markdown=self._addresses.href(page.path + MARKDOWN) if has_markdown(page) else "",
        )

    def _series(self, page: Page, term: Term) -> SeriesView:
        (view,) = self._terms((term,))
        parts = tuple(self._entry(term.locale, key) for key in term.posts)
        return SeriesView(view.name, view.href, view.language, term.posts.index(page.key) + 1, parts)

    def _share(self, page: Page) -> Iterator[Choice]:
        url, title = quote(self._addresses.absolute(page.path), safe=""), quote(page.title, safe="")
        for name, pattern in self._settings.theme.share.items():
            yield Choice(name, pattern.replace("{url}", url).replace("{title}", title))

    def _changes(self, article: Article, original: Choice | None) -> Iterator[ChangeView]:
        if original is None:
            return
        source = self._rendered.get((self._settings.source, article.key))
        parts = {heading.id: heading.text for heading in source.headings} if source else {}
        for change in article.changes[:_MOST_CHANGES]:
            fragment = f"#{quote(change.part)}" if change.part in parts else ""
            yield ChangeView(original.href + fragment, parts.get(change.part, ""), marked(change))

    def _repository(self, pattern: str, post: Post | None) -> str:
        """Where the file of a post is in a repository on the web."""
        if not pattern or not post or not post.path.is_relative_to(self._settings.root):
            return ""
        return pattern.replace("{path}", quote(post.path.relative_to(self._settings.root).as_posix()))


def has_markdown(page: Page) -> bool:
    """Whether the page's text is there as Markdown, too."""
    return page.kind in {"post", "page"} and page.indexable


def _updated(article: Article) -> datetime | None:
    """When it was changed after it was published, if that is known."""
    if article.lastmod and article.date and article.lastmod.date() <= article.date.date():
        return None
    return article.lastmod
