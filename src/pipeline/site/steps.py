"""The steps of a build: each adds to what the ones before it found, and only `write` touches the directory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import PurePosixPath
from typing import Any

from pipeline.config import Settings
from pipeline.content.stored import StoredPost
from pipeline.errors import BuildError, PipelineError
from pipeline.site.articles import Article
from pipeline.site.assets import collect_assets
from pipeline.site.attachments import find_attachments
from pipeline.site.cache import Row, digest
from pipeline.site.context import Context
from pipeline.site.diagrams import Diagrams, diagrams_in
from pipeline.site.editions import read_editions
from pipeline.site.extras import generated, render_extras
from pipeline.site.feeds import feeds
from pipeline.site.images import Images, image_names
from pipeline.site.kept import Kept, Parcel, Recorder, keep, name_of, packed, restored, still_right
from pipeline.site.links import Links
from pipeline.site.output import Output
from pipeline.site.pages import Page, make_plan
from pipeline.site.permalinks import output_file
from pipeline.site.presenter import Presenter
from pipeline.site.render import Rendered, headings_of, render
from pipeline.site.sanitise import is_sanitised
from pipeline.site.sitemap import sitemap_paths, sitemaps
from pipeline.site.spread import spread
from pipeline.site.style import style_sheet
from pipeline.site.theme import Theme, theme_directories
from pipeline.site.views import PageView
from pipeline.site.work import Work

__all__ = [
    "Work",
    "add_files",
    "check_directory",
    "check_fragments",
    "find_files",
    "judge",
    "links_of",
    "page_html",
    "plan_pages",
    "read_strings",
    "render_articles",
    "render_pages",
    "rendered_anew",
    "theme_of",
    "write",
]


def check_directory(settings: Settings, output: Output) -> None:
    """The site's directory is empty or ours, and nothing that the site is made from is in it."""
    root, out = settings.root.resolve(), output.directory.resolve()
    ours = [root / name for name in ("content", "drafts", "static", "theme", ".git")]
    if root.is_relative_to(out) or any(out.is_relative_to(folder) for folder in ours):
        raise BuildError(
            "cannot hold the site: what it is made from is there.", path=out, remedy="Name another directory."
        )
    output.check()


def read_strings(work: Work) -> None:
    """The editions, with the theme's words in each language."""
    folders = [folder / "strings" for folder in theme_directories(work.settings.root)]
    work.editions = read_editions(work.settings, folders)


def plan_pages(work: Work) -> None:
    """Which pages there are, and where."""
    work.plan = make_plan(
        work.editions,
        work.shown,
        work.settings.source,
        per_page=work.settings.site.per_page,
        patterns=work.settings.site.permalinks,
        strict=work.settings.problems.fails("addresses"),
    )
    work.warnings += work.plan.problems


def find_files(work: Work) -> None:
    """What is copied, and the theme's assets."""
    work.attachments = find_attachments(work.settings, work.plan, work.prefixes)
    work.warnings += work.attachments.problems
    work.assets = collect_assets(theme_directories(work.settings.root), extra_style=style_sheet(work.settings.theme))


def links_of(work: Work) -> Links:
    """What the links of posts may lead to, known once the files are found."""
    return Links(
        work.plan,
        work.addresses,
        work.settings.source,
        beside=work.attachments.beside,
        files=[*work.attachments.files, *generated(work)],
        prefixes=work.prefixes,
    )


def render_articles(work: Work) -> None:
    """Those that have to be rendered anew; the others are as an earlier build kept them."""
    kept = work.settings.work
    work.images = Images(work.attachments.files, kept / "images", work.settings.site.image_widths)
    work.diagrams = Diagrams(kept / "diagrams")
    links = links_of(work)
    known = work.cache.articles()
    book = links.digest
    same_book = work.cache.fact("book") == book
    pages = [page for page in work.plan.pages if page.article]
    # The source first: its translations take over the ids of its headings.
    for of_source in (True, False):
        left = []
        for page in pages:
            if (page.locale == work.settings.source) is of_source:
                found = _restored(work, page, known, links, same_book=same_book)
                if found:
                    work.rendered[name(page)] = found
                else:
                    left.append(page)
        _prepare_images(work, left)
        for page, parcel in spread(partial(_parcel, work, links), left):
            work.rendered[name(page)] = _kept(work, page, parcel)
            work.changed.add(page.key)
    for page in pages:
        work.warnings += work.rendered[name(page)].problems
    work.cache.keep_fact("book", book)
    work.cache.forget_articles(known.keys() - {f"{locale}/{key}" for locale, key in work.rendered})
    _settle(work, known)


def name(page: Page) -> tuple[str, str]:
    """What the article of a page is known by: its locale and its key."""
    if page.article is None:
        raise AssertionError(page.key)
    return page.locale, page.article.key


def _restored(work: Work, page: Page, known: Mapping[str, Row], links: Links, *, same_book: bool) -> Kept | None:
    article = page.article
    row = known.get(name_of(article)) if article else None
    if article is None or row is None or row.made_from != _made_from(work, page, article):
        return None
    found = restored(work.cache, article, row, work.attachments.files)
    return found if found and (same_book or still_right(found, article, page, links)) else None


def _made_from(work: Work, page: Page, article: Article) -> str:
    """All that goes into an article, but what its links lead to and its images."""
    posts = (article.post, article.source, article.snapshot)
    texts = [(str(post.path), post.digest) if post else None for post in posts]
    return digest(
        work.frame,
        page.path,
        page.key,
        article.written_in,
        article.state,
        article.held,
        texts,  # which tell the headings of the source, and what has changed in it
        article.source_changed,
    )


def rendered_anew(work: Work, page: Page, links: Links) -> Kept:
    """The article of a page that has one, rendered and kept."""
    return _kept(work, page, _parcel(work, links, page))


def _kept(work: Work, page: Page, parcel: Parcel) -> Kept:
    if page.article is None:
        raise AssertionError(page.key)
    return keep(work.cache, page.article, parcel, work.attachments.files)


def _parcel(work: Work, links: Links, page: Page) -> Parcel:
    if page.article is None:
        raise AssertionError(page.key)
    recorder = Recorder(links)
    rendered = _rendered(work, page, recorder)
    copies = {version.path: version.file for version in work.images.versions(rendered.images)}
    copies |= {drawn.path: work.diagrams.folder / drawn.name for drawn in rendered.diagrams}
    return packed(_made_from(work, page, page.article), rendered, recorder, work.attachments.files, copies)


def _prepare_images(work: Work, pages: Iterable[Page]) -> None:
    """Smaller versions of the images that posts name, and their diagrams."""
    names: set[str] = set()
    sources: set[str] = set()
    for page in pages:
        body = page.article.post.body if page.article else ""
        names |= image_names(body)
        sources |= set(diagrams_in(body))
    work.images.prepare(names)
    work.diagrams.prepare(sources)


def _settle(work: Work, known: Mapping[str, Row]) -> None:
    """Where nothing that other pages show of a post has changed, only the pages of what was rendered are looked at."""
    facts = digest(work.frame, [_facts(one) for shown in work.shown.values() for one in shown.values()])
    summaries = {f"{locale}/{key}": one for (locale, key), one in work.rendered.items() if key in work.changed}
    work.settled = work.cache.fact("facts") == facts and all(
        row is not None and Kept(work.cache, name, row.digest, _facts=row.facts).summary == one.summary
        for row, name, one in ((known.get(name), name, one) for name, one in summaries.items())
    )
    work.cache.keep_fact("facts", facts)


def _facts(article: Article) -> tuple[object, ...]:
    fields = [
        post.fields if isinstance(post, StoredPost) else repr(post.meta) if post else ""
        for post in (article.post, article.source, article.snapshot)
    ]
    title = "" if article.post.meta.title else article.title
    return article.key, article.locale, article.written_in, article.state, article.held, fields, title


def _rendered(work: Work, page: Page, links: Recorder) -> Rendered:
    """The article of a page that has one."""
    article = page.article
    if article is None:
        raise AssertionError(page.key)
    strings = work.editions[article.written_in].strings
    languages = {locale: edition.language for locale, edition in work.editions.items()}
    context = Context(
        article,
        page,
        links,
        strings,
        languages,
        lambda path: links.image(work.images.find(path)),
        lambda source: links.diagram(work.diagrams.draw(source)),
    )
    context.sanitised = is_sanitised(work.settings, article.written_in, article.post)
    return render(context, source_headings=_source_headings(work, article))


def _source_headings(work: Work, article: Article) -> tuple[tuple[int, str], ...]:
    if article.snapshot is None:
        return ()
    source = work.rendered.get((work.settings.source, article.key))
    if source and article.source and article.source.digest == article.snapshot.digest:
        return tuple((heading.level, heading.id) for heading in source.headings)
    return headings_of(article.snapshot)


def check_fragments(work: Work) -> None:
    """A link to `#part` of a page is right if the page has such a part."""
    for page in work.plan.pages:
        if page.article is None:
            continue
        for link in work.rendered[name(page)].links:
            target = work.plan.page(link.locale, link.key)
            if target is None or target.article is None or target.kind not in {"post", "page"}:
                continue
            if link.fragment not in work.rendered[name(target)].anchors:
                where = target.article.post.path
                work.warnings.append(
                    BuildError(
                        f"the link leads to `#{link.fragment}`, and {where} has no such part.",
                        path=page.article.post.path,
                        line=link.line,
                        remedy="Mend it, or give that heading the id `{#…}`.",
                        kind="links",
                    )
                )


def judge(work: Work) -> None:
    """Raise BuildError, before anything is written, for problems that the configuration calls failures."""
    answers = work.settings.problems
    found = {str(error): error for error in work.warnings if answers.fails(_kind(error))}
    if not found:
        return
    first, *others = found.values()
    if not others:
        raise first
    remedy = f"{first.remedy} And there {'is 1 more problem' if len(others) == 1 else f'are {len(others)} more'}."
    raise BuildError(first.message, path=first.path, line=first.line, remedy=remedy, problems=tuple(found.values()))


def _kind(error: PipelineError) -> str:
    return error.kind if isinstance(error, BuildError) else "posts"


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


def add_files(work: Work) -> None:
    """Assets and copies."""
    for path, data in work.assets.files.items():
        work.output.add(path, data)
    for path, source in work.attachments.files.items():
        work.output.add_copy(path, source)
        for folder in PurePosixPath(path).parents:
            if page := work.plan.by_path.get(f"{folder}/"):
                work.note(page, path)
                break
    for page in work.plan.pages:
        if page.article:
            for path, source in work.rendered[name(page)].copies:
                if not work.output.has(path):
                    work.output.add_copy(path, source)
                work.note(page, path)


def write(work: Work) -> None:
    """Bring the directory to what was collected."""
    try:
        kept = [path for paths in work.kept.values() for path in paths]
        work.written = work.output.commit(work.posts | work.kept, kept)
    except OSError as error:
        raise BuildError(
            f"the site cannot be written: {error.strerror}.",
            path=error.filename,
            remedy="Check permissions and free space, and build again: it goes on where it stopped.",
        ) from error
