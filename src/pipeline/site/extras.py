"""The steps that make what is not a page: pictures, the search, Markdown, manifests, redirects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pipeline.site.articles import Article
from pipeline.site.cache import Damaged, digest
from pipeline.site.cards import card, card_name
from pipeline.site.editions import Edition
from pipeline.site.exports import icons, llms, manifest, markdown
from pipeline.site.frame import FEEDS, feed_path
from pipeline.site.output import Staged
from pipeline.site.pages import Page
from pipeline.site.permalinks import directory
from pipeline.site.presenter import MARKDOWN, Presenter, has_markdown
from pipeline.site.searching import Document, Documents, Index, patch_index
from pipeline.site.spread import in_parts
from pipeline.site.work import Job, Work

__all__ = ["draw_cards", "make_searches", "markdown_file", "patched_search", "render_extras"]

_REDIRECTS = ".redirects.json"
_SHARDS = 16  # that are made at a time
_FEW = 4  # parts of an index that are worth a process


def draw_cards(work: Work) -> None:
    """A picture of each text in each language that it is really in."""
    if not work.settings.site.cards:
        return
    folder = work.settings.work / "cards"
    jobs = []
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
            if work.output.is_same(path, name):
                work.add(path, name, bytes, page)
            elif not work.keeps(path, page):
                make = partial(work.output.staged, path, name, partial(_card, folder, *parts))
                jobs.append(Job(make, partial(_take, work, page)))
    work.do(jobs)


def _take(work: Work, page: Page, staged: Staged) -> None:
    work.take(staged, page)


def _card(folder: Path, *parts: str) -> bytes:
    return card(folder, *parts) or b""


def markdown_file(work: Work, page: Page, article: Article) -> Staged:
    """The text of a page as Markdown."""
    path, meta = page.path + MARKDOWN, article.post.meta
    made_from = digest(page.title, page.path, work.addresses, meta.summary, meta.description)
    return work.output.staged(path, made_from + article.post.digest, partial(markdown, page, work.addresses))


def render_extras(work: Work, presenter: Presenter) -> None:
    """What is made of the plan alone, and needs no template."""
    files: dict[str, bytes] = icons(work.assets)
    for locale, edition in work.editions.items():
        home = presenter.site(locale).home
        path, data = manifest(edition, home, work.assets, work.addresses)
        files[path] = data
        _add_llms(work, presenter, edition)
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


def make_searches(work: Work) -> None:
    """The search of each language, unless a page or a file of the site takes its place."""
    indexes = [_index(work, locale, folder) for locale, folder in _searches(work)]
    made = [index for index in indexes if not index.patched]
    gathers = [(index.making, part) for index in made for part in index.making.gathers]
    _do(work, [(partial(making.gather, part), partial(making.gathered, part)) for making, part in gathers])
    merges = [(index.making, part) for index in made for part in index.making.merges]
    _do(work, [(partial(making.merge, part), partial(making.merged, part)) for making, part in merges])
    shards = [(index, numbers) for index in made for numbers in in_parts(index.making.shards, _SHARDS)]
    _do(work, [(partial(index.shards, numbers), index.files.extend) for index, numbers in shards])
    for index in indexes:
        for staged in index.end():
            work.take(staged)


def _index(work: Work, locale: str, folder: str) -> Index:
    pages = _searched(page for page in work.plan.pages if page.locale == locale)
    documents = Documents(work.output.scratch(f"documents-{locale}") / "all", (_document(work, page) for page in pages))
    return Index(work.output, work.cache, locale, folder, documents)


def _do(work: Work, jobs: Iterable[tuple[Callable[[], Any], Callable[[Any], None]]]) -> None:
    work.do([Job(make, keep) for make, keep in jobs], few=_FEW)


def _searches(work: Work) -> Iterator[tuple[str, str]]:
    """Each language that has a search, and the folder of its index."""
    for locale, edition in work.editions.items():
        folder = directory(edition.prefix, "search")
        if work.plan.page(locale, "search") and f"{folder}index.json" not in work.attachments.files:
            yield locale, folder


def patched_search(work: Work, pages: Iterable[Page]) -> Iterator[Staged]:
    """The files of the searches with the texts of these pages, of which they know all else. Raises Damaged if that is
    not so.
    """
    for locale, folder in _searches(work):
        found = _searched(page for page in pages if page.locale == locale)
        documents = {page.key: _document(work, page) for page in found}
        files = patch_index(work.output, work.cache, locale, folder, documents)
        if files is None:
            raise Damaged(f"{work.cache.path}: {locale}")
        yield from files


def generated(work: Work) -> list[str]:
    """Paths of what is made besides pages, for links in posts to lead to."""
    names = [feed_path(edition, name) for edition in work.editions.values() for name in (*FEEDS, "llms.txt")]
    terms = [page.path for page in work.plan.pages if page.kind == "term"]
    return [*names, *(path + name for path in terms for name in FEEDS), "sitemap.xml", "robots.txt", "favicon.ico"]


def _searched(pages: Iterable[Page]) -> list[Page]:
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
    labels = " ".join([*(heading.text for heading in rendered.headings), *names])
    date = edition.strings.short_date(article.date) if article.date else ""
    language = work.editions[article.written_in].language
    listed = (page.title, work.addresses.href(page.path), date, language)
    return Document(page.key, rendered.name, listed, labels, digest(page.title, names, rendered.digest))


def _redirects(work: Work) -> bytes:
    """Addresses below the site's root, and where readers go from there."""
    found = {f"/{redirect.path}": work.addresses.href(redirect.page.path) for redirect in work.plan.redirects}
    return (json.dumps(dict(sorted(found.items())), ensure_ascii=False, indent=1) + "\n").encode()
