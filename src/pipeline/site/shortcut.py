"""The pages of one post anew, from what the last build found: whoever saves a text need not wait for the whole site."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.content import Post, read_post
from pipeline.content.stored import StoredPost
from pipeline.errors import ContentError
from pipeline.site.article_steps import rendered_anew
from pipeline.site.cache import Cache, Damaged
from pipeline.site.kept import Kept, Renditions
from pipeline.site.page_steps import page_html, theme_of
from pipeline.site.pages import Page
from pipeline.site.permalinks import output_file
from pipeline.site.reading import head_of
from pipeline.site.steps import links_of
from pipeline.site.work import Work

__all__ = ["Shortcut"]


class Shortcut:
    """A build that has come to its end. What other pages show of a post is left to the next one."""

    def __init__(self, work: Work) -> None:
        """Take over what that build has found out."""
        # What is found out here is for here only: the cache is the builds'.
        self._rendered: dict[tuple[str, str], Kept] = {}
        rendered = Renditions(work.cache, work.stale, self._rendered)
        self._work = work = replace(work, cache=Cache(work.cache.path.parent, work.output.directory, kept=False))
        work.rendered = rendered
        self._links = links_of(work)
        self._theme = theme_of(work)
        self._presenter = work.presenter()
        self._pages: dict[Path, list[Page]] = {}
        for page in work.plan.pages:
            if page.article:
                self._pages.setdefault(page.article.post.path.resolve(), []).append(page)

    def pages(self, path: Path) -> dict[str, bytes] | None:
        """The files of the pages that show the post in `path`; None if more than its text may have changed, or a build
        is about to say.
        """
        try:
            return self._pages_of(path)
        except Damaged:  # or rather, locked
            return None

    def _pages_of(self, path: Path) -> dict[str, bytes] | None:
        found: dict[str, bytes] = {}
        for page in self._pages.get(path.resolve(), ()):
            post = _same_but_for_its_text(page)
            if post is None or page.article is None:
                return None
            source = post if page.locale == self._work.settings.source else page.article.source
            fresh = replace(page, article=replace(page.article, post=post, source=source))
            rendered = rendered_anew(self._work, fresh, self._links)
            before = self._work.rendered[page.locale, page.key]
            if (set(rendered.images), set(rendered.diagrams)) != (set(before.images), set(before.diagrams)):
                return None  # there may be files to be made
            self._rendered[page.locale, page.key] = rendered
            html = page_html(self._work, fresh, self._theme, self._presenter)
            found[output_file(page.path)] = html.encode()
        return found or None


def _same_but_for_its_text(page: Page) -> Post | None:
    """The post as it is now, if its front matter is as it was."""
    old = page.article.post if page.article else None
    if not isinstance(old, StoredPost):
        return None
    try:
        post = read_post(old.path.parents[len(old.file.parts) - 1], old.file)
    except ContentError:
        return None
    return post if head_of(post) == old.head else None
