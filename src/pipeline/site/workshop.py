"""Rendering one article: a pure function of the article and of what all are rendered with, for whichever process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.config import Settings
from pipeline.site.articles import Article
from pipeline.site.cache import digest
from pipeline.site.context import Context
from pipeline.site.diagrams import Diagrams
from pipeline.site.editions import Edition
from pipeline.site.images import Images
from pipeline.site.kept import Parcel, Recorder, headings_in, parcel
from pipeline.site.links import Links
from pipeline.site.pages import Page, article_of
from pipeline.site.render import headings_of, render
from pipeline.site.sanitise import is_sanitised

__all__ = ["Headings", "Workshop", "is_of_today"]

Headings = tuple[tuple[int, str], ...]  # level and id of each


def is_of_today(article: Article) -> bool:
    """Whether it was translated from the source as that is today, whose headings it then has."""
    snapshot, source = article.snapshot, article.source
    return snapshot is not None and source is not None and source.digest == snapshot.digest


@dataclass(frozen=True, slots=True)
class Workshop:
    """What articles are rendered with; `frame` is the digest of what all pages depend on."""

    settings: Settings
    editions: dict[str, Edition]
    links: Links
    images: Images
    diagrams: Diagrams
    frame: str

    def made_from(self, page: Page, article: Article) -> str:
        """The digest of all that goes into the article of a page, but what its links lead to and its images."""
        posts = (article.post, article.source, article.snapshot)
        texts = [(str(post.path), post.digest) if post else None for post in posts]
        return digest(
            self.frame,
            page.path,
            page.key,
            article.written_in,
            article.state,
            article.held,
            texts,  # which tell the headings of the source, and what has changed in it
            article.source_changed,
        )

    def parcels(self, pages: Iterable[tuple[Page, Headings | None]]) -> list[Parcel]:
        """The articles of pages of one key, the source before its translations; each with the headings of what it was
        translated from, if they are known already.
        """
        made: list[Parcel] = []
        of_source = None
        for page, known in pages:
            article = article_of(page)
            parcel = self.parcel(page, article, known if of_source is None or not is_of_today(article) else of_source)
            made.append(parcel)
            if page.locale == self.settings.source:
                of_source = headings_in(parcel)
        return made

    def parcel(self, page: Page, article: Article, source_headings: Headings | None) -> Parcel:
        """The article of a page, rendered. `source_headings` are those of what it was translated from, if it is known
        what they became.
        """
        if source_headings is None:
            source_headings = headings_of(article.snapshot) if article.snapshot else ()
        recorder = Recorder(self.links)
        context = Context(
            article,
            page,
            recorder,
            self.editions[article.written_in].strings,
            {locale: edition.language for locale, edition in self.editions.items()},
            lambda path: recorder.image(self.images.find(path)),
            lambda source: recorder.diagram(self.diagrams.draw(source)),
        )
        context.sanitised = is_sanitised(self.settings, article.written_in, article.post)
        rendered = render(context, source_headings=source_headings)
        copies = {version.path: version.file for version in self.images.versions(rendered.images)}
        copies |= {drawn.path: self.diagrams.folder / drawn.name for drawn in rendered.diagrams}
        images = {path: self.images.stat(path) for path in rendered.images}
        return parcel(self.made_from(page, article), rendered, recorder, images, copies)
