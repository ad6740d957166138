"""The steps of a build: each adds to what the ones before it found, and only `write` touches the directory."""

from __future__ import annotations

from pathlib import PurePosixPath

from pipeline.errors import BuildError, PipelineError
from pipeline.site.articles import Article
from pipeline.site.assets import collect_assets
from pipeline.site.attachments import find_attachments
from pipeline.site.context import Context
from pipeline.site.diagrams import Diagrams, diagrams_in
from pipeline.site.editions import read_editions
from pipeline.site.extras import generated, render_extras
from pipeline.site.feeds import feeds
from pipeline.site.images import Images, image_names
from pipeline.site.links import Links
from pipeline.site.pages import Page, make_plan
from pipeline.site.permalinks import output_file
from pipeline.site.presenter import Presenter
from pipeline.site.render import Rendered, headings_of, render
from pipeline.site.sanitise import is_sanitised
from pipeline.site.sitemap import sitemaps
from pipeline.site.style import style_sheet
from pipeline.site.theme import Theme, theme_directories
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
    "prepare_images",
    "read_strings",
    "render_articles",
    "render_pages",
    "rendered_article",
    "theme_of",
    "write",
]


def check_directory(work: Work) -> None:
    """The site's directory is empty or ours, and nothing that the site is made from is in it."""
    root, out = work.settings.root.resolve(), work.output.directory.resolve()
    ours = [root / name for name in ("content", "drafts", "static", "theme", ".git")]
    if root.is_relative_to(out) or any(out.is_relative_to(folder) for folder in ours):
        raise BuildError(
            "cannot hold the site: what it is made from is there.", path=out, remedy="Name another directory."
        )
    work.output.check()


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


def prepare_images(work: Work) -> None:
    """Smaller versions of the images that posts name, and their diagrams."""
    kept = work.settings.work
    work.images = Images(work.attachments.files, kept / "images", work.settings.site.image_widths)
    work.diagrams = Diagrams(kept / "diagrams")
    bodies = {page.article.post.path: page.article.post.body for page in work.plan.pages if page.article}.values()
    work.images.prepare(name for body in bodies for name in image_names(body))
    work.diagrams.prepare(source for body in bodies for source in diagrams_in(body))


def render_articles(work: Work) -> None:
    """The source first: its translations take over the ids of its headings."""
    links = links_of(work)
    for page in work.plan.pages:
        if page.article:
            rendered = rendered_article(work, page, links)
            work.rendered[page.locale, page.article.key] = rendered
            work.warnings += rendered.problems


def rendered_article(work: Work, page: Page, links: Links) -> Rendered:
    """The article of a page that has one."""
    article = page.article
    if article is None:
        raise AssertionError(page.key)
    strings = work.editions[article.written_in].strings
    languages = {locale: edition.language for locale, edition in work.editions.items()}
    context = Context(article, page, links, strings, languages, work.images.find, work.diagrams.draw)
    context.sanitised = is_sanitised(work.settings, article.written_in, article.post)
    return render(context, source_headings=_source_headings(work, article))


def _source_headings(work: Work, article: Article) -> tuple[tuple[int, str], ...]:
    if article.snapshot is None:
        return ()
    source = work.rendered.get((work.settings.source, article.key))
    if source and article.source and article.source.text == article.snapshot.text:
        return tuple((heading.level, heading.id) for heading in source.headings)
    return headings_of(article.snapshot)


def check_fragments(work: Work) -> None:
    """A link to `#part` of a page is right if the page has such a part."""
    for page in work.plan.pages:
        if page.article is None:
            continue
        for link in work.rendered[page.locale, page.article.key].links:
            target = link.target.page
            if target is None or target.article is None or target.kind not in {"post", "page"}:
                continue
            if link.target.fragment not in work.rendered[target.locale, target.article.key].anchors:
                where = target.article.post.path
                work.warnings.append(
                    BuildError(
                        f"the link leads to `#{link.target.fragment}`, and {where} has no such part.",
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


def page_html(work: Work, page: Page, theme: Theme, presenter: Presenter) -> str:
    """A page in its template."""
    return theme.render(
        f"{page.kind}.html",
        page=presenter.page(page),
        site=presenter.site(page.locale),
        t=work.editions[page.locale].strings,
    )


def render_pages(work: Work) -> None:
    """Every page, redirect, feed and the sitemap."""
    theme = theme_of(work)
    presenter = work.presenter()
    for page in work.plan.pages:
        html = page_html(work, page, theme, presenter)
        work.add(page, output_file(page.path), html.encode())
        if page.kind == "not-found" and page.locale == work.settings.source and all(work.prefixes.values()):
            work.output.add("404.html", html.encode())
    for redirect in work.plan.redirects:
        href, url = work.addresses.href(redirect.page.path), work.addresses.absolute(redirect.page.path)
        site = presenter.site(redirect.page.locale)
        html = theme.render("redirect.html", site=site, href=href, url=url, title=redirect.page.title)
        work.add(redirect.page, output_file(redirect.path), html.encode())
    _render_the_rest(work, theme, presenter)


def _render_the_rest(work: Work, theme: Theme, presenter: Presenter) -> None:
    """Feeds and what belongs to no language; a file of static/ may take the place of robots.txt."""
    for edition in work.editions.values():
        terms = [page for page in work.plan.pages if page.locale == edition.locale and page.kind == "term"]
        terms = [page for page in terms if page.number == 1]
        full = work.settings.site.feed_content == "full"
        for path, data in feeds(edition, presenter, theme, work.addresses, terms, full=full).items():
            work.output.add(path, data)
    for path, data in sitemaps(work.editions, work.plan, presenter, theme, work.addresses).items():
        work.output.add(path, data)
    render_extras(work, presenter)
    if "robots.txt" not in work.attachments.files:
        text = theme.render("robots.txt", sitemap=work.addresses.absolute("sitemap.xml"))
        work.output.add("robots.txt", text.encode())
    if all(work.prefixes.values()):
        home = presenter.site(work.settings.source)
        html = theme.render("redirect.html", site=home, href=home.home, url=home.url, title=home.title)
        work.output.add("index.html", html.encode())


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
        if rendered := work.rendered.get((page.locale, page.key)):
            copies = {version.path: version.file for version in work.images.versions(rendered.images)}
            copies |= {drawn.path: work.diagrams.folder / drawn.name for drawn in rendered.diagrams}
            for path, source in copies.items():
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
