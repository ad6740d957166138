"""The steps of a build that render articles: each that has to be, and none that is as an earlier build kept it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from pipeline.content.stored import StoredPost
from pipeline.errors import BuildError
from pipeline.site.articles import Article
from pipeline.site.cache import Row, digest
from pipeline.site.diagrams import Diagrams, diagrams_in
from pipeline.site.images import Images, image_names
from pipeline.site.kept import Kept, Parcel, is_as_it_was, keep, name_of, still_right, summary_of
from pipeline.site.links import Links
from pipeline.site.pages import Page, article_of
from pipeline.site.shards import FEW, spread_over
from pipeline.site.spread import in_parts, spread
from pipeline.site.steps import links_of, name, remarked
from pipeline.site.work import Work
from pipeline.site.workshop import Headings, Workshop, is_of_today

__all__ = ["article_facts", "check_fragments", "render_articles", "render_some", "rendered_anew"]

_PART = 32  # posts of which a process tells at a time which pictures they name
_FEW = 8  # such parts, of which a process is worth starting


def render_articles(work: Work) -> None:
    """Those that have to be rendered anew; the others are as an earlier build kept them."""
    kept = work.settings.work
    work.images = Images(work.attachments.files, kept / "images", work.settings.site.image_widths)
    work.diagrams = Diagrams(kept / "diagrams")
    links = links_of(work)
    book, facts = links.digest, work.cache.fact("facts")
    same_book = work.cache.fact("book") == book
    pages = [page for page in work.plan.pages if page.article]
    work.progress.total = len(pages) + len(work.plan.pages)
    work.cache.forget_articles(work.cache.article_names() - {name_of(article_of(page)) for page in pages})
    same_summaries = render_some(work, pages, links, same_book=same_book)
    for page in remarked(work):
        work.warnings += work.rendered[name(page)].problems
    work.cache.keep_fact("book", book)
    work.book = book
    # Where nothing that other pages show of a post has changed, only the pages of what was rendered are looked at.
    work.facts = digest(work.frame, [article_facts(one) for shown in work.shown.values() for one in shown.values()])
    work.settled = facts == work.facts and same_summaries


def render_some(work: Work, pages: Sequence[Page], links: Links, *, same_book: bool) -> bool:
    """The articles of these pages, which have some: those that are known and would be the same again as they are.
    Returns whether the summaries of the others are as they were.
    """
    shop = workshop(work, links)
    same_summaries = True
    left = []
    for page in pages:
        row = work.cache.article(name_of(article_of(page)))
        if not row or not _would_be_the_same(work, shop, page, row, same_book=same_book):
            left.append(page)
            if row:
                work.stale.add(name(page))
    work.progress.add(len(pages) - len(left))
    _prepare_images(work, left)
    for page, made in _made(work, shop, left):
        before = work.cache.article(name_of(article_of(page))) if name(page) in work.stale else None
        same_summaries &= before is not None and summary_of(work.cache, before) == summary_of(work.cache, made.row)
        keep(work.cache, article_of(page), made, work.attachments.files)
        work.stale.discard(name(page))
        work.changed.add(page.key)
        work.progress.add(1)
    return same_summaries


def _would_be_the_same(work: Work, shop: Workshop, page: Page, row: Row, *, same_book: bool) -> bool:
    """Whether the article of a page is what an earlier build made of it."""
    article = article_of(page)
    if row.made_from != shop.made_from(page, article) or not is_as_it_was(work.cache, row, work.attachments.files):
        return False
    kept = Kept(work.cache, name_of(article), row.digest, row.facts)
    return same_book or still_right(kept, article, page, shop.links)


def _made(work: Work, shop: Workshop, pages: Sequence[Page]) -> Iterator[tuple[Page, Parcel]]:
    """The articles of these pages, rendered; on all processors, or by the workers of a cluster, where that pays.

    The source comes before its translations, which take over the ids of its headings; and in the same process, which
    then knows their code, too.
    """
    by_key: dict[str, list[Page]] = {}
    for page in sorted(pages, key=lambda page: page.locale != work.settings.source):
        by_key.setdefault(article_of(page).key, []).append(page)
    groups, known = list(by_key.values()), partial(_source_headings, work)
    if work.spread and len(pages) >= 2 * FEW:
        yield from spread_over(work.spread, shop, groups, known)
        return
    for group, parcels in spread(partial(_parcels, shop, known), groups, ready=work.cache.share):
        yield from zip(group, parcels, strict=True)
    work.cache.alone()


def _parcels(shop: Workshop, known: Callable[[Page], Headings | None], pages: Sequence[Page]) -> list[Parcel]:
    return shop.parcels((page, known(page)) for page in pages)


def _source_headings(work: Work, page: Page) -> Headings | None:
    """Those of what the article of a page was translated from, if that is the source of today, and was rendered."""
    article = article_of(page)
    source = work.rendered.get((work.settings.source, article.key)) if is_of_today(article) else None
    return tuple((heading.level, heading.id) for heading in source.headings) if source else None


def rendered_anew(work: Work, page: Page, links: Links) -> Kept:
    """The article of a page that has one, rendered and kept."""
    article = article_of(page)
    made = workshop(work, links).parcel(page, article, _source_headings(work, page))
    keep(work.cache, article, made, work.attachments.files)
    return Kept(work.cache, name_of(article), made.row.digest, made.row.facts)


def workshop(work: Work, links: Links) -> Workshop:
    """What articles are rendered with."""
    return Workshop(work.settings, work.editions, links, work.images, work.diagrams, work.frame)


def _prepare_images(work: Work, pages: Sequence[Page]) -> None:
    """Smaller versions of the images that posts name, and their diagrams."""
    names: set[str] = set()
    sources: set[str] = set()
    for _, (some, drawn) in spread(_pictures, in_parts(pages, _PART), few=_FEW):
        names |= some
        sources |= drawn
    work.images.prepare(names)
    work.diagrams.prepare(sources)


def _pictures(pages: Sequence[Page]) -> tuple[set[str], set[str]]:
    """The names of the images of some posts, and the sources of their diagrams."""
    bodies = [article_of(page).post.body for page in pages]
    return set().union(*map(image_names, bodies)), set().union(*map(diagrams_in, bodies))


def article_facts(article: Article) -> tuple[object, ...]:
    """What other pages may show of an article, and what decides that; but for the beginning of its text."""
    fields = [
        post.fields if isinstance(post, StoredPost) else repr(post.meta) if post else ""
        for post in (article.post, article.source, article.snapshot)
    ]
    title = "" if article.post.meta.title else article.title
    return article.key, article.locale, article.written_in, article.state, article.held, fields, title


def check_fragments(work: Work, pages: Iterable[Page] | None = None) -> None:
    """A link to `#part` of a page is right if that has such a part. Looks at these pages with articles, or at all."""
    for page in remarked(work) if pages is None else pages:
        for link in work.rendered[name(page)].links:
            target = work.plan.page(link.locale, link.key)
            if target is None or target.article is None or target.kind not in {"post", "page"}:
                continue
            if link.fragment not in work.rendered[name(target)].anchors:
                where = target.article.post.path
                work.warnings.append(
                    BuildError(
                        f"the link leads to `#{link.fragment}`, and {where} has no such part.",
                        path=article_of(page).post.path,
                        line=link.line,
                        remedy="Mend it, or give that heading the id `{#…}`.",
                        kind="links",
                    )
                )
