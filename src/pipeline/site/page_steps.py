"""The step of a build that makes pages, and what is made of many: feeds, sitemaps, the search."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from hashlib import blake2b
from typing import Any

from pipeline.site.cache import digest
from pipeline.site.editions import Edition
from pipeline.site.extras import make_searches, markdown_file, render_extras
from pipeline.site.feeds import feeds
from pipeline.site.output import Staged
from pipeline.site.pages import Page
from pipeline.site.permalinks import output_file
from pipeline.site.presenter import MARKDOWN, Presenter, has_markdown
from pipeline.site.sitemap import sitemap_paths, sitemaps
from pipeline.site.spread import in_parts, may_fork
from pipeline.site.theme import Theme, theme_directories
from pipeline.site.views import PageView
from pipeline.site.work import Job, Work

__all__ = ["page_html", "pages_again", "render_pages", "theme_of"]

_PAGES, _CHANNELS = 4, 2  # to a job
_LONG = 1000  # posts, or pages


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
    left = [page for page in work.plan.pages if not _is_untouched(work, page, whole=whole)]
    work.progress.add(len(work.plan.pages) - len(left))
    shown_whole: set[bool] = set()
    if len(left) > _LONG and may_fork():
        presenter.hold_entries()
    # A page that shows very many is made before there are copies of this process, which need not look at all of them.
    long = [page for page in left if page.kind == "archive" and len(page.posts) > _LONG]
    for page in long:
        made = _made(work, theme, presenter, frames, [page], whole=whole)
        _keep(work, [page], shown_whole, made)
    make_searches(work)
    jobs = _feed_jobs(work, theme, presenter)
    for pages in in_parts([page for page in left if page not in long], _PAGES):
        make = partial(_made, work, theme, presenter, frames, pages, whole=whole)
        jobs.append(Job(make, partial(_keep, work, pages, shown_whole)))
    work.do(jobs)
    work.cache.forget_superseded()
    work.cache.keep_fact("whole", "1" if True in shown_whole or (whole and work.settled) else "")
    for redirect in work.plan.redirects:
        href, url = work.addresses.href(redirect.page.path), work.addresses.absolute(redirect.page.path)
        values = {"site": presenter.site(redirect.page.locale), "href": href, "url": url, "title": redirect.page.title}
        made_from = digest(frames[redirect.page.locale], href, url, redirect.page.title)
        work.add(
            output_file(redirect.path), made_from, partial(_encoded, theme, "redirect.html", values), redirect.page
        )
    _render_the_rest(work, theme, presenter)


def pages_again(work: Work, pages: Sequence[Page]) -> Iterator[Staged]:
    """The files of these pages, and the feeds that have the posts among them."""
    theme, presenter = theme_of(work), work.presenter()
    channels: dict[tuple[str, str], tuple[Edition, Page | None]] = {}
    for page in pages:
        frame = digest(work.frame, work.assets.paths, presenter.site(page.locale))
        yield from _files(work, theme, presenter, frame, page, whole=False)
        channels[page.locale, ""] = work.editions[page.locale], None
        for term in page.terms:
            channels[term.locale, term.key] = work.editions[term.locale], work.plan.by_key[term.locale, term.key]
    yield from _feeds(work, theme, presenter, list(channels.values()))


def _paths(work: Work, page: Page) -> list[str]:
    """Where its HTML is."""
    paths = [output_file(page.path)]
    if page.kind == "not-found" and page.locale == work.settings.source and all(work.prefixes.values()):
        paths.append("404.html")
    return paths


def _is_untouched(work: Work, page: Page, *, whole: bool) -> bool:
    """Whether the files of a page are as they were, and it need not be looked at. If so, they are taken."""
    if not work.settled or (work.changed if whole else page.article and page.key in work.changed):
        return False
    paths = _paths(work, page)
    if page.article and has_markdown(page):
        paths.append(page.path + MARKDOWN)
    if any(work.keeps(path, page) for path in paths):
        return False
    known = [work.output.known.get(path) for path in paths]
    files = [Staged(path, made.made_from) for path, made in zip(paths, known, strict=True) if made]
    if len(files) < len(paths) or not all(work.output.is_same(one.path, one.made_from) for one in files):
        return False
    for staged in files:
        work.take(staged, page)
    return True


def _made(
    work: Work, theme: Theme, presenter: Presenter, frames: Mapping[str, str], pages: Sequence[Page], *, whole: bool
) -> tuple[list[list[Staged]], bool]:
    """The files of each of some pages, and whether templates showed posts of lists as a whole."""
    presenter.whole = False  # feeds show posts as a whole, too
    return [_files(work, theme, presenter, frames[page.locale], page, whole=whole) for page in pages], presenter.whole


def _keep(work: Work, pages: Sequence[Page], shown_whole: set[bool], made: tuple[list[list[Staged]], bool]) -> None:
    files, whole = made
    shown_whole.add(whole)
    work.progress.add(len(pages))
    for page, its in zip(pages, files, strict=True):
        for staged in its:
            work.take(staged, page)


def _files(work: Work, theme: Theme, presenter: Presenter, frame: str, page: Page, *, whole: bool) -> list[Staged]:
    view = presenter.page(page)
    made_from = digest(frame, page.kind, view, [one.body for one in view.entries] if whole else ())
    html = cache(lambda: page_html(work, page, theme, presenter, view).encode())
    files = [work.output.staged(path, made_from, html) for path in _paths(work, page) if not work.keeps(path, page)]
    if page.article and has_markdown(page) and not work.keeps(page.path + MARKDOWN, page):
        files.append(markdown_file(work, page, page.article))
    return files


def _encoded(theme: Theme, template: str, values: dict[str, Any]) -> bytes:
    return theme.render(template, **values).encode()


def _feed_jobs(work: Work, theme: Theme, presenter: Presenter) -> list[Job]:
    """The feeds of each language and of each of its terms."""
    terms = [page for page in work.plan.pages if page.kind == "term" and page.number == 1]
    channels: list[tuple[Edition, Page | None]] = [(edition, None) for edition in work.editions.values()]
    channels += [(work.editions[page.locale], page) for page in terms]
    return [
        Job(partial(_feeds, work, theme, presenter, some), partial(_keep_files, work))
        for some in in_parts(channels, _CHANNELS)
    ]


def _feeds(
    work: Work, theme: Theme, presenter: Presenter, channels: Sequence[tuple[Edition, Page | None]]
) -> list[Staged]:
    full = work.settings.site.feed_content == "full"
    return [
        work.output.staged(path, digest(work.frame, made_from), make)
        for edition, term in channels
        for path, made_from, make in feeds(edition, presenter, theme, work.addresses, term, full=full)
    ]


def _keep_files(work: Work, files: Sequence[Staged]) -> None:
    for staged in files:
        work.take(staged)


def _render_the_rest(work: Work, theme: Theme, presenter: Presenter) -> None:
    """What belongs to all languages; a file of static/ may take the place of robots.txt."""
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
    if work.settled and len(known) == 1:
        made_from = known.pop()
    else:
        made_from = digest(work.frame, [(path, blake2b(data).digest()) for path, data in files().items()])
    for path in paths:
        work.add(path, made_from, partial(_one_of, files, path))


def _one_of(files: Callable[[], Mapping[str, bytes]], path: str) -> bytes:
    return files()[path]
