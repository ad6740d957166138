"""The steps of a build that render articles: each that has to be, and none that is as an earlier build kept it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from pipeline.content.stored import StoredPost
from pipeline.errors import BuildError
from pipeline.site.articles import Article
from pipeline.site.cache import Row, digest
from pipeline.site.context import Context
from pipeline.site.diagrams import Diagrams, diagrams_in
from pipeline.site.images import Images, image_names
from pipeline.site.kept import Kept, Parcel, Recorder, keep, name_of, parcel, restored, still_right
from pipeline.site.links import Links
from pipeline.site.pages import Page
from pipeline.site.render import Rendered, headings_of, render
from pipeline.site.sanitise import is_sanitised
from pipeline.site.spread import spread
from pipeline.site.steps import links_of, name
from pipeline.site.work import Work

__all__ = ["article_facts", "check_fragments", "render_articles", "render_some", "rendered_anew"]


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
    render_some(work, pages, known, links, same_book=same_book)
    for page in pages:
        work.warnings += work.rendered[name(page)].problems
    work.cache.keep_fact("book", book)
    work.book = book
    work.cache.forget_articles(known.keys() - {f"{locale}/{key}" for locale, key in work.rendered})
    _settle(work, known)


def render_some(work: Work, pages: Sequence[Page], known: Mapping[str, Row], links: Links, *, same_book: bool) -> None:
    """The articles of these pages, which have some: those that are `known` and would be the same again as they are."""
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
        for page, made in spread(partial(_parcel, work, links), left):
            work.rendered[name(page)] = _kept(work, page, made)
            work.changed.add(page.key)


def _restored(work: Work, page: Page, known: Mapping[str, Row], links: Links, *, same_book: bool) -> Kept | None:
    article = page.article
    row = known.get(name_of(article)) if article else None
    if article is None or row is None or row.made_from != _made_from(work, page, article):
        return None
    found = restored(work.cache, name_of(article), row, work.attachments.files)
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


def _kept(work: Work, page: Page, made: Parcel) -> Kept:
    if page.article is None:
        raise AssertionError(page.key)
    return keep(work.cache, page.article, made, work.attachments.files)


def _parcel(work: Work, links: Links, page: Page) -> Parcel:
    if page.article is None:
        raise AssertionError(page.key)
    recorder = Recorder(links)
    rendered = _rendered(work, page, recorder)
    copies = {version.path: version.file for version in work.images.versions(rendered.images)}
    copies |= {drawn.path: work.diagrams.folder / drawn.name for drawn in rendered.diagrams}
    return parcel(_made_from(work, page, page.article), rendered, recorder, work.attachments.files, copies)


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
    facts = digest(work.frame, [article_facts(one) for shown in work.shown.values() for one in shown.values()])
    summaries = {f"{locale}/{key}": one for (locale, key), one in work.rendered.items() if key in work.changed}
    work.settled = work.cache.fact("facts") == facts and all(
        row is not None and Kept(work.cache, name, row.digest, _facts=row.facts).summary == one.summary
        for row, name, one in ((known.get(name), name, one) for name, one in summaries.items())
    )
    work.facts = facts


def article_facts(article: Article) -> tuple[object, ...]:
    """What other pages may show of an article, and what decides that; but for the beginning of its text."""
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


def check_fragments(work: Work, pages: Iterable[Page] | None = None) -> None:
    """A link to `#part` of a page is right if the page has such a part. Looks at these pages, or at all."""
    for page in work.plan.pages if pages is None else pages:
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
