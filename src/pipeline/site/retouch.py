"""A build after a few texts have changed: their pages, feeds and search terms, and a look at nothing else.

Everything that other pages show of those posts has to be as it was: front matter, title, summary, the parts that links
may lead to, images. Where something is not, or only may not be, the whole build does it.
"""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.config import Settings
from pipeline.content import Post
from pipeline.errors import PipelineError
from pipeline.site.article_steps import article_facts, check_fragments, render_some
from pipeline.site.articles import Article, as_of
from pipeline.site.cache import Cache, Damaged
from pipeline.site.diagrams import Diagrams
from pipeline.site.extras import patched_search
from pipeline.site.ground import Ground, read_ground
from pipeline.site.images import Images
from pipeline.site.kept import Kept
from pipeline.site.output import Output
from pipeline.site.page_steps import pages_again
from pipeline.site.pages import Page
from pipeline.site.permalinks import Addresses
from pipeline.site.reading import read_anew
from pipeline.site.remembered import Inputs
from pipeline.site.selection import dated
from pipeline.site.steps import links_of, name
from pipeline.site.work import Work
from pipeline.taken import exchanged, taken_by_each

__all__ = ["retouch"]

log = logging.getLogger(__name__)

_FEW = 32  # files


class _Other(Exception):
    """More has changed than a text; the message says what."""


@dataclass(frozen=True, slots=True)
class Retouched:
    """How many files were written, what the site is `taken_down` as, and whether it shows what git tells of posts."""

    written: int
    site: str
    by_history: bool


def retouch(
    settings: Settings, directory: Path, inputs: Inputs, addresses: Addresses, frame: str, site: str, now: datetime
) -> Retouched | None:
    """Bring the site in `directory`, which is as the last build left it and `taken_down` as `site`, up to date; None,
    with nothing written, if the whole build has to.
    """
    cache = Cache(settings.work / "site", directory)
    output = Output(directory, cache.known_files(), cache.staging(), is_as_known=True)
    collects = gc.isenabled()
    gc.disable()  # it would go through all that was decided, and find nothing
    try:
        ground = read_ground(cache.ground)
        if ground is None or (ground.inputs.rest, ground.frame) != (inputs.rest, frame):
            raise _Other("more has changed than posts")
        work = _begun(settings, ground, output, addresses, now, cache)
        before = ground.inputs.posts
        posts = _read_anew(settings, [path for path, known in inputs.posts.items() if before.get(path) != known])
        _render(work, ground, posts)
        folders = output.folders()
        old = taken_by_each(folders)
        written = output.patch()
        new = taken_by_each(folders)
        cache.keep_files(output.made(), ())
        cache.commit()
    except (_Other, Damaged, PipelineError, OSError, KeyError) as reason:  # an article may have been forgotten
        log.debug("The whole site is built: %s", reason)
        return None
    finally:
        if collects:
            gc.enable()
        output.discard()
        cache.close()
    known = "" if old is None or new is None else exchanged(site, old, new)
    return Retouched(written, known, bool(work.dated))


def _begun(
    settings: Settings, ground: Ground, output: Output, addresses: Addresses, now: datetime, cache: Cache
) -> Work:
    """The state in which the steps of a whole build would have come to the first article."""
    if (cache.fact("facts"), cache.fact("book")) != (ground.facts, ground.book):
        raise _Other("the last build did not come to its end")
    if cache.fact("whole"):
        raise _Other("pages show posts of others as a whole")
    work = Work(settings, None, output, addresses, now, drafts=False, cache=cache, frame=ground.frame, settled=True)
    work.editions, work.plan, work.attachments = ground.editions, ground.plan, ground.attachments
    work.assets, work.cards = ground.assets, ground.cards
    work.images = Images(work.attachments.files, settings.work / "images", settings.site.image_widths)
    work.diagrams = Diagrams(settings.work / "diagrams")
    return work


def _read_anew(settings: Settings, paths: Sequence[str]) -> dict[Path, Post]:
    """The posts in these files, but for drafts, which this build does not show. Raises ContentError."""
    if len(paths) > _FEW:
        raise _Other(f"{len(paths)} posts have changed")
    posts: dict[Path, Post] = {}
    folders = sorted(settings.directories, key=lambda folder: -len(os.fspath(folder)))  # the innermost first
    for path in map(Path, paths):
        folder = next((folder for folder in folders if path.is_relative_to(folder)), None)
        if folder is None:
            raise _Other(f"{path} is no post")
        if not path.is_relative_to(settings.root / "drafts"):
            posts[path] = read_anew(folder, path.relative_to(folder))
    return posts


def _render(work: Work, ground: Ground, posts: Mapping[Path, Post]) -> None:
    """The pages, feeds and search terms of these posts."""
    pages = _with(work, ground, posts)
    names = {name(page): "/".join(name(page)) for page in pages}
    before = {key: _seen_from_outside(work.rendered.get(key)) for key in names}
    render_some(work, pages, links_of(work), same_book=True)
    for key, one in names.items():
        if before[key] != _seen_from_outside(work.rendered[key]):
            raise _Other(f"{one} is another for other pages, too")
    check_fragments(work, pages)
    if work.warnings:
        raise _Other("there is something to be said")
    for staged in pages_again(work, pages):
        work.take(staged)
    for staged in patched_search(work, [page for page in pages if page.kind in {"post", "page"}]):
        work.take(staged)
    work.cache.forget_superseded()


def _seen_from_outside(kept: Kept | None) -> tuple[object, ...]:
    if kept is None or kept.problems:
        raise _Other("there was something to be said, or is")
    return kept.anchors, kept.summary, kept.images, kept.diagrams, kept.copies


def _with(work: Work, ground: Ground, posts: Mapping[Path, Post]) -> list[Page]:
    """The pages that show these posts, in all languages; they are part of the plan from here on."""
    keys = {post.key for post in posts.values()}
    old = [page for page in ground.plan.pages if page.article and page.article.key in keys]
    shown = {post.path for page in old if page.article for post in _posts(page.article)}
    if not posts.keys() <= shown:
        raise _Other("what has changed was not shown")
    fresh = _dated(work, ground, [_as_of_today(work, page, posts) for page in old])
    by_path = {page.path: page for page in fresh}
    work.plan = replace(
        ground.plan,
        pages=tuple(by_path.get(page.path, page) for page in ground.plan.pages),
        by_key={**ground.plan.by_key, **{(page.locale, page.key): page for page in fresh}},
        by_path={**ground.plan.by_path, **by_path},
    )
    return fresh


def _posts(article: Article) -> Iterator[Post]:
    return filter(None, (article.post, article.source, article.snapshot))


def _as_of_today(work: Work, page: Page, posts: Mapping[Path, Post]) -> Page:
    """The page with its post as it is, of which other pages show nothing else than before."""
    old = page.article
    new = as_of(work.settings, old, posts, work.now) if old else None
    if old is None or new is None:
        raise _Other(f"{page.key} is not shown any more")
    parts = {name: getattr(old, name) for name in ("post", "source", "snapshot", "changes", "source_changed")}
    if replace(new, **parts) != old or article_facts(new) != article_facts(old):
        raise _Other(f"{page.key} has other fields")
    return replace(page, article=new)


def _dated(work: Work, ground: Ground, fresh: Sequence[Page]) -> list[Page]:
    """These pages with the dates of what has changed in their sources; of all others git has to say what it said."""
    behind = {name(page): page.article for page in ground.plan.pages if page.article and name(page) in ground.dated}
    for page in fresh:
        behind.pop(name(page), None)
        if page.article and page.article.changes and not page.article.source_changed:
            behind[name(page)] = page.article
    dates = {
        (locale, key): date
        for locale in work.settings.targets
        for key, date in dated(work.settings, [one for of, one in behind.items() if of[0] == locale]).items()
    }
    work.dated = dates
    ours = {name(page) for page in fresh}
    if any(ground.dated[one] != date for one, date in dates.items() if one not in ours):
        raise _Other("git tells other dates")
    return [
        replace(page, article=replace(page.article, source_changed=dates[name(page)]))
        if page.article and dates.get(name(page))
        else page
        for page in fresh
    ]
