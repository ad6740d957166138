"""The steps that make what is not a page: pictures, the search, Markdown, manifests, redirects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from hashlib import blake2b
from pathlib import Path

from pipeline.site.cache import digest
from pipeline.site.cards import card, card_name
from pipeline.site.editions import Edition
from pipeline.site.exports import icons, llms, manifest, markdown
from pipeline.site.frame import FEEDS, feed_path
from pipeline.site.pages import Page
from pipeline.site.permalinks import directory
from pipeline.site.presenter import MARKDOWN, Presenter, has_markdown
from pipeline.site.search import weights
from pipeline.site.searching import Document, add_index
from pipeline.site.work import Work

__all__ = ["draw_cards", "render_extras"]

_REDIRECTS = ".redirects.json"


def draw_cards(work: Work) -> None:
    """A picture of each text in each language that it is really in."""
    if not work.settings.site.cards:
        return
    folder = work.settings.work / "cards"
    for page in work.plan.pages:
        if not page.article or not has_markdown(page):
            continue
        edition = work.editions[page.locale]
        dates = [edition.strings.date(page.article.date)] if page.article.date else []
        line = " · ".join([*dates, *filter(None, [work.settings.site.author])])
        parts = (page.title, edition.title, line, edition.language)
        path, name = f"{page.path}card.png", card_name(*parts)
        if name and not work.output.has(path) and path not in work.attachments.files:
            work.cards[page.locale, page.key] = path
            work.add(path, name, partial(_card, folder, *parts), page)


def _card(folder: Path, *parts: str) -> bytes:
    return card(folder, *parts) or b""


def render_extras(work: Work, presenter: Presenter) -> None:
    """Everything that needs no template."""
    for page in work.plan.pages:
        if page.article and has_markdown(page):
            meta = page.article.post.meta
            made_from = digest(page.title, page.path, work.addresses, meta.summary, meta.description)
            made_from += page.article.post.digest
            work.add(page.path + MARKDOWN, made_from, partial(markdown, page, work.addresses), page)
    files: dict[str, bytes] = icons(work.assets)
    for locale, edition in work.editions.items():
        home = presenter.site(locale).home
        path, data = manifest(edition, home, work.assets, work.addresses)
        files[path] = data
        _add_llms(work, presenter, edition)
        if work.plan.page(locale, "search"):
            _add_search(work, edition)
    if work.plan.redirects:
        files[_REDIRECTS] = _redirects(work)
    for path, data in files.items():
        if path not in work.attachments.files:
            work.output.add(path, data)


def _add_llms(work: Work, presenter: Presenter, edition: Edition) -> None:
    path = feed_path(edition, "llms.txt")
    if path in work.attachments.files:
        return
    known = work.output.known.get(path)
    if work.settled and known and work.output.add_if_same(path, known.made_from):
        return
    pages = [page for page in work.plan.pages if page.locale == edition.locale and page.article]
    summaries = {page.key: presenter.summary(page) for page in pages}
    data = llms(edition, work.plan, summaries, work.addresses)
    work.output.add(path, data, blake2b(data, digest_size=12).hexdigest())


def _add_search(work: Work, edition: Edition) -> None:
    folder = directory(edition.prefix, "search")
    if f"{folder}index.json" in work.attachments.files:
        return
    pages = [page for page in work.plan.pages if page.locale == edition.locale and page.article]
    documents = [_document(work, page) for page in _searched(pages)]
    add_index(work.output, work.cache, edition.locale, folder, documents)


def generated(work: Work) -> list[str]:
    """Paths of what is made besides pages, for links in posts to lead to."""
    names = [feed_path(edition, name) for edition in work.editions.values() for name in (*FEEDS, "llms.txt")]
    terms = [page.path for page in work.plan.pages if page.kind == "term"]
    return [*names, *(path + name for path in terms for name in FEEDS), "sitemap.xml", "robots.txt", "favicon.ico"]


def _searched(pages: list[Page]) -> list[Page]:
    """Older posts keep their numbers when a new one comes, so that most of the index stays as it is."""

    def age(page: Page) -> tuple[float, str]:
        date = page.article.date if page.article else None
        return date.timestamp() if date else 0, page.key

    return sorted((page for page in pages if page.kind in {"post", "page"}), key=age)


def _document(work: Work, page: Page) -> Document:
    article = page.article
    if article is None:
        raise KeyError(page.key)
    rendered, edition = work.rendered[page.locale, page.key], work.editions[page.locale]
    names = [term.name for term in page.terms]

    def terms() -> Mapping[str, int]:
        labels = " ".join([*(heading.text for heading in rendered.headings), *names])
        return weights(page.title, labels, work.cache.text_terms(rendered.name))

    date = edition.strings.short_date(article.date) if article.date else ""
    language = work.editions[article.written_in].language
    listed = (page.title, work.addresses.href(page.path), date, language)
    return Document(page.key, listed, digest(page.title, names, rendered.digest), terms)


def _redirects(work: Work) -> bytes:
    """Addresses below the site's root, and where readers go from there."""
    found = {f"/{redirect.path}": work.addresses.href(redirect.page.path) for redirect in work.plan.redirects}
    return (json.dumps(dict(sorted(found.items())), ensure_ascii=False, indent=1) + "\n").encode()
