"""The steps that make what is not a page: pictures, the search, Markdown, manifests, redirects."""

from __future__ import annotations

import json

from pipeline.site.cards import card
from pipeline.site.exports import icons, llms, manifest, markdown
from pipeline.site.frame import FEEDS, feed_path
from pipeline.site.pages import Page
from pipeline.site.permalinks import directory
from pipeline.site.presenter import Presenter, has_markdown
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
        parts = [edition.strings.date(page.article.date)] if page.article.date else []
        line = " · ".join([*parts, *filter(None, [work.settings.site.author])])
        data = card(folder, page.title, edition.title, line, edition.language)
        path = f"{page.path}card.png"
        if data and not work.output.has(path) and path not in work.attachments.files:
            work.cards[page.locale, page.key] = path
            work.add(page, path, data)


def render_extras(work: Work, presenter: Presenter) -> None:
    """Everything that needs no template."""
    for page in work.plan.pages:
        if made := markdown(page, work.addresses):
            work.add(page, *made)
    files: dict[str, bytes] = icons(work.assets)
    for locale, edition in work.editions.items():
        pages = [page for page in work.plan.pages if page.locale == locale and page.article]
        summaries = {page.key: presenter.summary(page) for page in pages}
        path, data = llms(edition, work.plan, summaries, work.addresses)
        files[path] = data
        home = presenter.site(locale).home
        path, data = manifest(edition, home, work.assets, work.addresses)
        files[path] = data
        if work.plan.page(locale, "search"):
            for name, data in index_files([_document(work, page) for page in _searched(pages)]).items():
                files[f"{directory(edition.prefix, 'search')}{name}"] = data
    if work.plan.redirects:
        files[_REDIRECTS] = _redirects(work)
    for path, data in files.items():
        if path not in work.attachments.files:
            work.output.add(path, data)


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
        text=rendered.text,
    )


def _redirects(work: Work) -> bytes:
    """Addresses below the site's root, and where readers go from there."""
    found = {f"/{redirect.path}": work.addresses.href(redirect.page.path) for redirect in work.plan.redirects}
    return (json.dumps(dict(sorted(found.items())), ensure_ascii=False, indent=1) + "\n").encode()
