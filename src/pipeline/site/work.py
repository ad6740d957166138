"""What the steps of a build hand on to each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.config import Settings
from pipeline.content import Library
from pipeline.errors import PipelineError
from pipeline.site.articles import Article
from pipeline.site.assets import Assets
from pipeline.site.attachments import Attachments
from pipeline.site.cache import Cache
from pipeline.site.diagrams import Diagrams
from pipeline.site.editions import Edition
from pipeline.site.images import Images
from pipeline.site.kept import Kept
from pipeline.site.output import Output, Written
from pipeline.site.pages import Page, Plan
from pipeline.site.permalinks import Addresses
from pipeline.site.presenter import Presenter

__all__ = ["Work"]


@dataclass(slots=True)
class Work:
    """What the steps hand on to each other. `frame` is the digest of what all pages depend on; `changed` are the keys
    of the articles that were rendered anew; if the work is `settled`, nothing that other pages show of them is another.
    """

    settings: Settings
    library: Library
    output: Output
    addresses: Addresses
    now: datetime
    drafts: bool
    cache: Cache
    frame: str = ""
    editions: dict[str, Edition] = field(default_factory=dict)
    shown: dict[str, dict[str, Article]] = field(default_factory=dict)
    plan: Plan = field(default_factory=lambda: Plan((), (), {}))
    attachments: Attachments = field(default_factory=lambda: Attachments({}, {}, ()))
    images: Images = field(default_factory=lambda: Images({}, Path(), ()))
    diagrams: Diagrams = field(default_factory=lambda: Diagrams(Path()))
    assets: Assets = field(default_factory=lambda: Assets({}, {}))
    rendered: dict[tuple[str, str], Kept] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    settled: bool = False
    posts: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[PipelineError] = field(default_factory=list)
    cards: dict[tuple[str, str], str] = field(default_factory=dict)
    written: Written = field(default_factory=lambda: Written(0, 0, 0))

    @property
    def prefixes(self) -> dict[str, str]:
        """First part of the paths of each locale."""
        return {locale: edition.prefix for locale, edition in self.editions.items()}

    def presenter(self) -> Presenter:
        """Views of all that was rendered."""
        return Presenter(self.settings, self.editions, self.addresses, self.plan, self.rendered, self.cards)

    def add(self, path: str, made_from: str, make: Callable[[], bytes], page: Page | None = None) -> None:
        """A file, which belongs to a page; `make` is not asked where it was made from the same before, and is still
        there. While a post cannot be read, the one of the last build is kept.
        """
        if page and path in self.kept.get(f"{page.locale}/{page.key}", []):
            return
        if not self.output.add_if_same(path, made_from):
            self.output.add(path, make(), made_from)
        if page:
            self.note(page, path)

    def note(self, page: Page, path: str) -> None:
        """Remember which files a post has."""
        if page.article and page.kind in {"post", "page"}:
            self.posts.setdefault(f"{page.locale}/{page.key}", []).append(path)
