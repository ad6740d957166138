"""The steps that make what is not a page: pictures, the search, Markdown, manifests, redirects."""

from __future__ import annotations

import json
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
from pipeline.site.search import Document, index_files
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
    """The index of a language, as it is if no page that can be found has changed."""
    folder = directory(edition.prefix, "search")
    pages = [page for page in work.plan.pages if page.locale == edition.locale and page.article]
    pages = _searched(pages)
    made_from = digest(work.frame, [(page.path, work.rendered[page.locale, page.key].digest) for page in pages])
    made_from = digest(made_from, [(page.title, page.article and page.article.date, page.terms) for page in pages])
    index = f"{folder}index.json"
    names = [path for path, made in work.output.known.items() if made.made_from == made_from]
    if index in names and all(work.output.is_same(path, made_from) for path in names):
        for path in names:
            work.output.add_if_same(path, made_from)
        return
    for name, data in index_files([_document(work, page) for page in pages]).items():
        if f"{folder}{name}" not in work.attachments.files:
            work.output.add(f"{folder}{name}", data, made_from)


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
    rendered = work.rendered[page.locale, page.key]
    edition = work.editions[page.locale]
    return Document(
        title=page.title,
        href=work.addresses.href(page.path),
        date=edition.strings.short_date(article.date) if article.date else "",
        language=work.editions[article.written_in].language,
        labels=" ".join([*(heading.text for heading in rendered.headings), *(term.name for term in page.terms)]),
        terms=work.cache.terms(rendered.name),
    )


def _redirects(work: Work) -> bytes:
    """Addresses below the site's root, and where readers go from there."""
    found = {f"/{redirect.path}": work.addresses.href(redirect.page.path) for redirect in work.plan.redirects}
    return (json.dumps(dict(sorted(found.items())), ensure_ascii=False, indent=1) + "\n").encode()
