"""The step of a build that makes pages, and what is made of many: feeds, sitemaps, the search."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from pipeline.site.cache import digest
from pipeline.site.extras import render_extras
from pipeline.site.feeds import feeds
from pipeline.site.pages import Page
from pipeline.site.permalinks import output_file
from pipeline.site.presenter import Presenter
from pipeline.site.sitemap import sitemap_paths, sitemaps
from pipeline.site.theme import Theme, theme_directories
from pipeline.site.views import PageView
from pipeline.site.work import Work

__all__ = ["page_html", "render_pages", "theme_of"]


def theme_of(work: Work) -> Theme:
    """The templates, which know where the assets are."""
    return Theme(theme_directories(work.settings.root), lambda name: work.addresses.href(work.assets.paths[name]))


def page_html(work: Work, page: Page, theme: Theme, presenter: Presenter, view: PageView | None = None) -> str:
    """A page in its template."""
    return theme.render(
        f"{page.kind}.html",
        page=view or presenter.page(page),
        site=presenter.site(page.locale),
        t=work.editions[page.locale].strings,
    )


def render_pages(work: Work) -> None:
    """Every page, redirect, feed and the sitemap."""
    theme = theme_of(work)
    presenter = work.presenter()
    whole = bool(work.cache.fact("whole"))
    frames = {locale: digest(work.frame, work.assets.paths, presenter.site(locale)) for locale in work.editions}
    for page in work.plan.pages:
        _add_page(work, page, theme, presenter, frames[page.locale], whole=whole)
    work.cache.keep_fact("whole", "1" if presenter.whole or (whole and work.settled) else "")
    for redirect in work.plan.redirects:
        href, url = work.addresses.href(redirect.page.path), work.addresses.absolute(redirect.page.path)
        values = {"site": presenter.site(redirect.page.locale), "href": href, "url": url, "title": redirect.page.title}
        made_from = digest(frames[redirect.page.locale], href, url, redirect.page.title)
        make = partial(_encoded, theme, "redirect.html", values)
        work.add(output_file(redirect.path), made_from, make, redirect.page)
    _render_the_rest(work, theme, presenter)


def _add_page(work: Work, page: Page, theme: Theme, presenter: Presenter, frame: str, *, whole: bool) -> None:
    path = output_file(page.path)
    paths = [path]
    if page.kind == "not-found" and page.locale == work.settings.source and all(work.prefixes.values()):
        paths.append("404.html")
    known = work.output.known.get(path)
    untouched = not work.changed if whole else not page.article or page.key not in work.changed
    if work.settled and known and untouched:
        made_from, view = known.made_from, None
    else:
        view = presenter.page(page)
        made_from = digest(frame, page.kind, view, [one.body for one in view.entries] if whole else ())
    html = cache(lambda: page_html(work, page, theme, presenter, view).encode())
    for one in paths:
        work.add(one, made_from, html, page if one == path else None)


def _encoded(theme: Theme, template: str, values: dict[str, Any]) -> bytes:
    return theme.render(template, **values).encode()


def _render_the_rest(work: Work, theme: Theme, presenter: Presenter) -> None:
    """Feeds and what belongs to no language; a file of static/ may take the place of robots.txt."""
    for edition in work.editions.values():
        terms = [page for page in work.plan.pages if page.locale == edition.locale and page.kind == "term"]
        terms = [page for page in terms if page.number == 1]
        full = work.settings.site.feed_content == "full"
        for path, made_from, make in feeds(edition, presenter, theme, work.addresses, terms, full=full):
            work.add(path, digest(work.frame, made_from), make)
    _add_sitemaps(work, theme, presenter)
    render_extras(work, presenter)
    if "robots.txt" not in work.attachments.files:
        text = theme.render("robots.txt", sitemap=work.addresses.absolute("sitemap.xml"))
        work.output.add("robots.txt", text.encode())
    if all(work.prefixes.values()):
        home = presenter.site(work.settings.source)
        html = theme.render("redirect.html", site=home, href=home.home, url=home.url, title=home.title)
        work.output.add("index.html", html.encode())


def _add_sitemaps(work: Work, theme: Theme, presenter: Presenter) -> None:
    """They show nothing of a post but its address and its dates."""
    paths = sitemap_paths(work.editions)
    files = cache(lambda: sitemaps(work.editions, work.plan, presenter, theme, work.addresses))
    known = {made.made_from for path in paths if (made := work.output.known.get(path))}
    made_from = known.pop() if work.settled and len(known) == 1 else digest(work.frame, files())
    for path in paths:
        work.add(path, made_from, partial(_one_of, files, path))


def _one_of(files: Callable[[], Mapping[str, bytes]], path: str) -> bytes:
    return files()[path]
